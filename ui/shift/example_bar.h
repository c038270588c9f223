// SPDX-License-Identifier: GPL-3.0-or-later
// Which example is edited: an evaluation set and a number in it, or a pair typed by hand; and how
// the picture is scaled.
#pragma once

#include <QWidget>

#include "core/api/messages.h"

class QComboBox;
class QLabel;
class QPlainTextEdit;
class QPushButton;
class QSpinBox;
class QToolButton;

namespace loupe::ui::shift {

class ExampleBar : public QWidget {
  Q_OBJECT
 public:
  explicit ExampleBar(QWidget* parent = nullptr);

  // What the engine says there is to choose from. Tells nobody.
  void set_sets(const QStringList& sets, const QString& current, qint64 index, qint64 total);
  QString set() const;
  qint64 index() const;  // from 0
  void step(int by);

  bool is_typed() const;
  // Tells nobody.
  void set_typed(bool typed);
  void set_texts(const api::Pair& pair);
  api::Pair texts() const;
  bool is_relative() const;
  QPushButton* exports() const { return exports_; }

 signals:
  void set_picked();
  void index_picked();
  void typing_toggled(bool typed);
  void texts_changed();
  void scale_picked();

 private:
  QWidget* make_line();
  QWidget* make_editors();
  void update_buttons();

  QComboBox* sets_;
  QSpinBox* index_;
  QLabel* total_;
  QToolButton* previous_;
  QToolButton* next_;
  QToolButton* type_;
  QComboBox* scale_;
  QPushButton* exports_;
  QWidget* editors_;
  QPlainTextEdit* prompt_;
  QPlainTextEdit* chosen_;
  QPlainTextEdit* rejected_;
};

}  // namespace loupe::ui::shift
