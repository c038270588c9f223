// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/train/live_row.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QProgressBar>
#include <QToolButton>
#include <algorithm>
#include <cmath>

#include "ui/client/engine_client.h"
#include "ui/client/text.h"
#include "ui/client/workspace_mirror.h"
#include "ui/widgets/format.h"
#include "ui/widgets/theme.h"

namespace loupe::ui {
namespace {

constexpr int swatch = 6;

QString status_words(const std::string& status) {
  if (status == "queued") return LiveRow::tr("queued");
  if (status == "running") return LiveRow::tr("running");
  if (status == "done") return LiveRow::tr("done");
  if (status == "stopped") return LiveRow::tr("stopped");
  if (status == "failed") return LiveRow::tr("failed");
  if (status == "interrupted") return LiveRow::tr("interrupted");
  return qstr(status);
}

bool can_resume(const std::string& status) {
  return status == "stopped" || status == "interrupted" || status == "failed";
}

}  // namespace

LiveRow::LiveRow(qint64 run, QWidget* parent) : QWidget(parent), run_(run) {
  setObjectName(QStringLiteral("live-run-%1").arg(run));
  name_ = new QLabel(this);
  name_->setTextFormat(Qt::PlainText);
  name_->setFont(theme::scaled(font(), 1.0, true));
  name_->setMinimumWidth(fontMetrics().averageCharWidth() * 20);
  state_ = new QLabel(this);
  state_->setTextFormat(Qt::PlainText);
  state_->setObjectName(QStringLiteral("live-state-%1").arg(run));
  // What it says changes all the time; the row must not jump.
  state_->setMinimumWidth(fontMetrics().averageCharWidth() * 34);
  state_->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
  progress_ = new QProgressBar(this);
  progress_->setTextVisible(false);
  progress_->setFixedHeight(theme::grid + 2);
  progress_->setFixedWidth(20 * theme::grid);
  left_ = new QLabel(this);
  left_->setMinimumWidth(fontMetrics().horizontalAdvance(QStringLiteral("88:88:88 left")));
  theme::make_secondary(left_);
  auto* layout = new QHBoxLayout(this);
  layout->setContentsMargins(swatch + theme::grid, 2, 0, 2);
  layout->setSpacing(theme::grid);
  layout->addWidget(name_);
  layout->addWidget(state_, 1);
  layout->addWidget(progress_);
  layout->addWidget(left_);
  stop_ = add_button(tr("Stop"), QStringLiteral("stop-run-%1").arg(run),
                     tr("Writes a checkpoint and ends; it can be resumed from there"));
  resume_ = add_button(tr("Resume"), QStringLiteral("resume-run-%1").arg(run),
                       tr("Goes on from the last checkpoint, to the same numbers"));
  // Stop and Resume have one place, so that the others stay under each other in every line.
  auto* place = new QWidget(this);
  auto* both = new QHBoxLayout(place);
  both->setContentsMargins(0, 0, 0, 0);
  both->setSpacing(0);
  const int width = std::max(stop_->sizeHint().width(), resume_->sizeHint().width());
  for (QToolButton* button : {stop_, resume_}) {
    layout->removeWidget(button);
    both->addWidget(button);
    button->setMinimumWidth(width);
  }
  place->setFixedWidth(width);
  layout->addWidget(place);
  auto* runs =
      add_button(tr("Runs"), QStringLiteral("open-runs-%1").arg(run), tr("Show it among all runs"));
  inspect_ = add_button(tr("Inspect"), QStringLiteral("inspect-run-%1").arg(run),
                        tr("See what each token adds to its rewards"));
  connect(stop_, &QToolButton::clicked, this, [this] {
    asked_ = true;
    stop_->setEnabled(false);
    state_->setText(tr("stopping after a checkpoint…"));
    emit stop_wanted(job_);
  });
  connect(resume_, &QToolButton::clicked, this, [this] {
    asked_ = true;
    resume_->setEnabled(false);
    state_->setText(tr("resuming…"));
    emit resume_wanted(run_);
  });
  connect(runs, &QToolButton::clicked, this, [this] { emit runs_wanted(run_); });
  connect(inspect_, &QToolButton::clicked, this, [this] { emit inspect_wanted(run_); });
}

QToolButton* LiveRow::add_button(const QString& text, const QString& name, const QString& why) {
  auto* button = new QToolButton(this);
  button->setText(text);
  button->setObjectName(name);
  button->setToolTip(why);
  button->setFocusPolicy(Qt::StrongFocus);
  layout()->addWidget(button);
  return button;
}

void LiveRow::show_starting(const QString& name) {
  name_->setText(name);
  state_->setText(tr("starting…"));
  progress_->setRange(0, 1);
  stop_->setEnabled(false);
  resume_->hide();
  inspect_->setEnabled(false);
}

void LiveRow::show_run(const api::Run& run, const api::Job* job) {
  const bool changed = run.status != status_ || (job != nullptr && job->id != job_);
  if (changed) asked_ = false;
  status_ = run.status;
  job_ = job != nullptr ? job->id : run.job_id;
  const bool active = is_active(run.status);
  const QString name = qstr(run.name), type = qstr(run.type);
  name_->setText(QStringLiteral("%1  %2").arg(type, name));
  setAccessibleName(QStringLiteral("%1 %2").arg(type, name));

  QStringList words;
  words << (run.status == "running" && job != nullptr && !job->phase.empty()
                ? qstr(job->phase)
                : status_words(run.status));
  if (!active && run.epochs > 0 && run.epochs_done < run.epochs) {
    words << tr("epoch %1 of %2")
                 .arg(QString::number(run.epochs_done, 'g', 4),
                      QString::number(run.epochs, 'g', 4));
  }
  if (run.epochs_done > 0 || run.loss != 0) words << tr("loss %1").arg(short_number(run.loss));
  failed_ = run.status == "failed";
  if (failed_ && !run.error.empty()) {
    const Failure failure = failure_from_text(run.error);
    words << (failure.hint.isEmpty() ? failure.what
                                     : failure.what + QStringLiteral(" — ") + failure.hint);
  }
  if (!asked_) state_->setText(words.join(QStringLiteral(", ")));
  state_->setToolTip(words.join(QStringLiteral(", ")));

  progress_->setRange(0, 1000);
  double part = run.epochs > 0 ? run.epochs_done / run.epochs : 0;
  if (active && job != nullptr && job->total > 0) part = job->done / job->total;
  if (run.status == "done") part = 1;
  progress_->setValue(qBound(0, static_cast<int>(std::lround(1000 * part)), 1000));
  progress_->setAccessibleName(tr("Progress of %1").arg(name));
  left_->setText(active && job != nullptr && job->seconds_left >= 0
                     ? tr("%1 left").arg(duration(job->seconds_left))
                 : run.status == "done" && run.seconds > 0
                     ? tr("took %1").arg(duration(run.seconds))
                     : QString());
  stop_->setVisible(active);
  stop_->setEnabled(active && !asked_ && job_ != 0);
  stop_->setAccessibleName(tr("Stop %1").arg(name));
  resume_->setVisible(can_resume(run.status));
  resume_->setEnabled(!asked_);
  resume_->setAccessibleName(tr("Resume %1").arg(name));
  inspect_->setEnabled(run.epochs_done > 0);
  restyle();
}

void LiveRow::set_colour(const QColor& colour) {
  if (colour == colour_) return;
  colour_ = colour;
  update();
}

void LiveRow::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  painter.fillRect(QRect(0, 3, swatch - 2, height() - 6), colour_);
}

void LiveRow::changeEvent(QEvent* event) {
  QWidget::changeEvent(event);
  if (event->type() == QEvent::PaletteChange && !restyling_) restyle();
}

void LiveRow::restyle() {
  restyling_ = true;
  QPalette own;
  own.setColor(QPalette::WindowText, failed_ ? theme::error() : theme::secondary_text());
  state_->setPalette(own);
  restyling_ = false;
}

}  // namespace loupe::ui
