// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/overview_view.h"

#include <QDateTime>
#include <QEvent>
#include <QGridLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QScrollBar>
#include <QSet>
#include <QVBoxLayout>

#include "ui/client/text.h"
#include "ui/models/model_text.h"
#include "ui/widgets/format.h"
#include "ui/widgets/theme.h"

namespace loupe::ui {
namespace {

constexpr size_t most_runs = 30;
constexpr int digest_shown = 12;

QLabel* name_label(const QString& text, QWidget* parent) {
  auto* label = new QLabel(text, parent);
  label->setTextFormat(Qt::PlainText);
  theme::make_secondary(label);
  return label;
}

QLabel* value_label(const QString& text, QWidget* parent) {
  auto* label = new QLabel(text, parent);
  label->setTextFormat(Qt::PlainText);
  label->setWordWrap(true);
  label->setTextInteractionFlags(Qt::TextSelectableByMouse);
  return label;
}

// A path has no place to break at: one line, that scrolls.
QLineEdit* path_line(const QString& path, const QString& what, QWidget* parent) {
  auto* line = new QLineEdit(path, parent);
  line->setReadOnly(true);
  line->setFrame(false);
  line->setCursorPosition(0);
  line->setTextMargins(-2, 0, -2, 0);  // in line with the labels
  line->setToolTip(path);
  line->setAccessibleName(what);
  line->setMinimumWidth(60);
  QPalette see_through = line->palette();
  see_through.setColor(QPalette::Base, Qt::transparent);
  line->setPalette(see_through);
  return line;
}

void add_row(QGridLayout* grid, const QString& name, QWidget* value) {
  const int row = grid->rowCount();
  grid->addWidget(name_label(name, value->parentWidget()), row, 0, Qt::AlignTop);
  grid->addWidget(value, row, 1);
}

}  // namespace

OverviewView::OverviewView(QWidget* parent) : QScrollArea(parent) {
  setObjectName(QStringLiteral("model-overview"));
  setAccessibleName(tr("Overview of the model"));
  setWidgetResizable(true);
  setFrameShape(QFrame::NoFrame);
  setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
}

void OverviewView::show_detail(const api::ModelDetail& detail, const QString& base) {
  const bool same_model = detail.model.id == detail_.model.id;
  const int scrolled = verticalScrollBar()->value();
  detail_ = detail;
  base_ = base;
  build();
  if (same_model) verticalScrollBar()->setValue(scrolled);
}

void OverviewView::build() {
  auto* content = new QWidget;
  auto* across = new QHBoxLayout(content);
  across->setContentsMargins(theme::grid / 2, theme::grid, theme::grid, theme::grid);
  across->setSpacing(4 * theme::grid);
  const auto column = [&](int stretch) {
    auto* lines = new QVBoxLayout;
    lines->setSpacing(theme::grid / 2);
    across->addLayout(lines, stretch);
    return lines;
  };
  QVBoxLayout* left = column(4);
  QVBoxLayout* middle = column(5);
  QVBoxLayout* right = column(4);
  add_facts(left);
  add_files(middle);
  add_values(middle, tr("Stored as"), detail_.dtypes);
  if (!detail_.self_check.empty()) {
    QGridLayout* grid = section(middle, tr("Checked at import"));
    grid->addWidget(value_label(qstr(detail_.self_check), content), 0, 0, 1, 2);
  }
  add_runs(right);
  add_values(right, tr("Special tokens"), detail_.special_tokens);
  for (QVBoxLayout* lines : {left, middle, right}) lines->addStretch(1);
  setWidget(content);
}

QGridLayout* OverviewView::section(QVBoxLayout* column, const QString& title) {
  if (column->count() > 0) column->addSpacing(theme::grid);
  auto* heading = new QLabel(title, this);
  QFont strong = heading->font();
  strong.setBold(true);
  heading->setFont(strong);
  column->addWidget(heading);
  auto* grid = new QGridLayout;
  grid->setHorizontalSpacing(2 * theme::grid);
  grid->setVerticalSpacing(theme::grid / 2);
  grid->setColumnStretch(1, 1);
  column->addLayout(grid);
  return grid;
}

void OverviewView::add_values(QVBoxLayout* column, const QString& title,
                              const std::vector<api::NamedValue>& values) {
  if (values.empty()) return;
  QGridLayout* grid = section(column, title);
  for (const api::NamedValue& value : values) {
    add_row(grid, qstr(value.name), value_label(qstr(value.value), this));
  }
}

void OverviewView::add_facts(QVBoxLayout* column) {
  const api::Model& model = detail_.model;
  QGridLayout* grid = section(column, tr("Model"));
  const auto add = [&](const QString& name, const QString& value) {
    if (!value.isEmpty()) add_row(grid, name, value_label(value, this));
  };
  QSet<QString> told;
  for (const api::NamedValue& fact : detail_.facts) told.insert(qstr(fact.name).toLower());
  // What the engine tells in its own words is not said twice.
  const auto add_untold = [&](const char* key, const QString& name, const QString& value) {
    if (!told.contains(QLatin1String(key))) add(name, value);
  };
  add(tr("Kind"), kind_words(kind_of(model)));
  add_untold(model.kind == "IM" ? "reference" : "base",
             model.kind == "IM" ? tr("Reference") : tr("Base model"), base_);
  // A kind says it of all but adapters.
  if (model.kind == "adapter") add(tr("Scores as"), kind_words(qstr(model.type)));
  if (model.type == "IM") add(tr("Beta"), short_number(model.beta));
  add_untold("architecture", tr("Architecture"), qstr(model.architecture));
  add(tr("Parameters"), model.parameters > 0 ? grouped(model.parameters) : QString());
  add_untold("context", tr("Context"),
             model.context > 0 ? tr("%1 tokens").arg(grouped(model.context)) : QString());
  for (const api::NamedValue& fact : detail_.facts) {
    QString name = qstr(fact.name);
    if (!name.isEmpty()) name[0] = name[0].toUpper();
    bool is_number = false;
    const qint64 number = qstr(fact.value).toLongLong(&is_number);
    add(name, is_number ? grouped(number) : qstr(fact.value));
  }
  add(tr("Tokenizer"), qstr(detail_.tokenizer));
  if (detail_.vocabulary > 0)
    add(tr("Vocabulary"), tr("%1 tokens").arg(grouped(detail_.vocabulary)));
  add(tr("Template"), !detail_.template_problem.empty()
                          ? tr("its own is refused; the plain one is used")
                      : detail_.chat_template.empty() ? tr("none; the plain one is used")
                                                      : tr("its own"));
  add(tr("Source"), qstr(model.source));
  if (model.created > 0) {
    add(tr("Imported"), QDateTime::fromMSecsSinceEpoch(static_cast<qint64>(model.created * 1000))
                            .toString(QStringLiteral("yyyy-MM-dd HH:mm")));
  }
}

void OverviewView::add_files(QVBoxLayout* column) {
  QGridLayout* grid = section(column, tr("Files"));
  grid->addWidget(path_line(qstr(detail_.model.path), tr("Path of the model"), this), 0, 0, 1, 4);
  for (const api::ModelFile& file : detail_.files) {
    const int row = grid->rowCount();
    const QString path = qstr(file.path), digest = qstr(file.sha256);
    auto* name = value_label(path.section(QLatin1Char('/'), -1), this);
    name->setToolTip(path);
    auto* size = value_label(byte_size(file.size), this);
    size->setWordWrap(false);
    size->setAlignment(Qt::AlignRight | Qt::AlignTop);
    auto* status = new QLabel(this);
    status->setObjectName(QStringLiteral("model-file-status"));
    status->setTextFormat(Qt::PlainText);
    const QIcon sign = status_sign(file.status);
    const bool well = sign.isNull();
    status->setText(status_text(file.status));
    if (!well) {
      QPalette own;
      own.setColor(QPalette::WindowText,
                   file.status.starts_with("missing") ? theme::error() : theme::warning());
      status->setPalette(own);
    } else {
      theme::make_secondary(status);
    }
    auto* sum = name_label(digest.left(digest_shown), this);
    sum->setToolTip(digest.isEmpty() ? QString() : tr("SHA-256 at import: %1").arg(digest));
    sum->setAccessibleName(tr("SHA-256 at import: %1").arg(digest));
    sum->setTextInteractionFlags(Qt::TextSelectableByMouse);
    grid->addWidget(name, row, 0);
    grid->addWidget(size, row, 1, Qt::AlignTop | Qt::AlignRight);
    grid->addWidget(status, row, 2, Qt::AlignTop);
    grid->addWidget(sum, row, 3, Qt::AlignTop);
  }
  grid->setColumnStretch(0, 1);
  grid->setColumnStretch(1, 0);
}

void OverviewView::add_runs(QVBoxLayout* column) {
  QGridLayout* grid = section(column, tr("Runs that use it"));
  if (detail_.runs.empty()) {
    grid->addWidget(name_label(tr("none yet"), this), 0, 0);
    return;
  }
  for (size_t i = 0; i < detail_.runs.size() && i < most_runs; ++i) {
    const qint64 run = qstr(detail_.runs[i].name).toLongLong();
    auto* open = new QPushButton(this);
    open->setObjectName(QStringLiteral("model-run-%1").arg(run));
    open->setFlat(true);
    open->setCursor(Qt::PointingHandCursor);
    open->setText(open->fontMetrics()
                      .elidedText(qstr(detail_.runs[i].value), Qt::ElideMiddle, 280)
                      .replace(QLatin1Char('&'), QStringLiteral("&&")));
    open->setToolTip(tr("Open %1 on the Runs page").arg(qstr(detail_.runs[i].value)));
    QPalette own;
    own.setColor(QPalette::ButtonText, palette().color(QPalette::Link));
    open->setPalette(own);
    open->setStyleSheet(QStringLiteral("text-align: left; padding: 1px 0px; border: none;"));
    connect(open, &QPushButton::clicked, this, [this, run] { emit run_wanted(run); });
    grid->addWidget(open, static_cast<int>(i), 0, 1, 2, Qt::AlignLeft);
  }
  if (detail_.runs.size() > most_runs) {
    grid->addWidget(name_label(tr("and %1 more").arg(detail_.runs.size() - most_runs), this),
                    static_cast<int>(most_runs), 0);
  }
}

void OverviewView::changeEvent(QEvent* event) {
  QScrollArea::changeEvent(event);
  if (event->type() == QEvent::PaletteChange && widget() != nullptr) build();
}

}  // namespace loupe::ui
