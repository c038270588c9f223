// SPDX-License-Identifier: GPL-3.0-or-later
// A text of the model in a fixed font, to read, copy and save: its configuration, its template.
#pragma once

#include <QWidget>

class QLabel;
class QPlainTextEdit;

namespace loupe::ui {

class TextView : public QWidget {
  Q_OBJECT
 public:
  // name: the beginning of its widgets' object names, NAME-text, NAME-copy, NAME-save.
  TextView(const QString& name, const QString& title, QWidget* parent = nullptr);
  // suggested: the name of a file to save it as. none: what is said in the place of an empty text.
  void set_text(const QString& text, const QString& suggested, const QString& none = {});
  QString text() const;

 signals:
  void save_failed(const QString& path, const QString& reason);

 private:
  void save();

  QLabel* title_;
  QPlainTextEdit* text_;
  QWidget* copy_;
  QWidget* save_;
  QString suggested_;
};

}  // namespace loupe::ui
