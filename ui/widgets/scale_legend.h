// SPDX-License-Identifier: GPL-3.0-or-later
// The key of the page's one colour scale: the bar, and under it what its two ends mean for every
// model shown. What the scale is stands beside it, or below where there is no room.
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
    double limit = 0;  // the value at the bar's right end
    QString unit;      // of the limit; may be empty
  };
  explicit ScaleLegend(QWidget* parent = nullptr);

  // note: one line beside the bar, saying what the scale is.
  void set_rows(std::vector<Row> rows, const QString& note);

  bool hasHeightForWidth() const override { return true; }
  int heightForWidth(int width) const override;
  QSize sizeHint() const override;
  QSize minimumSizeHint() const override { return {320, heightForWidth(320)}; }

 protected:
  void paintEvent(QPaintEvent*) override;
  void changeEvent(QEvent*) override;

 private:
  struct Places {
    int names = 0;  // room of the names
    QRectF bar;
    QRect note;
    int height = 0;
  };
  Places places(int width) const;
  std::vector<Row> rows_;
  QString note_;
};

}  // namespace loupe::ui
