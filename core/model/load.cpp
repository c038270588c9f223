// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/load.h"

#include <torch/torch.h>

#include <set>

#include "core/io/gguf.h"
#include "core/io/safetensors.h"
#include "core/model/registry.h"

namespace loupe::model {

namespace {

namespace fs = std::filesystem;
using nlohmann::json;

struct Opened {
  std::shared_ptr<const io::GgufFile> gguf;
  std::shared_ptr<const io::SafetensorsFile> safetensors;
  DecoderConfig config;
  json tokenizer_config = json::object();
  std::vector<fs::path> files;

  const io::TensorSource& source() const {
    return gguf ? static_cast<const io::TensorSource&>(*gguf)
                : static_cast<const io::TensorSource&>(*safetensors);
  }
};

Result<json> read_json(const fs::path& path) {
  LOUPE_TRY(const std::string text, read_text_file(path));
  json value = json::parse(text, nullptr, false);
  if (value.is_discarded())
    return Error{ErrorCode::corrupt, "not valid JSON", path.string(), "fetch the file again"};
  return value;
}

Result<Opened> open_files(const fs::path& path) {
  std::error_code ignored;
  if (!fs::exists(path, ignored))
    return Error{ErrorCode::not_found, "there is no such file or folder", path.string(),
                 "give a .gguf file or a Hugging Face folder"};
  Opened opened;
  if (fs::is_directory(path, ignored)) {
    const fs::path config = path / "config.json";
    if (!fs::exists(config, ignored))
      return Error{ErrorCode::not_found, "the folder has no config.json", path.string(),
                   "give the folder that holds config.json, tokenizer.json and the safetensors"};
    LOUPE_TRY(const json value, read_json(config));
    LOUPE_TRY(opened.config, config_from_json(value, config.string()));
    LOUPE_TRY(opened.safetensors, io::SafetensorsFile::open_folder(path));
    opened.files = opened.safetensors->files();
    for (const char* name :
         {"config.json", "tokenizer.json", "tokenizer_config.json", "tokenizer.model",
          "special_tokens_map.json", "chat_template.jinja", "model.safetensors.index.json"})
      if (fs::exists(path / name, ignored)) opened.files.push_back(path / name);
    if (fs::exists(path / "tokenizer_config.json", ignored)) {
      LOUPE_TRY(opened.tokenizer_config, read_json(path / "tokenizer_config.json"));
    }
    // Tied weights are often stored once although the config does not say so, and the other way
    // round.
    if (!opened.config.tied && opened.safetensors->find("lm_head.weight") == nullptr)
      return Error{ErrorCode::corrupt,
                   "lm_head.weight is missing and config.json does not tie it to the embedding",
                   path.string(), "check tie_word_embeddings, or fetch the files again"};
    return opened;
  }
  LOUPE_TRY(opened.gguf, io::GgufFile::open(path));
  LOUPE_TRY(opened.config, config_from_gguf(*opened.gguf));
  opened.files = {path};
  return opened;
}

// llama.cpp stores each head's rows as pairs (0, half), (1, half + 1) …; Hugging Face the halves
// one after the other.
Tensor halves_apart(const Tensor& stored, int64_t heads) {
  auto shape = stored.sizes().vec();
  const int64_t head_dim = shape[0] / heads;
  const int64_t rest = shape.size() > 1 ? shape[1] : 1;
  return stored.view({heads, head_dim / 2, 2, rest}).transpose(1, 2).reshape(shape);
}

// Buffers that old checkpoints carry and that are computed, not read.
bool is_buffer(const std::string& name) {
  return name.ends_with("rotary_emb.inv_freq") || name == "rope_freqs.weight" ||
         name.ends_with(".masked_bias");
}

class WeightReader {
 public:
  explicit WeightReader(const Opened& opened) : opened_(opened) {}

  Result<const io::TensorInfo*> find(const std::string& name, const std::vector<int64_t>& shape) {
    const std::string stored = opened_.gguf ? gguf_name(name) : name;
    const auto* info = opened_.source().find(stored);
    const std::string file = opened_.files.front().string();
    if (info == nullptr)
      return Error{ErrorCode::corrupt, "the tensor " + stored + " is missing", file,
                   "fetch the model's files again"};
    if (info->shape != shape) {
      const auto show = [](const std::vector<int64_t>& s) {
        std::string text = "[";
        for (const auto n : s) text += (text.size() > 1 ? ", " : "") + std::to_string(n);
        return text + "]";
      };
      return Error{ErrorCode::corrupt,
                   "the tensor " + stored + " has shape " + show(info->shape) +
                       ", the config asks for " + show(shape),
                   info->file, "config and weights do not belong together"};
    }
    used_.insert(stored);
    return info;
  }

