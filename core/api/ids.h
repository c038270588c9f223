// SPDX-License-Identifier: GPL-3.0-or-later
// How requests name what gives a reward, and the pair of texts that it is asked about.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/api/describe.h"

namespace loupe::api {

// A trained run, or a model of the workspace: "run:3", "model:5".
struct ScorerId {
  enum class Kind { none, run, model };
  static constexpr const char* form = "run:ID or model:ID";
  Kind kind = Kind::none;
  int64_t id = 0;

  static ScorerId run(int64_t id) { return {Kind::run, id}; }
  static ScorerId model(int64_t id) { return {Kind::model, id}; }
  bool is_run() const { return kind == Kind::run; }
  bool is_model() const { return kind == Kind::model; }
  std::string text() const;
  static std::optional<ScorerId> of_text(std::string_view text);
  auto operator<=>(const ScorerId&) const = default;
};

struct Turn {
  std::string role, content;  // role: "system", "user", "assistant", …
  LOUPE_FIELDS(Turn, role, content)
  bool operator==(const Turn&) const = default;
};

struct PairText {
  std::vector<Turn> prompt;
  std::string chosen, rejected;
  LOUPE_FIELDS(PairText, prompt, chosen, rejected)
  bool operator==(const PairText&) const = default;
};

// A pair: number `index` of a data set of the workspace, or of a set that a run was trained or
// evaluated on; or the words themselves.
struct PairRef {
  int64_t dataset = 0;
  int64_t run = 0;
  std::string set;  // of the run
  int64_t index = -1;
  std::optional<PairText> text;  // goes before the place
  LOUPE_FIELDS(PairRef, dataset, run, set, index, text)
  bool operator==(const PairRef&) const = default;
};

}  // namespace loupe::api
