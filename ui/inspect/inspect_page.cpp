// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/inspect/inspect_page.h"

#include <QBuffer>
#include <QComboBox>
#include <QEvent>
#include <QHeaderView>
#include <QLabel>
#include <QMenu>
#include <QPainter>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSplitter>
#include <QStackedWidget>
#include <QSvgGenerator>
#include <QTableView>
#include <QVBoxLayout>
#include <algorithm>

#include "ui/inspect/attribution_view.h"
#include "ui/inspect/credit_text.h"
#include "ui/inspect/pair_bar.h"
#include "ui/inspect/token_table_model.h"
#include "ui/widgets/collapsible.h"
#include "ui/widgets/empty_state.h"
#include "ui/widgets/save_file.h"
#include "ui/widgets/theme.h"

namespace loupe::ui {

InspectPage::InspectPage(EngineClient* client, WorkspaceMirror* mirror, QWidget* parent)
    : QWidget(parent), client_(client), mirror_(mirror) {
  bar_ = new PairBar(this);
  view_ = new AttributionView(this);
  tokens_ = new TokenTableModel(this);
  empty_ = new EmptyState(QStringLiteral("inspect"), this);
  auto* filled = new QWidget(this);
  auto* layout = new QVBoxLayout(filled);
  layout->setContentsMargins(2 * theme::grid, theme::grid, 2 * theme::grid, theme::grid);
  layout->setSpacing(theme::grid);
  layout->addWidget(bar_);
  layout->addWidget(make_middle(), 1);
  stack_ = new QStackedWidget(this);
  stack_->addWidget(empty_);
  stack_->addWidget(filled);
  auto* outer = new QVBoxLayout(this);
  outer->setContentsMargins(0, 0, 0, 0);
  outer->addWidget(stack_);

  auto* menu = new QMenu(bar_->exports());
  menu->addAction(tr("Heatmaps as picture (PNG, SVG)…"), this, &InspectPage::export_picture);
  menu->addAction(tr("Token credits as CSV…"), this, &InspectPage::export_csv);
  bar_->exports()->setMenu(menu);

  connect(mirror_, &WorkspaceMirror::runs_changed, this, &InspectPage::runs_changed);
  connect(bar_, &PairBar::set_picked, this, [this] {
    bar_->set_index(0);
    ask_pair();
  });
  connect(bar_, &PairBar::index_picked, this, &InspectPage::ask_pair);
  connect(bar_, &PairBar::typing_toggled, this, &InspectPage::typing_toggled);
  connect(bar_, &PairBar::score_wanted, this, &InspectPage::ask_attributions);
  connect(bar_->scale(), &QComboBox::currentIndexChanged, this, [this](int index) {
    view_->set_scale(index == 0 ? AttributionView::Scale::relative
                                : AttributionView::Scale::absolute);
  });
  connect(view_, &AttributionView::run_picked, this, [this](int side) {
    if (!bar_->is_typed() && (source_run() != pair_run_ || !pair_)) {
      ask_pair();
    } else {
      ask_attribution(side);
    }
  });
  connect(view_, &AttributionView::token_current, this, &InspectPage::token_current);
  connect(client_, &EngineClient::notified, this, &InspectPage::take_progress);
  connect(client_, &EngineClient::state_changed, this, [this](EngineClient::State state) {
    if (state == EngineClient::State::ready) {
      pair_run_ = 0;  // asked for anew once the runs are listed
    } else {
      asking_pair_ = asking_[0] = asking_[1] = false;
    }
  });
  show_empty_or_pair();
}

QWidget* InspectPage::make_middle() {
  prompt_ = new QPlainTextEdit(this);
  prompt_->setObjectName(QStringLiteral("inspect-prompt"));
  prompt_->setReadOnly(true);
  prompt_->setAccessibleName(tr("Prompt as the model reads it"));
  prompt_->setToolTip(
      tr("The prompt as the model reads it, template included. Credits add up over "
         "the responses; the prompt has none of its own."));
  theme::dim_text(prompt_);
  prompt_->setFixedHeight(5 * fontMetrics().lineSpacing() + 12);
  prompt_->setTabChangesFocus(true);

  table_ = new QTableView(this);
  table_->setObjectName(QStringLiteral("inspect-tokens"));
  table_->setAccessibleName(tr("Tokens"));
  table_->setModel(tokens_);
  table_->setSelectionBehavior(QAbstractItemView::SelectRows);
  table_->setSelectionMode(QAbstractItemView::SingleSelection);
  table_->setAlternatingRowColors(true);
  table_->setShowGrid(false);
  table_->setWordWrap(false);
  table_->setTabKeyNavigation(false);
  table_->verticalHeader()->hide();
  table_->verticalHeader()->setDefaultSectionSize(fontMetrics().height() + 4);
  table_->horizontalHeader()->setHighlightSections(false);
  connect(table_->selectionModel(), &QItemSelectionModel::currentRowChanged, this,
          [this](const QModelIndex& current) {
            if (!tells_rows_) return;
            const auto place = tokens_->place_of(current.row());
            view_->mark(place.chosen, place.token);
          });

  auto* picture = new QWidget(this);
  auto* layout = new QVBoxLayout(picture);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->setSpacing(theme::grid);
  layout->addWidget(prompt_);
  layout->addWidget(view_, 1);
  auto* splitter = new QSplitter(Qt::Vertical, this);
  splitter->setObjectName(QStringLiteral("inspect-splitter"));
  splitter->setChildrenCollapsible(false);
  splitter->setHandleWidth(theme::grid);
  table_area_ = new Collapsible(tr("Tokens"), table_, this);
  splitter->addWidget(picture);
  splitter->addWidget(table_area_);
  splitter->setStretchFactor(0, 3);
  splitter->setStretchFactor(1, 1);
  splitter->setSizes({420, 150});
  return splitter;
}

void InspectPage::inspect(qint64 run) {
  const api::Run* found = mirror_->run(run);
  if (found == nullptr) return;
  view_->set_run(found->type == "IM" ? 1 : 0, run);
  reload();
}

bool InspectPage::settled() const {
  return mirror_->loaded() && !asking_pair_ && !asking_[0] && !asking_[1];
}

void InspectPage::runs_changed() {
  const qint64 before[] = {view_->run_of(0), view_->run_of(1)};
  view_->set_runs(mirror_->runs());
  show_empty_or_pair();
  const bool changed = before[0] != view_->run_of(0) || before[1] != view_->run_of(1);
  if (changed || (pair_run_ == 0 && source_run() != 0 && !asking_pair_)) reload();
}

void InspectPage::reload() {
  if (bar_->is_typed()) {
    ask_attributions();
  } else {
    ask_pair();
  }
}

qint64 InspectPage::source_run() const {
  return view_->run_of(0) != 0 ? view_->run_of(0) : view_->run_of(1);
}

void InspectPage::ask_pair() {
  if (bar_->is_typed()) return;
  const qint64 run = source_run();
  // What is on its way belongs to the pair before.
  for (int side = 0; side < AttributionView::sides; ++side) {
    client_->cancel(attributing_[side]);
    asking_[side] = false;
  }
  pair_.reset();
  view_->set_texts({}, {});
  tokens_->set_attributions({});
  if (run == 0) {
    for (int side = 0; side < AttributionView::sides; ++side) {
      view_->show_message(side, tr("choose a run"), false);
    }
    return;
  }
  for (int side = 0; side < AttributionView::sides; ++side) {
    if (view_->run_of(side) != 0) view_->show_loading(side);
  }
  asking_pair_ = true;
  pair_run_ = run;
  api::json params{{"run", run}, {"offset", bar_->index()}, {"limit", 1}};
  if (!bar_->set().isEmpty()) params["set"] = stdstr(bar_->set());
  client_->request(
      api::method::pairs_list, std::move(params), this,
      [this](const api::json& result) { take_pair(result); },
      [this](const Failure& failure) {
        asking_pair_ = false;
        for (int side = 0; side < AttributionView::sides; ++side) {
          if (view_->run_of(side) != 0) view_->show_message(side, failure.what, true);
        }
        emit failed(failure);
      },
      QStringLiteral("inspect-pair"));
}

void InspectPage::take_pair(const api::json& result) {
  asking_pair_ = false;
  if (bar_->is_typed()) return;
  std::vector<api::Pair> rows;
  QStringList sets;
  qint64 total = 0;
  try {
    rows = result.at("rows").get<std::vector<api::Pair>>();
    total = result.value("total", qint64(0));
    for (const auto& set : result.value("sets", std::vector<std::string>())) sets << qstr(set);
  } catch (const std::exception& error) {
    const Failure failure{
        0, {}, tr("The engine's answer could not be read."), QString::fromUtf8(error.what()), {}};
    for (int side = 0; side < AttributionView::sides; ++side) {
      view_->show_message(side, failure.what, true);
    }
    emit failed(failure);
    return;
  }
  const QString wanted = bar_->set();
  bar_->set_sets(sets);
  bar_->set_total(total);
  if (rows.empty()) {
    // Another run's sets may be shorter, or be other sets: start at the front, unless that was it.
    if (total > 0 || (!wanted.isEmpty() && bar_->set() != wanted)) {
      ask_pair();
      return;
    }
    for (int side = 0; side < AttributionView::sides; ++side) {
      view_->show_message(side, tr("This set has no pairs."), false);
    }
    return;
  }
  pair_ = rows.front();
  show_prompt(qstr(pair_->prompt));
  view_->set_texts(qstr(pair_->chosen), qstr(pair_->rejected));
  ask_attributions();
}

void InspectPage::ask_attributions() {
  for (int side = 0; side < AttributionView::sides; ++side) ask_attribution(side);
}

void InspectPage::ask_attribution(int side) {
  const qint64 run = view_->run_of(side);
  if (run == 0) {
    asking_[side] = false;
    view_->show_message(side, tr("choose a run"), false);
    refill_table();
    return;
  }
  api::json params{{"run", run}};
  if (bar_->is_typed()) {
    const api::Pair typed = bar_->typed();
    view_->set_texts(qstr(typed.chosen), qstr(typed.rejected));
    params["prompt"] = typed.prompt;
    params["chosen"] = typed.chosen;
    params["rejected"] = typed.rejected;
  } else if (pair_) {
    params["set"] = pair_->set;
    params["index"] = pair_->index;
    params["pairs_run"] = pair_run_;
  } else {
    return;
  }
  view_->show_loading(side);
  asking_[side] = true;
  attributing_[side] = client_->call<api::Attribution>(
      api::method::attribute, std::move(params), this,
      [this, side](api::Attribution attribution) {
        asking_[side] = false;
        show_prompt(qstr(attribution.prompt));
        view_->show_attribution(side, std::move(attribution));
        refill_table();
        if (!asking_[0] && !asking_[1]) emit succeeded();
      },
      [this, side](const Failure& failure) {
        asking_[side] = false;
        view_->show_message(side, failure.what, true);
        refill_table();
        emit failed(failure);
      },
      QStringLiteral("inspect-side-%1").arg(side));
}

void InspectPage::take_progress(const QString& method, const api::json& params) {
  if (method != QLatin1String(api::method::progress)) return;
  const auto id = params.find("id");
  const auto phase = params.find("phase");
  if (id == params.end() || !id->is_number_integer() || phase == params.end() ||
      !phase->is_string()) {
    return;
  }
  for (int side = 0; side < AttributionView::sides; ++side) {
    if (asking_[side] && attributing_[side] == id->get<qint64>()) {
      view_->show_loading(side, qstr(phase->get<std::string>()));
    }
  }
}

void InspectPage::refill_table() {
  std::vector<api::Attribution> copies;
  for (const api::Attribution* shown : view_->attributions()) copies.push_back(*shown);
  tokens_->set_attributions(std::move(copies));
  table_->resizeColumnsToContents();
  for (int column = 0; column < tokens_->columnCount(); ++column) {
    table_->setColumnWidth(column, qBound(72, table_->columnWidth(column) + 2 * theme::grid, 240));
  }
}

void InspectPage::show_prompt(const QString& text) {
  if (prompt_->toPlainText() != text) prompt_->setPlainText(text);
}

void InspectPage::changeEvent(QEvent* event) {
  QWidget::changeEvent(event);
  if (event->type() == QEvent::PaletteChange) theme::dim_text(prompt_);
}

void InspectPage::token_current(bool chosen, int token) {
  view_->mark(chosen, token);
  const int row = tokens_->row_of(chosen, token);
  if (row < 0) return;
  tells_rows_ = false;
  table_->setCurrentIndex(tokens_->index(row, 0));
  tells_rows_ = true;
}

void InspectPage::typing_toggled(bool typed) {
  if (typed) {
    if (pair_) bar_->offer_texts(*pair_);
  } else {
    ask_pair();
  }
}

void InspectPage::show_empty_or_pair() {
  if (!mirror_->loaded() && mirror_->runs().empty()) {
    empty_->set_content(tr("Inspect"),
                        tr("Waiting for the engine to list the runs of this workspace."));
  } else if (mirror_->runs().empty()) {
    empty_->set_content(
        tr("No run to inspect"),
        tr("Here a pair's rewards are taken apart: how much each token of the chosen and of the\n"
           "rejected response adds, under an explicit and an implicit reward model side by side.\n"
           "It needs a trained run. From a terminal, the sample project:"),
        QStringLiteral("./demo"));
  }
  stack_->setCurrentIndex(mirror_->runs().empty() ? 0 : 1);
}

void InspectPage::export_picture() {
  const QString path =
      ask_save_path(this, tr("Export the heatmaps"), QStringLiteral("heatmaps.png"),
                    tr("PNG picture (*.png);;SVG drawing (*.svg)"));
  if (path.isEmpty()) return;
  const QSize size = view_->picture_size();
  QBuffer buffer;
  buffer.open(QIODevice::WriteOnly);
  if (path.endsWith(QLatin1String(".svg"), Qt::CaseInsensitive)) {
    QSvgGenerator generator;
    generator.setOutputDevice(&buffer);
    generator.setSize(size);
    generator.setViewBox(QRect({}, size));
    generator.setTitle(tr("Token credits"));
    QPainter painter(&generator);
    painter.fillRect(QRect({}, size), palette().color(QPalette::Window));
    view_->draw_picture(&painter);
  } else {
    QImage image(2 * size, QImage::Format_ARGB32_Premultiplied);
    image.setDevicePixelRatio(2);
    image.fill(palette().color(QPalette::Window));
    QPainter painter(&image);
    view_->draw_picture(&painter);
    painter.end();
    image.save(&buffer, "PNG");
  }
  const QString reason = save_bytes(path, buffer.data());
  if (!reason.isEmpty()) emit export_failed(path, reason);
}

void InspectPage::export_csv() {
  const QString path = ask_save_path(this, tr("Export the credits"), QStringLiteral("credits.csv"),
                                     tr("CSV (*.csv)"));
  if (path.isEmpty()) return;
  const QString reason = save_bytes(path, credits_csv(view_->attributions()));
  if (!reason.isEmpty()) emit export_failed(path, reason);
}

}  // namespace loupe::ui
