// SPDX-License-Identifier: GPL-3.0-or-later
// What the page knows of one chosen run or model: its last answer, whether a newer one is on its
// way, and what went wrong.
#pragma once

#include <QString>
#include <optional>
#include <vector>

#include "core/api/messages.h"
#include "ui/client/scorer.h"
#include "ui/shift/shift_sums.h"

namespace loupe::ui::shift {

// What is asked of the engine.
struct Question {
  QString prompt, before, after, other;
  // {"set", "index", "pairs_run"} where the prompt comes from a set: its turns are known there,
  // while `prompt` is one text. Null for a typed one.
  api::json pair = nullptr;
  bool operator==(const Question&) const = default;
};

struct RunRow {
  Scorer scorer;
  QString name, type;
  int shade = 0;  // how many of the same type come before it
  std::optional<ImplicitScale> scale;
  double epochs_done = 0;  // of a run: an answer is of the checkpoint of that time

  std::optional<api::Shift> answer;
  Question asked;        // what `answer` answers
  int serial = 0;        // another one with every answer
  bool waiting = false;  // `answer`, if any, is of an earlier text
  QString phase;         // what the engine is at, while waiting
  QString error, hint;

  bool shows(const Question& question) const { return answer && !waiting && asked == question; }
};

}  // namespace loupe::ui::shift
