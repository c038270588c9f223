// SPDX-License-Identifier: GPL-3.0-or-later
// A language model from files: decoder, tokenizer and chat template together.
#pragma once

#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "core/base/progress.h"
#include "core/base/result.h"
#include "core/model/decoder.h"
#include "core/tokenize/chat_template.h"
#include "core/tokenize/tokenizer.h"

namespace loupe::model {

// What can be said of a model without reading its tensors.
struct ModelFiles {
  std::string format;                        // "gguf" or "hf"
  std::vector<std::filesystem::path> files;  // everything that is read, weights first
  DecoderConfig config;
  int64_t parameters = 0;
  std::string chat_template;  // Jinja source, "" when the model has none
};

struct LoadOptions {
  at::ScalarType residual = at::kFloat;
  at::Device device = at::kCPU;
  std::string template_date = "2024-07-26";  // what the template's strftime_now sees
  ProgressFn progress;
};

struct LanguageModel {
  std::shared_ptr<Decoder> decoder;
  std::shared_ptr<const tokenize::Tokenizer> tokenizer;
  std::shared_ptr<const tokenize::ChatTemplate> chat_template;
};

// `path`: a .gguf file or a Hugging Face folder. Checks names and shapes of all tensors against the
// config.
Result<ModelFiles> inspect_model(const std::filesystem::path& path);
Result<LanguageModel> load_model(const std::filesystem::path& path, const LoadOptions& options);
// The parts that need no tensors.
Result<std::shared_ptr<const tokenize::Tokenizer>> load_tokenizer(
    const std::filesystem::path& path);
Result<std::shared_ptr<const tokenize::ChatTemplate>> load_chat_template(
    const std::filesystem::path& path, const std::string& date);

// Parameters as safetensors under their Hugging Face names (fp32), atomically; `extra` goes in too.
Result<void> save_parameters(const Decoder& decoder,
                             const std::vector<std::pair<std::string, Tensor>>& extra,
                             const std::map<std::string, std::string>& metadata,
                             const std::filesystem::path& path);
// Into an existing decoder, by name; every parameter must be there in its shape. Extra tensors come
// back.
Result<std::map<std::string, Tensor>> load_parameters(const std::filesystem::path& path,
                                                      Decoder& decoder);

}  // namespace loupe::model
