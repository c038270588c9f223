// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/runs/job_strip.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QProgressBar>
#include <QPushButton>

#include "ui/client/text.h"
#include "ui/client/workspace_mirror.h"
#include "ui/widgets/format.h"
#include "ui/widgets/icons.h"
#include "ui/widgets/theme.h"

namespace loupe::ui {
namespace {

constexpr int shown_jobs = 2;

}  // namespace

JobStrip::JobStrip(QWidget* parent) : QWidget(parent) {
  setAccessibleName(tr("Jobs"));
  setObjectName(QStringLiteral("job-strip"));
  count_ = new QLabel(this);
  count_->setFont(theme::scaled(font(), 1.0, true));
  more_ = new QLabel(this);
  layout_ = new QHBoxLayout(this);
  layout_->setContentsMargins(2 * theme::grid, theme::grid - 2, 2 * theme::grid, theme::grid - 2);
  layout_->setSpacing(2 * theme::grid);
  layout_->addWidget(count_);
  layout_->addWidget(more_);
  layout_->addStretch(1);
  hide();
}

void JobStrip::set_jobs(const std::vector<api::Job>& jobs) {
  std::vector<const api::Job*> active;
  for (const api::Job& job : jobs) {
    const QString before = seen_.value(job.id);
    seen_[job.id] = qstr(job.status);
    if (is_active(job.status)) active.push_back(&job);
    if (job.status == "failed" && is_active(stdstr(before))) emit job_failed(job);
  }
  // Running ones first, then the queue in its order.
  std::stable_partition(active.begin(), active.end(),
                        [](const api::Job* job) { return job->status == "running"; });
  const int shown = std::min<int>(shown_jobs, static_cast<int>(active.size()));
  QHash<qint64, Entry> kept;
  for (int i = 0; i < shown; ++i) {
    const qint64 id = active[static_cast<size_t>(i)]->id;
    const bool known = entries_.contains(id);
    const Entry entry = known ? entries_.take(id) : make_entry(id);
    if (!known) layout_->insertWidget(layout_->count() - 2, entry.area);
    fill(entry, *active[static_cast<size_t>(i)]);
    kept.insert(id, entry);
  }
  for (const Entry& gone : std::as_const(entries_)) gone.area->deleteLater();
  entries_ = kept;
  count_->setText(tr("Jobs (%1)").arg(active.size()));
  const int rest = static_cast<int>(active.size()) - shown;
  more_->setText(rest > 0 ? tr("and %n more", nullptr, rest) : QString());
  setVisible(!active.empty());
}

JobStrip::Entry JobStrip::make_entry(qint64 job) {
  Entry entry;
  entry.area = new QWidget(this);
  entry.title = new QLabel(entry.area);
  entry.title->setTextFormat(Qt::PlainText);
  entry.progress = new QProgressBar(entry.area);
  entry.progress->setFixedWidth(160);
  entry.progress->setMaximumHeight(entry.title->sizeHint().height() + 4);
  entry.left = new QLabel(entry.area);
  entry.stop = new QPushButton(tr("Stop"), entry.area);
  entry.stop->setObjectName(QStringLiteral("stop-job-%1").arg(job));
  entry.stop->setIcon(icon(QStringLiteral("stop"), theme::secondary_text()));
  entry.stop->setToolTip(tr("Write a checkpoint and end; the run can be resumed."));
  connect(entry.stop, &QPushButton::clicked, this, [this, job, stop = entry.stop] {
    stop->setEnabled(false);
    stop->setText(tr("Stopping…"));
    emit stop_wanted(job);
  });
  auto* line = new QHBoxLayout(entry.area);
  line->setContentsMargins(0, 0, 0, 0);
  line->setSpacing(theme::grid);
  for (QWidget* part : {static_cast<QWidget*>(entry.title), static_cast<QWidget*>(entry.progress),
                        static_cast<QWidget*>(entry.left), static_cast<QWidget*>(entry.stop)}) {
    line->addWidget(part);
  }
  return entry;
}

void JobStrip::fill(const Entry& entry, const api::Job& job) {
  const QString phase = job.status == "queued" ? tr("queued") : qstr(job.phase);
  const QString title = qstr(job.title);
  entry.title->setText(phase.isEmpty() ? title : QStringLiteral("%1, %2").arg(title, phase));
  entry.stop->setAccessibleName(tr("Stop %1").arg(title));
  entry.progress->setAccessibleName(tr("Progress of %1").arg(title));
  if (job.total > 0) {
    entry.progress->setRange(0, 1000);
    entry.progress->setValue(qBound(0, qRound(1000 * job.done / job.total), 1000));
  } else {
    entry.progress->setRange(0, job.status == "queued" ? 1 : 0);
  }
  entry.left->setText(job.seconds_left >= 0 ? tr("%1 left").arg(duration(job.seconds_left))
                                            : QString());
}

void JobStrip::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  painter.fillRect(rect(), theme::raised());
  painter.fillRect(0, 0, width(), 1, theme::line());
}

}  // namespace loupe::ui
