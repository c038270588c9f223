// SPDX-License-Identifier: GPL-3.0-or-later
// Where the Shift page's example comes from: a set of a run, or what is typed.
#include <QLabel>
#include <algorithm>

#include "ui/shift/example_bar.h"
#include "ui/shift/model_bar.h"
#include "ui/shift/rescorer.h"
#include "ui/shift/response_editor.h"
#include "ui/shift/shift_page.h"

namespace loupe::ui {

void ShiftPage::ask_pair(const std::string& set, qint64 index, qint64 pairs_run) {
  if (mirror_->run(pairs_run) == nullptr) pairs_run = 0;
  // The pairs of a chosen run, else of any: a model has none of its own.
  for (const Scorer& scorer : models_->chosen()) {
    if (pairs_run == 0) pairs_run = scorer.run;
  }
  if (pairs_run == 0 && !mirror_->runs().empty()) pairs_run = mirror_->runs().front().id;
  if (pairs_run == 0 && mirror_->knows_datasets()) start_typing();
  if (pairs_run == 0) return;
  keep_sketch();
  example_.reset();
  rescorer_->clear();
  asking_pair_ = true;
  gave_up_ = false;
  api::json params{{"run", pairs_run}, {"offset", std::max<qint64>(0, index)}, {"limit", 1}};
  if (!set.empty()) params["set"] = set;
  client_->request(
      api::method::pairs_list, std::move(params), this,
      [this, pairs_run, index, set](const api::json& result) {
        take_pair(result, set, index, pairs_run);
      },
      [this](const Failure& failure) { pair_failed(failure); }, QStringLiteral("shift-pair"));
}

void ShiftPage::take_pair(const api::json& result, const std::string& set, qint64 index,
                          qint64 pairs_run) {
  asking_pair_ = false;
  Example example;
  example.pairs_run = pairs_run;
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
  if (found.empty() && total > 0 && index > 0) return ask_pair(set, 0, pairs_run);
  if (found.empty()) return no_example(tr("This set has no pairs."), false);
  example.pair = found.front();
  bar_->set_sets(sets, qstr(example.pair.set), example.pair.index, total);
  show_example(std::move(example));
}

void ShiftPage::pair_failed(const Failure& failure) {
  asking_pair_ = false;
  no_example(failure.what, true);
  report(QStringLiteral("shift"), failure);
}

// Without a run there are no sets to choose from: a pair is typed, and the first of the data that
// there is stands there to begin with.
void ShiftPage::start_typing() {
  bar_->set_typed(true);
  const auto& datasets = mirror_->datasets();
  const auto known = std::find_if(datasets.begin(), datasets.end(),
                                  [](const api::Dataset& dataset) { return dataset.available; });
  const auto type = [this](const api::Pair& pair) {
    asking_pair_ = false;
    if (!bar_->is_typed() || example_) return;
    bar_->set_texts(pair);
    typing_toggled(true);
  };
  if (known == datasets.end()) return type(bar_->texts());
  asking_pair_ = true;
  client_->request(
      api::method::pairs_list, {{"dataset", known->id}, {"offset", 0}, {"limit", 1}}, this,
      [type](const api::json& result) {
        api::Pair pair;
        try {
          pair = result.at("rows").at(0).get<api::Pair>();
        } catch (const std::exception&) {
          pair = {};  // an example to begin with is no more than a help
        }
        type(pair);
      },
      [type](const Failure&) { type({}); }, QStringLiteral("shift-pair"));
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
