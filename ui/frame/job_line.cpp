// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/frame/job_line.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QMouseEvent>
#include <QPainter>
#include <QProgressBar>
#include <QPushButton>
#include <QToolButton>
#include <algorithm>

#include "ui/client/text.h"
#include "ui/client/workspace_mirror.h"
#include "ui/frame/job_table_model.h"
#include "ui/runs/run_status.h"
#include "ui/widgets/format.h"
#include "ui/widgets/icons.h"
#include "ui/widgets/theme.h"

namespace loupe::ui {
namespace {

constexpr int shown_jobs = 2, bar_width = 120;
constexpr int widest_title[] = {260, 160};  // of one job, of two

}  // namespace

JobLine::JobLine(QWidget* parent) : QWidget(parent) {
  setObjectName(QStringLiteral("job-line"));
  setToolTip(tr("Every job of the workspace, its log, Stop and Resume (F8)"));
  count_ = new QLabel(this);
  count_->setObjectName(QStringLiteral("jobs-count"));
  count_->setFont(theme::scaled(font(), 1.0, true));
  said_ = new QLabel(this);
  said_->setObjectName(QStringLiteral("jobs-said"));
  said_->setTextFormat(Qt::PlainText);
  theme::make_secondary(said_);
  toggle_ = new QToolButton(this);
  toggle_->setObjectName(QStringLiteral("jobs-toggle"));
  toggle_->setAutoRaise(true);
  toggle_->setToolTip(toolTip());
  connect(toggle_, &QToolButton::clicked, this, &JobLine::toggle_wanted);
  layout_ = new QHBoxLayout(this);
  layout_->setContentsMargins(2 * theme::grid, theme::grid / 2, theme::grid, theme::grid / 2);
  layout_->setSpacing(2 * theme::grid);
  layout_->addWidget(count_);
  layout_->addWidget(said_);
  layout_->addStretch(1);
  layout_->addWidget(toggle_);
  setFixedHeight(sizeHint().height() + theme::grid / 2);
  set_jobs({});
  restyle();
}

void JobLine::set_jobs(const std::vector<api::Job>& jobs) {
  std::vector<const api::Job*> active;
  const api::Job* last = nullptr;
  for (const api::Job& job : jobs) {
    if (is_active(job.status)) {
      active.push_back(&job);
    } else if (last == nullptr || job.ended > last->ended) {
      last = &job;
    }
  }
  // Running ones first, then the queue in its order.
  std::sort(active.begin(), active.end(), [](const api::Job* a, const api::Job* b) {
    return std::pair(a->status != "running", a->id) < std::pair(b->status != "running", b->id);
  });
  const int shown = std::min<int>(shown_jobs, static_cast<int>(active.size()));
  QHash<qint64, Entry> kept;
  for (int i = 0; i < shown; ++i) {
    const qint64 id = active[static_cast<size_t>(i)]->id;
    const bool known = entries_.contains(id);
    const Entry entry = known ? entries_.take(id) : make_entry(id);
    layout_->insertWidget(1 + i, entry.area);  // a known one may have moved up
    fill(entry, *active[static_cast<size_t>(i)], widest_title[shown > 1]);
    kept.insert(id, entry);
  }
  for (const Entry& gone : std::as_const(entries_)) {
    gone.area->hide();
    gone.area->deleteLater();
  }
  entries_ = kept;
  count_->setText(active.empty() ? tr("Jobs") : tr("Jobs (%1)").arg(active.size()));
  const int rest = static_cast<int>(active.size()) - shown;
  if (!active.empty()) {
    said_->setText(rest > 0 ? tr("and %1 more").arg(rest) : QString());
  } else if (last != nullptr) {
    said_->setText(
        tr("nothing is running; last: %1, %2").arg(job_title(*last), status_word(last->status)));
  } else {
    said_->setText(tr("nothing is running"));
  }
}

JobLine::Entry JobLine::make_entry(qint64 job) {
  Entry entry;
  entry.area = new QWidget(this);
  entry.title = new QLabel(entry.area);
  entry.title->setTextFormat(Qt::PlainText);
  entry.progress = new QProgressBar(entry.area);
  entry.progress->setFixedWidth(bar_width);
  entry.progress->setMaximumHeight(entry.title->sizeHint().height() + 4);
  entry.left = new QLabel(entry.area);
  theme::make_secondary(entry.left);
  entry.stop = new QPushButton(tr("Stop"), entry.area);
  entry.stop->setObjectName(QStringLiteral("stop-job-%1").arg(job));
  entry.stop->setToolTip(tr("Write a checkpoint and end; training can be resumed."));
  connect(entry.stop, &QPushButton::clicked, this, [this, job, stop = entry.stop] {
    stop->setEnabled(false);
    stop->setText(tr("Stopping…"));
    emit stop_wanted(job);
  });
  auto* line = new QHBoxLayout(entry.area);
  line->setContentsMargins(0, 0, 0, 0);
  line->setSpacing(theme::grid);
  for (QWidget* part :
       std::initializer_list<QWidget*>{entry.title, entry.progress, entry.left, entry.stop}) {
    line->addWidget(part);
  }
  entry.stop->setIcon(icon(QStringLiteral("stop"), theme::secondary_text()));
  return entry;
}

void JobLine::fill(const Entry& entry, const api::Job& job, int widest) {
  const QString phase = job.status == "queued" ? status_word(job.status) : qstr(job.phase);
  const QString title = job_title(job);
  const QString text = phase.isEmpty() ? title : QStringLiteral("%1, %2").arg(title, phase);
  entry.title->setText(entry.title->fontMetrics().elidedText(text, Qt::ElideMiddle, widest));
  entry.title->setToolTip(text);
  entry.stop->setAccessibleName(tr("Stop %1").arg(title));
  entry.progress->setAccessibleName(tr("Progress of %1").arg(title));
  const double share = share_done(job);
  if (share >= 0) {
    entry.progress->setRange(0, 1000);
    entry.progress->setValue(qRound(1000 * share));
  } else {
    entry.progress->setRange(0, job.status == "queued" ? 1 : 0);
  }
  entry.left->setText(job.seconds_left >= 0 ? tr("%1 left").arg(duration(job.seconds_left))
                                            : QString());
}

void JobLine::set_open(bool open) {
  open_ = open;
  restyle();
}

void JobLine::mouseReleaseEvent(QMouseEvent* event) {
  if (event->button() == Qt::LeftButton && rect().contains(event->pos())) emit toggle_wanted();
}

void JobLine::changeEvent(QEvent* event) {
  QWidget::changeEvent(event);
  if (event->type() == QEvent::PaletteChange) restyle();
}

void JobLine::restyle() {
  toggle_->setIcon(
      icon(open_ ? QStringLiteral("collapse") : QStringLiteral("raise"), theme::secondary_text()));
  toggle_->setAccessibleName(open_ ? tr("Hide the jobs") : tr("Show all jobs"));
  for (const Entry& entry : std::as_const(entries_)) {
    entry.stop->setIcon(icon(QStringLiteral("stop"), theme::secondary_text()));
  }
}

void JobLine::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  painter.fillRect(rect(), theme::raised());
  painter.fillRect(0, 0, width(), 1, theme::line());
}

}  // namespace loupe::ui
