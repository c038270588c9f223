// SPDX-License-Identifier: GPL-3.0-or-later
// The key of the page's one colour scale: the bar, and under it what its two ends mean for every
// model shown.
#pragma once

#include <QColor>
#include <QWidget>
#include <vector>

namespace loupe::ui {

class ScaleLegend : public QWidget {
  Q_OBJECT
 public:
  struct Row {
    QString name;
    QColor colour;
    double limit = 0;  // the value at the bar's right end, in reward units
  };
  explicit ScaleLegend(QWidget* parent = nullptr);

  // note: one line beside the bar, saying what the scale is.
  void set_rows(std::vector<Row> rows, const QString& note);

  QSize sizeHint() const override;
  QSize minimumSizeHint() const override { return {360, sizeHint().height()}; }

 protected:
  void paintEvent(QPaintEvent*) override;
  void changeEvent(QEvent*) override;

 private:
  int name_width() const;
  std::vector<Row> rows_;
  QString note_;
};

}  // namespace loupe::ui
