// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/inspect/attribution_view.h"

#include <QComboBox>
#include <QEvent>
#include <QGridLayout>
#include <QLabel>
#include <QPainter>
#include <QScrollArea>
#include <QSignalBlocker>
#include <algorithm>

#include "ui/client/text.h"
#include "ui/inspect/credit_text.h"
#include "ui/inspect/response_view.h"
#include "ui/widgets/format.h"
#include "ui/widgets/icons.h"
#include "ui/widgets/scale_legend.h"
#include "ui/widgets/theme.h"
#include "ui/widgets/token_heatmap.h"

namespace loupe::ui {
namespace {

QString label_of(const api::Run& run) {
  return QStringLiteral("%1  %2").arg(qstr(run.type), qstr(run.name));
}

QIcon marker_of(const QString& type) {
  QPixmap pixmap(12, 12);
  pixmap.fill(Qt::transparent);
  QPainter painter(&pixmap);
  painter.setRenderHint(QPainter::Antialiasing);
  painter.setPen(Qt::NoPen);
  painter.setBrush(theme::of_type(type));
  painter.drawEllipse(1, 1, 10, 10);
  return QIcon(pixmap);
}

// The first checkpoint comes with the first whole epoch, or with the end of the run.
bool can_be_scored(const api::Run& run) {
  const bool active = run.status == "queued" || run.status == "running";
  return run.epochs_done >= 1 || (!active && run.epochs_done > 0);
}

qint64 newest(const std::vector<api::Run>& runs, const std::string& type) {
  const api::Run* best = nullptr;
  for (const api::Run& run : runs) {
    if (run.type == type && can_be_scored(run) &&
        (best == nullptr || run.created > best->created)) {
      best = &run;
    }
  }
  return best != nullptr ? best->id : 0;
}

}  // namespace

AttributionView::AttributionView(QWidget* parent) : QWidget(parent) {
  head_ = new QWidget(this);
  content_ = new QWidget(this);
  legend_ = new ScaleLegend(this);
  auto* head = new QGridLayout(head_);
  auto* grid = new QGridLayout(content_);
  for (QGridLayout* layout : {head, grid}) {
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setHorizontalSpacing(3 * theme::grid);
    layout->setVerticalSpacing(theme::grid);
  }
  head->setVerticalSpacing(theme::grid / 2);
  grid->setContentsMargins(0, 0, theme::grid, 0);
  head->setContentsMargins(0, 0, theme::grid, 0);
  for (int side = 0; side < sides; ++side) {
    make_side(side);
    head->addWidget(sides_[side].run, 0, side);
    head->addWidget(sides_[side].verdict, 1, side);
    grid->addWidget(sides_[side].chosen, 0, side);
    grid->addWidget(sides_[side].rejected, 1, side);
    head->setColumnStretch(side, 1);
    grid->setColumnStretch(side, 1);
  }
  grid->setRowStretch(2, 1);
  auto* scroll = new QScrollArea(this);
  scroll->setWidgetResizable(true);
  scroll->setFrameShape(QFrame::NoFrame);
  scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  scroll->setWidget(content_);
  scroll->setFocusPolicy(Qt::NoFocus);
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->setSpacing(theme::grid);
  layout->addWidget(head_);
  layout->addWidget(scroll, 1);
  layout->addWidget(legend_);
  rescale();
}

void AttributionView::make_side(int side) {
  Side& s = sides_[side];
  s.run = new QComboBox(head_);
  s.run->setObjectName(QStringLiteral("inspect-run-%1").arg(side));
  s.run->setAccessibleName(side == 0 ? tr("Left model") : tr("Right model"));
  s.run->setToolTip(tr("The trained run whose reward is taken apart here"));
  s.run->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
  s.verdict = new QLabel(head_);
  s.verdict->setObjectName(QStringLiteral("inspect-verdict-%1").arg(side));
  s.verdict->setTextFormat(Qt::PlainText);
  s.verdict->setWordWrap(true);
  s.verdict->setFont(theme::scaled(font(), 1.0, true));
  s.verdict->setTextInteractionFlags(Qt::TextSelectableByMouse);
  s.chosen = new ResponseView(true, content_);
  s.rejected = new ResponseView(false, content_);
  s.chosen->setObjectName(QStringLiteral("inspect-chosen-%1").arg(side));
  s.rejected->setObjectName(QStringLiteral("inspect-rejected-%1").arg(side));
  connect(s.run, &QComboBox::activated, this, [this, side] {
    sides_[side].picked_by_user = true;
    emit run_picked(side);
  });
  connect(s.chosen->heatmap(), &TokenHeatmap::current_changed, this,
          [this](int token) { emit token_current(true, token); });
  connect(s.rejected->heatmap(), &TokenHeatmap::current_changed, this,
          [this](int token) { emit token_current(false, token); });
}

void AttributionView::set_runs(const std::vector<api::Run>& runs) {
  if (&runs != &runs_) runs_ = runs;
  for (int side = 0; side < sides; ++side) {
    Side& s = sides_[side];
    const qint64 before = run_of(side);
    const QSignalBlocker blocker(s.run);
    s.run->clear();
    s.run->addItem(tr("no model"), qint64(0));
    for (const api::Run& run : runs_) {
      s.run->addItem(marker_of(qstr(run.type)), label_of(run), static_cast<qint64>(run.id));
    }
    const int kept = s.run->findData(before);
    if (kept > 0 || (kept == 0 && s.picked_by_user)) {
      s.run->setCurrentIndex(kept);
    } else {
      s.run->setCurrentIndex(std::max(0, s.run->findData(newest(runs_, side == 0 ? "EX" : "IM"))));
    }
  }
}

qint64 AttributionView::run_of(int side) const {
  return sides_[side].run->currentData().toLongLong();
}

void AttributionView::set_run(int side, qint64 run) {
  Side& s = sides_[side];
  const int index = s.run->findData(run);
  if (index < 0) return;
  s.run->setCurrentIndex(index);
  s.picked_by_user = true;
}

void AttributionView::show_attribution(int side, api::Attribution attribution) {
  Side& s = sides_[side];
  s.attribution = std::move(attribution);
  const double chosen = s.attribution->chosen.reward, rejected = s.attribution->rejected.reward;
  const double margin = chosen - rejected;
  const QString verdict = margin > 0   ? tr("✓ prefers the chosen")
                          : margin < 0 ? tr("✗ prefers the rejected")
                                       : tr("= a tie");
  s.verdict->setText(tr("margin %1   %2").arg(signed_number(margin), verdict));
  s.verdict->setForegroundRole(QPalette::WindowText);
  const QString type = qstr(s.attribution->type);
  s.chosen->show_credit(s.attribution->chosen, type, 1);
  s.rejected->show_credit(s.attribution->rejected, type, 1);
  rescale();
}

void AttributionView::set_texts(const QString& chosen, const QString& rejected) {
  chosen_text_ = chosen;
  rejected_text_ = rejected;
}

void AttributionView::changeEvent(QEvent* event) {
  QWidget::changeEvent(event);
  if (event->type() != QEvent::PaletteChange) return;
  set_runs(runs_);  // the markers
  rescale();
}

void AttributionView::show_loading(int side, const QString& phase) {
  show_message(side, phase.isEmpty() ? tr("computing…") : tr("computing… %1").arg(phase), false);
}

void AttributionView::show_message(int side, const QString& text, bool is_error) {
  Side& s = sides_[side];
  s.attribution.reset();
  s.verdict->setText(text);
  s.verdict->setForegroundRole(is_error ? QPalette::BrightText : QPalette::PlaceholderText);
  s.chosen->show_nothing(chosen_text_);
  s.rejected->show_nothing(rejected_text_);
  rescale();
}

const api::Attribution* AttributionView::attribution(int side) const {
  return sides_[side].attribution ? &*sides_[side].attribution : nullptr;
}

std::vector<const api::Attribution*> AttributionView::attributions() const {
  std::vector<const api::Attribution*> shown;
  for (int side = 0; side < sides; ++side) {
    if (attribution(side) != nullptr) shown.push_back(attribution(side));
  }
  return shown;
}

void AttributionView::set_scale(Scale scale) {
  scale_ = scale;
  rescale();
}

void AttributionView::rescale() {
  double over_all = 0;
  for (const api::Attribution* shown : attributions()) {
    over_all = std::max(over_all, largest_credit(*shown));
  }
  std::vector<ScaleLegend::Row> rows;
  for (Side& side : sides_) {
    if (!side.attribution) continue;
    const double limit = scale_ == Scale::absolute ? over_all : largest_credit(*side.attribution);
    side.chosen->set_limit(limit);
    side.rejected->set_limit(limit);
    const QString type = qstr(side.attribution->type);
    rows.push_back({QStringLiteral("%1  %2").arg(type, qstr(side.attribution->run_name)),
                    theme::of_type(type), limit});
  }
  legend_->setVisible(!rows.empty());
  if (rows.empty()) return;
  const auto shown = attributions();
  const QString credits = qstr(shown.front()->credits);
  legend_->set_rows(
      std::move(rows),
      (scale_ == Scale::absolute
           ? tr("Reward units per token, the same for both models.")
           : tr("Share of each model's largest credit; the numbers are its reward units.")) +
          QLatin1Char('\n') +
          tr("Credits: %1. Blue lowers, orange raises the reward.").arg(credits));
}

void AttributionView::mark(bool chosen, int token) {
  for (const Side& side : sides_) {
    side.chosen->heatmap()->set_marked(chosen ? token : -1);
    side.rejected->heatmap()->set_marked(chosen ? -1 : token);
  }
}

ResponseView* AttributionView::response(int side, bool chosen) const {
  return chosen ? sides_[side].chosen : sides_[side].rejected;
}

QSize AttributionView::picture_size() const {
  return {content_->width() + 2 * theme::grid,
          head_->height() + content_->sizeHint().height() + legend_->height() + 4 * theme::grid};
}

void AttributionView::draw_picture(QPainter* painter) {
  const auto flags = QWidget::DrawChildren | QWidget::IgnoreMask;
  QPoint place(theme::grid, theme::grid);
  for (QWidget* part : {head_, content_, static_cast<QWidget*>(legend_)}) {
    part->render(painter, place, {}, flags);
    place.ry() += (part == content_ ? content_->height() : part->height()) + theme::grid;
  }
}

}  // namespace loupe::ui
