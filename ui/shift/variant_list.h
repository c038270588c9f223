// SPDX-License-Identifier: GPL-3.0-or-later
// The pinned variants as a list: a click returns to one, Delete takes it away and can be undone.
#pragma once

#include <QWidget>
#include <optional>
#include <utility>

#include "ui/shift/variant_model.h"

class QLabel;
class QPushButton;
class QTableView;
class QToolButton;

namespace loupe::ui::shift {

class VariantList : public QWidget {
  Q_OBJECT
 public:
  explicit VariantList(VariantModel* model, QWidget* parent = nullptr);

  // Selects the row of this text, if it is one.
  void mark(const QString& text);
  void set_can_pin(bool can);
  void forget_deleted();
  void copy() const;

 signals:
  void pin_wanted();
  void picked(int row);
  void edited();  // a variant went or came back

 protected:
  bool eventFilter(QObject*, QEvent*) override;

 private:
  void delete_selected();
  void undo_delete();
  void update_buttons();
  void fit_columns();
  int selected() const;

  VariantModel* model_;
  QTableView* table_;
  QPushButton* pin_;
  QToolButton* delete_;
  QToolButton* copy_;
  QLabel* deleted_text_;
  QPushButton* undo_;
  std::optional<std::pair<int, Variant>> deleted_;
};

}  // namespace loupe::ui::shift
