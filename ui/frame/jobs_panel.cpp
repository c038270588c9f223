// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/frame/jobs_panel.h"

#include <QApplication>
#include <QClipboard>
#include <QEvent>
#include <QFontDatabase>
#include <QHeaderView>
#include <QLabel>
#include <QPainter>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QScrollBar>
#include <QSplitter>
#include <QStyledItemDelegate>
#include <QTableView>
#include <QVBoxLayout>

#include "ui/client/text.h"
#include "ui/frame/job_line.h"
#include "ui/frame/job_table_model.h"
#include "ui/widgets/icons.h"
#include "ui/widgets/table_style.h"
#include "ui/widgets/theme.h"
#include "ui/widgets/when_shown.h"

namespace loupe::ui {
namespace {

constexpr int follow_ms = 1000, log_bytes = 100'000;

// A bar with the percentage and the phase beside it.
class ProgressDelegate : public QStyledItemDelegate {
 public:
  using QStyledItemDelegate::QStyledItemDelegate;
  void paint(QPainter* painter, const QStyleOptionViewItem& option,
             const QModelIndex& index) const override {
    QStyleOptionViewItem plain = option;
    initStyleOption(&plain, index);
    const QString phase = std::exchange(plain.text, {});
    plain.widget->style()->drawControl(QStyle::CE_ItemViewItem, &plain, painter, plain.widget);
    const double share = index.data(JobTableModel::share_role).toDouble();
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    QRect room = option.rect.adjusted(theme::grid / 2, 0, -theme::grid / 2, 0);
    const bool selected = option.state & QStyle::State_Selected;
    const QColor text = option.palette.color(selected ? QPalette::HighlightedText : QPalette::Text);
    if (share >= 0) {
      const QRectF track(room.left(), room.center().y() - 2, 96, 5);
      painter->setPen(Qt::NoPen);
      painter->setBrush(selected ? option.palette.color(QPalette::Highlight).darker(140)
                                 : theme::line());
      painter->drawRoundedRect(track, 2.5, 2.5);
      painter->setBrush(selected ? text : option.palette.color(QPalette::Highlight));
      painter->drawRoundedRect(
          QRectF(track.left(), track.top(), track.width() * share, track.height()), 2.5, 2.5);
      painter->setPen(text);
      const int column = option.fontMetrics.horizontalAdvance(QStringLiteral("100 %"));
      const QRect number(room.left() + 96 + theme::grid, room.top(), column, room.height());
      painter->drawText(number, Qt::AlignRight | Qt::AlignVCenter,
                        tr("%1 %").arg(qRound(100 * share)));
      room.setLeft(number.right() + 2 * theme::grid);
    }
    painter->setPen(selected ? text : theme::secondary_text());
    painter->drawText(room, Qt::AlignLeft | Qt::AlignVCenter,
                      option.fontMetrics.elidedText(phase, Qt::ElideRight, room.width()));
    painter->restore();
  }
};

}  // namespace

JobsPanel::JobsPanel(EngineClient* client, WorkspaceMirror* mirror, QWidget* parent)
    : QWidget(parent), client_(client), mirror_(mirror) {
  setObjectName(QStringLiteral("jobs-panel"));
  setAccessibleName(tr("Jobs"));
  model_ = new JobTableModel(this);
  line_ = new JobLine(this);
  body_ = make_body();
  body_->hide();
  rows_ = new WhenShown(body_, [this] { show_rows(); });
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->setSpacing(0);
  layout->addWidget(line_);
  layout->addWidget(body_, 1);
  setMaximumHeight(line_->height());
  follow_.setInterval(follow_ms);
  connect(&follow_, &QTimer::timeout, this, &JobsPanel::ask_log);
  connect(line_, &JobLine::toggle_wanted, this, [this] { set_open(!open_); });
  connect(line_, &JobLine::stop_wanted, mirror_, &WorkspaceMirror::stop_job);
  connect(mirror_, &WorkspaceMirror::jobs_changed, this, &JobsPanel::jobs_changed);
  // What was asked for and refused may be asked for again.
  connect(mirror_, &WorkspaceMirror::failed, this, &JobsPanel::current_changed);
  restyle();
}

QWidget* JobsPanel::make_body() {
  auto* body = new QWidget(this);
  table_ = new QTableView(body);
  table_->setObjectName(QStringLiteral("jobs-table"));
  table_->setAccessibleName(tr("Jobs of the workspace"));
  table_->setModel(model_);
  dress_table(table_);
  table_->setSelectionMode(QAbstractItemView::SingleSelection);
  table_->setItemDelegateForColumn(JobTableModel::progress, new ProgressDelegate(table_));
  auto* header = table_->horizontalHeader();
  header->setSectionResizeMode(JobTableModel::title, QHeaderView::Stretch);
  const int digit = fontMetrics().horizontalAdvance(QLatin1Char('0'));
  header->resizeSection(JobTableModel::status, 14 * digit);
  header->resizeSection(JobTableModel::progress, 96 + 18 * digit);
  header->resizeSection(JobTableModel::left, 10 * digit);
  header->resizeSection(JobTableModel::started, 18 * digit);

  const auto button = [body](const QString& text, const char* name, const QString& why) {
    auto* made = new QPushButton(text, body);
    made->setObjectName(QString::fromLatin1(name));
    made->setToolTip(why);
    return made;
  };
  stop_ = button(tr("Stop"), "jobs-stop", tr("Write a checkpoint and end; it can be resumed."));
  resume_ = button(tr("Resume"), "jobs-resume", tr("Train on from the last checkpoint."));
  show_run_ = button(tr("Show run"), "jobs-show-run", tr("Open its run in Runs."));
  log_ = button(tr("Log"), "jobs-log", tr("What the job wrote; followed while it runs."));
  log_->setCheckable(true);
  auto* buttons = new QHBoxLayout;
  buttons->setSpacing(theme::grid);
  for (QPushButton* one : {stop_, resume_, show_run_, log_}) buttons->addWidget(one);
  buttons->addStretch(1);

  log_area_ = new QWidget(body);
  log_title_ = new QLabel(log_area_);
  log_title_->setTextFormat(Qt::PlainText);
  theme::make_secondary(log_title_);
  auto* copy = button(tr("Copy"), "jobs-log-copy", tr("Copy what is shown of the log."));
  log_text_ = new QPlainTextEdit(log_area_);
  log_text_->setObjectName(QStringLiteral("jobs-log-text"));
  log_text_->setAccessibleName(tr("Log of the job"));
  log_text_->setReadOnly(true);
  log_text_->setTabChangesFocus(true);
  log_text_->setLineWrapMode(QPlainTextEdit::NoWrap);
  log_text_->setFont(QFontDatabase::systemFont(QFontDatabase::FixedFont));
  auto* log_top = new QHBoxLayout;
  log_top->addWidget(log_title_, 1);
  log_top->addWidget(copy);
  auto* log_column = new QVBoxLayout(log_area_);
  log_column->setContentsMargins(0, 0, 0, 0);
  log_column->setSpacing(theme::grid);
  log_column->addLayout(log_top);
  log_column->addWidget(log_text_, 1);
  log_area_->hide();

  auto* left = new QWidget(body);
  auto* left_column = new QVBoxLayout(left);
  left_column->setContentsMargins(0, 0, 0, 0);
  left_column->setSpacing(theme::grid);
  left_column->addLayout(buttons);
  left_column->addWidget(table_, 1);
  auto* splitter = new QSplitter(Qt::Horizontal, body);
  splitter->setObjectName(QStringLiteral("jobs-splitter"));
  splitter->setChildrenCollapsible(false);
  splitter->setHandleWidth(theme::grid);
  splitter->addWidget(left);
  splitter->addWidget(log_area_);
  splitter->setStretchFactor(0, 3);
  splitter->setStretchFactor(1, 2);
  auto* layout = new QVBoxLayout(body);
  layout->setContentsMargins(2 * theme::grid, theme::grid / 2, 2 * theme::grid, theme::grid);
  layout->addWidget(splitter);

  connect(table_->selectionModel(), &QItemSelectionModel::currentRowChanged, this,
          [this](const QModelIndex& index) {
            if (index.isValid()) current_ = index.data(JobTableModel::id_role).toLongLong();
            current_changed();
          });
  connect(table_, &QTableView::activated, this, [this] {
    if (show_run_->isEnabled()) show_run_->click();
  });
  connect(stop_, &QPushButton::clicked, this, [this] {
    stop_->setEnabled(false);
    mirror_->stop_job(current_);
  });
  connect(resume_, &QPushButton::clicked, this, [this] {
    resume_->setEnabled(false);
    if (const api::Job* job = current()) mirror_->resume_run(job->run_id);
  });
  connect(show_run_, &QPushButton::clicked, this, [this] {
    if (const api::Job* job = current()) emit show_run_wanted(job->run_id);
  });
  connect(log_, &QPushButton::toggled, this, [this](bool shown) {
    log_area_->setVisible(shown);
    log_of_ = 0;
    current_changed();
  });
  connect(copy, &QPushButton::clicked, this,
          [this] { QApplication::clipboard()->setText(log_text_->toPlainText()); });
  return body;
}

void JobsPanel::set_open(bool open) {
  if (open == open_) return;
  open_ = open;
  body_->setVisible(open);
  setMaximumHeight(open ? QWIDGETSIZE_MAX : line_->height());
  line_->set_open(open);
  if (open) {
    if (!table_->currentIndex().isValid() && model_->rowCount() > 0) table_->selectRow(0);
    table_->setFocus();
  }
  current_changed();
  emit toggled(open);
}

void JobsPanel::forget() {
  seen_.clear();
  current_ = log_of_ = 0;
}

void JobsPanel::jobs_changed() {
  const std::vector<api::Job>& jobs = mirror_->jobs();
  line_->set_jobs(jobs);
  rows_->want();
  for (const api::Job& job : jobs) {
    const std::string before = stdstr(seen_.value(job.id));
    seen_[job.id] = qstr(job.status);
    if (!is_active(before)) continue;
    if (job.status == "failed") emit job_failed(job);
    if (job.status == "done") emit job_done(job);
  }
}

void JobsPanel::show_rows() {
  model_->set_jobs(mirror_->jobs());
  const int row = model_->row_of(current_);
  if (row < 0) {
    current_ = 0;
    if (open_ && model_->rowCount() > 0) table_->selectRow(0);
  } else if (table_->currentIndex().row() != row) {
    table_->selectRow(row);
  }
  current_changed();
}

const api::Job* JobsPanel::current() const {
  const int row = model_->row_of(current_);
  return row < 0 ? nullptr : &model_->job(row);
}

void JobsPanel::current_changed() {
  const api::Job* job = current();
  stop_->setEnabled(job != nullptr && is_active(job->status));
  resume_->setEnabled(job != nullptr && can_resume(*job, mirror_->jobs()));
  show_run_->setEnabled(job != nullptr && job->run_id != 0);
  log_->setEnabled(job != nullptr);
  const bool shows_log = open_ && log_->isChecked() && job != nullptr;
  if (!shows_log) {
    follow_.stop();
    return;
  }
  const bool active = is_active(job->status);
  // Once more after it has ended, for its last lines.
  if (log_of_ != job->id || (!active && follow_.isActive())) ask_log();
  if (active && !follow_.isActive()) follow_.start();
  if (!active) follow_.stop();
}

void JobsPanel::ask_log() {
  const api::Job* job = current();
  if (job == nullptr || client_->state() != EngineClient::State::ready) return;
  if (log_of_ != job->id) {
    log_text_->clear();
    log_title_->setText(tr("Reading the log…"));
  }
  log_of_ = job->id;
  client_->request(
      api::method::jobs_log, {{"id", job->id}, {"bytes", log_bytes}}, this,
      [this, id = job->id](const api::json& result) {
        const auto text = result.find("text");
        if (text != result.end() && text->is_string()) take_log(id, qstr(*text));
      },
      [this, id = job->id](const Failure& failure) {
        if (id == current_) log_title_->setText(failure.what);
      },
      QStringLiteral("jobs-panel-log"));
}

void JobsPanel::take_log(qint64 id, const QString& text) {
  const api::Job* job = current();
  if (job == nullptr || job->id != id) return;
  log_title_->setText(text.isEmpty()           ? tr("It has written nothing yet.")
                      : is_active(job->status) ? tr("%1, followed").arg(job_title(*job))
                                               : job_title(*job));
  if (log_text_->toPlainText() == text) return;
  QScrollBar* bar = log_text_->verticalScrollBar();
  const bool at_end = bar->value() >= bar->maximum();
  const int before = bar->value();
  log_text_->setPlainText(text);
  bar->setValue(at_end ? bar->maximum() : before);
}

void JobsPanel::changeEvent(QEvent* event) {
  QWidget::changeEvent(event);
  if (event->type() == QEvent::PaletteChange) restyle();
}

void JobsPanel::restyle() {
  const QColor colour = theme::secondary_text();
  stop_->setIcon(icon(QStringLiteral("stop"), colour));
  resume_->setIcon(icon(QStringLiteral("resume"), colour));
  show_run_->setIcon(icon(QStringLiteral("runs"), colour));
  log_->setIcon(icon(QStringLiteral("log"), colour));
}

}  // namespace loupe::ui
