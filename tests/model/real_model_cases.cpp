// SPDX-License-Identifier: GPL-3.0-or-later
// Fifty real preference pairs through the real model: which rows fit, their ids, and every
// response token's log-probability.
#include "tests/model/real_model.h"

using namespace loupe;
using namespace loupe::test;

namespace {

std::string fifty_rows() {
  if (!smollm2.is_here()) return smollm2.absent;
  if (!std::filesystem::exists(ultrafeedback())) return no_ultrafeedback;
  Failures failures;
  const auto golden = smollm2.expected();
  const auto& rows = golden["rows"];
  const auto model = must(model::load_model(smollm2.path(), {}));
  const auto dataset = must(data::load_jsonl(ultrafeedback()));
  const int64_t limit = golden["limit"];
  const auto encoded =
      must(data::encode_dataset(dataset, *model.chat_template, *model.tokenizer, {limit, limit}));
  failures.check(rows.size() == 50 && encoded.pairs.size() >= 50, "fifty rows");
  for (size_t i = 0; i < rows.size() && i < encoded.pairs.size(); ++i) {
    const auto& pair = encoded.pairs[i];
    const int64_t row = dataset.pairs[static_cast<size_t>(pair.index)].row;
    failures.check(row == rows[i]["row"].get<int64_t>(),
                   "row " + std::to_string(row) + " fits, want row " + rows[i]["row"].dump());
    compare_pair(failures, model, pair.prompt, pair.chosen, pair.rejected, rows[i],
                 smollm2.tolerance, "row " + std::to_string(row));
  }
  return failures.text();
}

}  // namespace

std::vector<Case> loupe::test::cases() {
  return {{"fifty UltraFeedback rows", fifty_rows}};
}
