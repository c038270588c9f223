// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/inspect/inspect_page.h"

#include <QAction>
#include <QComboBox>
#include <QEvent>
#include <QHeaderView>
#include <QMenu>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QShortcut>
#include <QSplitter>
#include <QStackedWidget>
#include <QTableView>
#include <QVBoxLayout>
#include <algorithm>

#include "ui/inspect/token_table_model.h"
#include "ui/widgets/collapsible.h"
#include "ui/widgets/empty_state.h"
#include "ui/widgets/pair_picker.h"
#include "ui/widgets/table_style.h"
#include "ui/widgets/theme.h"

namespace loupe::ui {
namespace {

constexpr int sampled_rows = 40;  // measuring every row of a long table takes too long
constexpr int prompt_lines = 4;

}  // namespace

InspectPage::InspectPage(EngineClient* client, WorkspaceMirror* mirror, QWidget* parent)
    : Page(parent), client_(client), mirror_(mirror), lists_(this, [this] { lists_changed(); }) {
  PairPicker::Options pairs;
  pairs.name = QStringLiteral("inspect");
  pairs.source_why =
      tr("Where the pair comes from: an evaluation set of the first run, or a data set of the\n"
         "workspace");
  pairs.scores = true;
  bar_ = new PairPicker(pairs, this);
  bar_->add_tools(make_tools());
  view_ = new AttributionView(this);
  tokens_ = new TokenTableModel(this);
  empty_ = new EmptyState(QStringLiteral("inspect"), this);
  first_train_ = new QPushButton(tr("Train a model"), this);
  first_train_->setObjectName(QStringLiteral("inspect-empty-train"));
  first_train_->setToolTip(tr("Opens the Train page"));
  connect(first_train_, &QPushButton::clicked, this, [this] {
    emit open_wanted({{"page", "train"}});
  });
  empty_->add_below(first_train_);
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
  make_actions();

  const auto changed = [this] {
    if (!mirror_->loaded()) forget();
    lists_.want();
  };
  connect(mirror_, &WorkspaceMirror::runs_changed, this, changed);
  connect(mirror_, &WorkspaceMirror::models_changed, this, changed);
  connect(mirror_, &WorkspaceMirror::datasets_changed, this, changed);
  connect(bar_, &PairPicker::source_picked, this, [this] {
    if (bar_->source().dataset != 0) wanted_pairs_run_ = 0;
    bar_->set_index(0);
    ask_pair();
    moved();
  });
  connect(bar_, &PairPicker::index_picked, this, [this] {
    ask_pair();
    moved();
  });
  connect(bar_, &PairPicker::typing_toggled, this, &InspectPage::typing_toggled);
  connect(bar_, &PairPicker::score_wanted, this, [this] {
    ask_attributions();
    moved();
  });
  connect(scale_, &QComboBox::currentIndexChanged, this, [this](int index) {
    view_->set_scale(index == 0 ? AttributionView::Scale::relative
                                : AttributionView::Scale::absolute);
  });
  connect(view_, &AttributionView::choice_picked, this, [this](int side) {
    wanted_.reset();
    if (side == 0) wanted_pairs_run_ = 0;
    const bool other_sets =
        !bar_->is_typed() && bar_->source().dataset == 0 && (source_run() != pair_run_ || !pair_);
    if (other_sets || (!bar_->is_typed() && !pair_)) {
      ask_pair();
    } else {
      ask_attribution(side);
    }
    moved();
  });
  connect(view_, &AttributionView::sides_changed, this, &InspectPage::sides_changed);
  connect(view_, &AttributionView::token_current, this, &InspectPage::token_current);
  connect(client_, &EngineClient::notified, this, &InspectPage::take_progress);
  connect(client_, &EngineClient::state_changed, this, [this](EngineClient::State state) {
    if (state == EngineClient::State::ready) {
      asked_once_ = false;  // asked for anew once the runs are listed
    } else {
      asking_pair_ = false;
      asking_.fill(false);
    }
  });
  show_empty_or_pair();
  update_actions();
}

QWidget* InspectPage::make_middle() {
  prompt_ = new QPlainTextEdit(this);
  prompt_->setObjectName(QStringLiteral("inspect-prompt"));
  prompt_->setReadOnly(true);
  prompt_->setAccessibleName(tr("Prompt as the model reads it"));
  prompt_->setToolTip(
      tr("The prompt as the model reads it, template included. Attributions add up over "
         "the responses; the prompt has none of its own."));
  theme::dim_text(prompt_);
  prompt_->setFixedHeight(prompt_lines * fontMetrics().lineSpacing() + 12);
  prompt_->setTabChangesFocus(true);

  table_ = new QTableView(this);
  table_->setObjectName(QStringLiteral("inspect-tokens"));
  table_->setAccessibleName(tr("Tokens"));
  table_->setModel(tokens_);
  dress_table(table_, 4);
  table_->setSelectionMode(QAbstractItemView::ExtendedSelection);
  table_->setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
  table_->horizontalHeader()->setResizeContentsPrecision(sampled_rows);
  table_->setToolTip(tr("Ctrl+C copies the selected tokens with every digit"));
  connect(table_->selectionModel(), &QItemSelectionModel::currentRowChanged, this,
          [this](const QModelIndex& current) {
            if (!tells_rows_) return;
            const auto place = tokens_->place_of(current.row());
            view_->mark(place.chosen, place.token);
          });
  auto* copy = new QShortcut(QKeySequence::Copy, table_);
  copy->setContext(Qt::WidgetShortcut);
  connect(copy, &QShortcut::activated, this, &InspectPage::copy_rows);

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

bool InspectPage::settled() const {
  return mirror_->loaded() && !asking_pair_ && !wanted_ &&
         std::none_of(asking_.begin(), asking_.end(), [](bool asking) { return asking; });
}

void InspectPage::lists_changed() {
  if (!mirror_->loaded()) return;
  bar_->set_datasets(mirror_->datasets());
  std::vector<AttributionView::Choice> before;
  for (int side = 0; side < view_->sides(); ++side) before.push_back(view_->choice(side));
  view_->set_choices(mirror_->runs(), mirror_->models());
  show_empty_or_pair();
  if (go_on() || wanted_) return;
  bool changed = false;
  for (int side = 0; side < view_->sides(); ++side) {
    changed = changed || !(before[static_cast<size_t>(side)] == view_->choice(side));
  }
  const bool can_ask = source_run() != 0 || !mirror_->datasets().empty();
  if (changed || (!asked_once_ && can_ask && !asking_pair_)) reload();
  update_actions();
}

// Another workspace comes: nothing of this one means anything there.
void InspectPage::forget() {
  drop_pair();
  pair_run_ = wanted_pairs_run_ = 0;
  asked_once_ = false;
  bar_->set_source({});
  bar_->set_sets({});
  bar_->set_index(0);
  view_->set_choices({}, {});
  for (int side = 0; side < view_->sides(); ++side) view_->set_choice(side, {});
  say_everywhere({}, false);
  show_empty_or_pair();
  update_actions();
}

void InspectPage::reload() {
  if (bar_->is_typed()) {
    ask_attributions();
  } else {
    ask_pair();
  }
}

qint64 InspectPage::source_run() const {
  if (wanted_pairs_run_ != 0 && mirror_->run(wanted_pairs_run_) != nullptr) {
    return wanted_pairs_run_;
  }
  for (int side = 0; side < view_->sides(); ++side) {
    if (view_->run_of(side) != 0) return view_->run_of(side);
  }
  // Only language models are shown: the sets they were asked about last, or those of any run.
  if (pair_run_ != 0 && mirror_->run(pair_run_) != nullptr) return pair_run_;
  return mirror_->runs().empty() ? 0 : mirror_->runs().front().id;
}

void InspectPage::take_first_dataset() {
  for (const api::Dataset& dataset : mirror_->datasets()) {
    if (!dataset.available) continue;
    bar_->set_source({{}, dataset.id});
    return;
  }
}

void InspectPage::say_everywhere(const QString& text, bool is_error) {
  for (int side = 0; side < view_->sides(); ++side) {
    const bool none = view_->choice(side).is_none();
    view_->show_message(side, none ? tr("choose a model") : text, is_error && !none);
  }
}

void InspectPage::drop_pair() {
  // What is on its way belongs to the pair before.
  for (size_t side = 0; side < asking_.size(); ++side) {
    client_->cancel(attributing_[side]);
    asking_[side] = false;
  }
  pair_.reset();
  view_->set_texts({}, {});
  tokens_->set_attributions({});
}

void InspectPage::ask_pair() {
  if (bar_->is_typed()) return;
  drop_pair();
  if (source_run() == 0 && bar_->source().dataset == 0) take_first_dataset();
  const PairPicker::Source source = bar_->source();
  const qint64 run = source.dataset != 0 ? 0 : source_run();
  api::json params{{"offset", bar_->index()}, {"limit", 1}};
  if (source.dataset != 0) {
    params["dataset"] = source.dataset;
  } else if (run != 0) {
    params["run"] = run;
    if (!source.set.isEmpty()) params["set"] = stdstr(source.set);
  } else {
    bar_->set_sets({});
    say_everywhere(tr("type a pair: there is no run and no data to take one from"), false);
    return;
  }
  for (int side = 0; side < view_->sides(); ++side) {
    if (!view_->choice(side).is_none()) view_->show_loading(side);
  }
  asking_pair_ = asked_once_ = true;
  if (run != 0) pair_run_ = run;
  client_->request(
      api::method::pairs_list, std::move(params), this,
      [this](const api::json& result) { take_pair(result); },
      [this](const Failure& failure) { pair_failed(failure); }, QStringLiteral("inspect-pair"));
}

void InspectPage::pair_failed(const Failure& failure) {
  asking_pair_ = false;
  say_everywhere(
      failure.hint.isEmpty() ? failure.what : failure.what + QLatin1Char('\n') + failure.hint,
      true);
  report(QStringLiteral("inspect"), failure);
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
    Failure failure;
    failure.what = tr("The engine's answer could not be read.");
    failure.where = QString::fromUtf8(error.what());
    pair_failed(failure);
    return;
  }
  const bool of_run = bar_->source().dataset == 0;
  const QString wanted = bar_->source().set;
  const bool beyond = bar_->index() >= total;
  if (of_run) bar_->set_sets(sets);
  bar_->set_total(total);
  if (rows.empty()) {
    // Another run's sets may be shorter, or be other sets: take what there is.
    const bool other_set = of_run && !wanted.isEmpty() && bar_->source().set != wanted;
    if ((total > 0 && beyond) || other_set) {
      ask_pair();
      return;
    }
    say_everywhere(tr("This set has no pairs."), false);
    return;
  }
  pair_ = rows.front();
  show_prompt(qstr(pair_->prompt));
  view_->set_texts(qstr(pair_->chosen), qstr(pair_->rejected));
  ask_attributions();
}

void InspectPage::ask_attributions() {
  for (int side = 0; side < view_->sides(); ++side) ask_attribution(side);
  update_actions();
}

void InspectPage::ask_attribution(int side) {
  const auto at = static_cast<size_t>(side);
  const AttributionView::Choice choice = view_->choice(side);
  if (choice.is_none()) {
    asking_[at] = false;
    view_->show_message(side, tr("choose a model"), false);
    refill_table();
    return;
  }
  api::AttributeAsked asked;
  asked.of = choice.run != 0 ? api::ScorerId::run(choice.run) : api::ScorerId::model(choice.model);
  if (bar_->is_typed()) {
    const api::Pair typed = bar_->typed();
    view_->set_texts(qstr(typed.chosen), qstr(typed.rejected));
    asked.pair.text = api::PairText{{{"user", typed.prompt}}, typed.chosen, typed.rejected};
  } else if (pair_) {
    asked.pair.index = pair_->index;
    asked.pair.dataset = bar_->source().dataset;
    if (asked.pair.dataset == 0) {
      asked.pair.set = pair_->set;
      asked.pair.run = pair_run_;
    }
  } else {
    return;
  }
  view_->show_loading(side);
  asking_[at] = true;
  attributing_[at] = client_->call<api::Attribute>(
      asked, this,
      [this, side, at](api::Attribution attribution) {
        asking_[at] = false;
        show_prompt(qstr(attribution.prompt));
        view_->show_attribution(side, std::move(attribution));
        refill_table();
        if (std::none_of(asking_.begin(), asking_.end(), [](bool asking) { return asking; })) {
          emit message_over(QStringLiteral("inspect"));
        }
      },
      [this, side, at](const Failure& failure) {
        asking_[at] = false;
        view_->show_message(
            side,
            failure.hint.isEmpty() ? failure.what : failure.what + QLatin1Char('\n') + failure.hint,
            true);
        refill_table();
        report(QStringLiteral("inspect"), failure);
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
  for (int side = 0; side < view_->sides(); ++side) {
    const auto at = static_cast<size_t>(side);
    if (asking_[at] && attributing_[at] == id->get<qint64>()) {
      view_->show_loading(side, qstr(phase->get<std::string>()));
    }
  }
}

void InspectPage::sides_changed() {
  // A column that moved has another slot: what is on its way for it is asked for again.
  for (int side = 0; side < AttributionView::most_sides; ++side) {
    const auto at = static_cast<size_t>(side);
    const bool shown = side < view_->sides();
    if (asking_[at]) client_->cancel(attributing_[at]);
    asking_[at] = false;
    if (shown && view_->attribution(side) == nullptr && !asking_pair_) ask_attribution(side);
  }
  refill_table();
  update_actions();
  moved();
}

void InspectPage::moved() {
  update_actions();
  emit place_changed();
}

void InspectPage::refill_table() {
  std::vector<api::Attribution> copies;
  for (const api::Attribution* shown : view_->attributions()) copies.push_back(*shown);
  tokens_->set_attributions(copies);
  table_->resizeColumnsToContents();
  for (int column = 0; column < tokens_->columnCount(); ++column) {
    table_->setColumnWidth(column, qBound(64, table_->columnWidth(column) + 2 * theme::grid, 240));
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
    update_actions();
  } else {
    ask_pair();
    moved();
  }
}

void InspectPage::show_empty_or_pair() {
  const bool nothing = mirror_->runs().empty() && mirror_->models().empty();
  if (!mirror_->loaded() && nothing) {
    empty_->set_content(tr("Inspect"),
                        tr("Waiting for the engine to list the runs of this workspace."));
  } else if (nothing) {
    empty_->set_content(
        tr("No run to inspect"),
        tr("Here a pair's rewards are taken apart: how much each token of the chosen and of the\n"
           "rejected response adds, under an explicit and an implicit reward model side by side.\n"
           "It needs a trained run, or at least a language model. Train one, or run the sample\n"
           "project from a terminal:"),
        QStringLiteral("./demo"));
  }
  first_train_->setVisible(mirror_->loaded());
  stack_->setCurrentIndex(nothing ? 0 : 1);
}

}  // namespace loupe::ui
