// SPDX-License-Identifier: GPL-3.0-or-later
// Ways to say which token a reward comes from. One list: a new way is a file in core/attrib/ with a
// class of its own and a line in methods.cpp.
#pragma once

#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/data/encode.h"
#include "core/reward/reward_model.h"

namespace loupe::attrib {

struct TokenCredit {
  tokenize::Token token;
  double credit = 0;
  double log_prob = 0, ref_log_prob = 0;  // IM: nats
};

// What one response's reward comes from.
struct ResponseCredit {
  std::vector<double> prompt;  // of each prompt token; empty where output positions are credited
  std::vector<TokenCredit> tokens;
  double reward = 0;
  double offset = 0;  // what belongs to no token
  double error = 0;   // of an exact method: |reward - offset - sum|, rounding; shown
};

// The two kinds of pictures: where in the output the reward arises, or which input token it would
// change with.
enum class Credited { output_positions, input_tokens };

struct MethodInfo {
  std::string_view id, title, why;
  Credited credited;
};

class Method {
 public:
  virtual ~Method() = default;
  virtual MethodInfo info() const = 0;
  // Refused for a reward that it has no meaning for.
  virtual Result<void> fits(const reward::RewardModel&) const { return {}; }
  // Results in the order of `texts`. Throws Cancelled and what torch throws.
  virtual std::vector<ResponseCredit> run(const reward::RewardModel& model,
                                          const std::vector<data::EncodedText>& texts,
                                          const model::ForwardOptions& options) const = 0;
};

const std::vector<const Method*>& methods();
// Null: there is none of that name.
const Method* method(std::string_view id);

// Texts in one batch, those with equal prompts behind one; `order[r]` is the text of response r.
struct TextBatch {
  model::PackedBatch batch;
  std::vector<size_t> order;
};
TextBatch batch_of(const reward::RewardModel& model, const std::vector<data::EncodedText>& texts);
std::vector<double> numbers(const at::Tensor& tensor);  // undefined: none

}  // namespace loupe::attrib
