// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shift/shift_page.h"

#include <QAction>
#include <QComboBox>
#include <QLabel>
#include <QPushButton>
#include <QScrollArea>
#include <QSplitter>
#include <QStackedWidget>
#include <QVBoxLayout>
#include <algorithm>
#include <utility>

#include "ui/shift/dumbbell_chart.h"
#include "ui/shift/model_bar.h"
#include "ui/shift/moved_view.h"
#include "ui/shift/rescorer.h"
#include "ui/shift/response_editor.h"
#include "ui/shift/scorer_choice.h"
#include "ui/shift/variant_filler.h"
#include "ui/shift/variant_list.h"
#include "ui/widgets/empty_state.h"
#include "ui/widgets/pair_picker.h"
#include "ui/widgets/theme.h"

namespace loupe::ui {

using shift::Edited;
using shift::Question;

namespace {

constexpr int narrow = 900;  // below, the picture goes under the texts

}  // namespace

ShiftPage::ShiftPage(EngineClient* client, WorkspaceMirror* mirror, QWidget* parent)
    : Page(parent), client_(client), mirror_(mirror), lists_(this, [this] { lists_changed(); }) {
  setObjectName(QStringLiteral("shift-page"));
  variants_ = new shift::VariantModel(this);
  rescorer_ = new shift::Rescorer(
      client_,
      [this](const Scorer& scorer, const Question& question) {
        return variants_->recall(scorer, question);
      },
      this);
  filler_ = new shift::VariantFiller(client_, variants_, this);
  empty_ = new EmptyState(QStringLiteral("shift"), this);
  auto* train = new QPushButton(tr("Train a model"), empty_);
  train->setObjectName(QStringLiteral("shift-train"));
  train->setToolTip(tr("Opens Train, where a reward model is made"));
  connect(train, &QPushButton::clicked, this, [this] { emit open_wanted({{"page", "train"}}); });
  empty_->add_below(train);
  stack_ = new QStackedWidget(this);
  stack_->addWidget(empty_);
  stack_->addWidget(make_content());
  auto* outer = new QVBoxLayout(this);
  outer->setContentsMargins(0, 0, 0, 0);
  outer->addWidget(stack_);
  make_actions();
  make_export_menu();

  const auto changed = [this] {
    if (!mirror_->loaded()) forget();
    lists_.want();
  };
  connect(mirror_, &WorkspaceMirror::runs_changed, this, changed);
  connect(mirror_, &WorkspaceMirror::models_changed, this, changed);
  connect(mirror_, &WorkspaceMirror::datasets_changed, this, changed);
  connect(client_, &EngineClient::state_changed, this, [this](EngineClient::State state) {
    if (state != EngineClient::State::ready) {
      asking_pair_ = gave_up_ = false;
    } else if (example_) {
      rescorer_->ask_again();
    }
  });
  connect(bar_, &PairPicker::source_picked, this, [this] {
    bar_->set_index(0);
    ask_pair(example_ ? example_->pairs_run : 0);
  });
  connect(bar_, &PairPicker::index_picked, this,
          [this] { ask_pair(example_ ? example_->pairs_run : 0); });
  connect(bar_, &PairPicker::typing_toggled, this, &ShiftPage::typing_toggled);
  connect(bar_, &PairPicker::texts_changed, this, &ShiftPage::typed_texts_changed);
  connect(scale_, &QComboBox::currentIndexChanged, this, [this](int index) {
    chart_->set_relative(index == 0);
    moved_->set_relative(index == 0);
  });
  connect(models_, &shift::ModelBar::picked, this, [this] {
    show_models();
    emit place_changed();
  });
  connect(editor_, &shift::ResponseEditor::changed, this, &ShiftPage::text_changed);
  connect(editor_, &shift::ResponseEditor::side_picked, this, &ShiftPage::edit_side);
  connect(rescorer_, &shift::Rescorer::changed, this, &ShiftPage::show_rows);
  connect(rescorer_, &shift::Rescorer::answered, this,
          [this](int row) { variants_->remember(rows()[static_cast<size_t>(row)]); });
  connect(rescorer_, &shift::Rescorer::failed, this,
          [this](const Failure& failure) { report(QStringLiteral("shift"), failure); });
  connect(rescorer_, &shift::Rescorer::finished, this, [this] {
    emit message_over(QStringLiteral("shift"));
    if (!rescorer_->busy()) filler_->fill();
  });
  connect(list_, &shift::VariantList::picked, this, &ShiftPage::return_to);
  connect(list_, &shift::VariantList::edited, this, [this] {
    update_actions();
    if (!rescorer_->busy()) filler_->fill();
  });
  show_empty_or_content();
  update_actions();
}

QWidget* ShiftPage::make_content() {
  PairPicker::Options pairs;
  pairs.name = QStringLiteral("shift");
  pairs.source_why =
      tr("Where the pair comes from: an evaluation set of a run, or a data set of the workspace");
  pairs.text_suffix = tr(", original");
  pairs.text_lines = 2;
  bar_ = new PairPicker(pairs, this);
  bar_->add_tools(make_tools());
  models_ = new shift::ModelBar(this);
  editor_ = new shift::ResponseEditor(this);
  chart_ = new shift::DumbbellChart(this);
  moved_ = new shift::MovedView(this);
  list_ = new shift::VariantList(variants_, this);
  note_ = new QLabel(this);
  note_->setObjectName(QStringLiteral("shift-note"));
  note_->setTextFormat(Qt::PlainText);
  note_->setWordWrap(true);
  note_->hide();
  auto* moved_title = new QLabel(tr("What moved"), this);
  moved_title->setFont(theme::scaled(font(), 1.0, true));
  moved_title->setToolTip(tr(
      "The change of each token's attribution. Tokens in front of the edit cannot move: a model reads "
      "from left to right."));

  auto* picture = new QWidget(this);
  auto* right = new QVBoxLayout(picture);
  right->setContentsMargins(theme::grid, 0, 0, 0);
  right->setSpacing(theme::grid);
  right->addWidget(note_);
  right->addWidget(chart_);
  right->addWidget(moved_title);
  right->addWidget(moved_, 1);
  across_ = new QSplitter(Qt::Horizontal, this);
  across_->setObjectName(QStringLiteral("shift-across"));
  across_->setChildrenCollapsible(false);
  across_->addWidget(editor_);
  across_->addWidget(picture);
  across_->setStretchFactor(0, 2);
  across_->setStretchFactor(1, 3);
  across_->setSizes({430, 740});
  auto* down = new QSplitter(Qt::Vertical, this);
  down->setObjectName(QStringLiteral("shift-down"));
  down->addWidget(across_);
  down->addWidget(list_);
  down->setCollapsible(0, false);
  down->setStretchFactor(0, 4);
  down->setStretchFactor(1, 1);
  down->setSizes({400, 120});

  auto* content = new QWidget(this);
  auto* layout = new QVBoxLayout(content);
  layout->setContentsMargins(2 * theme::grid, theme::grid, 2 * theme::grid, theme::grid);
  layout->setSpacing(theme::grid);
  layout->addWidget(bar_);
  layout->addWidget(models_);
  layout->addWidget(down, 1);
  // On a small screen the page scrolls instead of losing its lower edge.
  auto* scroll = new QScrollArea(this);
  scroll->setObjectName(QStringLiteral("shift-scroll"));
  scroll->setWidgetResizable(true);
  scroll->setFrameShape(QFrame::NoFrame);
  scroll->setFocusPolicy(Qt::NoFocus);
  scroll->setWidget(content);
  return scroll;
}

void ShiftPage::resizeEvent(QResizeEvent* event) {
  Page::resizeEvent(event);
  const auto orientation = width() < narrow ? Qt::Vertical : Qt::Horizontal;
  if (across_->orientation() != orientation) across_->setOrientation(orientation);
}

const std::vector<shift::RunRow>& ShiftPage::rows() const {
  return rescorer_->rows();
}

bool ShiftPage::settled() const {
  return mirror_->loaded() && !asking_pair_ && !rescorer_->busy() && !filler_->busy();
}

void ShiftPage::flush() {
  if (example_ && rescorer_->busy()) rescorer_->ask(question());
}

// Another workspace comes: nothing of this one means anything there.
void ShiftPage::forget() {
  example_.reset();
  gave_up_ = false;
  bar_->set_source({});
  bar_->set_sets({});
  bar_->set_index(0);
  rescorer_->clear();
  models_->set_choices({}, {});
  show_models();
  show_empty_or_content();
  update_actions();
}

void ShiftPage::lists_changed() {
  // What is chosen by itself is chosen once the runs are known, whatever list comes first.
  if (mirror_->loaded()) models_->set_choices(mirror_->runs(), mirror_->models());
  bar_->set_datasets(mirror_->datasets());
  show_empty_or_content();
  if (!mirror_->loaded()) return;
  if (wanted_) {
    if (!can_apply(*wanted_)) return;
    const Place wanted = *std::exchange(wanted_, std::nullopt);
    apply_place(wanted);
    return;
  }
  show_models();
  if (!example_ && !asking_pair_ && !gave_up_ && !bar_->is_typed() && !models_->chosen().empty()) {
    ask_pair(0);
  }
}

void ShiftPage::show_models() {
  std::vector<shift::RunRow> chosen;
  for (const Scorer& scorer : models_->chosen()) {
    if (const api::Run* run = mirror_->run(scorer.run)) chosen.push_back(shift::row_of(*run));
    if (const api::Model* model = mirror_->model(scorer.model))
      chosen.push_back(shift::row_of(*model));
  }
  const bool needs_answers = rescorer_->set_rows(std::move(chosen));
  if (needs_answers && example_) rescorer_->ask(question());
}

QString ShiftPage::sketch_key() const {
  if (!example_) return {};
  const QString side = edited_ == Edited::chosen ? QStringLiteral("+") : QStringLiteral("-");
  if (example_->typed) return QStringLiteral("typed") + side;
  return QStringLiteral("%1/%2/%3")
             .arg(example_->dataset != 0 ? -example_->dataset : example_->pairs_run)
             .arg(example_->pair.index)
             .arg(qstr(example_->pair.set)) +
         side;
}

void ShiftPage::keep_sketch() {
  if (example_) sketches_.insert(sketch_key(), {editor_->text(), variants_->variants()});
}

void ShiftPage::open_sketch() {
  const api::Pair& pair = example_->pair;
  const bool chosen = edited_ == Edited::chosen;
  editor_->set_context_visible(!example_->typed);
  editor_->load(qstr(pair.prompt), qstr(chosen ? pair.chosen : pair.rejected),
                qstr(chosen ? pair.rejected : pair.chosen), edited_);
  const auto known = sketches_.constFind(sketch_key());
  std::vector<shift::Variant> variants;
  if (known != sketches_.cend()) variants = known->variants;
  if (auto texts = std::exchange(wanted_texts_, std::nullopt)) {
    for (const QString& text : *texts) {
      const bool again = text == editor_->original() ||
                         std::any_of(variants.begin(), variants.end(),
                                     [&](const auto& variant) { return variant.text == text; });
      if (!again) variants.push_back({text});
    }
  }
  variants_->set_example(question(), edited_);
  variants_->set_variants(std::move(variants));
  list_->forget_deleted();
  if (const auto after = std::exchange(wanted_after_, std::nullopt)) {
    editor_->put(*after);
  } else if (known != sketches_.cend() && !example_->typed) {
    editor_->put(known->after);
  }
  list_->mark(editor_->text());
  filler_->stop();
  rescorer_->ask(question());
  update_actions();
}

// As keys of a place and of a request.
Place ShiftPage::pair_place() const {
  const api::Pair& pair = example_->pair;
  if (example_->dataset != 0) return {{"dataset", example_->dataset}, {"index", pair.index}};
  return {{"set", pair.set}, {"index", pair.index}, {"pairs_run", example_->pairs_run}};
}

Question ShiftPage::question() const {
  if (!example_) return {};
  const api::Pair& pair = example_->pair;
  const bool chosen = edited_ == Edited::chosen;
  api::json place;
  if (!example_->typed) place = pair_place();
  return {qstr(pair.prompt), editor_->original(), editor_->text(),
          qstr(chosen ? pair.rejected : pair.chosen), std::move(place)};
}

void ShiftPage::text_changed() {
  if (!example_) return;
  filler_->stop();
  list_->mark(editor_->text());
  rescorer_->want(question());
  update_actions();
}

void ShiftPage::typing_toggled(bool typed) {
  if (!typed) return ask_pair(example_ ? example_->pairs_run : 0);
  if (example_) bar_->offer_texts(example_->pair);
  keep_sketch();
  Example example;
  example.typed = true;
  example.pairs_run = example_ ? example_->pairs_run : 0;
  example.pair = bar_->typed();
  show_example(std::move(example));
}

void ShiftPage::typed_texts_changed() {
  if (!example_ || !example_->typed) return;
  example_->pair = bar_->typed();
  const bool chosen = edited_ == Edited::chosen;
  const api::Pair& pair = example_->pair;
  editor_->follow(qstr(pair.prompt), qstr(chosen ? pair.chosen : pair.rejected),
                  qstr(chosen ? pair.rejected : pair.chosen));
  variants_->set_example(question(), edited_);
  text_changed();
}

void ShiftPage::edit_side(Edited edited) {
  if (edited == edited_) return;
  keep_sketch();
  edited_ = edited;
  if (!example_) return editor_->load({}, {}, {}, edited_);
  rescorer_->clear();
  open_sketch();
  emit place_changed();
}

void ShiftPage::pin() {
  if (!example_ || !editor_->is_edited()) return;
  list_->forget_deleted();
  variants_->pin(rows().data(), rows().size(), editor_->text());
  list_->mark(editor_->text());
  update_actions();
}

void ShiftPage::return_to(int row) {
  if (example_) editor_->put(variants_->text_at(row));
}

void ShiftPage::show_rows() {
  variants_->set_runs(rows());
  chart_->set_rows(rows(), edited_);
  moved_->set_rows(rows(), edited_);
}

void ShiftPage::show_empty_or_content() {
  const bool some = !models_->chosen().empty();
  if (!mirror_->loaded() && !some) {
    empty_->set_content(tr("Shift"),
                        tr("Waiting for the engine to list the runs of this workspace."));
  } else if (!some) {
    empty_->set_content(
        tr("No finished run yet"),
        tr("Here a response is edited in place, and every chosen model scores it as you type:\n"
           "how far its reward moves, whether its preference flips, and which tokens carry it.\n"
           "It needs a run that has been trained, or a model that was imported."));
  }
  stack_->setCurrentIndex(some ? 1 : 0);
}

void ShiftPage::update_actions() {
  const bool edited = example_ && editor_->is_edited();
  pin_->setEnabled(edited);
  restore_->setEnabled(edited);
  inspect_->setEnabled(example_.has_value());
  list_->set_can_pin(edited);
}

}  // namespace loupe::ui
