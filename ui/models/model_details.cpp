// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/model_details.h"

#include <QAction>
#include <QHBoxLayout>
#include <QLabel>
#include <QStackedWidget>
#include <QTabWidget>
#include <QToolButton>
#include <QVBoxLayout>

#include "ui/client/text.h"
#include "ui/models/asked_pane.h"
#include "ui/models/memory_view.h"
#include "ui/models/model_text.h"
#include "ui/models/overview_view.h"
#include "ui/models/template_view.h"
#include "ui/models/tensors_view.h"
#include "ui/models/text_view.h"
#include "ui/models/tokenizer_view.h"
#include "ui/widgets/failure_view.h"
#include "ui/widgets/theme.h"

namespace loupe::ui {

ModelDetails::ModelDetails(EngineClient* client, QWidget* parent)
    : QWidget(parent), client_(client) {
  trouble_ = new FailureView(QStringLiteral("model-trouble"), this);
  make_tabs();
  auto* none = new QLabel(tr("Select a model to see what it is made of."), this);
  none->setAlignment(Qt::AlignCenter);
  theme::make_secondary(none);
  stack_ = new QStackedWidget(this);
  stack_->addWidget(tabs_);
  stack_->addWidget(none);
  stack_->setCurrentIndex(1);
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->setSpacing(theme::grid / 2);
  layout->addWidget(trouble_);
  layout->addWidget(stack_, 1);
  asker_ = new Asker(client, api::method::models_show, this);
  connect(asker_, &Asker::answered, this, &ModelDetails::take);
  connect(asker_, &Asker::failed, this, [this](const Failure& failure) {
    for (AskedPane* pane : panes_) pane->fail(failure);
  });
  connect(trouble_, &FailureView::again_wanted, this, &ModelDetails::locate_wanted);
  connect(client_, &EngineClient::state_changed, this, [this](EngineClient::State state) {
    if (state != EngineClient::State::ready) return;
    asked_ = shown_ = {};
    if (isVisible() && model_.id != 0) ask();
  });
}

void ModelDetails::make_tabs() {
  tabs_ = new QTabWidget(this);
  tabs_->setObjectName(QStringLiteral("model-details"));
  tabs_->setAccessibleName(tr("Details of the model"));
  tabs_->setDocumentMode(true);
  const auto add = [&](QWidget* page, const QString& name, const QString& title,
                       const QString& tooltip) {
    page->setProperty("name", name);
    tabs_->setTabToolTip(tabs_->addTab(page, title), tooltip);
  };
  const auto pane = [&](size_t which, const QString& name, QWidget* content) {
    panes_[which] = new AskedPane(name + QStringLiteral("-pane"), content, this);
    connect(panes_[which], &AskedPane::again_wanted, this, &ModelDetails::ask);
    return panes_[which];
  };
  overview_ = new OverviewView(this);
  config_ = new TextView(QStringLiteral("config"), tr("As config.json has it"), this);
  template_ = new TemplateView(client_, this);
  tokenizer_ = new TokenizerView(client_, this);
  tensors_ = new TensorsView(client_, this);
  memory_ = new MemoryView(client_, this);
  add(pane(0, QStringLiteral("overview"), overview_), QStringLiteral("overview"), tr("Overview"),
      tr("What it is, its files, its special tokens, and the runs that use it"));
  add(pane(1, QStringLiteral("config"), config_), QStringLiteral("config"), tr("Config"),
      tr("Its configuration as JSON"));
  add(pane(2, QStringLiteral("template"), template_), QStringLiteral("template"), tr("Template"),
      tr("How a prompt and a response become the text that is scored"));
  add(tokenizer_, QStringLiteral("tokenizer"), tr("Tokenizer"),
      tr("Type a text and see the tokens it is cut into"));
  add(tensors_, QStringLiteral("tensors"), tr("Tensors"), tr("Every tensor of its files"));
  add(memory_, QStringLiteral("memory"), tr("Memory"),
      tr("What scoring and training take, against what there is"));
  connect(overview_, &OverviewView::run_wanted, this, &ModelDetails::run_wanted);
  connect(config_, &TextView::save_failed, this, &ModelDetails::save_failed);
  connect(template_, &TemplateView::save_failed, this, &ModelDetails::save_failed);
  connect(tokenizer_, &TokenizerView::save_failed, this, &ModelDetails::save_failed);
  connect(tensors_, &TensorsView::save_failed, this, &ModelDetails::save_failed);
  connect(memory_, &MemoryView::save_failed, this, &ModelDetails::save_failed);
}

void ModelDetails::set_actions(const QList<QAction*>& actions) {
  auto* corner = new QWidget(tabs_);
  auto* line = new QHBoxLayout(corner);
  line->setContentsMargins(0, 0, 0, 2);
  line->setSpacing(theme::grid / 2);
  for (QAction* action : actions) {
    auto* button = new QToolButton(corner);
    button->setObjectName(action->objectName() + QStringLiteral("-button"));
    button->setDefaultAction(action);
    button->setToolButtonStyle(Qt::ToolButtonTextOnly);
    button->setAutoRaise(true);
    button->setFocusPolicy(Qt::TabFocus);
    line->addWidget(button);
    // What cannot be done here and now takes no room.
    const auto follow = [action, button] { button->setVisible(action->isVisible()); };
    connect(action, &QAction::changed, button, follow);
    follow();
  }
  tabs_->setCornerWidget(corner, Qt::TopRightCorner);
}

void ModelDetails::show_model(const api::Model* model, const QString& base) {
  if (model == nullptr) {
    model_ = {};
    asked_ = shown_ = {};
    asker_->clear();
    trouble_->clear();
    stack_->setCurrentIndex(1);
    return;
  }
  const bool other = model->id != model_.id;
  const bool trouble_changed = other || model->status != model_.status;
  model_ = *model;
  base_ = base;
  if (other) {
    shown_ = {};
    for (AskedPane* pane : panes_) pane->say(tr("Reading the model…"));
  }
  stack_->setCurrentIndex(0);
  tokenizer_->show_model(model->id);
  tensors_->show_model(model->id);
  memory_->show_model(model->id, model->context);
  if (trouble_changed) show_trouble();
  if (isVisible() && api::json(model_) != asked_) ask();
}

void ModelDetails::show_trouble() {
  Failure failure;
  failure.what = status_trouble(model_);
  if (failure.what.isEmpty()) return trouble_->clear();
  const QString path = status_path_of(model_.status);
  failure.where = path.contains(QLatin1Char('/')) ? path : qstr(model_.path);
  failure.hint = tr("Put the files back, or say where they are now. Runs that use it wait for it.");
  trouble_->show_failure(failure, tr("Locate…"));
}

void ModelDetails::show_locate_failure(const Failure& failure) {
  trouble_->show_failure(failure, tr("Locate…"));
}

void ModelDetails::showEvent(QShowEvent* event) {
  QWidget::showEvent(event);
  if (model_.id != 0 && api::json(model_) != asked_) ask();
}

void ModelDetails::ask() {
  if (model_.id == 0) return;
  asked_ = model_;
  if (shown_.is_null()) {
    for (AskedPane* pane : panes_) pane->say(tr("Reading the model…"));
  }
  asker_->ask({{"id", model_.id}});
}

void ModelDetails::take(const api::json& result) {
  Failure failure;
  api::ModelDetail detail;
  if (!read_result(result, &detail, &failure)) {
    for (AskedPane* pane : panes_) pane->fail(failure);
    return;
  }
  shown_ = asked_;
  detail.model = model_;  // the table's row is as new, and what is shown must agree with it
  overview_->show_detail(detail, base_);
  config_->set_text(detail.config.is_null() ? QString() : qstr(detail.config.dump(2)),
                    QStringLiteral("config.json"), tr("This model has no configuration."));
  template_->show_detail(detail);
  for (AskedPane* pane : panes_) pane->show_content();
}

QString ModelDetails::tab() const {
  return tabs_->currentWidget()->property("name").toString();
}

void ModelDetails::set_tab(const QString& name) {
  for (int i = 0; i < tabs_->count(); ++i) {
    if (tabs_->widget(i)->property("name").toString() == name) tabs_->setCurrentIndex(i);
  }
}

bool ModelDetails::settled() const {
  return !asker_->busy() && template_->settled() && tokenizer_->settled() && tensors_->settled() &&
         memory_->settled();
}

}  // namespace loupe::ui
