// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shift/model_bar.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QToolButton>
#include <algorithm>

#include "ui/client/text.h"
#include "ui/shift/scorer_choice.h"
#include "ui/widgets/icons.h"
#include "ui/widgets/scorer_picker.h"
#include "ui/widgets/theme.h"

namespace loupe::ui::shift {
ModelBar::ModelBar(QWidget* parent) : QWidget(parent), list_(new ScorerList(this)) {
  auto* layout = new QHBoxLayout(this);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->setSpacing(theme::grid);
  auto* label = new QLabel(tr("&Models"), this);
  layout->addWidget(label);
  for (size_t i = 0; i < most_scorers; ++i) {
    Chip chip;
    chip.area = new QWidget(this);
    chip.choices = new ScorerPicker(list_, chip.area);
    chip.choices->setObjectName(QStringLiteral("shift-run-%1").arg(i));
    chip.choices->setAccessibleName(tr("Model %1").arg(i + 1));
    chip.choices->setToolTip(
        tr("Who scores the edit: a trained run, a reward model of the workspace, or a language "
           "model,\n"
           "whose score is the log-likelihood"));
    chip.choices->setMinimumContentsLength(12);
    chip.choices->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    chip.remove = new QToolButton(chip.area);
    chip.remove->setObjectName(QStringLiteral("shift-remove-run-%1").arg(i));
    chip.remove->setAccessibleName(tr("Take model %1 away").arg(i + 1));
    chip.remove->setToolTip(tr("Take this model away"));
    chip.remove->setAutoRaise(true);
    auto* inside = new QHBoxLayout(chip.area);
    inside->setContentsMargins(0, 0, 0, 0);
    inside->setSpacing(0);
    inside->addWidget(chip.choices, 1);
    inside->addWidget(chip.remove);
    chip.area->setMaximumWidth(280);
    layout->addWidget(chip.area, 1);
    connect(chip.choices, &QComboBox::activated, this, [this, i] { pick(i); });
    connect(chip.remove, &QToolButton::clicked, this, [this, i] { remove(i); });
    chips_.push_back(chip);
  }
  label->setBuddy(chips_.front().choices);
  add_ = new QToolButton(this);
  add_->setObjectName(QStringLiteral("shift-add-run"));
  add_->setText(tr("+ Model"));
  add_->setToolTip(tr("Score the edit with one more run or model; at most four"));
  connect(add_, &QToolButton::clicked, this, &ModelBar::add);
  layout->addWidget(add_);
  layout->addStretch(1);
  restyle();
  refill();
}

void ModelBar::set_choices(const std::vector<api::Run>& runs,
                           const std::vector<api::Model>& models) {
  runs_.clear();
  for (const api::Run& run : runs) {
    if (can_be_scored(run)) runs_.push_back(run);
  }
  std::stable_sort(runs_.begin(), runs_.end(),
                   [](const api::Run& a, const api::Run& b) { return a.created > b.created; });
  models_ = models;
  std::stable_sort(models_.begin(), models_.end(), [](const api::Model& a, const api::Model& b) {
    const bool reward_a = a.type != "LM", reward_b = b.type != "LM";
    return reward_a != reward_b ? reward_a : a.created > b.created;
  });
  chosen_ = kept_scorers(chosen_, runs_, models_);
  if (chosen_.empty()) chosen_ = default_scorers(runs_, models_);
  refill();
}

void ModelBar::choose(const std::vector<Scorer>& scorers) {
  const std::vector<Scorer> kept = kept_scorers(scorers, runs_, models_);
  if (kept.empty()) return;
  chosen_ = kept;
  refill();
}

void ModelBar::refill() {
  if (!isVisible()) return;
  add_->setEnabled(can_add());
  list_->set_taken(chosen_);
  list_->set_choices(runs_, models_);
  for (size_t i = 0; i < chips_.size(); ++i) {
    const Chip& chip = chips_[i];
    chip.area->setVisible(i < chosen_.size());
    chip.remove->setVisible(chosen_.size() > 1);
    chip.choices->set_scorer(i < chosen_.size() ? chosen_[i] : Scorer());
  }
}

bool ModelBar::can_add() const {
  return chosen_.size() < most_scorers && chosen_.size() < runs_.size() + models_.size();
}

void ModelBar::add() {
  if (!can_add()) return;
  std::vector<Scorer> all;
  for (const api::Run& run : runs_) all.push_back({run.id, 0});
  for (const api::Model& model : models_) all.push_back({0, model.id});
  const auto free = std::find_if(all.begin(), all.end(), [this](const Scorer& scorer) {
    return std::find(chosen_.begin(), chosen_.end(), scorer) == chosen_.end();
  });
  if (free == all.end()) return;
  chosen_.push_back(*free);
  refill();
  emit picked();
}

void ModelBar::pick(size_t chip) {
  chosen_[chip] = chips_[chip].choices->scorer();
  refill();
  emit picked();
}

void ModelBar::remove(size_t chip) {
  if (chosen_.size() < 2 || chip >= chosen_.size()) return;
  chosen_.erase(chosen_.begin() + static_cast<std::ptrdiff_t>(chip));
  refill();
  emit picked();
}

void ModelBar::showEvent(QShowEvent* event) {
  QWidget::showEvent(event);
  refill();
}

void ModelBar::restyle() {
  list_->restyle();
  for (const Chip& chip : chips_) {
    chip.remove->setIcon(icon(QStringLiteral("close"), theme::secondary_text()));
  }
}

void ModelBar::changeEvent(QEvent* event) {
  QWidget::changeEvent(event);
  if (event->type() == QEvent::PaletteChange) restyle();
}

}  // namespace loupe::ui::shift
