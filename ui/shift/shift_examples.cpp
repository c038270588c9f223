// SPDX-License-Identifier: GPL-3.0-or-later
// Where the Shift page's example comes from: a set of a run, a data set, or what is typed.
#include <QLabel>
#include <algorithm>

#include "ui/shift/model_bar.h"
#include "ui/shift/rescorer.h"
#include "ui/shift/response_editor.h"
#include "ui/shift/shift_page.h"
#include "ui/widgets/pair_picker.h"

namespace loupe::ui {

// Of a model alone there are no sets: the first of the data that there is, else a typed pair.
bool ShiftPage::take_first_dataset() {
  const auto& datasets = mirror_->datasets();
  const auto known = std::find_if(datasets.begin(), datasets.end(),
                                  [](const api::Dataset& dataset) { return dataset.available; });
  if (known == datasets.end()) return false;
  bar_->set_source({{}, known->id});
  return true;
}

void ShiftPage::ask_pair(qint64 pairs_run) {
  if (mirror_->run(pairs_run) == nullptr) pairs_run = 0;
  // The pairs of a chosen run, else of any: a model has none of its own.
  for (const Scorer& scorer : models_->chosen()) {
    if (pairs_run == 0) pairs_run = scorer.run;
  }
  if (pairs_run == 0 && !mirror_->runs().empty()) pairs_run = mirror_->runs().front().id;
  if (pairs_run == 0 && bar_->source().dataset == 0 && !take_first_dataset()) {
    if (!mirror_->knows_datasets()) return;  // asked again when they are listed
    bar_->set_is_typed(true);
    return typing_toggled(true);
  }
  keep_sketch();
  example_.reset();
  rescorer_->clear();
  asking_pair_ = true;
  gave_up_ = false;
  Example example;
  example.dataset = bar_->source().dataset;
  example.pairs_run = pairs_run;
  api::json params{{"offset", bar_->index()}, {"limit", 1}};
  if (example.dataset != 0) {
    params["dataset"] = example.dataset;
  } else {
    params["run"] = pairs_run;
    if (!bar_->source().set.isEmpty()) params["set"] = stdstr(bar_->source().set);
  }
  client_->request(
      api::method::pairs_list, std::move(params), this,
      [this, example](const api::json& result) { take_pair(result, example); },
      [this](const Failure& failure) { pair_failed(failure); }, QStringLiteral("shift-pair"));
}

void ShiftPage::take_pair(const api::json& result, Example example) {
  asking_pair_ = false;
  if (bar_->is_typed()) return;
  QStringList sets;
  qint64 total = 0;
  std::vector<api::Pair> found;
  try {
    found = result.at("rows").get<std::vector<api::Pair>>();
    total = result.value("total", qint64(0));
    for (const auto& name : result.value("sets", std::vector<std::string>())) sets << qstr(name);
  } catch (const std::exception& error) {
    return pair_failed(
        {0, {}, tr("The engine's answer could not be read."), QString::fromUtf8(error.what()), {}});
  }
  const qint64 asked = bar_->index();
  const QString wanted = bar_->source().set;
  if (example.dataset == 0) bar_->set_sets(sets);
  bar_->set_total(total);
  const bool other_set = !wanted.isEmpty() && bar_->source().set != wanted;
  if (found.empty() && ((total > 0 && asked > 0) || other_set)) {
    bar_->set_index(0);
    return ask_pair(example.pairs_run);
  }
  if (found.empty()) return no_example(tr("This set has no pairs."), false);
  example.pair = found.front();
  if (example.dataset == 0) bar_->set_source({qstr(example.pair.set), 0});
  bar_->set_index(example.pair.index);
  show_example(std::move(example));
}

void ShiftPage::pair_failed(const Failure& failure) {
  asking_pair_ = false;
  no_example(failure.what, true);
  report(QStringLiteral("shift"), failure);
}

void ShiftPage::no_example(const QString& text, bool is_error) {
  gave_up_ = true;
  wanted_after_.reset();
  wanted_texts_.reset();
  note_->setText(is_error ? tr("✗ %1").arg(text) : text);
  note_->setForegroundRole(is_error ? QPalette::BrightText : QPalette::PlaceholderText);
  note_->show();
  editor_->load({}, {}, {}, edited_);
  update_actions();
}

void ShiftPage::show_example(Example example) {
  note_->hide();
  example_ = std::move(example);
  open_sketch();
  emit place_changed();
}

}  // namespace loupe::ui
