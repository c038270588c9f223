// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/model/real_model.h"

using namespace loupe;
using namespace loupe::test;

namespace {

std::string what_the_files_say() {
  if (!smollm2.is_here()) return smollm2.absent;
  Failures failures;
  const auto files = must(model::inspect_model(smollm2.path()));
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
  return {{"short pairs", [] { return compare_quick(smollm2); }},
          {"what the files say", what_the_files_say}};
}
