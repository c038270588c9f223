// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/frame/start_page.h"

#include <QEvent>
#include <QLabel>
#include <QPushButton>
#include <QScrollArea>
#include <QVBoxLayout>
#include <algorithm>

#include "ui/client/text.h"
#include "ui/frame/card.h"
#include "ui/frame/recent_list.h"
#include "ui/widgets/empty_models.h"
#include "ui/widgets/engine_path_picker.h"
#include "ui/widgets/icons.h"
#include "ui/widgets/theme.h"

namespace loupe::ui {
namespace {

constexpr int column_width = 1000;

QLabel* heading(const QString& text, QWidget* parent) {
  auto* label = new QLabel(text, parent);
  label->setFont(theme::scaled(parent->font(), 1.15, true));
  return label;
}

QLabel* note(const QString& text, QWidget* parent) {
  auto* label = new QLabel(text, parent);
  label->setTextFormat(Qt::PlainText);
  label->setWordWrap(true);
  theme::make_secondary(label);
  return label;
}

QVBoxLayout* column_in(Card* card) {
  auto* column = new QVBoxLayout(card);
  column->setContentsMargins(2 * theme::grid, 2 * theme::grid, 2 * theme::grid, 2 * theme::grid);
  column->setSpacing(theme::grid);
  return column;
}

}  // namespace

StartPage::StartPage(EngineClient* client, WorkspaceMirror* mirror, QWidget* parent)
    : Page(parent),
      client_(client),
      mirror_(mirror),
      models_news_(this, [this] { show_models(); }),
      projects_news_(this, [this] { show_projects(); }) {
  setObjectName(QStringLiteral("start-page"));
  auto* content = new QWidget(this);
  auto* title = new QLabel(tr("RewardLoupe"), content);
  title->setFont(theme::scaled(font(), 1.8, true));
  auto* what =
      note(tr("Train explicit and implicit reward models on the same pairs, and see token by "
              "token and edit by edit why they disagree."),
           content);
  auto* left = new QVBoxLayout;
  left->setSpacing(2 * theme::grid);
  left->addWidget(make_models());
  left->addWidget(make_workspaces());
  left->addStretch(1);
  auto* right = new QVBoxLayout;
  right->setSpacing(2 * theme::grid);
  right->addWidget(make_projects());
  right->addStretch(1);
  auto* columns = new QHBoxLayout;
  columns->setSpacing(2 * theme::grid);
  columns->addLayout(left, 1);
  columns->addLayout(right, 1);
  auto* column = new QVBoxLayout;
  column->setSpacing(theme::grid);
  column->addWidget(title);
  column->addWidget(what);
  column->addSpacing(theme::grid);
  column->addLayout(columns);
  column->addStretch(1);
  auto* middle = new QWidget(content);
  middle->setMaximumWidth(column_width);
  middle->setLayout(column);
  auto* across = new QHBoxLayout(content);
  across->setContentsMargins(3 * theme::grid, 3 * theme::grid, 3 * theme::grid, 2 * theme::grid);
  across->addStretch(1);
  across->addWidget(middle, 1000);
  across->addStretch(1);
  auto* scroll = new QScrollArea(this);
  scroll->setWidgetResizable(true);
  scroll->setFrameShape(QFrame::NoFrame);
  scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  scroll->setFocusPolicy(Qt::NoFocus);
  scroll->setWidget(content);
  auto* outer = new QVBoxLayout(this);
  outer->setContentsMargins(0, 0, 0, 0);
  outer->addWidget(scroll);

  connect(client_, &EngineClient::state_changed, this, [this](EngineClient::State state) {
    if (state == EngineClient::State::ready) recent_->look();
    show_models();
  });
  connect(mirror_, &WorkspaceMirror::models_changed, this, [this] { models_news_.want(); });
  connect(mirror_, &WorkspaceMirror::projects_changed, this, [this] { projects_news_.want(); });
  show_models();
  show_projects();
  restyle();
}

QWidget* StartPage::make_workspaces() {
  auto* card = new Card(this);
  current_ = note({}, card);
  current_->setObjectName(QStringLiteral("start-workspace"));
  new_ = new QPushButton(tr("New…"), card);
  new_->setObjectName(QStringLiteral("start-new"));
  new_->setToolTip(tr("A new, empty workspace in a folder of its own"));
  open_ = new QPushButton(tr("Open…"), card);
  open_->setObjectName(QStringLiteral("start-open"));
  open_->setToolTip(tr("Open another workspace"));
  recent_ = new RecentList(client_, card);
  auto* buttons = new QHBoxLayout;
  buttons->setSpacing(theme::grid);
  buttons->addWidget(new_);
  buttons->addWidget(open_);
  buttons->addStretch(1);
  auto* column = column_in(card);
  column->addWidget(heading(tr("Workspace"), card));
  column->addWidget(current_);
  column->addLayout(buttons);
  column->addWidget(recent_);
  connect(new_, &QPushButton::clicked, this, &StartPage::new_workspace_wanted);
  connect(open_, &QPushButton::clicked, this, &StartPage::open_workspace_wanted);
  connect(recent_, &RecentList::open_wanted, this, &StartPage::workspace_wanted);
  connect(recent_, &RecentList::remove_wanted, this, &StartPage::remove_wanted);
  return card;
}

QWidget* StartPage::make_models() {
  auto* card = new Card(this);
  models_ = note({}, card);
  models_->setObjectName(QStringLiteral("start-models"));
  getting_ = new EmptyModels(QStringLiteral("start"), client_, mirror_, card);
  auto* column = column_in(card);
  column->addWidget(heading(tr("Language model"), card));
  column->addWidget(models_);
  column->addWidget(getting_);
  connect(getting_, &EmptyModels::import_wanted, this, &StartPage::import_model);
  return card;
}

QWidget* StartPage::make_projects() {
  auto* area = new QWidget(this);
  projects_ = new QVBoxLayout(area);
  projects_->setContentsMargins(0, 0, 0, 0);
  projects_->setSpacing(2 * theme::grid);
  no_projects_ = note({}, area);
  projects_->addWidget(no_projects_);
  return area;
}

bool StartPage::settled() const {
  return mirror_->loaded() && mirror_->knows_models() && recent_->settled() && getting_->settled();
}

void StartPage::set_workspaces(const std::vector<RecentWorkspace>& recent, const QString& current) {
  current_->setText(current.isEmpty() ? tr("Runs, models and their data live in a folder.")
                                      : tr("Open now: %1").arg(current));
  recent_->set_workspaces(recent);
  recent_->setVisible(!recent.empty());
}

void StartPage::showEvent(QShowEvent* event) {
  Page::showEvent(event);
  recent_->look();
}

void StartPage::show_models() {
  const auto& models = mirror_->models();
  const bool known = mirror_->knows_models();
  if (!known) {
    models_->setText(client_->state() == EngineClient::State::dead
                         ? tr("The engine is not running.")
                         : tr("Waiting for the engine to list the models of this workspace…"));
  } else if (models.empty()) {
    models_->setText(
        tr("No model yet. A reward model begins as a language model: import one of "
           "yours, or get the small demo model."));
  } else {
    QStringList names;
    for (const api::Model& model : models) names << qstr(model.name);
    models_->setText(tr("In this workspace: %1").arg(names.join(QStringLiteral(", "))));
  }
}

void StartPage::show_projects() {
  for (QWidget* card : cards_) card->deleteLater();
  cards_.clear();
  const auto& projects = mirror_->projects();
  no_projects_->setVisible(projects.empty());
  no_projects_->setText(mirror_->loaded()
                            ? tr("The engine has no sample projects.")
                            : tr("Sample projects appear here once the engine is ready."));
  for (const api::Project& project : projects) {
    auto* card = new Card(this);
    auto* kicker = note(tr("Sample project"), card);
    auto* title = heading(qstr(project.title.empty() ? project.name : project.title), card);
    title->setTextFormat(Qt::PlainText);
    title->setWordWrap(true);
    auto* text = new QLabel(qstr(project.description), card);
    text->setTextFormat(Qt::PlainText);
    text->setWordWrap(true);
    text->setVisible(!project.description.empty());
    QStringList facts;
    if (project.train_pairs > 0) facts << tr("%1 training pairs").arg(project.train_pairs);
    if (!project.sets.empty()) facts << tr("%1 evaluation sets").arg(project.sets.size());
    if (!project.seeds.empty()) facts << tr("%1 seeds").arg(project.seeds.size());
    if (!project.model.empty()) facts << qstr(project.model);
    auto* numbers = note(facts.join(QStringLiteral(" · ")), card);
    auto* train = new QPushButton(tr("Train this"), card);
    train->setObjectName(QStringLiteral("train-project-%1").arg(qstr(project.name)));
    train->setToolTip(tr("Open it on the Train page; nothing starts before you say so"));
    train->setAccessibleName(tr("Train %1").arg(title->text()));
    auto* line = new QHBoxLayout;
    line->addWidget(train);
    line->addStretch(1);
    auto* column = column_in(card);
    column->addWidget(kicker);
    column->addWidget(title);
    column->addWidget(text);
    column->addWidget(numbers);
    column->addLayout(line);
    connect(train, &QPushButton::clicked, this, [this, path = project.path] {
      emit open_wanted({{"page", "train"}, {"project", path}});
    });
    projects_->addWidget(card);
    cards_.push_back(card);
  }
}

void StartPage::fetch_demo() {
  getting_->fetch();
}

void StartPage::import_model() {
  PickOptions options;
  options.title = tr("Import a model");
  options.kinds = {QStringLiteral("model")};
  pick_engine_path(window(), client_, options,
                   [this](const QString& path) { getting_->import(path); });
}

void StartPage::changeEvent(QEvent* event) {
  Page::changeEvent(event);
  if (event->type() == QEvent::PaletteChange) restyle();
}

void StartPage::restyle() {
  const QColor colour = theme::secondary_text();
  new_->setIcon(icon(QStringLiteral("plus"), colour));
  open_->setIcon(icon(QStringLiteral("folder"), colour));
}

}  // namespace loupe::ui
