// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/model/real_model.h"

using namespace loupe;
using namespace loupe::test;

namespace {

std::string short_pairs() {
  if (!std::filesystem::exists(real_model_path())) return no_real_model;
  Failures failures;
  const auto golden = real_model_golden();
  const auto model = must(model::load_model(real_model_path(), {}));
  failures.check(golden["quick"].size() >= 4, "there are pairs");
  for (const auto& entry : golden["quick"]) {
    const std::vector<tokenize::Turn> turns{{"user", entry["prompt"].get<std::string>()}};
    const auto encode = [&](const char* side) {
      return must(data::encode_response(turns, entry[side].get<std::string>(), *model.chat_template,
                                        *model.tokenizer));
    };
    const auto chosen = encode("chosen");
    const auto rejected = encode("rejected");
    const auto ids_of = [](const data::EncodedText& text) {
      std::vector<int32_t> out;
      for (const auto& token : text.response) out.push_back(token.id);
      return out;
    };
    failures.check(chosen.prompt == rejected.prompt, "one prompt");
    compare_pair(failures, model, chosen.prompt, ids_of(chosen), ids_of(rejected), entry,
                 entry["prompt"].get<std::string>());
  }
  return failures.text();
}

std::string what_the_files_say() {
  if (!std::filesystem::exists(real_model_path())) return no_real_model;
  Failures failures;
  const auto files = must(model::inspect_model(real_model_path()));
  failures.check(files.format == "gguf", "format");
  failures.check(files.config.architecture == "LlamaForCausalLM", files.config.architecture);
  failures.check(files.config.layers == 30 && files.config.hidden_size == 576 &&
                     files.config.heads == 9 && files.config.kv_heads == 3 && files.config.tied,
                 "SmolLM2-135M's sizes");
  failures.check(files.parameters == 134515008, std::to_string(files.parameters) + " parameters");
  failures.check(files.chat_template.find("<|im_start|>") != std::string::npos, "ChatML");
  return failures.text();
}

}  // namespace

std::vector<Case> loupe::test::cases() {
  return {{"short pairs", short_pairs}, {"what the files say", what_the_files_say}};
}
