// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/add_tokens_card.h"

#include <QComboBox>
#include <QGridLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPushButton>

#include "core/api/models.h"
#include "ui/client/text.h"
#include "ui/widgets/failure_view.h"
#include "ui/widgets/request_progress.h"
#include "ui/widgets/theme.h"

namespace loupe::ui {
namespace {

constexpr int typed_lines = 4;

}  // namespace

AddTokensCard::AddTokensCard(EngineClient* client, WorkspaceMirror* mirror, QWidget* parent)
    : QFrame(parent), client_(client), mirror_(mirror) {
  setObjectName(QStringLiteral("tokens-card"));
  setFrameShape(QFrame::StyledPanel);
  setAutoFillBackground(true);
  setBackgroundRole(QPalette::Base);
  title_ = new QLabel(this);
  title_->setTextFormat(Qt::PlainText);
  title_->setFont(theme::scaled(font(), 1.1, true));
  tokens_ = new QPlainTextEdit(this);
  tokens_->setObjectName(QStringLiteral("tokens-list"));
  tokens_->setAccessibleName(tr("Special tokens, one a line"));
  tokens_->setPlaceholderText(QStringLiteral("<sep>\n<edge_sep>"));
  tokens_->setTabChangesFocus(true);
  tokens_->setFixedHeight(typed_lines * tokens_->fontMetrics().lineSpacing() +
                          2 * tokens_->frameWidth() +
                          2 * static_cast<int>(tokens_->document()->documentMargin()));
  auto* list_label = new QLabel(tr("&Tokens,\none a line"), this);
  list_label->setBuddy(tokens_);
  init_ = new QComboBox(this);
  init_->setObjectName(QStringLiteral("tokens-init"));
  init_->setAccessibleName(tr("How their rows of the embedding begin"));
  init_->addItem(tr("the mean of all rows"), QStringLiteral("mean"));
  init_->addItem(tr("zero"), QStringLiteral("zero"));
  init_->addItem(tr("normal, as the model was initialised"), QStringLiteral("normal"));
  init_->setToolTip(tr("The mean leaves what the model says of other tokens nearly as it was"));
  auto* init_label = new QLabel(tr("Begin &as"), this);
  init_label->setBuddy(init_);
  name_ = new QLineEdit(this);
  name_->setObjectName(QStringLiteral("tokens-name"));
  name_->setAccessibleName(tr("Name of the copy"));
  auto* name_label = new QLabel(tr("&Name"), this);
  name_label->setBuddy(name_);
  auto* what = new QLabel(
      tr("A copy in the workspace, its embedding and unembedding grown; the model stays as it is."),
      this);
  what->setWordWrap(true);
  theme::make_secondary(what);
  failure_ = new FailureView(QStringLiteral("tokens-failure"), this);
  progress_ = new RequestProgress(QStringLiteral("tokens-progress"), client_, this);
  add_ = new QPushButton(tr("Add"), this);
  add_->setObjectName(QStringLiteral("tokens-add"));
  add_->setMinimumWidth(15 * theme::grid);
  close_ = new QPushButton(tr("Close"), this);
  close_->setObjectName(QStringLiteral("tokens-close"));
  close_->setToolTip(tr("Esc"));
  auto* buttons = new QHBoxLayout;
  buttons->setSpacing(theme::grid);
  buttons->addWidget(add_);
  buttons->addWidget(close_);
  buttons->addWidget(progress_, 1);
  buttons->addStretch(1);
  auto* grid = new QGridLayout(this);
  grid->setContentsMargins(2 * theme::grid, theme::grid, 2 * theme::grid, theme::grid);
  grid->setHorizontalSpacing(theme::grid);
  grid->setVerticalSpacing(theme::grid);
  grid->addWidget(title_, 0, 0, 1, 5);
  grid->addWidget(list_label, 1, 0, 3, 1, Qt::AlignTop);
  grid->addWidget(tokens_, 1, 1, 3, 1);
  grid->setColumnMinimumWidth(2, 2 * theme::grid);
  grid->addWidget(init_label, 1, 3);
  grid->addWidget(init_, 1, 4);
  grid->addWidget(name_label, 2, 3);
  grid->addWidget(name_, 2, 4);
  grid->addWidget(what, 3, 3, 1, 2);
  grid->addWidget(failure_, 4, 0, 1, 5);
  grid->addLayout(buttons, 5, 0, 1, 5);
  grid->setColumnStretch(1, 1);
  grid->setColumnStretch(4, 1);
  connect(tokens_, &QPlainTextEdit::textChanged, this, &AddTokensCard::update_state);
  connect(name_, &QLineEdit::textChanged, this, &AddTokensCard::update_state);
  connect(client_, &EngineClient::state_changed, this, &AddTokensCard::update_state);
  connect(progress_, &RequestProgress::cancelled, this, &AddTokensCard::update_state);
  connect(add_, &QPushButton::clicked, this, &AddTokensCard::add);
  connect(close_, &QPushButton::clicked, this, &QWidget::hide);
  hide();
}

bool AddTokensCard::busy() const {
  return progress_->busy();
}

void AddTokensCard::open(const api::Model& model) {
  if (busy()) return;
  model_ = model.id;
  title_->setText(tr("Special tokens for a copy of %1").arg(qstr(model.name)));
  setAccessibleName(title_->text());
  name_->setText(tr("%1-tokens").arg(qstr(model.name)));
  tokens_->clear();
  failure_->clear();
  show();
  tokens_->setFocus(Qt::OtherFocusReason);
  update_state();
}

QStringList AddTokensCard::tokens() const {
  QStringList tokens;
  for (const QString& line : tokens_->toPlainText().split(QLatin1Char('\n'))) {
    const QString token = line.trimmed();
    if (!token.isEmpty() && !tokens.contains(token)) tokens << token;
  }
  return tokens;
}

QString AddTokensCard::obstacle() const {
  if (client_->state() != EngineClient::State::ready) return tr("The engine is not running.");
  if (tokens().isEmpty()) return tr("Type the tokens, one a line.");
  if (name_->text().trimmed().isEmpty()) return tr("Give the copy a name.");
  return {};
}

void AddTokensCard::update_state() {
  const bool free = !busy();
  const QString why = obstacle();
  const qsizetype count = tokens().size();
  add_->setText(count > 1 ? tr("Add %1 tokens").arg(count) : tr("Add"));
  add_->setEnabled(why.isEmpty());
  add_->setToolTip(why.isEmpty() ? tr("Makes the copy") : why);
  add_->setAccessibleDescription(why);
  add_->setVisible(free);
  close_->setVisible(free);
  for (QWidget* widget : std::initializer_list<QWidget*>{tokens_, init_, name_}) {
    widget->setEnabled(free);
  }
}

void AddTokensCard::add() {
  if (!obstacle().isEmpty()) return;
  failure_->clear();
  api::json wanted = api::json::array();
  for (const QString& token : tokens()) wanted.push_back(stdstr(token));
  const auto request = client_->call<api::Model>(
      api::method::models_add_tokens,
      {{"id", model_},
       {"tokens", wanted},
       {"init", stdstr(init_->currentData().toString())},
       {"name", stdstr(name_->text().trimmed())}},
      this,
      [this](api::Model model) {
        progress_->finish();
        update_state();
        hide();
        mirror_->refresh();
        emit added(model.id);
      },
      [this](const Failure& failure) {
        progress_->finish();
        failure_->show_failure(failure);
        update_state();
      });
  progress_->follow(request, tr("Making %1").arg(name_->text().trimmed()));
  update_state();
}

void AddTokensCard::keyPressEvent(QKeyEvent* event) {
  if (event->key() != Qt::Key_Escape || busy()) return QFrame::keyPressEvent(event);
  hide();
}

}  // namespace loupe::ui
