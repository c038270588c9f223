// SPDX-License-Identifier: GPL-3.0-or-later
// A model from files: decoder, tokenizer, chat template, and a reward head where there is one.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "core/base/progress.h"
#include "core/base/result.h"
#include "core/io/tensor_source.h"
#include "core/model/decoder.h"
#include "core/tokenize/chat_template.h"
#include "core/tokenize/tokenizer.h"

namespace loupe::model {

// What the files of a model are, by themselves or in a workspace. Not what its reward is: see
// core/reward/kinds.h.
namespace role {
inline constexpr const char* language = "LM";    // a causal language model
inline constexpr const char* classifier = "EX";  // a decoder with a head on it
inline constexpr const char* policy = "IM";      // a language model that has a reference
inline constexpr const char* adapter = "adapter";
}  // namespace role

// What can be said of a model without reading its tensors.
struct ModelFiles {
  std::string format;                        // "gguf" or "hf"
  std::string kind;                          // its role: language or classifier
  std::vector<std::filesystem::path> files;  // everything that is read, weights first
  DecoderConfig config;
  int64_t parameters = 0;
  std::string dtype;          // of most parameters, as stored: "BF16"
  std::string chat_template;  // Jinja source, "" when the model has none
};

struct LoadOptions {
  enum class Weights {
    fp32,
    bf16,
    stored,  // bf16 where the files are; else fp32, which holds fp16 and every quantised type
             // exactly
    none,    // fp32, whose numbers are whatever the memory holds: to be filled from elsewhere
  };
  at::ScalarType residual = at::kFloat;
  Weights weights = Weights::fp32;
  at::Device device = at::kCPU;
  std::string template_date = "2024-07-26";  // what the template's strftime_now sees
  CancelToken cancel;
  ProgressFn progress;
};

// How a model turns text into tokens.
struct TextParts {
  std::shared_ptr<const tokenize::Tokenizer> tokenizer;
  std::shared_ptr<const tokenize::ChatTemplate> chat_template;
  // Why the model's own template is not used but the plain one; "" when it is.
  std::string template_problem;
};

struct LanguageModel : TextParts {
  std::shared_ptr<Decoder> decoder;
  Tensor head;  // [1, hidden], `score.weight` of a sequence classifier; undefined: none
};

// `path`: a .gguf file or a Hugging Face folder. Checks names and shapes of all tensors against the
// config.
Result<ModelFiles> inspect_model(const std::filesystem::path& path);
Result<LanguageModel> load_model(const std::filesystem::path& path, const LoadOptions& options);
// The parts that need no tensors.
Result<std::shared_ptr<const tokenize::Tokenizer>> load_tokenizer(
    const std::filesystem::path& path);
Result<TextParts> load_text_parts(const std::filesystem::path& path, const std::string& date);
// Every tensor of the files, as stored.
Result<std::shared_ptr<const io::TensorSource>> open_tensors(const std::filesystem::path& path);

// `score.weight` [1, hidden] of a file that holds nothing else.
Result<Tensor> load_head(const std::filesystem::path& path, const Decoder& decoder);

// Parameters as safetensors under their Hugging Face names, atomically, matrices as Hugging Face
// stores them, without low-rank changes; `extra` goes in too.
Result<void> save_parameters(const Decoder& decoder,
                             const std::vector<std::pair<std::string, Tensor>>& extra,
                             const std::map<std::string, std::string>& metadata,
                             const std::filesystem::path& path);
// Tensors of any kind, named, atomically; dtypes as they are.
Result<void> save_tensors(const std::vector<std::pair<std::string, Tensor>>& tensors,
                          const std::map<std::string, std::string>& metadata,
                          const std::filesystem::path& path);
// Floating-point ones as fp32 on the CPU, but fp64 as fp64.
Result<std::map<std::string, Tensor>> load_tensors(const std::filesystem::path& path);
// Into an existing decoder, by name; every parameter must be there in its shape. Extra tensors come
// back.
Result<std::map<std::string, Tensor>> load_parameters(const std::filesystem::path& path,
                                                      Decoder& decoder);

}  // namespace loupe::model
