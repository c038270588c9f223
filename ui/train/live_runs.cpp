// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/train/live_runs.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QMenu>
#include <QPushButton>
#include <QScrollArea>
#include <QVBoxLayout>
#include <algorithm>

#include "ui/client/text.h"
#include "ui/client/workspace_mirror.h"
#include "ui/train/live_curves.h"
#include "ui/train/live_row.h"
#include "ui/widgets/line_chart.h"
#include "ui/widgets/save_file.h"
#include "ui/widgets/theme.h"

namespace loupe::ui {
namespace {

constexpr int shown_rows = 3;  // more scroll: the curves keep their room

const api::Job* job_of(const WorkspaceMirror& mirror, qint64 run) {
  // The newest: a resumed run has had several.
  const api::Job* newest = nullptr;
  for (const api::Job& job : mirror.jobs()) {
    if (job.run_id == run && (newest == nullptr || job.id > newest->id)) newest = &job;
  }
  return newest;
}

}  // namespace

LiveRuns::LiveRuns(WorkspaceMirror* mirror, QWidget* parent)
    : QWidget(parent), mirror_(mirror), news_(this, [this] { update_rows(); }) {
  auto* title = new QLabel(tr("Live"), this);
  title->setFont(theme::scaled(font(), 1.0, true));
  clear_ = new QPushButton(tr("Clear finished"), this);
  clear_->setObjectName(QStringLiteral("train-clear"));
  clear_->setToolTip(tr("Takes the runs that ended out of this view; they stay under Runs"));
  connect(clear_, &QPushButton::clicked, this, &LiveRuns::clear_finished);
  auto* exports = new QPushButton(tr("Export"), this);
  exports->setObjectName(QStringLiteral("train-export"));
  exports->setToolTip(tr("Save the curves; numbers in full precision"));
  auto* menu = new QMenu(exports);
  connect(menu, &QMenu::aboutToShow, this, [this, menu] {
    menu->clear();
    for (const auto& [name, chart] : curves_->charts()) {
      menu->addAction(tr("%1 as picture (PNG, SVG, PDF)…").arg(chart->accessibleName()), this,
                      [this, name = name] { export_chart(name); });
    }
    menu->addSeparator();
    menu->addAction(tr("All curves as CSV…"), this, &LiveRuns::export_csv);
  });
  exports->setMenu(menu);
  auto* top = new QHBoxLayout;
  top->setSpacing(theme::grid);
  top->addWidget(title);
  top->addStretch(1);
  top->addWidget(clear_);
  top->addWidget(exports);

  list_ = new QWidget(this);
  lines_ = new QVBoxLayout(list_);
  lines_->setContentsMargins(0, 0, 0, 0);
  lines_->setSpacing(2);
  scroll_ = new QScrollArea(this);
  scroll_->setFrameShape(QFrame::NoFrame);
  scroll_->setWidgetResizable(true);
  scroll_->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  scroll_->setFocusPolicy(Qt::NoFocus);
  scroll_->setWidget(list_);
  curves_ = new LiveCurves(this);
  for (LineChart* chart : curves_->findChildren<LineChart*>()) {
    connect(chart, &LineChart::save_failed, this, [this](const QString& path) {
      emit export_failed(path, tr("The file could not be written."));
    });
  }
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->setSpacing(theme::grid);
  layout->addLayout(top);
  layout->addWidget(scroll_);
  layout->addWidget(curves_, 1);

  connect(mirror_, &WorkspaceMirror::runs_changed, this, [this] { news_.want(); });
  connect(mirror_, &WorkspaceMirror::jobs_changed, this, [this] { news_.want(); });
  connect(mirror_, &WorkspaceMirror::metrics_changed, this, [this](qint64 run) {
    if (runs_.contains(run)) news_.want();
  });
  follow();
}

void LiveRuns::set_runs(const QList<qint64>& runs) {
  if (runs == runs_) return;
  runs_ = runs;
  follow();
}

void LiveRuns::add_run(qint64 run, const QString& name) {
  if (runs_.contains(run)) return;
  runs_.append(run);
  names_[run] = name;
  follow();
}

bool LiveRuns::has_finished() const {
  return std::any_of(runs_.begin(), runs_.end(), [&](qint64 id) {
    const api::Run* run = mirror_->run(id);
    return run != nullptr && !is_active(run->status);
  });
}

void LiveRuns::clear_finished() {
  QList<qint64> kept;
  for (const qint64 id : std::as_const(runs_)) {
    const api::Run* run = mirror_->run(id);
    if (run == nullptr || is_active(run->status)) kept.append(id);
  }
  set_runs(kept);
}

void LiveRuns::follow() {
  for (auto it = rows_.begin(); it != rows_.end();) {
    if (runs_.contains(it.key())) {
      ++it;
      continue;
    }
    lines_->removeWidget(it.value());
    it.value()->hide();
    it.value()->deleteLater();
    it = rows_.erase(it);
  }
  for (const qint64 id : std::as_const(runs_)) {
    if (rows_.contains(id)) continue;
    auto* row = new LiveRow(id, list_);
    row->show_starting(names_.value(id));
    lines_->addWidget(row);
    row->show();
    rows_[id] = row;
    connect(row, &LiveRow::stop_wanted, mirror_, &WorkspaceMirror::stop_job);
    connect(row, &LiveRow::resume_wanted, mirror_, &WorkspaceMirror::resume_run);
    connect(row, &LiveRow::runs_wanted, this, &LiveRuns::runs_wanted);
    connect(row, &LiveRow::inspect_wanted, this, &LiveRuns::inspect_wanted);
  }
  mirror_->watch(this, QSet<qint64>(runs_.begin(), runs_.end()));
  const int visible = std::min<int>(shown_rows, static_cast<int>(rows_.size()));
  const int height = rows_.isEmpty() ? 0 : rows_.begin().value()->sizeHint().height() + 2;
  scroll_->setFixedHeight(visible * height);
  update_rows();
  draw();
  emit changed();
}

void LiveRuns::update_rows() {
  // A run that was deleted is no longer followed.
  QList<qint64> there;
  for (const qint64 id : std::as_const(runs_)) {
    if (mirror_->run(id) != nullptr || names_.contains(id) || !mirror_->loaded()) there << id;
  }
  if (there.size() != runs_.size()) {
    set_runs(there);
    return;
  }
  for (const qint64 id : std::as_const(runs_)) {
    const api::Run* run = mirror_->run(id);
    if (run == nullptr) continue;
    names_.remove(id);
    rows_[id]->show_run(*run, job_of(*mirror_, id));
  }
  clear_->setEnabled(has_finished());
  draw();
}

void LiveRuns::draw() {
  std::vector<LiveCurves::Shown> shown;
  for (const qint64 id : std::as_const(runs_)) {
    const api::Run* run = mirror_->run(id);
    if (run == nullptr) continue;
    const api::RunMetrics* metrics = mirror_->metrics(id);
    shown.push_back({*run, metrics != nullptr ? *metrics : api::RunMetrics()});
  }
  const auto colours = LiveCurves::colours(shown);
  for (auto it = rows_.cbegin(); it != rows_.cend(); ++it) {
    if (colours.contains(it.key())) it.value()->set_colour(colours[it.key()]);
  }
  curves_->show_runs(std::move(shown));
}

void LiveRuns::changeEvent(QEvent* event) {
  QWidget::changeEvent(event);
  if (event->type() == QEvent::PaletteChange) draw();
}

void LiveRuns::export_chart(const QString& name) {
  for (const auto& [own, chart] : curves_->charts()) {
    if (own != name) continue;
    const QString path = ask_save_path(this, tr("Export the curves"), name + QStringLiteral(".png"),
                                       tr("PNG picture (*.png);;SVG drawing (*.svg);;PDF (*.pdf)"));
    if (path.isEmpty()) return;
    chart->flush();
    if (!chart->save(path)) emit export_failed(path, tr("The file could not be written."));
    return;
  }
}

void LiveRuns::export_csv() {
  const QString path =
      ask_save_path(this, tr("Export the curves"), QStringLiteral("curves.csv"), tr("CSV (*.csv)"));
  if (path.isEmpty()) return;
  const QString reason = save_bytes(path, curves_->csv());
  if (!reason.isEmpty()) emit export_failed(path, reason);
}

}  // namespace loupe::ui
