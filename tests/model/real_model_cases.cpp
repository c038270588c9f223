// SPDX-License-Identifier: GPL-3.0-or-later
// Fifty real preference pairs through the real model: which rows fit, their ids, and every
// response token's log-probability.
#include "tests/model/real_model.h"

using namespace loupe;
using namespace loupe::test;

namespace {

std::string fifty_rows() {
  const auto data = source_folder().parent_path() / "shared" / "data" / "ultrafeedback_test.jsonl";
  if (!std::filesystem::exists(real_model_path())) return no_real_model;
  if (!std::filesystem::exists(data)) return "SKIP: shared/data/ultrafeedback_test.jsonl is absent";
  Failures failures;
  const auto golden = real_model_golden();
  const auto& rows = golden["rows"];
  const auto model = must(model::load_model(real_model_path(), {}));
  const auto dataset = must(data::load_jsonl(data));
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
                 "row " + std::to_string(row));
  }
  return failures.text();
}

}  // namespace

std::vector<Case> loupe::test::cases() {
  return {{"fifty UltraFeedback rows", fifty_rows}};
}