  Result<Tensor> read(const std::string& name, const std::vector<int64_t>& shape) {
    LOUPE_TRY(const io::TensorInfo* info, find(name, shape));
    Tensor tensor = at::empty(shape, at::kFloat);
    LOUPE_CHECK(io::read_as_f32(
        *info, std::span<float>(tensor.data_ptr<float>(), static_cast<size_t>(tensor.numel()))));
    const auto& config = opened_.config;
    if (opened_.gguf && find_architecture(config.architecture)->gguf_interleaves_heads) {
      if (name.find("self_attn.q_proj") != std::string::npos)
        return halves_apart(tensor, config.heads);
      if (name.find("self_attn.k_proj") != std::string::npos)
        return halves_apart(tensor, config.kv_heads);
    }
    return tensor;
  }

  // A tensor that nobody asked for means that this is not the model it says it is.
  Result<void> check_all_used() const {
    for (const auto& [name, info] : opened_.source().tensors()) {
      if (used_.contains(name) || is_buffer(name)) continue;
      if (opened_.config.tied && name == "lm_head.weight") continue;
      return Error{ErrorCode::unsupported,
                   "the tensor " + name + " has no place in " + opened_.config.architecture,
                   info.file, "the model is of another kind than its config says"};
    }
    return {};
  }

