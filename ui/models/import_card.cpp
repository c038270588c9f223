// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/import_card.h"

#include <QCheckBox>
#include <QComboBox>
#include <QDoubleSpinBox>
#include <QGridLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSignalBlocker>
#include <utility>

#include "ui/client/text.h"
#include "ui/models/asker.h"
#include "ui/models/model_text.h"
#include "ui/widgets/engine_path_picker.h"
#include "ui/widgets/failure_view.h"
#include "ui/widgets/format.h"
#include "ui/widgets/request_progress.h"
#include "ui/widgets/theme.h"

namespace loupe::ui {
namespace {

constexpr double usual_beta = 0.01;
constexpr int name_letters = 28;

QWidget* row_of(QWidget* parent, std::initializer_list<QWidget*> widgets) {
  auto* row = new QWidget(parent);
  auto* line = new QHBoxLayout(row);
  line->setContentsMargins(0, 0, 0, 0);
  line->setSpacing(theme::grid);
  for (QWidget* widget : widgets) line->addWidget(widget);
  line->addStretch(1);
  return row;
}

}  // namespace

ImportCard::ImportCard(EngineClient* client, WorkspaceMirror* mirror, QWidget* parent)
    : QFrame(parent), client_(client), mirror_(mirror), news_(this, [this] { fill_models(); }) {
  setObjectName(QStringLiteral("import-card"));
  setAccessibleName(tr("Import a model"));
  setFrameShape(QFrame::StyledPanel);
  setAutoFillBackground(true);
  setBackgroundRole(QPalette::Base);
  asker_ = new Asker(client_, api::method::models_inspect, this);
  title_ = new QLabel(this);
  title_->setFont(theme::scaled(font(), 1.1, true));
  QWidget* path_row = make_path();
  found_ = new QLabel(this);
  found_->setObjectName(QStringLiteral("import-found"));
  found_->setTextFormat(Qt::PlainText);
  found_->setWordWrap(true);
  name_ = new QLineEdit(this);
  name_->setObjectName(QStringLiteral("import-name"));
  name_->setAccessibleName(tr("Name of the model"));
  name_->setToolTip(tr("What it is called in this workspace"));
  name_->setMinimumWidth(320);
  auto* name_label = new QLabel(tr("&Name"), this);
  name_label->setBuddy(name_);
  name_row_ = row_of(this, {name_label, name_});
  base_row_ = make_base();
  reference_row_ = make_reference();
  failure_ = new FailureView(QStringLiteral("import-failure"), this);
  progress_ = new RequestProgress(QStringLiteral("import-progress"), client_, this);
  auto* lines = new QVBoxLayout(this);
  lines->setContentsMargins(2 * theme::grid, theme::grid, 2 * theme::grid, theme::grid);
  lines->setSpacing(theme::grid);
  for (QWidget* widget :
       {static_cast<QWidget*>(title_), path_row, static_cast<QWidget*>(found_), name_row_,
        base_row_, reference_row_, static_cast<QWidget*>(failure_), make_buttons()}) {
    lines->addWidget(widget);
  }
  connect(asker_, &Asker::answered, this, &ImportCard::take_kind);
  connect(asker_, &Asker::failed, this, [this](const Failure& failure) {
    failure_->show_failure(failure);
    update_state();
  });
  connect(mirror_, &WorkspaceMirror::models_changed, this, [this] { news_.want(); });
  connect(client_, &EngineClient::state_changed, this, &ImportCard::update_state);
  connect(progress_, &RequestProgress::cancelled, this, &ImportCard::update_state);
  for (QLineEdit* edit : {path_, name_}) {
    connect(edit, &QLineEdit::textChanged, this, &ImportCard::update_state);
  }
  fill_models();
  hide();
}

QWidget* ImportCard::make_path() {
  path_ = new QLineEdit(this);
  path_->setObjectName(QStringLiteral("import-path"));
  path_->setAccessibleName(tr("Path of the model"));
  path_->setToolTip(
      tr("On the engine's machine: a .gguf file, a folder with config.json and "
         "safetensors, or a folder with adapter_config.json"));
  path_->setPlaceholderText(tr("A .gguf file, or a folder with config.json"));
  browse_ = new QPushButton(tr("Choose…"), this);
  browse_->setObjectName(QStringLiteral("import-choose"));
  browse_->setToolTip(tr("Look for it in the folders of the engine's machine"));
  auto* row = new QWidget(this);
  auto* line = new QHBoxLayout(row);
  line->setContentsMargins(0, 0, 0, 0);
  line->setSpacing(theme::grid);
  line->addWidget(path_, 1);
  line->addWidget(browse_);
  connect(path_, &QLineEdit::returnPressed, this, &ImportCard::inspect);
  connect(path_, &QLineEdit::textEdited, this, [this] {
    // What was found belongs to another path.
    kind_.reset();
    asker_->clear();
    failure_->clear();
  });
  connect(browse_, &QPushButton::clicked, this, &ImportCard::choose);
  return row;
}

QWidget* ImportCard::make_base() {
  base_ = new QComboBox(this);
  base_->setObjectName(QStringLiteral("import-base"));
  base_->setAccessibleName(tr("Base model of the adapter"));
  base_->setToolTip(tr("The language model that the adapter changes"));
  base_->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
  base_->setMinimumContentsLength(name_letters);
  auto* label = new QLabel(tr("Base mo&del"), this);
  label->setBuddy(base_);
  auto* other = new QPushButton(tr("Import its base model first…"), this);
  other->setObjectName(QStringLiteral("import-base-first"));
  other->setMinimumWidth(other->sizeHint().width() + 2 * theme::grid);
  other->setToolTip(tr("Choose the base model's folder; the adapter comes after it"));
  connect(base_, &QComboBox::currentIndexChanged, this, &ImportCard::update_state);
  connect(other, &QPushButton::clicked, this, [this] {
    PickOptions options;
    options.title = tr("The base model of %1").arg(name_->text());
    options.kinds = {QStringLiteral("model")};
    options.folder_allowed = true;
    pick_engine_path(window(), client_, options,
                     [this, adapter = path_->text()](const QString& path) {
                       if (!open(path)) return;
                       after_base_ = adapter;
                       title_->setText(tr("Import the base model"));
                     });
  });
  return row_of(this, {label, base_, other});
}

QWidget* ImportCard::make_reference() {
  is_policy_ = new QCheckBox(tr("It is the polic&y of an implicit reward model"), this);
  is_policy_->setObjectName(QStringLiteral("import-is-policy"));
  is_policy_->setToolTip(
      tr("Its reward is beta times the log-ratio of this model to its reference, e.g. a model "
         "trained by DPO and the one it was trained from"));
  reference_ = new QComboBox(this);
  reference_->setObjectName(QStringLiteral("import-reference"));
  reference_->setAccessibleName(tr("Reference model"));
  reference_->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
  reference_->setMinimumContentsLength(name_letters);
  reference_label_ = new QLabel(tr("&Reference"), this);
  reference_label_->setBuddy(reference_);
  beta_ = new QDoubleSpinBox(this);
  beta_->setObjectName(QStringLiteral("import-beta"));
  beta_->setAccessibleName(tr("Beta"));
  beta_->setToolTip(tr("The factor in front of the log-ratio"));
  beta_->setDecimals(4);
  beta_->setRange(0.0001, 100);
  beta_->setSingleStep(0.01);
  beta_->setValue(usual_beta);
  beta_label_ = new QLabel(tr("be&ta"), this);
  beta_label_->setBuddy(beta_);
  merge_ = new QCheckBox(tr("&Merge it into the base's matrices"), this);
  merge_->setObjectName(QStringLiteral("import-merge"));
  merge_->setToolTip(tr(
      "Otherwise it lies beside them, so that the base is in memory once for both; merged it is a "
      "little faster"));
  connect(is_policy_, &QCheckBox::toggled, this, &ImportCard::update_state);
  connect(reference_, &QComboBox::currentIndexChanged, this, &ImportCard::update_state);
  return row_of(this, {is_policy_, reference_label_, reference_, beta_label_, beta_, merge_});
}

QWidget* ImportCard::make_buttons() {
  import_ = new QPushButton(tr("Import"), this);
  import_->setObjectName(QStringLiteral("import-start"));
  close_ = new QPushButton(tr("Close"), this);
  close_->setObjectName(QStringLiteral("import-close"));
  close_->setToolTip(tr("Esc"));
  auto* row = new QWidget(this);
  auto* line = new QHBoxLayout(row);
  line->setContentsMargins(0, 0, 0, 0);
  line->setSpacing(theme::grid);
  line->addWidget(import_);
  line->addWidget(close_);
  line->addWidget(progress_, 1);
  line->addStretch(1);
  connect(import_, &QPushButton::clicked, this, &ImportCard::import);
  connect(close_, &QPushButton::clicked, this, &ImportCard::close);
  return row;
}

bool ImportCard::busy() const {
  return progress_->busy();
}

bool ImportCard::settled() const {
  return !busy() && !asker_->busy();
}

void ImportCard::choose() {
  PickOptions options;
  options.title = tr("Import a model");
  options.kinds = {QStringLiteral("model")};
  options.folder_allowed = true;
  pick_engine_path(window(), client_, options, [this](const QString& path) { open(path); });
}

bool ImportCard::open(const QString& path) {
  if (busy()) return false;
  after_base_.clear();
  title_->setText(tr("Import a model"));
  path_->setText(path);
  show();
  inspect();
  return true;
}

void ImportCard::inspect() {
  kind_.reset();
  failure_->clear();
  const QString path = path_->text().trimmed();
  if (!path.isEmpty()) asker_->ask({{"path", stdstr(path)}});
  update_state();
  path_->setFocus(Qt::OtherFocusReason);
}

void ImportCard::take_kind(const api::json& result) {
  Failure failure;
  api::FileKind kind;
  if (!read_result(result, &kind, &failure)) {
    failure_->show_failure(failure);
    return update_state();
  }
  kind_ = kind;
  name_->setText(qstr(kind.name));
  is_policy_->setChecked(false);
  merge_->setChecked(false);
  beta_->setValue(usual_beta);
  fill_models();
  const qint64 base = wanted_base_ != 0 ? std::exchange(wanted_base_, 0) : kind.base_id;
  base_->setCurrentIndex(base_->findData(QVariant::fromValue(base)));
  update_state();
  if (import_->isEnabled()) import_->setFocus(Qt::OtherFocusReason);
}

void ImportCard::fill_models() {
  for (QComboBox* box : {base_, reference_}) {
    const QVariant chosen = box->currentData();
    const QSignalBlocker blocker(box);
    box->clear();
    for (const api::Model& model : mirror_->models()) {
      if (kind_of(model) == QLatin1String("LM")) {
        box->addItem(qstr(model.name), QVariant::fromValue(static_cast<qint64>(model.id)));
      }
    }
    box->setCurrentIndex(chosen.isValid() ? box->findData(chosen) : -1);
    box->setPlaceholderText(box->count() > 0 ? tr("choose") : tr("no language model yet"));
    box->setEnabled(box->count() > 0);
  }
  update_state();
}

QString ImportCard::obstacle() const {
  if (client_->state() != EngineClient::State::ready) return tr("The engine is not running.");
  if (busy()) return tr("The import is under way.");
  if (asker_->busy()) return tr("Looking at what is there.");
  if (!kind_) return tr("Choose a file or a folder; Enter looks at what is there.");
  if (name_->text().trimmed().isEmpty()) return tr("Give it a name.");
  if (kind_->kind == "adapter" && !base_->currentData().isValid()) {
    return tr("Choose the base model of the adapter.");
  }
  if (kind_->kind == "LM" && is_policy_->isChecked() && !reference_->currentData().isValid()) {
    return tr("Choose the reference of the implicit reward model.");
  }
  return {};
}

void ImportCard::update_state() {
  const bool free = !busy();
  const bool language_model = kind_ && kind_->kind == "LM";
  const bool adapter = kind_ && kind_->kind == "adapter";
  const bool policy = (language_model || adapter) && is_policy_->isChecked();
  if (kind_) {
    QStringList facts{kind_words(qstr(kind_->kind))};
    for (const std::string& fact : {kind_->source, kind_->architecture}) {
      if (!fact.empty()) facts << qstr(fact);
    }
    if (kind_->parameters > 0) {
      facts << tr("%1 parameters").arg(short_count(static_cast<double>(kind_->parameters)));
    }
    if (kind_->size > 0) facts << byte_size(kind_->size);
    QString said = facts.join(QStringLiteral("   ·   "));
    if (adapter && !kind_->base.empty()) {
      said += QLatin1Char('\n') + tr("on top of %1").arg(qstr(kind_->base));
      if (kind_->base_id == 0) said += tr(", which is not in this workspace yet");
    }
    found_->setText(said);
  } else {
    found_->setText(asker_->busy() ? tr("Looking at what is there…") : QString());
  }
  found_->setVisible(!found_->text().isEmpty());
  name_row_->setVisible(kind_.has_value());
  base_row_->setVisible(adapter);
  reference_row_->setVisible(language_model || adapter);
  merge_->setVisible(adapter);
  for (QWidget* widget : std::initializer_list<QWidget*>{reference_label_, reference_}) {
    widget->setVisible(policy && !adapter);
  }
  for (QWidget* widget : std::initializer_list<QWidget*>{beta_label_, beta_}) {
    widget->setVisible(policy);
  }
  is_policy_->setText(adapter ? tr("It is the polic&y of an implicit reward model, its base the "
                                   "reference")
                              : tr("It is the polic&y of an implicit reward model"));
  for (QWidget* widget :
       std::initializer_list<QWidget*>{path_, browse_, name_row_, base_row_, reference_row_}) {
    widget->setEnabled(free);
  }
  const QString why = obstacle();
  import_->setEnabled(why.isEmpty());
  import_->setToolTip(why.isEmpty() ? tr("Checks the files and takes the model into the workspace; "
                                         "they stay where they are")
                                    : why);
  import_->setAccessibleDescription(why);
  import_->setVisible(free);
  close_->setVisible(free);
}

void ImportCard::import() {
  if (!obstacle().isEmpty()) return;
  failure_->clear();
  api::json params{{"path", stdstr(path_->text().trimmed())},
                   {"name", stdstr(name_->text().trimmed())}};
  if (kind_->kind == "adapter") {
    params["base"] = base_->currentData().toLongLong();
    params["merge"] = merge_->isChecked();
    params["implicit"] = is_policy_->isChecked();
    if (is_policy_->isChecked()) params["beta"] = beta_->value();
  }
  if (kind_->kind == "LM" && is_policy_->isChecked()) {
    params["reference"] = reference_->currentData().toLongLong();
    params["beta"] = beta_->value();
  }
  const auto request = client_->call<api::Model>(
      api::method::models_import, std::move(params), this,
      [this](api::Model model) { take_model(model); },
      [this](const Failure& failure) {
        progress_->finish();
        failure_->show_failure(failure);
        update_state();
      });
  progress_->follow(request, tr("Importing %1").arg(name_->text().trimmed()));
  update_state();
}

void ImportCard::take_model(const api::Model& model) {
  progress_->finish();
  mirror_->refresh();
  emit imported(model.id);
  const QString adapter = std::exchange(after_base_, QString());
  if (adapter.isEmpty()) return close();
  wanted_base_ = model.id;
  // Its base may be chosen once the list of models has it.
  connect(
      mirror_, &WorkspaceMirror::models_changed, this, [this, adapter] { open(adapter); },
      Qt::SingleShotConnection);
}

void ImportCard::close() {
  if (busy()) return;
  asker_->clear();
  kind_.reset();
  after_base_.clear();
  failure_->clear();
  path_->clear();
  hide();
}

void ImportCard::keyPressEvent(QKeyEvent* event) {
  if (event->key() != Qt::Key_Escape || busy()) return QFrame::keyPressEvent(event);
  close();
}

}  // namespace loupe::ui
