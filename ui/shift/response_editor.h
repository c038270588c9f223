// SPDX-License-Identifier: GPL-3.0-or-later
// The texts of the example: prompt, the response being edited with its original above and the
// changes below, the other response, and the palette of small edits.
#pragma once

#include <QWidget>
#include <vector>

#include "ui/shift/shift_sums.h"

class QLabel;
class QPlainTextEdit;
class QRadioButton;
class QToolButton;

namespace loupe::ui::shift {

struct SurfaceEdit;

class ResponseEditor : public QWidget {
  Q_OBJECT
 public:
  explicit ResponseEditor(QWidget* parent = nullptr);

  // Another example: nothing before it can be undone into. Tells nobody.
  void load(const QString& prompt, const QString& original, const QString& other, Edited edited);
  // The same example with another original, e.g. while it is being typed. An edit stays; without
  // one the editor follows. Tells nobody.
  void follow(const QString& prompt, const QString& original, const QString& other);
  // Prompt and other response, where the page shows them elsewhere.
  void set_context_visible(bool visible);
  QString text() const;
  QString original() const { return original_; }
  // Can be undone, as everything below.
  void put(const QString& text);
  void restore() { put(original_); }
  void apply(const SurfaceEdit& edit);
  bool is_edited() const { return text() != original_; }

 signals:
  void changed();
  void side_picked(loupe::ui::shift::Edited edited);
  void restore_wanted();

 protected:
  void changeEvent(QEvent*) override;

 private:
  QPlainTextEdit* make_shown(const char* object_name, const QString& name);
  QWidget* make_head();
  QWidget* make_palette_line();
  void show_texts(const QString& prompt, const QString& other);
  void show_changes();

  QString original_;
  Edited edited_ = Edited::chosen;
  bool tells_ = true;
  QPlainTextEdit* prompt_;
  QPlainTextEdit* before_;
  QPlainTextEdit* editor_;
  QLabel* changes_;
  QPlainTextEdit* other_;
  QLabel* prompt_name_;
  QLabel* other_name_;
  QRadioButton* chosen_;
  QRadioButton* rejected_;
  QToolButton* restore_;
};

}  // namespace loupe::ui::shift