 private:
  const Opened& opened_;
  std::set<std::string> used_;
};

// Names and shapes of the whole model, without reading a byte of data.
Result<int64_t> check_tensors(const Opened& opened) {
  WeightReader reader(opened);
  const auto& c = opened.config;
  int64_t total = 0;
  const auto need = [&](const std::string& name,
                        const std::vector<int64_t>& shape) -> Result<void> {
    LOUPE_TRY(const io::TensorInfo* info, reader.find(name, shape));
    total += info->numel();
    return {};
  };
  const int64_t q = c.heads * c.head_dim;
  const int64_t kv = c.kv_heads * c.head_dim;
  LOUPE_CHECK(need("model.embed_tokens.weight", {c.vocab_size, c.hidden_size}));
  LOUPE_CHECK(need("model.norm.weight", {c.hidden_size}));
  if (!c.tied) LOUPE_CHECK(need("lm_head.weight", {c.vocab_size, c.hidden_size}));
  const std::vector<std::tuple<std::string, int64_t, int64_t, bool>> matrices{
      {"self_attn.q_proj", q, c.hidden_size, c.attention_bias},
      {"self_attn.k_proj", kv, c.hidden_size, c.attention_bias},
      {"self_attn.v_proj", kv, c.hidden_size, c.attention_bias},
      {"self_attn.o_proj", c.hidden_size, q, c.attention_bias},
      {"mlp.gate_proj", c.intermediate_size, c.hidden_size, c.mlp_bias},
      {"mlp.up_proj", c.intermediate_size, c.hidden_size, c.mlp_bias},
      {"mlp.down_proj", c.hidden_size, c.intermediate_size, c.mlp_bias}};
  for (int64_t layer = 0; layer < c.layers; ++layer) {
    const std::string prefix = "model.layers." + std::to_string(layer) + ".";
    for (const auto& [name, out, in, bias] : matrices) {
      LOUPE_CHECK(need(prefix + name + ".weight", {out, in}));
      if (bias) LOUPE_CHECK(need(prefix + name + ".bias", {out}));
    }
    LOUPE_CHECK(need(prefix + "input_layernorm.weight", {c.hidden_size}));
    LOUPE_CHECK(need(prefix + "post_attention_layernorm.weight", {c.hidden_size}));
  }
  LOUPE_CHECK(reader.check_all_used());
  return total;
}

std::string string_or_content(const json& object, const char* key) {
  const auto found = object.find(key);
  if (found == object.end()) return "";
  if (found->is_string()) return found->get<std::string>();
  if (found->is_object() && found->contains("content") && (*found)["content"].is_string())
    return (*found)["content"].get<std::string>();
  return "";
}

Result<std::string> template_source(const Opened& opened, const fs::path& path) {
  if (opened.gguf) return opened.gguf->get_string("tokenizer.chat_template").value_or("");
  std::error_code ignored;
  if (fs::exists(path / "chat_template.jinja", ignored))
    return read_text_file(path / "chat_template.jinja");
  const auto found = opened.tokenizer_config.find("chat_template");
  if (found == opened.tokenizer_config.end()) return std::string();
  if (found->is_string()) return found->get<std::string>();
  if (found->is_array())  // a list of named templates
    for (const auto& entry : *found)
      if (entry.is_object() && entry.value("name", "") == "default")
        return entry.value("template", "");
  return std::string();
}

Result<std::shared_ptr<const tokenize::Tokenizer>> tokenizer_of(const Opened& opened,
                                                                const fs::path& path) {
  return opened.gguf ? tokenize::load_gguf_tokenizer(*opened.gguf)
                     : tokenize::load_hf_tokenizer(path);
}

Result<std::shared_ptr<const tokenize::ChatTemplate>> template_of(
    const Opened& opened, const fs::path& path, const tokenize::Tokenizer& tokenizer,
    const std::string& date) {
  LOUPE_TRY(const std::string source, template_source(opened, path));
  std::string bos = string_or_content(opened.tokenizer_config, "bos_token");
  std::string eos = string_or_content(opened.tokenizer_config, "eos_token");
  if (bos.empty() && tokenizer.bos()) bos = tokenizer.token_name(*tokenizer.bos());
  if (eos.empty() && tokenizer.eos()) eos = tokenizer.token_name(*tokenizer.eos());
  if (source.empty())
    return std::make_shared<const tokenize::ChatTemplate>(
        tokenize::ChatTemplate::plain(tokenizer.adds_bos() ? bos : "", eos));
  LOUPE_TRY(auto chat, tokenize::ChatTemplate::jinja(source, bos, eos, date));
  return std::make_shared<const tokenize::ChatTemplate>(std::move(chat));
}

Result<void> check_vocabulary(const Opened& opened, const tokenize::Tokenizer& tokenizer,
                              const fs::path& path) {
  if (tokenizer.vocab_size() <= opened.config.vocab_size) return {};
  return Error{ErrorCode::corrupt,
               "the tokenizer has " + std::to_string(tokenizer.vocab_size()) +
                   " tokens, the model " + std::to_string(opened.config.vocab_size),
               path.string(), "tokenizer and weights do not belong together"};
}

}  // namespace

Result<ModelFiles> inspect_model(const fs::path& path) {
  LOUPE_TRY(const Opened opened, open_files(path));
  ModelFiles out;
  out.format = opened.gguf ? "gguf" : "hf";
  out.files = opened.files;
  out.config = opened.config;
  LOUPE_TRY(out.parameters, check_tensors(opened));
  LOUPE_TRY(out.chat_template, template_source(opened, path));
  LOUPE_TRY(const auto tokenizer, tokenizer_of(opened, path));
  LOUPE_CHECK(check_vocabulary(opened, *tokenizer, path));
  return out;
}

Result<std::shared_ptr<const tokenize::Tokenizer>> load_tokenizer(const fs::path& path) {
  LOUPE_TRY(const Opened opened, open_files(path));
  return tokenizer_of(opened, path);
}

Result<std::shared_ptr<const tokenize::ChatTemplate>> load_chat_template(const fs::path& path,
                                                                         const std::string& date) {
  LOUPE_TRY(const Opened opened, open_files(path));
  LOUPE_TRY(const auto tokenizer, tokenizer_of(opened, path));
  return template_of(opened, path, *tokenizer, date);
}

Result<LanguageModel> load_model(const fs::path& path, const LoadOptions& options) {
  LOUPE_TRY(const Opened opened, open_files(path));
  LOUPE_TRY([[maybe_unused]] const int64_t total, check_tensors(opened));
  LanguageModel out;
  LOUPE_TRY(out.tokenizer, tokenizer_of(opened, path));
  LOUPE_CHECK(check_vocabulary(opened, *out.tokenizer, path));
  LOUPE_TRY(out.chat_template, template_of(opened, path, *out.tokenizer, options.template_date));
  WeightReader reader(opened);
  Tensor factors;
  if (opened.gguf)
    if (const auto* info = opened.gguf->find("rope_freqs.weight");
        info != nullptr && info->numel() == opened.config.head_dim / 2) {
      factors = at::empty({info->numel()}, at::kFloat);
      LOUPE_CHECK(io::read_as_f32(
          *info, std::span<float>(factors.data_ptr<float>(), static_cast<size_t>(info->numel()))));
    }
  try {
    LOUPE_TRY(out.decoder, Decoder::build(
                               opened.config,
                               [&](const std::string& name, const std::vector<int64_t>& shape) {
                                 return reader.read(name, shape);
                               },
                               options.residual, options.device, factors, options.progress));
  } catch (const c10::OutOfMemoryError& error) {
    return Error{ErrorCode::out_of_memory, "the model does not fit", path.string(),
                 error.what_without_backtrace()};
  } catch (const std::bad_alloc&) {
    return Error{ErrorCode::out_of_memory, "the model does not fit into memory", path.string(),
                 "close other programs, or choose a smaller model"};
  } catch (const c10::Error& error) {
    return Error{ErrorCode::internal, error.what_without_backtrace(), path.string(), ""};
  }
  return out;
}

}  // namespace loupe::model
