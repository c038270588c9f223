// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/train/estimate_box.h"

#include <QApplication>
#include <QClipboard>
#include <QEvent>
#include <QFontDatabase>
#include <QGridLayout>
#include <QLabel>
#include <QLineEdit>
#include <QProgressBar>
#include <QPushButton>
#include <algorithm>

#include "ui/client/text.h"
#include "ui/widgets/error_label.h"
#include "ui/widgets/format.h"
#include "ui/widgets/theme.h"

namespace loupe::ui {
namespace {

constexpr int ask_delay_ms = 300;  // typing a number asks once

QString slot_of(const QString& type) {
  return QStringLiteral("train-estimate-") + type.toLower();
}

}  // namespace

QString bytes_text(double bytes) {
  const bool large = bytes >= 1e9;
  return QStringLiteral("%1 %2").arg(
      QString::number(bytes / (large ? 1e9 : 1e6), 'f', large ? 1 : 0),
      large ? QStringLiteral("GB") : QStringLiteral("MB"));
}

EstimateBox::EstimateBox(EngineClient* client, QWidget* parent) : QFrame(parent), client_(client) {
  setAccessibleName(tr("Will take"));
  const auto label = [&](const char* name) {
    auto* made = new QLabel(this);
    made->setObjectName(QLatin1String(name));
    made->setTextFormat(Qt::PlainText);
    return made;
  };
  title_ = label("train-estimate-title");
  title_->setFont(theme::scaled(font(), 1.0, true));
  memory_ = new QProgressBar(this);
  memory_->setObjectName(QStringLiteral("train-estimate-memory"));
  memory_->setAccessibleName(tr("Memory needed of what is available"));
  memory_->setRange(0, 1000);
  memory_->setTextVisible(false);
  memory_->setFixedHeight(theme::grid + 2);
  memory_text_ = label("train-estimate-memory-text");
  memory_text_->setToolTip(
      tr("At the peak of training: weights, gradients and two moments of AdamW in fp32, and what "
         "is kept for the backward pass of the longest batch"));
  time_ = label("train-estimate-time");
  time_->setToolTip(tr("From measured runs of the same model, type and precision"));
  disk_ = label("train-estimate-disk");
  disk_->setToolTip(tr("For checkpoints; the old one goes when the new one is whole"));
  pairs_ = label("train-estimate-pairs");
  left_out_ = label("train-estimate-left-out");
  left_out_->setToolTip(tr("Longer than the limits under Precision and limits"));
  command_ = new QLineEdit(this);
  command_->setObjectName(QStringLiteral("train-estimate-command"));
  command_->setAccessibleName(tr("The same as a command line"));
  command_->setReadOnly(true);
  command_->setFont(QFontDatabase::systemFont(QFontDatabase::FixedFont));
  copy_ = new QPushButton(tr("Copy"), this);
  copy_->setObjectName(QStringLiteral("train-estimate-copy"));
  copy_->setAccessibleName(tr("Copy the command line"));
  copy_->setToolTip(tr("Copy the command line, for a terminal or a script"));
  error_ = new ErrorLabel(this);
  error_->setObjectName(QStringLiteral("train-estimate-error"));

  auto* grid = new QGridLayout(this);
  grid->setContentsMargins(0, 0, 0, 0);
  grid->setHorizontalSpacing(2 * theme::grid);
  grid->setVerticalSpacing(theme::grid / 2);
  const auto caption = [&](const QString& text) {
    auto* made = new QLabel(text, this);
    theme::make_secondary(made);
    return made;
  };
  grid->addWidget(title_, 0, 0, 1, 3);
  grid->addWidget(caption(tr("Memory")), 1, 0);
  grid->addWidget(memory_text_, 1, 1);
  grid->addWidget(memory_, 1, 2, Qt::AlignVCenter);
  grid->addWidget(caption(tr("Time")), 2, 0);
  grid->addWidget(time_, 2, 1);
  grid->addWidget(disk_, 2, 2);
  grid->addWidget(caption(tr("Pairs")), 3, 0);
  grid->addWidget(pairs_, 3, 1);
  grid->addWidget(left_out_, 3, 2);
  grid->addWidget(caption(tr("Same as")), 4, 0);
  auto* line = new QHBoxLayout;
  line->setSpacing(theme::grid);
  line->addWidget(command_, 1);
  line->addWidget(copy_);
  grid->addLayout(line, 4, 1, 1, 2);
  grid->addWidget(error_, 5, 0, 1, 3);
  grid->setColumnStretch(2, 1);

  timer_.setSingleShot(true);
  timer_.setInterval(ask_delay_ms);
  connect(&timer_, &QTimer::timeout, this, &EstimateBox::ask_now);
  connect(copy_, &QPushButton::clicked, this,
          [this] { QApplication::clipboard()->setText(commands_); });
  connect(client_, &EngineClient::state_changed, this, [this](EngineClient::State state) {
    if (state == EngineClient::State::ready && !asked_.is_null()) timer_.start();
  });
  clear({});
  restyle();
}

void EstimateBox::ask(const TrainSetup& setup) {
  api::json asked = train_place(setup);
  if (asked == asked_) return;
  asked_ = std::move(asked);
  setup_ = setup;
  timer_.start();
}

void EstimateBox::clear(const QString& why) {
  timer_.stop();
  for (const EngineClient::RequestId id : std::as_const(requests_)) client_->cancel(id);
  requests_.clear();
  known_.clear();
  asking_ = 0;
  asked_ = nullptr;
  setup_ = {};
  show_numbers();
  title_->setText(why.isEmpty() ? tr("Will take") : tr("Will take: %1").arg(why));
}

void EstimateBox::ask_now() {
  // The state is looked at again when the engine is ready.
  if (client_->state() != EngineClient::State::ready) return;
  for (const EngineClient::RequestId id : std::as_const(requests_)) client_->cancel(id);
  requests_.clear();
  known_.clear();
  asking_ = static_cast<int>(setup_.types.size());
  title_->setText(tr("Will take: asking…"));
  for (const QString& type : std::as_const(setup_.types)) {
    requests_[type] = client_->call<api::Estimate>(
        api::method::train_estimate, train_request(setup_, type, setup_.seeds.front()), this,
        [this, type](api::Estimate estimate) { take(type, std::move(estimate)); },
        [this](const Failure& failure) {
          --asking_;
          show_failure(failure);
        },
        slot_of(type));
  }
}

void EstimateBox::take(const QString& type, api::Estimate estimate) {
  --asking_;
  known_[type] = std::move(estimate);
  if (asking_ == 0 && known_.size() == setup_.types.size()) {
    error_->set_error({});
    show_numbers();
    emit changed();
  }
}

void EstimateBox::show_failure(const Failure& failure) {
  known_.clear();
  show_numbers();
  error_->set_error(failure.hint.isEmpty() ? failure.what
                                           : failure.what + QStringLiteral(" — ") + failure.hint);
  emit failed(failure);
}

void EstimateBox::say(const QString& text) {
  error_->set_error(text);
}

QString EstimateBox::refusal() const {
  return refusal_;
}

void EstimateBox::show_numbers() {
  const bool any = !known_.isEmpty();
  error_->set_error({});
  const int runs = setup_.runs();
  title_->setText(runs > 1 ? tr("Will take (%1 runs, one after the other)").arg(runs)
                           : tr("Will take"));
  refusal_.clear();
  commands_.clear();
  double memory = 0, memory_available = 0, disk = 0, disk_available = 0, seconds = 0;
  qint64 pairs = 0, eval_pairs = 0, left_out = 0;
  QString device;
  bool fits = true;
  QStringList commands, unmeasured;
  for (const QString& type : std::as_const(setup_.types)) {
    const auto it = known_.constFind(type);
    if (it == known_.cend()) continue;
    // One after the other: the largest counts for memory, the sum for the rest.
    const double times = static_cast<double>(setup_.seeds.size());
    memory = std::max(memory, it->memory);
    memory_available = it->memory_available;
    disk += times * it->disk;
    disk_available = it->disk_available;
    if (it->seconds < 0) {
      unmeasured << type;
    } else {
      seconds += times * it->seconds;
    }
    pairs = it->pairs;
    eval_pairs = it->eval_pairs;
    left_out = std::max<qint64>(left_out, it->left_out);
    device = qstr(it->device);
    fits = fits && it->fits;
    if (!it->command.empty()) commands << qstr(it->command);
  }
  fits_memory_ = memory_available <= 0 || memory <= memory_available;
  const bool fits_disk = disk_available <= 0 || disk <= disk_available;
  memory_->setVisible(any && memory_available > 0);
  if (memory_available > 0) {
    memory_->setValue(std::min(1000, qRound(1000 * memory / memory_available)));
  }
  const QString needed = memory_available > 0
                             ? tr("%1 of %2").arg(bytes_text(memory), bytes_text(memory_available))
                             : bytes_text(memory);
  const QString none(QChar(0x2013));
  memory_text_->setText(any ? tr("%1 on %2").arg(needed, device) : none);
  const bool measured = any && unmeasured.isEmpty();
  time_->setText(
      !any       ? none
      : measured ? tr("about %1").arg(duration(std::max(seconds, 1.0)))
      : unmeasured.size() < known_.size()
          ? tr("about %1, %2 not measured yet")
                .arg(duration(std::max(seconds, 1.0)), unmeasured.join(QStringLiteral(", ")))
          : tr("no run measured yet"));
  disk_->setText(!any ? QString()
                 : disk_available > 0
                     ? tr("disk %1, %2 free").arg(bytes_text(disk), bytes_text(disk_available))
                     : tr("disk %1").arg(bytes_text(disk)));
  pairs_->setText(any ? tr("%1 to train on, %2 to evaluate").arg(pairs).arg(eval_pairs) : none);
  left_out_->setText(any && left_out > 0 ? left_out == 1 ? tr("1 too long, left out")
                                                         : tr("%1 too long, left out").arg(left_out)
                                         : QString());
  commands_ = commands.join(QLatin1Char('\n'));
  // The first words tell; the whole is in the tooltip and the clipboard.
  command_->setText(commands.join(QStringLiteral(" ; ")));
  command_->setCursorPosition(0);
  command_->setEnabled(!commands.isEmpty());
  command_->setToolTip(commands_);
  copy_->setEnabled(!commands_.isEmpty());
  if (any && !fits_memory_) {
    refusal_ = tr("Needs %1 of memory on %2, only %3 is there. Try smaller batches.")
                   .arg(bytes_text(memory), device, bytes_text(memory_available));
  } else if (any && !fits_disk) {
    refusal_ = tr("Needs %1 on the disk, only %2 is free.")
                   .arg(bytes_text(disk), bytes_text(disk_available));
  } else if (any && !fits) {
    refusal_ =
        tr("Does not fit: %1 of memory, %2 on the disk.").arg(bytes_text(memory), bytes_text(disk));
  }
  error_->set_error(refusal_);
  restyle();
}

void EstimateBox::changeEvent(QEvent* event) {
  QFrame::changeEvent(event);
  if (event->type() == QEvent::PaletteChange && !restyling_) restyle();
}

void EstimateBox::restyle() {
  restyling_ = true;
  QPalette bar;
  if (!fits_memory_) bar.setColor(QPalette::Highlight, theme::error());
  memory_->setPalette(bar);
  QPalette warn;
  warn.setColor(QPalette::WindowText, theme::warning());
  left_out_->setPalette(warn);
  restyling_ = false;
}

}  // namespace loupe::ui
