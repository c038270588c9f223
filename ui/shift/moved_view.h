// SPDX-License-Identifier: GPL-3.0-or-later
// What moved: for each model the aligned tokens of the response before and after, what they add up
// to, and under all of them the key of the one colour scale.
#pragma once

#include <QWidget>
#include <vector>

#include "ui/shift/run_row.h"

class QLabel;
class QVBoxLayout;

namespace loupe::ui {
class ScaleLegend;
}

namespace loupe::ui::shift {

class AlignedTokens;

class MovedView : public QWidget {
  Q_OBJECT
 public:
  explicit MovedView(QWidget* parent = nullptr);

  void set_rows(const std::vector<RunRow>& rows, Edited edited);
  // The same switch as the chart's: changes in units of |margin before|, or in reward units.
  void set_relative(bool relative);
  int part_count() const { return static_cast<int>(shown_); }
  AlignedTokens* tokens(int row) const;
  QString sum_text(int row) const;
  QSize picture_size() const;
  void draw_picture(QPainter* painter);

 protected:
  void changeEvent(QEvent*) override;

 private:
  struct Part {
    QWidget* area = nullptr;
    QLabel* title = nullptr;
    AlignedTokens* tokens = nullptr;
    QLabel* sum = nullptr;
    Scorer scorer;
    int serial = -1;  // of the answer shown
  };
  void add_part();
  void fill(Part& part, const RunRow& row);
  void rescale();

  std::vector<RunRow> rows_;
  std::vector<Part> parts_;  // as many as were ever needed; those beyond the rows are hidden
  size_t shown_ = 0;
  Edited edited_ = Edited::chosen;
  bool relative_ = true;
  QWidget* content_;
  QVBoxLayout* list_;
  ScaleLegend* legend_;
};

}  // namespace loupe::ui::shift
