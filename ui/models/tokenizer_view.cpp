// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/tokenizer_view.h"

#include <QApplication>
#include <QClipboard>
#include <QHeaderView>
#include <QImage>
#include <QLabel>
#include <QPainter>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QScrollArea>
#include <QShortcut>
#include <QSplitter>
#include <QTableView>
#include <QVBoxLayout>

#include "ui/models/token_chips.h"
#include "ui/models/token_list_model.h"
#include "ui/widgets/failure_view.h"
#include "ui/widgets/save_file.h"
#include "ui/widgets/table_style.h"
#include "ui/widgets/theme.h"

namespace loupe::ui {
namespace {

constexpr int typed_lines = 3, sampled_rows = 50, widest = 132;

}  // namespace

TokenizerView::TokenizerView(EngineClient* client, QWidget* parent) : QWidget(parent) {
  failure_ = new FailureView(QStringLiteral("tokenizer-failure"), this);
  auto* splitter = new QSplitter(Qt::Horizontal, this);
  splitter->setObjectName(QStringLiteral("tokenizer-splitter"));
  splitter->setChildrenCollapsible(false);
  splitter->setHandleWidth(2 * theme::grid);
  splitter->addWidget(make_text());
  splitter->addWidget(make_table());
  splitter->setStretchFactor(0, 3);
  splitter->setStretchFactor(1, 2);
  splitter->setSizes({620, 540});
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(0, theme::grid, 0, 0);
  layout->setSpacing(theme::grid / 2);
  layout->addWidget(failure_);
  layout->addWidget(splitter, 1);
  asker_ = new Asker(client, api::method::models_tokenize, this);
  connect(asker_, &Asker::answered, this, &TokenizerView::take);
  connect(asker_, &Asker::failed, this, [this](const Failure& failure) {
    failure_->show_failure(failure, tr("Try again"));
    count_->clear();
    chips_->set_groups({});
    tokens_->set_tokens({}, {});
  });
  connect(failure_, &FailureView::again_wanted, this, [this] { ask(true); });
  connect(client, &EngineClient::state_changed, this, [this](EngineClient::State state) {
    if (state != EngineClient::State::ready) return;
    asked_of_ = 0;
    if (isVisible()) ask(true);
  });
}

QWidget* TokenizerView::make_text() {
  auto* left = new QWidget(this);
  text_ = new QPlainTextEdit(tr("In my view, the answer is yes 🙂"), left);
  text_->setObjectName(QStringLiteral("tokenizer-text"));
  text_->setAccessibleName(tr("Text to cut into tokens"));
  text_->setToolTip(tr("Special tokens are recognised as they are written, e.g. <|im_end|>"));
  text_->setTabChangesFocus(true);
  text_->setFixedHeight(typed_lines * text_->fontMetrics().lineSpacing() + 2 * text_->frameWidth() +
                        2 * static_cast<int>(text_->document()->documentMargin()));
  count_ = new QLabel(left);
  count_->setObjectName(QStringLiteral("tokenizer-count"));
  theme::make_secondary(count_);
  chips_ = new TokenChips(left);
  auto* scroll = new QScrollArea(left);
  scroll->setWidgetResizable(true);
  scroll->setFrameShape(QFrame::NoFrame);
  scroll->setFocusPolicy(Qt::NoFocus);
  scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  auto* inside = new QWidget(scroll);
  auto* lines = new QVBoxLayout(inside);
  lines->setContentsMargins(0, 0, 0, 0);
  lines->addWidget(chips_);
  lines->addStretch(1);
  scroll->setWidget(inside);
  auto* save = new QPushButton(tr("Export…"), left);
  save->setObjectName(QStringLiteral("tokenizer-export"));
  save->setToolTip(tr("The tokens as CSV, or the chips as a picture"));
  connect(save, &QPushButton::clicked, this, &TokenizerView::export_tokens);
  auto* line = new QHBoxLayout;
  line->setSpacing(theme::grid);
  line->addWidget(count_, 1);
  line->addWidget(save);
  auto* layout = new QVBoxLayout(left);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->setSpacing(theme::grid / 2);
  layout->addWidget(text_);
  layout->addLayout(line);
  layout->addWidget(scroll, 1);
  connect(text_, &QPlainTextEdit::textChanged, this, [this] { ask(false); });
  connect(chips_, &TokenChips::current_changed, this, [this, scroll](int group) {
    if (group < 0) return;
    const QRectF box = chips_->box_of(group);
    scroll->ensureVisible(qRound(box.center().x()), qRound(box.center().y()), 0,
                          qRound(box.height()));
    point_at_row(group);
  });
  return left;
}

QWidget* TokenizerView::make_table() {
  tokens_ = new TokenListModel(this);
  table_ = new QTableView(this);
  table_->setObjectName(QStringLiteral("tokenizer-table"));
  table_->setAccessibleName(tr("Tokens of the text"));
  table_->setModel(tokens_);
  dress_table(table_);
  table_->setSelectionMode(QAbstractItemView::SingleSelection);
  table_->horizontalHeader()->setResizeContentsPrecision(sampled_rows);
  table_->horizontalHeader()->setStretchLastSection(true);
  table_->setMinimumWidth(300);
  auto* copy = new QShortcut(QKeySequence::Copy, table_);
  copy->setContext(Qt::WidgetShortcut);
  connect(copy, &QShortcut::activated, this,
          [this] { QApplication::clipboard()->setText(QString::fromUtf8(tokens_->csv())); });
  connect(table_->selectionModel(), &QItemSelectionModel::currentRowChanged, this,
          [this](const QModelIndex& index) { point_at_chip(index.row()); });
  return table_;
}

void TokenizerView::show_model(qint64 model) {
  if (model == model_) return;
  model_ = model;
  asker_->clear();
  failure_->clear();
  if (isVisible()) ask(true);
}

void TokenizerView::showEvent(QShowEvent* event) {
  QWidget::showEvent(event);
  if (asked_of_ != model_) ask(true);
}

void TokenizerView::ask(bool at_once) {
  if (model_ == 0) return;
  asked_of_ = model_;
  asked_text_ = stdstr(text_->toPlainText());
  api::json params{{"id", model_}, {"text", asked_text_}};
  if (at_once) {
    asker_->ask(std::move(params));
  } else {
    asker_->want(std::move(params));
  }
}

void TokenizerView::take(const api::json& result) {
  Failure failure;
  std::vector<api::PlayToken> tokens;
  const auto list = result.is_object() ? result.find("tokens") : result.end();
  if (!read_result(list != result.end() ? *list : api::json(), &tokens, &failure)) {
    failure_->show_failure(failure);
    return;
  }
  // Typed on meanwhile: the tokens of the older text would be cut out of the newer one.
  if (asker_->busy()) return;
  failure_->clear();
  std::vector<TokenGroup> groups = token_groups(tokens, asked_text_);
  const qsizetype characters = QString::fromStdString(asked_text_).toUcs4().size();
  count_->setText(tr("%1 tokens   ·   %2 characters   ·   %3 bytes")
                      .arg(tokens.size())
                      .arg(characters)
                      .arg(asked_text_.size()));
  tokens_->set_tokens(std::move(tokens), groups);
  chips_->set_groups(std::move(groups));
  table_->resizeColumnsToContents();
  for (int column = 0; column < TokenListModel::place; ++column) {
    table_->setColumnWidth(column,
                           qBound(32, table_->columnWidth(column) + theme::grid / 2, widest));
  }
}

void TokenizerView::point_at_row(int group) {
  const TokenGroup& one = chips_->groups()[static_cast<size_t>(group)];
  const int row = table_->currentIndex().row();
  if (row >= one.first && row < one.first + one.count) return;
  table_->selectRow(one.first);
}

void TokenizerView::point_at_chip(int row) {
  const auto& groups = chips_->groups();
  for (size_t i = 0; i < groups.size(); ++i) {
    if (row >= groups[i].first && row < groups[i].first + groups[i].count) {
      chips_->set_current(static_cast<int>(i));
    }
  }
}

void TokenizerView::export_tokens() {
  const QString path = ask_save_path(this, tr("Export the tokens"), QStringLiteral("tokens.csv"),
                                     tr("Table as CSV (*.csv);;PNG picture (*.png)"));
  if (path.isEmpty()) return;
  QString reason;
  if (path.endsWith(QLatin1String(".png"), Qt::CaseInsensitive)) {
    const QSize size = chips_->picture_size();
    QImage image(2 * size, QImage::Format_ARGB32_Premultiplied);
    image.setDevicePixelRatio(2);
    image.fill(palette().color(QPalette::Window));
    QPainter painter(&image);
    painter.setRenderHint(QPainter::Antialiasing);
    chips_->draw(&painter, QRectF(QPointF(0, 0), size));
    painter.end();
    if (!image.save(path)) reason = tr("The file could not be written.");
  } else {
    reason = save_bytes(path, tokens_->csv());
  }
  if (!reason.isEmpty()) emit save_failed(path, reason);
}

}  // namespace loupe::ui
