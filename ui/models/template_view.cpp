// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/template_view.h"

#include <QEvent>
#include <QFontDatabase>
#include <QGridLayout>
#include <QLabel>
#include <QPlainTextEdit>
#include <QSplitter>
#include <QTextBlock>
#include <QVBoxLayout>

#include "ui/client/text.h"
#include "ui/models/text_view.h"
#include "ui/widgets/failure_view.h"
#include "ui/widgets/icons.h"
#include "ui/widgets/theme.h"

namespace loupe::ui {
namespace {

constexpr int icon_size = 16, typed_lines = 3;

// A list of turns, typed as JSON, goes over as one; anything else is the text of one user turn.
api::json prompt_of(const QString& typed) {
  if (typed.trimmed().startsWith(QLatin1Char('['))) {
    api::json turns = api::json::parse(stdstr(typed), nullptr, /*allow_exceptions=*/false);
    bool is_turns = turns.is_array() && !turns.empty();
    for (const api::json& turn : is_turns ? turns : api::json::array()) {
      is_turns = is_turns && turn.is_object() && turn.contains("role") && turn.contains("content");
    }
    if (is_turns) return turns;
  }
  return {{{"role", "user"}, {"content", stdstr(typed)}}};
}

void fix_lines(QPlainTextEdit* edit, int lines) {
  const int frame =
      2 * edit->frameWidth() + 2 * static_cast<int>(edit->document()->documentMargin());
  edit->setFixedHeight(lines * edit->fontMetrics().lineSpacing() + frame);
}

}  // namespace

TemplateView::TemplateView(EngineClient* client, QWidget* parent) : QWidget(parent) {
  problem_ = new QWidget(this);
  problem_->setObjectName(QStringLiteral("template-problem"));
  problem_->setAutoFillBackground(true);
  problem_->setBackgroundRole(QPalette::AlternateBase);
  problem_icon_ = new QLabel(problem_);
  problem_text_ = new QLabel(problem_);
  problem_text_->setObjectName(QStringLiteral("template-problem-text"));
  problem_text_->setTextFormat(Qt::PlainText);
  problem_text_->setWordWrap(true);
  problem_text_->setTextInteractionFlags(Qt::TextSelectableByMouse);
  auto* line = new QHBoxLayout(problem_);
  line->setContentsMargins(theme::grid, theme::grid / 2, theme::grid, theme::grid / 2);
  line->setSpacing(theme::grid);
  line->addWidget(problem_icon_, 0, Qt::AlignTop);
  line->addWidget(problem_text_, 1);
  source_ = new TextView(QStringLiteral("template"), tr("Jinja source"), this);
  connect(source_, &TextView::save_failed, this, &TemplateView::save_failed);
  auto* splitter = new QSplitter(Qt::Horizontal, this);
  splitter->setObjectName(QStringLiteral("template-splitter"));
  splitter->setChildrenCollapsible(false);
  splitter->setHandleWidth(2 * theme::grid);
  splitter->addWidget(source_);
  splitter->addWidget(make_example());
  splitter->setStretchFactor(0, 2);
  splitter->setStretchFactor(1, 3);
  splitter->setSizes({440, 660});
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(0, theme::grid / 2, 0, 0);
  layout->setSpacing(theme::grid / 2);
  layout->addWidget(problem_);
  layout->addWidget(splitter, 1);
  asker_ = new Asker(client, api::method::models_render, this);
  connect(asker_, &Asker::answered, this, &TemplateView::take);
  connect(asker_, &Asker::failed, this, [this](const Failure& failure) {
    failure_->show_failure(failure, tr("Try again"));
    counts_->clear();
    rendered_->clear();
  });
  connect(failure_, &FailureView::again_wanted, this, [this] { ask(true); });
  connect(client, &EngineClient::state_changed, this, [this](EngineClient::State state) {
    if (state == EngineClient::State::ready) asked_ = false;
    if (state == EngineClient::State::ready && isVisible()) ask(true);
  });
  restyle();
}

QPlainTextEdit* TemplateView::make_edit(const QString& name, const QString& title,
                                        const QString& text) {
  auto* edit = new QPlainTextEdit(text, this);
  edit->setObjectName(name);
  edit->setAccessibleName(title);
  edit->setTabChangesFocus(true);
  fix_lines(edit, typed_lines);
  connect(edit, &QPlainTextEdit::textChanged, this, [this] { ask(false); });
  return edit;
}

QWidget* TemplateView::make_example() {
  auto* example = new QWidget(this);
  prompt_ = make_edit(QStringLiteral("template-prompt"), tr("Prompt of the example"),
                      tr("What is the capital of France?"));
  prompt_->setToolTip(
      tr("The text of one user turn; or several turns as JSON:\n"
         "[{\"role\": \"system\", \"content\": \"…\"}, {\"role\": \"user\", \"content\": \"…\"}]"));
  response_ = make_edit(QStringLiteral("template-response"), tr("Response of the example"),
                        tr("It is Paris."));
  counts_ = new QLabel(example);
  counts_->setObjectName(QStringLiteral("template-counts"));
  theme::make_secondary(counts_);
  rendered_ = new QPlainTextEdit(example);
  rendered_->setObjectName(QStringLiteral("template-rendered"));
  rendered_->setAccessibleName(tr("The example as it is tokenised"));
  rendered_->setToolTip(
      tr("x, dimmed: the prompt with what the template puts around it. y: what is scored; the "
         "response's own words are marked, the rest is the template's."));
  rendered_->setReadOnly(true);
  rendered_->setTabChangesFocus(true);
  rendered_->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
  rendered_->setFont(QFontDatabase::systemFont(QFontDatabase::FixedFont));
  failure_ = new FailureView(QStringLiteral("template-failure"), example);
  const auto head = [&](const QString& text, QWidget* buddy) {
    auto* label = new QLabel(text, example);
    label->setBuddy(buddy);
    theme::make_secondary(label);
    return label;
  };
  auto* layout = new QGridLayout(example);
  layout->setContentsMargins(0, theme::grid / 2, 0, 0);
  layout->setHorizontalSpacing(theme::grid);
  layout->setVerticalSpacing(theme::grid / 2);
  layout->addWidget(head(tr("Pro&mpt"), prompt_), 0, 0);
  layout->addWidget(head(tr("Respon&se"), response_), 0, 1);
  layout->addWidget(prompt_, 1, 0);
  layout->addWidget(response_, 1, 1);
  layout->addWidget(counts_, 2, 0, 1, 2);
  layout->addWidget(failure_, 3, 0, 1, 2);
  layout->addWidget(rendered_, 4, 0, 1, 2);
  layout->setRowStretch(4, 1);
  return example;
}

void TemplateView::show_detail(const api::ModelDetail& detail) {
  const QString jinja = qstr(detail.chat_template);
  source_->set_text(jinja, QStringLiteral("chat_template.jinja"),
                    tr("This model brings no chat template; the plain one is used:\n\n"
                       "<|user|>\n{x}\n<|assistant|>\n{y}{eos}"));
  problem_->setVisible(!detail.template_problem.empty());
  problem_text_->setText(tr("The model's own template is refused; the plain template is used. %1")
                             .arg(qstr(detail.template_problem)));
  const bool other = detail.model.id != model_;
  model_ = detail.model.id;
  if (!other) return;
  asked_ = false;
  asker_->clear();
  failure_->clear();
  counts_->clear();
  rendered_->clear();
  example_ = {};
  if (isVisible()) ask(true);
}

void TemplateView::showEvent(QShowEvent* event) {
  QWidget::showEvent(event);
  if (!asked_) ask(true);
}

void TemplateView::ask(bool at_once) {
  if (model_ == 0) return;
  asked_ = true;
  api::json params{{"id", model_},
                   {"prompt", prompt_of(prompt_->toPlainText())},
                   {"response", stdstr(response_->toPlainText())}};
  if (at_once) {
    asker_->ask(std::move(params));
  } else {
    asker_->want(std::move(params));
  }
}

void TemplateView::take(const api::json& result) {
  Failure failure;
  api::RenderedExample example;
  if (!read_result(result, &example, &failure)) {
    failure_->show_failure(failure);
    return;
  }
  failure_->clear();
  example_ = std::move(example);
  counts_->setText(tr("x: %1 tokens   ·   y: %2 tokens   ·   the response's own words are marked")
                       .arg(example_.prompt_tokens)
                       .arg(example_.response_tokens));
  paint();
}

void TemplateView::paint() {
  const QString x = qstr(example_.prompt), y = qstr(example_.response);
  if (rendered_->toPlainText() != x + y) rendered_->setPlainText(x + y);
  const auto at = [&](int64_t byte) {
    return static_cast<int>(
        x.size() +
        utf16_offset(example_.response, static_cast<size_t>(std::max<int64_t>(0, byte))));
  };
  const auto mark = [&](int from, int to, const QTextCharFormat& format) {
    QTextEdit::ExtraSelection selection;
    selection.cursor = QTextCursor(rendered_->document());
    selection.cursor.setPosition(from);
    selection.cursor.setPosition(to, QTextCursor::KeepAnchor);
    selection.format = format;
    return selection;
  };
  QTextCharFormat dim, own;
  dim.setForeground(theme::secondary_text());
  QColor tint = palette().color(QPalette::Highlight);
  tint.setAlphaF(theme::is_dark() ? 0.38f : 0.20f);
  own.setBackground(tint);
  rendered_->setExtraSelections({mark(0, static_cast<int>(x.size()), dim),
                                 mark(at(example_.content_begin), at(example_.content_end), own)});
}

void TemplateView::changeEvent(QEvent* event) {
  QWidget::changeEvent(event);
  if (event->type() == QEvent::PaletteChange) restyle();
}

void TemplateView::restyle() {
  problem_icon_->setPixmap(
      icon_pixmap(QStringLiteral("warning"), theme::warning(), icon_size, devicePixelRatioF()));
  paint();
}

}  // namespace loupe::ui
