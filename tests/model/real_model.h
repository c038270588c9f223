// SPDX-License-Identifier: GPL-3.0-or-later
// The real model of tests/golden/real_model.json: transformers' fp32 log-probabilities against
// ours, from text to number.
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

inline std::filesystem::path real_model_path() {
  return source_folder() / ".deps" / "models" / "SmolLM2-135M-Instruct.Q4_1.gguf";
}

inline nlohmann::json real_model_golden() {
  return read_json(golden_folder().parent_path() / "real_model.json");
}

inline const char* no_real_model = "SKIP: the demo model is not here (scripts/setup fetches it)";

inline std::string sha256_of(const std::vector<int32_t>& ids) {
  Sha256 hash;
  hash.add(std::as_bytes(std::span(ids)));
  return hash.hex();
}

// A pair packed with its prompt shared; 1e-4 nat a token.
inline void compare_pair(Failures& failures, const model::LanguageModel& model,
                         const std::vector<int32_t>& prompt, const std::vector<int32_t>& chosen,
                         const std::vector<int32_t>& rejected, const nlohmann::json& want,
                         const std::string& where) {
  const std::vector<const std::vector<int32_t>*> texts{&prompt, &chosen, &rejected};
  for (size_t i = 0; i < texts.size(); ++i) {
    failures.check(texts[i]->size() == want["tokens"][i].get<size_t>(),
                   where + ": " + std::to_string(texts[i]->size()) + " tokens, want " +
                       want["tokens"][i].dump());
    failures.check(sha256_of(*texts[i]) == want["sha256"][i].get<std::string>(),
                   where + ": other ids in text " + std::to_string(i));
  }
  at::NoGradGuard no_grad;
  model::PackedBatch batch;
  batch.add_group(prompt, {chosen, rejected});
  const auto hidden = model.decoder->forward(batch, {});
  const auto got = model.decoder->log_probs(hidden, batch, at::kFloat).to(at::kDouble);
  int64_t at = 0;
  for (const char* side : {"micronats_chosen", "micronats_rejected"}) {
    int64_t token = 0;
    for (const auto& value : want[side]) {
      if (at >= got.numel()) break;
      failures.near(got[at++].item<double>(), value.get<double>() * 1e-6, 1e-4,
                    where + ", " + side + ", token " + std::to_string(token++));
    }
  }
  failures.check(at == got.numel(), where + ": as many log-probabilities as transformers gave");
}

}  // namespace loupe::test
