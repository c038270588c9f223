// SPDX-License-Identifier: GPL-3.0-or-later
// The Train page and the files of the engine's machine: a model to import, a project, pairs.
#include "ui/client/text.h"
#include "ui/client/workspace_mirror.h"
#include "ui/train/choice_bar.h"
#include "ui/train/eval_sets.h"
#include "ui/train/train_page.h"
#include "ui/widgets/empty_models.h"
#include "ui/widgets/engine_path_picker.h"

namespace loupe::ui {
namespace {

PickOptions only(const QString& title, const QString& kind) {
  PickOptions options;
  options.title = title;
  options.kinds = QStringList{kind};
  // Who types the path of a model's folder is in it then; the engine says when it is none.
  options.folder_allowed = kind == QLatin1String("model");
  return options;
}

}  // namespace

void TrainPage::import_model() {
  pick_engine_path(this, client_, only(tr("Import a model"), QStringLiteral("model")),
                   [this](const QString& path) { no_model_->import(path); });
}

void TrainPage::choose_project() {
  pick_engine_path(this, client_, only(tr("Open a project"), QStringLiteral("project")),
                   [this](const QString& path) {
                     asked_project_.clear();  // a file that could not be read may have been fixed since
                     choice_->set_source({TrainSource::Kind::project, path, 0});
                     source_changed(true);
                   });
}

void TrainPage::choose_data() {
  pick_engine_path(this, client_, only(tr("Choose pairs to train on"), QStringLiteral("data")),
                   [this](const QString& path) {
                     choice_->set_source({TrainSource::Kind::file, path, 0});
                     source_changed(true);
                   });
}

void TrainPage::choose_eval_file() {
  pick_engine_path(this, client_, only(tr("Choose pairs to evaluate on"), QStringLiteral("data")),
                   [this](const QString& path) { evals_->name_file(path); });
}

void TrainPage::read_project(const QString& path) {
  // Once a path: a file that cannot be read stays chosen, and says why.
  if (asked_project_ == path || client_->state() != EngineClient::State::ready) return;
  asked_project_ = path;
  reading_project_ = true;
  client_->call<api::Project>(
      api::method::projects_show, {{"path", stdstr(path)}}, this,
      [this, path](api::Project project) {
        reading_project_ = false;
        project.path = stdstr(path);
        emit message_over(QStringLiteral("train-project"));
        choice_->add_project(std::move(project));
        take_project(true);
      },
      [this](const Failure& failure) {
        reading_project_ = false;
        report(QStringLiteral("train-project"), failure);
      },
      QStringLiteral("train-project"));
}

}  // namespace loupe::ui
