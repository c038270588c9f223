// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/train/choice_bar.h"

#include <QButtonGroup>
#include <QComboBox>
#include <QEvent>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QSignalBlocker>
#include <QStandardItemModel>
#include <QToolButton>
#include <utility>

#include "ui/client/text.h"
#include "ui/client/workspace_mirror.h"
#include "ui/widgets/theme.h"

namespace loupe::ui {
namespace {

// What an entry of the data combo is: a source, or a wish for a file.
constexpr int kind_role = Qt::UserRole, path_role = Qt::UserRole + 1, id_role = Qt::UserRole + 2;
constexpr int ask_project = 100, ask_file = 101;

QComboBox* make_combo(QLabel* label, const QString& object_name, const QString& accessible_name,
                      const QString& why) {
  auto* combo = new QComboBox(label->parentWidget());
  combo->setObjectName(object_name);
  combo->setAccessibleName(accessible_name);
  combo->setToolTip(why);
  combo->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
  combo->setMinimumContentsLength(20);
  label->setBuddy(combo);
  return combo;
}

void disable(QComboBox* combo, int index) {
  auto* model = qobject_cast<QStandardItemModel*>(combo->model());
  if (model != nullptr) model->item(index)->setEnabled(false);
}

}  // namespace

QString dataset_words(const api::Dataset& dataset) {
  const QString name = qstr(dataset.name);
  if (dataset.kind == "persona" && !name.contains(QLatin1Char('/'))) {
    return QStringLiteral("persona/") + name;
  }
  const QString file = QFileInfo(qstr(dataset.path)).fileName();
  return file.isEmpty() || dataset.kind != "jsonl" ? name : file;
}

ChoiceBar::ChoiceBar(WorkspaceMirror* mirror, QWidget* parent)
    : QWidget(parent),
      mirror_(mirror),
      models_news_(this, [this] { fill_models(); }),
      data_news_(this, [this] { fill_data(); }) {
  auto* model_label = new QLabel(tr("&Model"), this);
  models_ = make_combo(model_label, QStringLiteral("train-model"), tr("Model"),
                       tr("The language model that becomes a reward model; its files stay as they "
                          "are"));
  import_ = new QPushButton(tr("Import…"), this);
  import_->setObjectName(QStringLiteral("train-import"));
  import_->setToolTip(
      tr("Add a model of the engine's machine: a GGUF file, or a folder with config.json"));
  auto* data_label = new QLabel(tr("&Data"), this);
  data_ = make_combo(data_label, QStringLiteral("train-data"), tr("Data"),
                     tr("The pairs to learn from: a project brings its own evaluation sets, a "
                        "JSONL file has a line {\"prompt\", \"chosen\", \"rejected\"} a pair"));
  auto* layout = new QHBoxLayout(this);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->setSpacing(theme::grid);
  layout->addWidget(model_label);
  layout->addWidget(models_, 1);
  layout->addWidget(import_);
  layout->addSpacing(theme::grid);
  layout->addWidget(data_label);
  layout->addWidget(data_, 1);
  layout->addSpacing(theme::grid);
  layout->addWidget(make_types());

  connect(models_, &QComboBox::activated, this, [this](int index) {
    model_ = models_->itemData(index).toString();
    wished_.clear();
    emit model_changed(true);
  });
  connect(data_, &QComboBox::activated, this, &ChoiceBar::data_activated);
  connect(import_, &QPushButton::clicked, this, &ChoiceBar::import_wanted);
  connect(mirror_, &WorkspaceMirror::models_changed, this, [this] { models_news_.want(); });
  connect(mirror_, &WorkspaceMirror::datasets_changed, this, [this] { data_news_.want(); });
  connect(mirror_, &WorkspaceMirror::projects_changed, this, [this] { data_news_.want(); });
  fill_models();
  fill_data();
}

QWidget* ChoiceBar::make_types() {
  auto* area = new QWidget(this);
  auto* label = new QLabel(tr("Type"), area);
  auto* layout = new QHBoxLayout(area);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->setSpacing(0);
  layout->addWidget(label);
  layout->addSpacing(theme::grid);
  types_ = new QButtonGroup(this);
  types_->setExclusive(true);
  const auto add = [&](const QString& text, const QString& name, const QString& why, int id) {
    auto* button = new QToolButton(area);
    button->setText(text);
    button->setObjectName(name);
    button->setToolTip(why);
    button->setAccessibleName(why.section(QLatin1Char(':'), 0, 0));
    button->setCheckable(true);
    button->setFocusPolicy(Qt::StrongFocus);
    button->setMinimumHeight(models_->sizeHint().height());
    types_->addButton(button, id);
    layout->addWidget(button);
  };
  add(tr("EX"), QStringLiteral("train-type-ex"),
      tr("Explicit: a linear head on the last hidden state gives the reward"), 0);
  add(tr("IM"), QStringLiteral("train-type-im"),
      tr("Implicit: the reward is beta times the log-ratio of the model to itself before "
         "training"),
      1);
  add(tr("EX + IM"), QStringLiteral("train-type-both"),
      tr("Both, one after the other: the same recipe, pairs and seeds, so that only the type "
         "differs"),
      2);
  types_->button(2)->setChecked(true);
  connect(types_, &QButtonGroup::idClicked, this, &ChoiceBar::types_changed);
  connect(types_, &QButtonGroup::idToggled, this, &ChoiceBar::restyle);
  restyle();
  return area;
}

void ChoiceBar::changeEvent(QEvent* event) {
  QWidget::changeEvent(event);
  if (event->type() == QEvent::PaletteChange && !restyling_) restyle();
}

// A pressed tool button is hard to tell from its neighbours in the dark theme.
void ChoiceBar::restyle() {
  restyling_ = true;
  for (QAbstractButton* button : types_->buttons()) {
    QPalette own;
    if (button->isChecked()) {
      const QPalette& all = palette();
      own.setColor(QPalette::Button, all.color(QPalette::Highlight));
      own.setColor(QPalette::ButtonText, all.color(QPalette::HighlightedText));
    }
    button->setPalette(own);
  }
  restyling_ = false;
}

QStringList ChoiceBar::types() const {
  switch (types_->checkedId()) {
    case 0:
      return {QStringLiteral("EX")};
    case 1:
      return {QStringLiteral("IM")};
    default:
      return {QStringLiteral("EX"), QStringLiteral("IM")};
  }
}

void ChoiceBar::set_types(const QStringList& types) {
  if (types.isEmpty()) return;
  const bool both = types.size() > 1;
  types_->button(both ? 2 : types.front() == QLatin1String("EX") ? 0 : 1)->setChecked(true);
}

const api::Project* ChoiceBar::project() const {
  if (source_.kind != TrainSource::Kind::project) return nullptr;
  for (const api::Project* project : projects()) {
    if (qstr(project->path) == source_.path) return project;
  }
  return nullptr;
}

std::vector<const api::Project*> ChoiceBar::projects() const {
  std::vector<const api::Project*> all;
  for (const api::Project& project : mirror_->projects()) all.push_back(&project);
  for (const api::Project& project : read_) all.push_back(&project);
  return all;
}

void ChoiceBar::set_model(const QString& name) {
  wished_ = name;
  fill_models();
}

void ChoiceBar::set_source(const TrainSource& source) {
  source_ = source;
  if (source.kind == TrainSource::Kind::file && !files_.contains(source.path)) {
    files_.append(source.path);
  }
  fill_data();
}

void ChoiceBar::add_project(api::Project project) {
  std::erase_if(read_, [&](const api::Project& known) { return known.path == project.path; });
  read_.push_back(std::move(project));
  fill_data();
}

void ChoiceBar::set_importing(bool importing) {
  import_->setEnabled(!importing);
  import_->setText(importing ? tr("Importing…") : tr("Import…"));
}

void ChoiceBar::fill_models() {
  const QSignalBlocker blocker(models_);
  models_->clear();
  QString first;
  for (const api::Model& model : mirror_->models()) {
    const QString name = qstr(model.name);
    const bool good = model.status == "ok";
    models_->addItem(good ? name : tr("%1 (%2)").arg(name, qstr(model.status)), name);
    models_->setItemData(models_->count() - 1, qstr(model.path), Qt::ToolTipRole);
    if (first.isEmpty() && good) first = name;
  }
  models_->setEnabled(models_->count() > 0);
  models_->setPlaceholderText(mirror_->knows_models() ? tr("none") : tr("waiting for the engine…"));
  const QString before = model_;
  if (!wished_.isEmpty() && models_->findData(wished_) >= 0) {
    model_ = std::exchange(wished_, {});
  }
  if (models_->findData(model_) < 0) model_ = first;
  models_->setCurrentIndex(models_->findData(model_));
  if (model_ != before) emit model_changed(false);
}

void ChoiceBar::fill_data() {
  const QSignalBlocker blocker(data_);
  data_->clear();
  const auto add = [&](const QString& text, TrainSource::Kind kind, const QString& path, qint64 id,
                       const QString& tooltip) {
    data_->addItem(text);
    const int index = data_->count() - 1;
    data_->setItemData(index, static_cast<int>(kind), kind_role);
    data_->setItemData(index, path, path_role);
    data_->setItemData(index, id, id_role);
    data_->setItemData(index, tooltip, Qt::ToolTipRole);
  };
  for (const api::Project* project : projects()) {
    add(tr("%1 (project, %2 pairs)").arg(qstr(project->name)).arg(project->train_pairs),
        TrainSource::Kind::project, qstr(project->path), 0,
        qstr(project->title) + QLatin1Char('\n') + qstr(project->path));
  }
  for (const QString& path : files_) {
    add(QFileInfo(path).fileName(), TrainSource::Kind::file, path, 0, path);
  }
  if (data_->count() > 0 && !mirror_->datasets().empty()) {
    data_->insertSeparator(data_->count());
  }
  for (const api::Dataset& dataset : mirror_->datasets()) {
    add(dataset.available ? tr("%1 (%2 pairs)").arg(dataset_words(dataset)).arg(dataset.pairs)
                          : tr("%1 (its file is gone)").arg(dataset_words(dataset)),
        TrainSource::Kind::dataset, {}, dataset.id, qstr(dataset.path));
    if (!dataset.available) disable(data_, data_->count() - 1);
  }
  if (data_->count() > 0) data_->insertSeparator(data_->count());
  add(tr("Project file…"), static_cast<TrainSource::Kind>(ask_project), {}, 0,
      tr("A .rlproj file of the engine's machine"));
  add(tr("JSONL file…"), static_cast<TrainSource::Kind>(ask_file), {}, 0,
      tr("A file of pairs of the engine's machine"));
  if (source_.kind == TrainSource::Kind::none && !mirror_->projects().empty()) {
    source_ = {TrainSource::Kind::project, qstr(mirror_->projects().front().path), 0};
    select_data();
    emit source_changed(false);
    return;
  }
  select_data();
}

void ChoiceBar::select_data() {
  int found = -1;
  for (int i = 0; i < data_->count() && found < 0; ++i) {
    if (!data_->itemData(i, kind_role).isValid()) continue;
    const bool same = data_->itemData(i, kind_role).toInt() == static_cast<int>(source_.kind) &&
                      data_->itemData(i, path_role).toString() == source_.path &&
                      data_->itemData(i, id_role).toLongLong() == source_.dataset;
    if (same) found = i;
  }
  data_->setCurrentIndex(found);
}

void ChoiceBar::data_activated(int index) {
  const int kind = data_->itemData(index, kind_role).toInt();
  if (kind == ask_project || kind == ask_file) {
    select_data();  // a file that is not chosen after all changes nothing
    if (kind == ask_project) {
      emit project_file_wanted();
    } else {
      emit data_file_wanted();
    }
    return;
  }
  const TrainSource chosen{static_cast<TrainSource::Kind>(kind),
                           data_->itemData(index, path_role).toString(),
                           data_->itemData(index, id_role).toLongLong()};
  if (chosen == source_) return;
  source_ = chosen;
  emit source_changed(true);
}

}  // namespace loupe::ui
