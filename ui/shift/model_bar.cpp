// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shift/model_bar.h"

#include <QComboBox>
#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QSignalBlocker>
#include <QStandardItemModel>
#include <QToolButton>
#include <algorithm>

#include "ui/client/text.h"
#include "ui/shift/run_choice.h"
#include "ui/widgets/icons.h"
#include "ui/widgets/theme.h"

namespace loupe::ui::shift {
namespace {

QIcon marker_of(const QString& type) {
  QPixmap pixmap(24, 24);
  pixmap.setDevicePixelRatio(2);
  pixmap.fill(Qt::transparent);
  QPainter painter(&pixmap);
  painter.setRenderHint(QPainter::Antialiasing);
  painter.setPen(Qt::NoPen);
  painter.setBrush(theme::of_type(type));
  painter.drawEllipse(1, 1, 10, 10);
  return QIcon(pixmap);
}

}  // namespace

ModelBar::ModelBar(QWidget* parent) : QWidget(parent) {
  auto* layout = new QHBoxLayout(this);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->setSpacing(theme::grid);
  auto* label = new QLabel(tr("&Models"), this);
  layout->addWidget(label);
  for (size_t i = 0; i < most_runs; ++i) {
    Chip chip;
    chip.area = new QWidget(this);
    chip.run = new QComboBox(chip.area);
    chip.run->setObjectName(QStringLiteral("shift-run-%1").arg(i));
    chip.run->setAccessibleName(tr("Model %1").arg(i + 1));
    chip.run->setToolTip(tr("A trained run that scores the edit"));
    chip.run->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    chip.run->setMinimumContentsLength(12);
    chip.run->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    chip.remove = new QToolButton(chip.area);
    chip.remove->setObjectName(QStringLiteral("shift-remove-run-%1").arg(i));
    chip.remove->setAccessibleName(tr("Take model %1 away").arg(i + 1));
    chip.remove->setToolTip(tr("Take this model away"));
    chip.remove->setAutoRaise(true);
    auto* inside = new QHBoxLayout(chip.area);
    inside->setContentsMargins(0, 0, 0, 0);
    inside->setSpacing(0);
    inside->addWidget(chip.run, 1);
    inside->addWidget(chip.remove);
    chip.area->setMaximumWidth(280);
    layout->addWidget(chip.area, 1);
    connect(chip.run, &QComboBox::activated, this, [this, i] { pick(i); });
    connect(chip.remove, &QToolButton::clicked, this, [this, i] { remove(i); });
    chips_.push_back(chip);
  }
  label->setBuddy(chips_.front().run);
  add_ = new QToolButton(this);
  add_->setObjectName(QStringLiteral("shift-add-run"));
  add_->setText(tr("+ Model"));
  add_->setToolTip(tr("Score the edit with one more run; at most four"));
  connect(add_, &QToolButton::clicked, this, &ModelBar::add);
  layout->addWidget(add_);
  layout->addStretch(1);
  refill();
}

void ModelBar::set_runs(const std::vector<api::Run>& runs) {
  runs_.clear();
  for (const api::Run& run : runs) {
    if (can_be_scored(run)) runs_.push_back(run);
  }
  std::stable_sort(runs_.begin(), runs_.end(),
                   [](const api::Run& a, const api::Run& b) { return a.created > b.created; });
  chosen_ = kept_runs(chosen_, runs_);
  if (chosen_.empty()) chosen_ = default_runs(runs_);
  refill();
}

void ModelBar::choose(const std::vector<qint64>& runs) {
  const std::vector<qint64> kept = kept_runs(runs, runs_);
  if (kept.empty()) return;
  chosen_ = kept;
  refill();
}

void ModelBar::refill() {
  for (size_t i = 0; i < chips_.size(); ++i) {
    const Chip& chip = chips_[i];
    chip.area->setVisible(i < chosen_.size());
    chip.remove->setVisible(chosen_.size() > 1);
    chip.remove->setIcon(icon(QStringLiteral("close"), theme::secondary_text()));
    const QSignalBlocker blocker(chip.run);
    chip.run->clear();
    if (i >= chosen_.size()) continue;
    for (const api::Run& run : runs_) {
      chip.run->addItem(marker_of(qstr(run.type)),
                        QStringLiteral("%1  %2").arg(qstr(run.type), qstr(run.name)),
                        static_cast<qint64>(run.id));
      // A run is compared with others, not with itself.
      const bool elsewhere = chosen_[i] != run.id &&
                             std::find(chosen_.begin(), chosen_.end(), run.id) != chosen_.end();
      auto* items = qobject_cast<QStandardItemModel*>(chip.run->model());
      if (elsewhere && items != nullptr) items->item(chip.run->count() - 1)->setEnabled(false);
    }
    chip.run->setCurrentIndex(chip.run->findData(chosen_[i]));
  }
  add_->setEnabled(can_add());
}

bool ModelBar::can_add() const {
  return chosen_.size() < most_runs && chosen_.size() < runs_.size();
}

void ModelBar::add() {
  if (!can_add()) return;
  const auto free = std::find_if(runs_.begin(), runs_.end(), [this](const api::Run& run) {
    return std::find(chosen_.begin(), chosen_.end(), run.id) == chosen_.end();
  });
  if (free == runs_.end()) return;
  chosen_.push_back(free->id);
  refill();
  emit picked();
}

void ModelBar::pick(size_t chip) {
  chosen_[chip] = chips_[chip].run->currentData().toLongLong();
  refill();
  emit picked();
}

void ModelBar::remove(size_t chip) {
  if (chosen_.size() < 2 || chip >= chosen_.size()) return;
  chosen_.erase(chosen_.begin() + static_cast<std::ptrdiff_t>(chip));
  refill();
  emit picked();
}

void ModelBar::changeEvent(QEvent* event) {
  QWidget::changeEvent(event);
  if (event->type() == QEvent::PaletteChange) refill();
}

}  // namespace loupe::ui::shift
