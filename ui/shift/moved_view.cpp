// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shift/moved_view.h"

#include <QEvent>
#include <QLabel>
#include <QPainter>
#include <QScrollArea>
#include <QVBoxLayout>
#include <algorithm>

#include "ui/shift/aligned_tokens.h"
#include "ui/shift/shift_text.h"
#include "ui/widgets/scale_legend.h"
#include "ui/widgets/theme.h"

namespace loupe::ui::shift {

MovedView::MovedView(QWidget* parent) : QWidget(parent) {
  content_ = new QWidget(this);
  list_ = new QVBoxLayout(content_);
  list_->setContentsMargins(0, 0, theme::grid, 0);
  list_->setSpacing(theme::grid + theme::grid / 2);
  list_->addStretch(1);
  auto* scroll = new QScrollArea(this);
  scroll->setObjectName(QStringLiteral("shift-moved"));
  scroll->setWidgetResizable(true);
  scroll->setFrameShape(QFrame::NoFrame);
  scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  scroll->setFocusPolicy(Qt::NoFocus);
  scroll->setWidget(content_);
  legend_ = new ScaleLegend(this);
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->setSpacing(theme::grid);
  layout->addWidget(scroll, 1);
  layout->addWidget(legend_);
  legend_->hide();
}

void MovedView::add_part() {
  Part part;
  const auto number = parts_.size();
  part.area = new QWidget(content_);
  part.title = new QLabel(part.area);
  part.title->setTextFormat(Qt::RichText);
  part.tokens = new AlignedTokens(part.area);
  part.tokens->setObjectName(QStringLiteral("shift-tokens-%1").arg(number));
  part.sum = new QLabel(part.area);
  part.sum->setObjectName(QStringLiteral("shift-sum-%1").arg(number));
  part.sum->setTextFormat(Qt::PlainText);
  part.sum->setWordWrap(true);
  part.sum->setTextInteractionFlags(Qt::TextSelectableByMouse);
  part.sum->setToolTip(
      tr("Where the change of the reward comes from. Edited: tokens that came or went. Later: "
         "tokens that stayed, but read what was edited.\nThe shares add up to the change of the "
         "reward; the error is what is left over."));
  theme::make_secondary(part.sum);
  auto* layout = new QVBoxLayout(part.area);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->setSpacing(2);
  layout->addWidget(part.title);
  layout->addWidget(part.tokens);
  layout->addWidget(part.sum);
  list_->insertWidget(static_cast<int>(number), part.area);
  parts_.push_back(part);
}

AlignedTokens* MovedView::tokens(int row) const {
  return parts_.at(static_cast<size_t>(row)).tokens;
}

QString MovedView::sum_text(int row) const {
  return parts_.at(static_cast<size_t>(row)).sum->text();
}

void MovedView::set_rows(const std::vector<RunRow>& rows, Edited edited) {
  rows_ = rows;
  edited_ = edited;
  while (parts_.size() < rows_.size()) add_part();
  shown_ = rows_.size();
  for (size_t i = 0; i < parts_.size(); ++i) {
    parts_[i].area->setVisible(i < shown_);
    if (i < shown_) fill(parts_[i], rows_[i]);
  }
  rescale();
}

void MovedView::set_relative(bool relative) {
  relative_ = relative;
  rescale();
}

void MovedView::fill(Part& part, const RunRow& row) {
  const QString state = !row.error.isEmpty()        ? tr("✗ %1").arg(row.error)
                        : row.waiting && row.answer ? QStringLiteral("… ") + row.phase
                        : row.answer                ? QString()
                        : row.phase.isEmpty()       ? tr("computing…")
                                                    : row.phase + QStringLiteral("…");
  part.title->setText(
      QStringLiteral("<span style=\"color:%1\">●</span> <b>%2</b>&nbsp; %3 &nbsp;"
                     "<span style=\"color:%4\">%5</span>")
          .arg(theme::of_type(row.type, row.shade).name(), row.type.toHtmlEscaped(),
               row.name.toHtmlEscaped(),
               (row.error.isEmpty() ? theme::secondary_text() : theme::error()).name(),
               state.toHtmlEscaped()));
  const bool filled = row.answer && row.error.isEmpty();
  part.tokens->setVisible(filled);
  part.sum->setVisible(filled);
  if (!filled) return;
  part.tokens->set_dimmed(row.waiting);
  part.sum->setEnabled(!row.waiting);
  if (part.scorer == row.scorer && part.serial == row.serial) return;
  part.scorer = row.scorer;
  part.serial = row.serial;
  part.tokens->set_shift(*row.answer);
  part.sum->setText(sum_line(sums_of(*row.answer, row.scale), row.type));
}

void MovedView::rescale() {
  // One scale over the page: the largest change in the common unit is the strongest colour.
  double largest = 0;
  struct Measured {
    size_t row;
    double unit;
  };
  std::vector<Measured> measured;
  bool paired = false, language = false;
  for (size_t i = 0; i < rows_.size(); ++i) {
    if (!rows_[i].answer || !rows_[i].error.isEmpty()) continue;
    const Outcome outcome = outcome_of(*rows_[i].answer, edited_);
    paired = paired || outcome.has_other;
    language = language || rows_[i].type == QLatin1String("LM");
    const double unit = relative_ ? unit_of(outcome) : 1;
    measured.push_back({i, unit});
    largest = std::max(largest, largest_change(columns_of(*rows_[i].answer)) / unit);
  }
  std::vector<ScaleLegend::Row> keys;
  for (const auto& [row, unit] : measured) {
    parts_[row].tokens->set_limit(largest * unit);
    keys.push_back({QStringLiteral("%1  %2").arg(rows_[row].type, rows_[row].name),
                    theme::of_type(rows_[row].type, rows_[row].shade), largest * unit});
  }
  legend_->setVisible(!keys.empty() && largest > 0);
  const QString unit =
      !relative_ ? tr("Change of attribution in reward units, the same for all models.")
      : paired
          ? tr("Change of attribution as a share of each |margin before|; the numbers are reward units.")
          : tr("Change of attribution as a share of each reward; the numbers are reward units.");
  const QString nats = language ? tr(" A language model's are nats of log-likelihood.") : QString();
  legend_->set_rows(std::move(keys),
                    unit + nats + QLatin1Char('\n') + tr("Hatched: inserted or deleted."));
}

QSize MovedView::picture_size() const {
  return {content_->width() + 2 * theme::grid,
          content_->childrenRect().height() + legend_->height() + 3 * theme::grid};
}

void MovedView::draw_picture(QPainter* painter) {
  const auto flags = QWidget::DrawChildren | QWidget::IgnoreMask;
  QPoint place(theme::grid, theme::grid);
  for (QWidget* part : {content_, static_cast<QWidget*>(legend_)}) {
    if (!part->isVisibleTo(this)) continue;
    part->render(painter, place, part == content_ ? QRegion(content_->childrenRect()) : QRegion(),
                 flags);
    place.ry() +=
        (part == content_ ? content_->childrenRect().height() : part->height()) + theme::grid;
  }
}

void MovedView::changeEvent(QEvent* event) {
  QWidget::changeEvent(event);
  if (event->type() == QEvent::PaletteChange) set_rows(std::vector<RunRow>(rows_), edited_);
}

}  // namespace loupe::ui::shift
