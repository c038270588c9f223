// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/inspect/attribution_view.h"

#include <QEvent>
#include <QGridLayout>
#include <QLabel>
#include <QPainter>
#include <QScrollArea>
#include <QScrollBar>
#include <QToolButton>
#include <algorithm>

#include "ui/client/text.h"
#include "ui/inspect/credit_text.h"
#include "ui/inspect/response_view.h"
#include "ui/widgets/icons.h"
#include "ui/widgets/scale_legend.h"
#include "ui/widgets/scorer_picker.h"
#include "ui/widgets/theme.h"
#include "ui/widgets/token_heatmap.h"

namespace loupe::ui {
namespace {

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
  list_ = new ScorerList(this);
  head_ = new QWidget(this);
  content_ = new QWidget(this);
  legend_ = new ScaleLegend(this);
  auto* head = new QGridLayout(head_);
  auto* grid = new QGridLayout(content_);
  for (QGridLayout* layout : {head, grid}) {
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setHorizontalSpacing(2 * theme::grid);
    layout->setVerticalSpacing(theme::grid);
  }
  for (int side = 0; side < most_sides; ++side) {
    make_side(side);
    head->addWidget(sides_[side].head, 0, side);
    grid->addWidget(sides_[side].chosen, 0, side);
    grid->addWidget(sides_[side].rejected, 1, side);
  }
  grid->setRowStretch(2, 1);
  head_scroll_ = new QScrollArea(this);
  scroll_ = new QScrollArea(this);
  for (QScrollArea* area : {head_scroll_, scroll_}) {
    area->setFrameShape(QFrame::NoFrame);
    area->setFocusPolicy(Qt::NoFocus);
  }
  head_scroll_->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  head_scroll_->setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  head_scroll_->setWidget(head_);
  scroll_->setWidgetResizable(true);
  scroll_->setWidget(content_);
  // The heads stay above their columns, whichever way those are scrolled.
  connect(scroll_->horizontalScrollBar(), &QScrollBar::valueChanged,
          head_scroll_->horizontalScrollBar(), &QScrollBar::setValue);
  content_->installEventFilter(this);
  head_->installEventFilter(this);
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->setSpacing(theme::grid);
  layout->addWidget(head_scroll_);
  layout->addWidget(scroll_, 1);
  layout->addWidget(legend_);
  show_sides(2);
  rescale();
}

void AttributionView::make_side(int side) {
  static const char* const names[] = {QT_TR_NOOP("First model"), QT_TR_NOOP("Second model"),
                                      QT_TR_NOOP("Third model")};
  Side& s = sides_[side];
  s.head = new QWidget(head_);
  s.choices = new ScorerPicker(list_, s.head);
  s.choices->setObjectName(QStringLiteral("inspect-run-%1").arg(side));
  s.choices->setAccessibleName(tr(names[side]));
  s.choices->setToolTip(
      tr("The trained run or the reward model of the workspace whose reward is taken apart here,\n"
         "or a plain language model, whose log-likelihood is"));
  s.choices->setPlaceholderText(tr("Choose a model"));
  s.close = new QToolButton(s.head);
  s.close->setObjectName(QStringLiteral("inspect-close-%1").arg(side));
  s.close->setAutoRaise(true);
  s.close->setIcon(icon(QStringLiteral("close"), theme::secondary_text()));
  s.close->setAccessibleName(tr("Take this column away"));
  s.close->setToolTip(tr("Take this column away"));
  s.verdict = new QLabel(s.head);
  s.verdict->setObjectName(QStringLiteral("inspect-verdict-%1").arg(side));
  s.verdict->setTextFormat(Qt::PlainText);
  s.verdict->setWordWrap(true);
  s.verdict->setFont(theme::scaled(font(), 1.0, true));
  s.verdict->setTextInteractionFlags(Qt::TextSelectableByMouse);
  auto* grid = new QGridLayout(s.head);
  grid->setContentsMargins(0, 0, 0, 0);
  grid->setSpacing(theme::grid / 2);
  grid->addWidget(s.choices, 0, 0);
  grid->addWidget(s.close, 0, 1);
  grid->addWidget(s.verdict, 1, 0, 1, 2);
  grid->setColumnStretch(0, 1);
  s.chosen = new ResponseView(true, content_);
  s.rejected = new ResponseView(false, content_);
  s.chosen->setObjectName(QStringLiteral("inspect-chosen-%1").arg(side));
  s.rejected->setObjectName(QStringLiteral("inspect-rejected-%1").arg(side));
  connect(s.choices, &QComboBox::activated, this, [this, side] { emit choice_picked(side); });
  connect(s.close, &QToolButton::clicked, this, [this, side] { remove_side(side); });
  connect(s.chosen->heatmap(), &TokenHeatmap::current_changed, this,
          [this](int token) { emit token_current(true, token); });
  connect(s.rejected->heatmap(), &TokenHeatmap::current_changed, this,
          [this](int token) { emit token_current(false, token); });
}

void AttributionView::set_choices(const std::vector<api::Run>& runs,
                                  const std::vector<api::Model>& models) {
  if (&runs != &runs_) runs_ = runs;
  if (&models != &models_) models_ = models;
  std::array<Choice, most_sides> before;
  for (int side = 0; side < most_sides; ++side) before[side] = choice(side);
  list_->set_choices(runs_, models_);
  // Where it is gone, nothing is chosen, and not its neighbour.
  for (int side = 0; side < most_sides; ++side) set_choice(side, before[side]);
  // What was never chosen gets what one most likely wants to compare.
  Choice first[] = {{newest(runs_, "EX"), 0}, {newest(runs_, "IM"), 0}};
  if (first[0].is_none() && first[1].is_none()) {
    first[0] = newest_model(models_, "EX");
    first[1] = newest_model(models_, "IM");
  }
  const bool no_reward = first[0].is_none() && first[1].is_none();
  for (int side = 0; side < std::min(2, sides_shown_); ++side) {
    if (!choice(side).is_none()) continue;
    if (!first[side].is_none()) {
      if (!(choice(1 - side) == first[side])) set_choice(side, first[side]);
    } else if (no_reward && side == 0) {
      set_choice(0, newest_model(models_, "LM"));
    }
  }
}

AttributionView::Choice AttributionView::choice(int side) const {
  return sides_[side].choices->scorer();
}

QString AttributionView::type_of(int side) const {
  return sides_[side].choices->type();
}

bool AttributionView::has(const Choice& choice) const {
  return list_->row_of(choice) >= 0;
}

void AttributionView::set_choice(int side, const Choice& choice) {
  sides_[side].choices->set_scorer(choice);
}

void AttributionView::show_choices(std::vector<Choice> choices) {
  if (choices.empty()) return;
  const int count = std::min(most_sides, static_cast<int>(choices.size()));
  for (int side = 0; side < count; ++side) set_choice(side, choices[static_cast<size_t>(side)]);
  show_sides(count);
  rescale();
}

void AttributionView::add_side() {
  if (sides_shown_ == most_sides) return;
  const int side = sides_shown_;
  // A plain language model first: beside reward models it tells most.
  std::vector<Choice> all;
  for (const api::Model& model : models_) {
    if (model.type == "LM") all.push_back({0, model.id});
  }
  for (const api::Run& run : runs_) {
    if (can_be_scored(run)) all.push_back({run.id, 0});
  }
  for (const api::Model& model : models_) {
    if (model.type != "LM") all.push_back({0, model.id});
  }
  std::erase_if(all, [&](const Choice& known) {
    for (int other = 0; other < side; ++other) {
      if (choice(other) == known) return true;
    }
    return false;
  });
  const Choice fresh = all.empty() ? Choice() : all.front();
  set_choice(side, fresh);
  show_sides(side + 1);
  show_message(side, {}, false);
  emit sides_changed();
  emit choice_picked(side);
}

void AttributionView::remove_side(int side) {
  if (sides_shown_ == 1) return;
  for (int to = side; to + 1 < sides_shown_; ++to) {
    set_choice(to, choice(to + 1));
    sides_[to].attribution.reset();
    if (sides_[to + 1].attribution) {
      show_attribution(to, std::move(*sides_[to + 1].attribution));
    } else {
      show_message(to, sides_[to + 1].verdict->text(), false);
    }
  }
  sides_[sides_shown_ - 1].attribution.reset();
  show_sides(sides_shown_ - 1);
  rescale();
  emit sides_changed();
}

void AttributionView::show_sides(int count) {
  sides_shown_ = count;
  auto* head = static_cast<QGridLayout*>(head_->layout());
  auto* grid = static_cast<QGridLayout*>(content_->layout());
  for (int side = 0; side < most_sides; ++side) {
    const bool shown = side < count;
    Side& s = sides_[side];
    s.head->setVisible(shown);
    s.chosen->setVisible(shown);
    s.rejected->setVisible(shown);
    s.close->setVisible(count > 1);
    if (!shown) s.attribution.reset();
    for (QGridLayout* layout : {head, grid}) {
      layout->setColumnStretch(side, shown ? 1 : 0);
      layout->setColumnMinimumWidth(side, shown ? least_column : 0);
      layout->setHorizontalSpacing(count > 1 ? 2 * theme::grid : 0);
    }
  }
  align_head();
}

// The heads are as wide as the columns below them.
void AttributionView::align_head() {
  const int height = head_->layout()->hasHeightForWidth()
                         ? head_->layout()->totalHeightForWidth(content_->width())
                         : head_->sizeHint().height();
  if (head_->size() != QSize(content_->width(), height)) head_->resize(content_->width(), height);
  if (head_scroll_->height() != height) head_scroll_->setFixedHeight(height);
  head_scroll_->horizontalScrollBar()->setValue(scroll_->horizontalScrollBar()->value());
}

bool AttributionView::eventFilter(QObject* watched, QEvent* event) {
  if ((watched == content_ && event->type() == QEvent::Resize) ||
      (watched == head_ && event->type() == QEvent::LayoutRequest)) {
    align_head();
  }
  return QWidget::eventFilter(watched, event);
}

void AttributionView::show_attribution(int side, api::Attribution attribution) {
  Side& s = sides_[side];
  s.attribution = std::move(attribution);
  s.verdict->setText(verdict_line(*s.attribution));
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
  for (Side& side : sides_) {
    side.close->setIcon(icon(QStringLiteral("close"), theme::secondary_text()));
  }
  list_->restyle();
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
  for (int side = 0; side < sides_shown_; ++side) {
    if (attribution(side) != nullptr) shown.push_back(attribution(side));
  }
  return shown;
}

void AttributionView::set_scale(Scale scale) {
  scale_ = scale;
  rescale();
}

void AttributionView::rescale() {
  // Log-likelihoods are nats and no reward: they share no unit with the others.
  double rewards = 0;
  bool any_language = false;
  for (const api::Attribution* shown : attributions()) {
    if (is_language_model(qstr(shown->type))) {
      any_language = true;
    } else {
      rewards = std::max(rewards, largest_credit(*shown));
    }
  }
  std::vector<ScaleLegend::Row> rows;
  for (int at = 0; at < sides_shown_; ++at) {
    const Side& side = sides_[at];
    if (!side.attribution) continue;
    const QString type = qstr(side.attribution->type);
    const bool language = is_language_model(type);
    const double limit =
        scale_ == Scale::absolute && !language ? rewards : largest_credit(*side.attribution);
    side.chosen->set_limit(limit);
    side.rejected->set_limit(limit);
    rows.push_back({QStringLiteral("%1  %2").arg(type, qstr(side.attribution->run_name)),
                    theme::of_type(type), limit, language ? tr("nat") : QString()});
  }
  legend_->setVisible(!rows.empty());
  if (rows.empty()) return;
  const auto shown = attributions();
  QString note =
      scale_ == Scale::absolute
          ? tr("Reward units per token, the same for all reward models.")
          : tr("Share of each model's largest attribution; the numbers are its own units.");
  note += QLatin1Char('\n') +
          tr("Attributed to %1. Blue lowers, orange raises.").arg(qstr(shown.front()->credits));
  if (any_language) note += QLatin1Char('\n') + tr("LM: log-probability of each token.");
  legend_->set_rows(std::move(rows), note);
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

// Without the room that a tall window leaves below the responses.
int AttributionView::responses_height() const {
  int bottom = 0;
  for (int side = 0; side < sides_shown_; ++side) {
    bottom = std::max(bottom, sides_[side].rejected->geometry().bottom() + 1);
  }
  return bottom;
}

QSize AttributionView::picture_size() const {
  return {
      std::max(content_->width(), legend_->width()) + 2 * theme::grid,
      2 * fontMetrics().height() + 3 + responses_height() + legend_->height() + 4 * theme::grid};
}

void AttributionView::draw_picture(QPainter* painter) {
  const int line = fontMetrics().height();
  int y = theme::grid;
  for (int side = 0; side < sides_shown_; ++side) {
    const Side& s = sides_[side];
    const int x = theme::grid + s.chosen->x();
    const int room = s.chosen->width() - 2 * theme::grid;
    painter->setRenderHint(QPainter::Antialiasing);
    painter->setPen(Qt::NoPen);
    painter->setBrush(theme::of_type(type_of(side)));
    painter->drawEllipse(QPointF(x + 5, y + line / 2.0), 5, 5);
    painter->setPen(palette().color(QPalette::WindowText));
    painter->setFont(theme::scaled(font(), 1.0, true));
    const QFontMetrics bold(painter->font());
    painter->drawText(QRect(x + 16, y, room - 16, line), Qt::AlignLeft | Qt::AlignVCenter,
                      bold.elidedText(s.choices->currentText(), Qt::ElideMiddle, room - 16));
    painter->setFont(font());
    painter->drawText(QRect(x, y + line + 3, room, line), Qt::AlignLeft | Qt::AlignVCenter,
                      fontMetrics().elidedText(s.verdict->text(), Qt::ElideRight, room));
  }
  y += 2 * line + 3 + theme::grid;
  const auto flags = QWidget::DrawChildren | QWidget::IgnoreMask;
  content_->render(painter, QPoint(theme::grid, y),
                   QRegion(0, 0, content_->width(), responses_height()), flags);
  y += responses_height() + theme::grid;
  legend_->render(painter, QPoint(theme::grid, y), {}, flags);
}

}  // namespace loupe::ui
