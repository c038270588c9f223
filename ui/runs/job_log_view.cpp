// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/runs/job_log_view.h"

#include <QFontDatabase>
#include <QLabel>
#include <QPlainTextEdit>
#include <QScrollBar>
#include <QVBoxLayout>

#include "ui/widgets/theme.h"

namespace loupe::ui {
namespace {

constexpr int follow_ms = 2000;
constexpr int log_bytes = 100'000;

}  // namespace

JobLogView::JobLogView(EngineClient* client, QWidget* parent) : QWidget(parent), client_(client) {
  state_ = new QLabel(this);
  state_->setObjectName(QStringLiteral("run-log-state"));
  state_->setTextFormat(Qt::PlainText);
  state_->setWordWrap(true);
  theme::make_secondary(state_);
  text_ = new QPlainTextEdit(this);
  text_->setObjectName(QStringLiteral("run-log"));
  text_->setAccessibleName(tr("Log of the run's job"));
  text_->setToolTip(
      tr("The end of what the job wrote: warnings, pairs left out, where it stopped"));
  text_->setReadOnly(true);
  text_->setTabChangesFocus(true);
  text_->setLineWrapMode(QPlainTextEdit::NoWrap);
  text_->setFont(QFontDatabase::systemFont(QFontDatabase::FixedFont));
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(0, theme::grid / 2, 0, 0);
  layout->setSpacing(theme::grid / 2);
  layout->addWidget(state_);
  layout->addWidget(text_, 1);
  timer_.setInterval(follow_ms);
  connect(&timer_, &QTimer::timeout, this, &JobLogView::ask);
  connect(client_, &EngineClient::state_changed, this, [this] { asking_ = false; });
}

void JobLogView::show_job(qint64 job, const QString& name, bool active) {
  const bool ended = job == job_ && active_ && !active;  // its last lines are still to be read
  const bool other = job != job_;
  job_ = job;
  name_ = name;
  active_ = active;
  if (other) asking_ = false;
  if (isVisible() && (other || ended)) ask();
  follow();
}

void JobLogView::follow() {
  if (isVisible() && active_ && job_ != 0) {
    if (!timer_.isActive()) timer_.start();
  } else {
    timer_.stop();
  }
}

void JobLogView::ask() {
  if (job_ == 0) {
    shown_ = 0;
    text_->clear();
    say(name_.isEmpty() ? tr("Select a run to read the log of its job.")
                        : tr("%1 has no job in this workspace, so there is no log.").arg(name_));
    return;
  }
  if (shown_ != job_) {
    text_->clear();
    say(tr("Reading the log of %1…").arg(name_));
  }
  asking_ = true;
  client_->request(
      api::method::jobs_log, {{"id", job_}, {"bytes", log_bytes}}, this,
      [this, job = job_](const api::json& result) {
        if (job != job_) return;
        const auto text = result.find("text");
        take(text != result.end() && text->is_string() ? qstr(text->get<std::string>())
                                                       : QString());
      },
      [this, job = job_](const Failure& failure) {
        if (job != job_) return;
        asking_ = false;
        say(failure.hint.isEmpty() ? failure.what
                                   : failure.what + QLatin1Char('\n') + failure.hint);
      },
      QStringLiteral("runs-log"));
}

void JobLogView::take(const QString& text) {
  asking_ = false;
  QScrollBar* bar = text_->verticalScrollBar();
  const bool at_end = shown_ != job_ || bar->value() >= bar->maximum();
  const int before = bar->value();
  if (text_->toPlainText() != text) text_->setPlainText(text);
  bar->setValue(at_end ? bar->maximum() : before);
  shown_ = job_;
  if (text.isEmpty()) {
    say(tr("Job %1 of %2 has written nothing yet.").arg(job_).arg(name_));
  } else {
    say(active_ ? tr("%1, job %2: followed while it runs").arg(name_).arg(job_)
                : tr("%1, job %2").arg(name_).arg(job_));
  }
}

void JobLogView::say(const QString& state) {
  state_->setText(state);
}

QString JobLogView::text() const {
  return text_->toPlainText();
}

void JobLogView::showEvent(QShowEvent* event) {
  QWidget::showEvent(event);
  ask();
  follow();
}

void JobLogView::hideEvent(QHideEvent* event) {
  QWidget::hideEvent(event);
  follow();
}

}  // namespace loupe::ui
