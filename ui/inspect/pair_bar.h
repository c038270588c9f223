// SPDX-License-Identifier: GPL-3.0-or-later
// Which pair is inspected: an evaluation set and a number in it, or a pair typed by hand.
#pragma once

#include <QWidget>

#include "core/api/messages.h"

class QComboBox;
class QLabel;
class QPlainTextEdit;
class QPushButton;
class QSpinBox;
class QToolButton;

namespace loupe::ui {

class PairBar : public QWidget {
  Q_OBJECT
 public:
  explicit PairBar(QWidget* parent = nullptr);

  // What the engine says there is to choose from; keeps the choice where it still exists.
  void set_sets(const QStringList& sets);
  void set_total(qint64 total);
  QString set() const;
  qint64 index() const;  // from 0
  void set_index(qint64 index);

  bool is_typed() const;
  // Switches to typing, with these texts to start from where nothing was typed yet.
  void offer_texts(const api::Pair& pair);
  api::Pair typed() const;
  QComboBox* scale() const { return scale_; }
  QPushButton* exports() const { return exports_; }

 signals:
  void set_picked();
  void index_picked();
  void typing_toggled(bool typed);
  void score_wanted();

 private:
  QWidget* make_line();
  QWidget* make_editors();
  void step(int by);
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

}  // namespace loupe::ui
