// SPDX-License-Identifier: GPL-3.0-or-later
// Real models in .deps/models: transformers' fp32 log-probabilities against ours, from text to
// number.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "core/base/sha256.h"
#include "core/data/encode.h"
#include "core/model/load.h"
#include "tests/model/golden_models.h"
#include "tests/support/case.h"

namespace loupe::test {

inline std::filesystem::path source_folder() {
  return std::getenv("LOUPE_SOURCE_DIR");
}

struct RealModel {
  std::string file;    // in .deps/models
  std::string golden;  // in tests/golden
  double tolerance;    // nat a token
  std::string absent;  // why its tests are skipped

  std::filesystem::path path() const { return source_folder() / ".deps" / "models" / file; }
  bool is_here() const { return std::filesystem::exists(path()); }
  nlohmann::json expected() const { return read_json(golden_folder().parent_path() / golden); }
};

inline const RealModel smollm2{"SmolLM2-135M-Instruct.Q4_1.gguf", "real_model.json", 1e-4,
                               "SKIP: the demo model is not here (scripts/setup fetches it)"};

inline std::filesystem::path ultrafeedback() {
  return source_folder().parent_path() / "shared" / "data" / "ultrafeedback_test.jsonl";
}
inline const char* no_ultrafeedback = "SKIP: shared/data/ultrafeedback_test.jsonl is absent";

inline std::string sha256_of(const std::vector<int32_t>& ids) {
  Sha256 hash;
  hash.add(std::as_bytes(std::span(ids)));
  return hash.hex();
}

// A pair packed with its prompt shared.
inline void compare_pair(Failures& failures, const model::LanguageModel& model,
                         const std::vector<int32_t>& prompt, const std::vector<int32_t>& chosen,
                         const std::vector<int32_t>& rejected, const nlohmann::json& want,
                         double tolerance, const std::string& where) {
  const std::vector<const std::vector<int32_t>*> texts{&prompt, &chosen, &rejected};
  for (size_t i = 0; i < texts.size(); ++i) {
    failures.check(texts[i]->size() == want["tokens"][i].get<size_t>(),
                   where + ": " + std::to_string(texts[i]->size()) + " tokens, want " +
                       want["tokens"][i].dump());
    failures.check(sha256_of(*texts[i]) == want["sha256"][i].get<std::string>(),
                   where + ": other ids in text " + std::to_string(i));
  }
  at::NoGradGuard no_grad;
  model::PackedBatch batch(model.decoder->config());
  batch.add_group(prompt, {chosen, rejected});
  const auto hidden = model.decoder->forward(batch, {});
  const auto got = model.decoder->log_probs(hidden, batch, at::kFloat).to(at::kDouble);
  int64_t at = 0;
  for (const char* side : {"micronats_chosen", "micronats_rejected"}) {
    int64_t token = 0;
    for (const auto& value : want[side]) {
      if (at >= got.numel()) break;
      failures.near(got[at++].item<double>(), value.get<double>() * 1e-6, tolerance,
                    where + ", " + side + ", token " + std::to_string(token++));
    }
  }
  failures.check(at == got.numel(), where + ": as many log-probabilities as transformers gave");
}

// The pairs whose texts the golden values hold.
inline std::string compare_quick(const RealModel& real) {
  if (!real.is_here()) return real.absent;
  Failures failures;
  const auto golden = real.expected();
  const auto model = must(model::load_model(real.path(), {}));
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
                 real.tolerance, entry["prompt"].get<std::string>());
  }
  return failures.text();
}

}  // namespace loupe::test
