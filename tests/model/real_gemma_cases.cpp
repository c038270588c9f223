// SPDX-License-Identifier: GPL-3.0-or-later
// Gemma 3 270M: a sentencepiece vocabulary of 262,144 pieces, windows of 512 tokens, no template.
#include <fstream>

#include "tests/model/real_model.h"

using namespace loupe;
using namespace loupe::test;

namespace {

const RealModel gemma{
    "gemma-3-270m-q4_k_m.gguf", "gemma.json", 1e-3,
    "SKIP: Gemma 3 270M is not here (scripts/setup --gemma fetches it, under its terms of use)"};

std::string what_the_files_say() {
  if (!gemma.is_here()) return gemma.absent;
  Failures failures;
  const auto files = must(model::inspect_model(gemma.path()));
  const auto& config = files.config;
  failures.check(files.format == "gguf" && files.kind == "LM", "format and kind");
  failures.check(config.architecture == "Gemma3ForCausalLM", config.architecture);
  failures.check(config.layers == 18 && config.hidden_size == 640 && config.heads == 4 &&
                     config.kv_heads == 1 && config.head_dim == 256 && config.tied,
                 "Gemma 3 270M's sizes");
  failures.check(files.parameters == 268098176, std::to_string(files.parameters) + " parameters");
  failures.check(files.chat_template.empty(), "a base model has no template");
  for (size_t i = 0; i < config.layer_specs.size(); ++i) {
    const bool whole = i % 6 == 5;
    failures.check(config.layer_specs[i].window == (whole ? 0 : 512) &&
                       config.layer_specs[i].local_rope == !whole,
                   "window and angles of layer " + std::to_string(i));
  }
  failures.check(config.attention_softcap == 0 && config.logit_softcap == 0, "no caps");
  return failures.text();
}

// The 5,000 strings of the tokenizer tests.
std::string strings() {
  if (!gemma.is_here()) return gemma.absent;
  Failures failures;
  const std::string hashes = gemma.expected()["strings"];
  const auto tokenizer = must(model::load_tokenizer(gemma.path()));
  std::ifstream lines(golden_folder().parent_path() / "tokenize" / "smollm2.jsonl");
  size_t count = 0;
  for (std::string line; std::getline(lines, line); ++count) {
    const std::string text = nlohmann::json::parse(line)[0];
    uint64_t state = 0xCBF29CE484222325ull;
    for (const int32_t id : tokenizer->ids(text))
      state = (state ^ static_cast<uint64_t>(id)) * 0x100000001B3ull;
    char folded[8];
    std::snprintf(folded, sizeof folded, "%04x",
                  static_cast<unsigned>((state ^ state >> 32) & 0xFFFF));
    failures.check(4 * count + 4 <= hashes.size() && hashes.compare(4 * count, 4, folded) == 0,
                   "other ids of " + nlohmann::json(text).dump());
  }
  failures.check(count == 5000 && hashes.size() == 4 * count, "five thousand strings");
  return failures.text();
}

std::string rows() {
  if (!gemma.is_here()) return gemma.absent;
  if (!std::filesystem::exists(ultrafeedback())) return no_ultrafeedback;
  Failures failures;
  const auto golden = gemma.expected();
  const auto model = must(model::load_model(gemma.path(), {}));
  auto dataset = must(data::load_jsonl(ultrafeedback()));
  std::erase_if(dataset.pairs, [&](const data::PreferencePair& pair) {
    return std::none_of(golden["rows"].begin(), golden["rows"].end(),
                        [&](const auto& row) { return row["row"] == pair.row; });
  });
  const auto encoded =
      must(data::encode_dataset(dataset, *model.chat_template, *model.tokenizer, {0, 0}));
  failures.check(encoded.pairs.size() == golden["rows"].size(), "every row is there");
  bool beyond_window = false;
  for (size_t i = 0; i < encoded.pairs.size() && i < golden["rows"].size(); ++i) {
    const auto& pair = encoded.pairs[i];
    const auto& want = golden["rows"][i];
    const int64_t row = dataset.pairs[i].row;
    failures.check(row == want["row"].get<int64_t>(), "row " + std::to_string(row));
    beyond_window |= pair.prompt.size() + pair.chosen.size() > 600;
    compare_pair(failures, model, pair.prompt, pair.chosen, pair.rejected, want, gemma.tolerance,
                 "row " + std::to_string(row));
  }
  failures.check(beyond_window, "a row is longer than the window");
  return failures.text();
}

}  // namespace

std::vector<Case> loupe::test::cases() {
  return {{"what the files say", what_the_files_say},
          {"strings", strings},
          {"short pairs", [] { return compare_quick(gemma); }},
          {"UltraFeedback rows", rows}};
}
