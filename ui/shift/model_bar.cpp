// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shift/model_bar.h"

#include <QComboBox>
#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QSignalBlocker>
#include <QStandardItemModel>
#include <QToolButton>
#include <algorithm>

#include "ui/client/text.h"
#include "ui/shift/scorer_choice.h"
#include "ui/widgets/icons.h"
#include "ui/widgets/theme.h"
#include "ui/widgets/type_marker.h"

namespace loupe::ui::shift {
ModelBar::ModelBar(QWidget* parent) : QWidget(parent) {
  auto* layout = new QHBoxLayout(this);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->setSpacing(theme::grid);
  auto* label = new QLabel(tr("&Models"), this);
  layout->addWidget(label);
  for (size_t i = 0; i < most_scorers; ++i) {
    Chip chip;
    chip.area = new QWidget(this);
    chip.choices = new QComboBox(chip.area);
    chip.choices->setObjectName(QStringLiteral("shift-run-%1").arg(i));
    chip.choices->setAccessibleName(tr("Model %1").arg(i + 1));
    chip.choices->setToolTip(
        tr("Who scores the edit: a trained run, a reward model of the workspace, or a language "
           "model,\n"
           "whose score is the log-likelihood"));
    chip.choices->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
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
  QString from = theme::is_dark() ? QStringLiteral("dark") : QStringLiteral("light");
  const auto note = [&from](const QString& key, const std::string& type, const std::string& name) {
    from += QStringLiteral("\n%1 %2 %3").arg(key, qstr(type), qstr(name));
  };
  for (const api::Run& run : runs_) note(key_of(Scorer{run.id, 0}), run.type, run.name);
  for (const api::Model& model : models_) note(key_of(Scorer{0, model.id}), model.type, model.name);
  for (const Scorer& scorer : chosen_) note(key_of(scorer), {}, {});
  if (from == filled_from_) return;
  filled_from_ = from;
  QHash<QString, QIcon> markers;
  for (const char* type : {"EX", "IM", "LM"})
    markers.insert(QString::fromLatin1(type), type_marker(QString::fromLatin1(type)));
  for (size_t i = 0; i < chips_.size(); ++i) {
    const Chip& chip = chips_[i];
    chip.area->setVisible(i < chosen_.size());
    chip.remove->setVisible(chosen_.size() > 1);
    chip.remove->setIcon(icon(QStringLiteral("close"), theme::secondary_text()));
    const QSignalBlocker blocker(chip.choices);
    chip.choices->clear();
    if (i >= chosen_.size()) continue;
    const auto add = [&](const std::string& type, const std::string& name, const Scorer& scorer) {
      chip.choices->addItem(markers.value(qstr(type)),
                            QStringLiteral("%1  %2").arg(qstr(type), qstr(name)), key_of(scorer));
      // One is compared with others, not with itself.
      const bool elsewhere = chosen_[i] != scorer &&
                             std::find(chosen_.begin(), chosen_.end(), scorer) != chosen_.end();
      auto* items = qobject_cast<QStandardItemModel*>(chip.choices->model());
      if (elsewhere && items != nullptr) items->item(chip.choices->count() - 1)->setEnabled(false);
    };
    for (const api::Run& run : runs_) add(run.type, run.name, {run.id, 0});
    if (!runs_.empty() && !models_.empty()) chip.choices->insertSeparator(chip.choices->count());
    for (const api::Model& model : models_) add(model.type, model.name, {0, model.id});
    chip.choices->setCurrentIndex(chip.choices->findData(key_of(chosen_[i])));
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
  chosen_[chip] = scorer_of(chips_[chip].choices->currentData().toString());
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

void ModelBar::changeEvent(QEvent* event) {
  QWidget::changeEvent(event);
  if (event->type() == QEvent::PaletteChange) refill();
}

}  // namespace loupe::ui::shift
