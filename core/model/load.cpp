// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/load.h"

#include <ATen/ATen.h>

#include <future>

#include "core/base/file.h"
#include "core/model/model_files.h"
#include "core/model/weight_reader.h"

namespace loupe::model {

namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr const char* head_name = "score.weight";

// Names and shapes of the whole model, without reading a byte of data: a decoder without storage is
// built, so that what is checked is what is loaded. The number of parameters.
Result<int64_t> check_tensors(const OpenedModel& opened) {
  WeightReader reader(opened);
  int64_t total = 0;
  const auto need = [&](const std::string& name,
                        const std::vector<int64_t>& shape) -> Result<void> {
    LOUPE_TRY(const io::TensorInfo* info, reader.find(name, shape));
    total += info->numel();
    return {};
  };
  try {
    LOUPE_TRY([[maybe_unused]] const auto decoder,
              Decoder::build(opened.config,
                             [&](const std::string& name, Tensor& place) {
                               return need(name, place.sizes().vec());
                             },
                             {at::kFloat, at::kFloat, at::Device(at::kMeta)}));
  } catch (const c10::Error&) {
    return Error{ErrorCode::corrupt, "the config asks for tensors of a size that cannot be",
                 opened.path.string(), "config and weights do not belong together"};
  }
  if (opened.config.labels == 1) LOUPE_CHECK(need(head_name, {1, opened.config.hidden_size}));
  LOUPE_CHECK(reader.check_all_used());
  return total;
}

std::string most_common_dtype(const io::TensorSource& source) {
  std::map<io::DType, int64_t> count;
  for (const auto& [name, info] : source.tensors()) count[info.dtype] += info.numel();
  const auto most = std::max_element(
      count.begin(), count.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
  return most == count.end() ? "" : io::dtype_name(most->first);
}

std::string string_or_content(const json& object, const char* key) {
  const auto found = object.find(key);
  if (found == object.end()) return "";
  if (found->is_string()) return found->get<std::string>();
  if (found->is_object() && found->contains("content") && (*found)["content"].is_string())
    return (*found)["content"].get<std::string>();
  return "";
}

Result<std::string> template_source(const OpenedModel& opened) {
  if (opened.gguf) return opened.gguf->get_string("tokenizer.chat_template").value_or("");
  std::error_code ignored;
  if (fs::exists(opened.path / "chat_template.jinja", ignored))
    return read_text_file(opened.path / "chat_template.jinja");
  const auto found = opened.tokenizer_config.find("chat_template");
  if (found == opened.tokenizer_config.end()) return std::string();
  if (found->is_string()) return found->get<std::string>();
  if (found->is_array())  // a list of named templates
    for (const auto& entry : *found)
      if (entry.is_object() && entry.value("name", "") == "default")
        return entry.value("template", "");
  return std::string();
}

Result<std::shared_ptr<const tokenize::Tokenizer>> tokenizer_of(const OpenedModel& opened) {
  return opened.gguf ? tokenize::load_gguf_tokenizer(*opened.gguf)
                     : tokenize::load_hf_tokenizer(opened.path);
}

Result<TextParts> text_parts_of(const OpenedModel& opened, const std::string& date) {
  TextParts out;
  LOUPE_TRY(out.tokenizer, tokenizer_of(opened));
  const auto& tokenizer = *out.tokenizer;
  LOUPE_TRY(const std::string source, template_source(opened));
  std::string bos = string_or_content(opened.tokenizer_config, "bos_token");
  std::string eos = string_or_content(opened.tokenizer_config, "eos_token");
  if (bos.empty() && tokenizer.bos()) bos = tokenizer.token_name(*tokenizer.bos());
  if (eos.empty() && tokenizer.eos()) eos = tokenizer.token_name(*tokenizer.eos());
  if (!source.empty()) {
    auto chat = tokenize::ChatTemplate::jinja(source, bos, eos, date);
    if (chat) {
      out.chat_template = std::make_shared<const tokenize::ChatTemplate>(std::move(chat).value());
      return out;
    }
    out.template_problem = chat.error().text();
  }
  out.chat_template = std::make_shared<const tokenize::ChatTemplate>(
      tokenize::ChatTemplate::plain(tokenizer.adds_bos() ? bos : "", eos));
  return out;
}

Result<void> check_vocabulary(const OpenedModel& opened, const tokenize::Tokenizer& tokenizer) {
  if (tokenizer.vocab_size() <= opened.config.vocab_size) return {};
  return Error{ErrorCode::corrupt,
               "the tokenizer has " + std::to_string(tokenizer.vocab_size()) +
                   " tokens, the model " + std::to_string(opened.config.vocab_size),
               opened.path.string(), "tokenizer and weights do not belong together"};
}

at::ScalarType weights_type(const OpenedModel& opened, const LoadOptions& options) {
  using Weights = LoadOptions::Weights;
  if (options.residual == at::kDouble || options.weights == Weights::fp32 ||
      options.weights == Weights::none)
    return options.residual;
  if (options.weights == Weights::bf16) return at::kBFloat16;
  return most_common_dtype(opened.source()) == io::dtype_name(io::DType::bf16) ? at::kBFloat16
                                                                               : options.residual;
}

Result<void> read_weights(const OpenedModel& opened, const LoadOptions& options,
                          LanguageModel& out) {
  WeightReader reader(opened);
  const BuildOptions build{options.residual, weights_type(opened, options), options.device};
  LOUPE_TRY(out.decoder, Decoder::build(
                             opened.config,
                             [&](const std::string& name, Tensor& destination) {
                               options.cancel.check();
                               if (options.weights == LoadOptions::Weights::none)
                                 return Result<void>{};
                               return reader.fill(name, destination);
                             },
                             build, options.progress));
  if (opened.config.labels != 1) return {};
  out.head = at::empty({1, opened.config.hidden_size},
                       at::TensorOptions().dtype(options.residual).device(options.device));
  return reader.fill(head_name, out.head);
}

}  // namespace

Result<ModelFiles> inspect_model(const fs::path& path) {
  LOUPE_TRY(const OpenedModel opened, open_model(path));
  ModelFiles out;
  out.format = opened.gguf ? "gguf" : "hf";
  out.kind = opened.config.labels == 1 ? role::classifier : role::language;
  out.files = opened.files;
  out.config = opened.config;
  out.dtype = most_common_dtype(opened.source());
  LOUPE_TRY(out.parameters, check_tensors(opened));
  LOUPE_TRY(out.chat_template, template_source(opened));
  LOUPE_TRY(const auto tokenizer, tokenizer_of(opened));
  LOUPE_CHECK(check_vocabulary(opened, *tokenizer));
  return out;
}

Result<std::shared_ptr<const tokenize::Tokenizer>> load_tokenizer(const fs::path& path) {
  LOUPE_TRY(const OpenedModel opened, open_model(path));
  return tokenizer_of(opened);
}

Result<TextParts> load_text_parts(const fs::path& path, const std::string& date) {
  LOUPE_TRY(const OpenedModel opened, open_model(path));
  return text_parts_of(opened, date);
}

Result<std::shared_ptr<const io::TensorSource>> open_tensors(const fs::path& path) {
  LOUPE_TRY(const OpenedModel opened, open_model(path));
  if (opened.gguf) return std::shared_ptr<const io::TensorSource>(opened.gguf);
  return std::shared_ptr<const io::TensorSource>(opened.safetensors);
}

Result<Tensor> load_head(const fs::path& path, const Decoder& decoder) {
  LOUPE_TRY(const auto file, io::SafetensorsFile::open(path));
  const auto* info = file->find(head_name);
  const int64_t width = decoder.config().hidden_size;
  if (info == nullptr || info->shape != std::vector<int64_t>{1, width})
    return Error{ErrorCode::corrupt, "there is no score.weight of one row", path.string(),
                 "export the model again"};
  LOUPE_TRY(const Tensor head, read_tensor(*info));
  return head.to(decoder.device(), decoder.residual());
}

Result<LanguageModel> load_model(const fs::path& path, const LoadOptions& options) {
  LOUPE_TRY(const OpenedModel opened, open_model(path));
  LOUPE_TRY([[maybe_unused]] const int64_t total, check_tensors(opened));
  LanguageModel out;
  // A vocabulary takes as long as the weights of a small model, and only one thread.
  auto text_parts =
      std::async(std::launch::async, [&] { return text_parts_of(opened, options.template_date); });
  try {
    LOUPE_CHECK(read_weights(opened, options, out));
  } catch (const c10::OutOfMemoryError& error) {
    return Error{ErrorCode::out_of_memory, "the model does not fit", path.string(),
                 error.what_without_backtrace()};
  } catch (const std::bad_alloc&) {
    return Error{ErrorCode::out_of_memory, "the model does not fit into memory", path.string(),
                 "close other programs, or choose a smaller model"};
  } catch (const c10::Error& error) {
    return Error{ErrorCode::internal, error.what_without_backtrace(), path.string(), ""};
  }
  LOUPE_TRY(static_cast<TextParts&>(out), text_parts.get());
  LOUPE_CHECK(check_vocabulary(opened, *out.tokenizer));
  return out;
}

}  // namespace loupe::model
