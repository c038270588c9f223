// SPDX-License-Identifier: GPL-3.0-or-later
// Which columns of the table of runs are shown: chosen from a menu, remembered from one start of
// the window to the next by the columns' names.
#pragma once

#include <QHash>
#include <QObject>

class QMenu;
class QTableView;

namespace loupe::ui {

class RunTableModel;

class RunColumns : public QObject {
  Q_OBJECT
 public:
  RunColumns(QTableView* table, RunTableModel* model, QObject* parent = nullptr);

  bool is_shown(const QString& key) const;
  void set_shown(const QString& key, bool shown);
  // One line a column, as it is now.
  void fill(QMenu* menu);
  // Widths for what the cells hold; what room is left goes to the words. From then on they follow
  // the table's width, until somebody chooses widths.
  void fit();

 signals:
  void changed();

 protected:
  bool eventFilter(QObject* object, QEvent* event) override;

 private:
  void apply();
  void read();
  void write() const;

  QTableView* table_;
  RunTableModel* model_;
  QHash<QString, bool> chosen_;  // by hand; the others follow what is usual
  bool fitting_ = false, fitted_ = false, fitted_by_hand_ = false;
};

}  // namespace loupe::ui
