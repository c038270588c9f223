// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shift/rescorer.h"

#include <algorithm>

#include "ui/client/text.h"

namespace loupe::ui::shift {
namespace {

QString text_of(const api::json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? qstr(found->get<std::string>()) : QString();
}

}  // namespace

api::json shift_params(const std::vector<Scorer>& scorers, const Question& question) {
  api::ShiftAsked asked;
  for (const Scorer& scorer : scorers) asked.of.push_back(id_of(scorer));
  asked.before = stdstr(question.before);
  asked.after = stdstr(question.after);
  asked.rejected = stdstr(question.other);
  if (question.pair.is_object()) {
    asked.pair.dataset = question.pair.value("dataset", int64_t{0});
    asked.pair.run = question.pair.value("pairs_run", int64_t{0});
    asked.pair.set = question.pair.value("set", "");
    asked.pair.index = question.pair.value("index", int64_t{-1});
  } else {
    asked.pair.text = api::PairText{{{"user", stdstr(question.prompt)}}, asked.before, ""};
  }
  return asked;
}

RunRow row_of(const api::Run& run) {
  RunRow row;
  row.scorer = {run.id, 0};
  row.name = qstr(run.name);
  row.type = qstr(run.type);
  row.scale = implicit_scale(run.recipe);
  row.epochs_done = run.epochs_done;
  return row;
}

RunRow row_of(const api::Model& model) {
  RunRow row;
  row.scorer = {0, model.id};
  row.name = qstr(model.name);
  row.type = qstr(model.type);
  row.scale = implicit_scale(model);
  return row;
}

Rescorer::Rescorer(EngineClient* client, Recall recall, QObject* parent)
    : QObject(parent), client_(client), recall_(std::move(recall)) {
  pause_.setSingleShot(true);
  pause_.setInterval(pause_ms);
  connect(&pause_, &QTimer::timeout, this, &Rescorer::send);
  connect(client_, &EngineClient::notified, this, &Rescorer::take_notification);
}

bool Rescorer::set_rows(std::vector<RunRow> wanted) {
  std::vector<RunRow> fresh;
  bool needs_answers = false;
  for (RunRow& row : wanted) {
    const auto known = std::find_if(rows_.begin(), rows_.end(), [&](const RunRow& old) {
      return old.scorer == row.scorer && old.type == row.type;
    });
    const bool is_new = known == rows_.end() || known->epochs_done != row.epochs_done;
    if (!is_new) {
      RunRow kept = *known;
      kept.name = row.name;
      kept.scale = row.scale;
      row = std::move(kept);
    } else {
      row.waiting = wanted_.has_value();
    }
    row.shade = static_cast<int>(std::count_if(
        fresh.begin(), fresh.end(), [&](const RunRow& other) { return other.type == row.type; }));
    needs_answers = needs_answers || is_new;
    fresh.push_back(std::move(row));
  }
  const bool same = std::equal(
      rows_.begin(), rows_.end(), fresh.begin(), fresh.end(), [](const RunRow& a, const RunRow& b) {
        return a.scorer == b.scorer && a.name == b.name && a.shade == b.shade;
      });
  rows_ = std::move(fresh);
  if (!same || needs_answers) emit changed();
  return needs_answers;
}

void Rescorer::want(const Question& question) {
  if (wanted_ == question) return;
  wanted_ = question;
  mark_waiting();
  pause_.start();
}

void Rescorer::ask(const Question& question) {
  wanted_ = question;
  mark_waiting();
  send();
}

void Rescorer::ask_again() {
  if (!wanted_) return;
  mark_waiting();
  send();
}

void Rescorer::clear() {
  pause_.stop();
  wanted_.reset();
  client_->cancel(request_);
  request_ = 0;
  for (RunRow& row : rows_) {
    row.answer.reset();
    row.waiting = false;
    row.phase.clear();
    row.error.clear();
    row.hint.clear();
  }
  emit changed();
}

void Rescorer::mark_waiting() {
  for (RunRow& row : rows_) {
    row.waiting = !(row.answer && row.asked == *wanted_);
    if (!row.waiting) continue;
    row.error.clear();
    row.hint.clear();
  }
  emit changed();
}

void Rescorer::send() {
  pause_.stop();
  if (!wanted_) return;
  std::vector<Scorer> open;
  for (size_t i = 0; i < rows_.size(); ++i) {
    RunRow& row = rows_[i];
    if (row.shows(*wanted_)) continue;
    if (auto known = recall_(row.scorer, *wanted_)) {
      row.answer = std::move(known);
      row.serial = ++last_serial_;
      row.asked = *wanted_;
      row.waiting = false;
      row.phase.clear();
      emit answered(static_cast<int>(i));
    } else {
      row.waiting = true;
      open.push_back(row.scorer);
    }
  }
  if (open.empty()) {
    client_->cancel(request_);
    request_ = 0;
    emit changed();
    emit finished();
    return;
  }
  sent_ = *wanted_;
  request_ = client_->request(
      api::method::shift, shift_params(open, sent_), this,
      [this](const api::json& result) { take_result(result); },
      [this](const Failure& failure) { take_failure(failure); }, QStringLiteral("shift-rescore"));
  emit changed();
}

void Rescorer::take_notification(const QString& method, const api::json& params) {
  if (request_ == 0) return;
  const auto id = params.find("id");
  if (id == params.end() || !id->is_number_integer() || id->get<qint64>() != request_) return;
  if (method == QLatin1String(api::method::partial)) {
    if (const auto value = params.find("value"); value != params.end()) take_row(*value);
    emit changed();
  } else if (method == QLatin1String(api::method::progress)) {
    const QString phase = text_of(params, "phase");
    for (RunRow& row : rows_) {
      if (row.waiting) row.phase = phase;
    }
    emit changed();
  }
}

void Rescorer::take_row(const api::json& value) {
  api::Shift shift;
  try {
    shift = value.get<api::Shift>();
  } catch (const std::exception&) {
    return;  // the row is missed at the end, and says so
  }
  const Scorer scorer{shift.run, shift.model};
  const auto row = std::find_if(rows_.begin(), rows_.end(),
                                [&](const RunRow& known) { return known.scorer == scorer; });
  if (row == rows_.end() || row->shows(sent_)) return;
  row->phase.clear();
  // The text may have changed again while the answer was on its way: then it is shown, as old.
  row->waiting = !wanted_ || !(*wanted_ == sent_);
  row->asked = sent_;
  if (shift.error.is_object()) {
    row->answer.reset();
    row->error = text_of(shift.error, "what");
    if (row->error.isEmpty()) row->error = tr("This model could not be scored.");
    row->hint = text_of(shift.error, "hint");
    return;
  }
  row->error.clear();
  row->hint.clear();
  row->answer = std::move(shift);
  row->serial = ++last_serial_;
  emit answered(static_cast<int>(row - rows_.begin()));
}

void Rescorer::take_result(const api::json& result) {
  request_ = 0;
  if (const auto rows = result.find("rows"); rows != result.end() && rows->is_array()) {
    for (const api::json& row : *rows) take_row(row);
  }
  for (RunRow& row : rows_) {
    const bool came = row.asked == sent_ && (row.answer || !row.error.isEmpty());
    if (came || !row.waiting || pause_.isActive()) continue;
    row.waiting = false;
    row.answer.reset();
    row.phase.clear();
    row.error = tr("The engine's answer for this model could not be read.");
    row.hint = tr("The window and the engine may be of different versions.");
  }
  emit changed();
  emit finished();
}

void Rescorer::take_failure(const Failure& failure) {
  request_ = 0;
  for (RunRow& row : rows_) {
    if (!row.waiting) continue;
    row.waiting = false;
    row.answer.reset();
    row.phase.clear();
    row.error = failure.what;
    row.hint = failure.hint;
  }
  emit changed();
  emit failed(failure);
}

}  // namespace loupe::ui::shift
