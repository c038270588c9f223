// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/export.h"

#include <ATen/ATen.h>

#include "core/base/file.h"
#include "core/model/export_readme.h"
#include "core/model/registry.h"
#include "core/tokenize/save_tokenizer.h"

namespace loupe::model {

namespace {

namespace fs = std::filesystem;
using nlohmann::json;

// The last token of what a response looks like, whatever it says.
std::optional<int32_t> last_token(const LanguageModel& model) {
  const auto pair = model.chat_template->render_pair({{"user", "a"}}, "b");
  if (!pair) return std::nullopt;
  std::string text = pair->response;
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.back())) != 0)
    text.pop_back();
  const auto ids = model.tokenizer->ids(text);
  if (ids.empty()) return std::nullopt;
  return ids.back();
}

// A token that pads: not one that a response ends with, since transformers reads a classifier's
// score at the last token that is not padding.
std::optional<int32_t> padding_token(const LanguageModel& model) {
  const auto& tokenizer = *model.tokenizer;
  const auto last = last_token(model);
  std::vector<std::optional<int32_t>> candidates;
  const json& config = model.decoder->config().source;
  if (const auto found = config.find("pad_token_id");
      found != config.end() && found->is_number_integer())
    candidates.emplace_back(found->get<int32_t>());
  for (const char* name :
       {"<pad>", "[PAD]", "<|pad|>", "<|finetune_right_pad_id|>", "<|endoftext|>", "<unk>"})
    candidates.push_back(tokenizer.token_id(name));
  candidates.push_back(tokenizer.bos());
  for (const auto& id : candidates)
    if (id && *id >= 0 && *id < tokenizer.vocab_size() && id != last && id != tokenizer.eos())
      return id;
  for (int32_t id = 0; id < tokenizer.vocab_size(); ++id)
    if (tokenizer.is_special(id) && id != last && id != tokenizer.eos()) return id;
  return std::nullopt;
}

json config_for(const LanguageModel& model, const Decoder& decoder, const std::string& architecture,
                bool classifier) {
  json config = decoder.config().to_json();
  config["architectures"] = {architecture};
  for (const char* key : {"torch_dtype", "dtype"}) config.erase(key);
  config["dtype"] = decoder.weights_dtype() == at::kBFloat16 ? "bfloat16" : "float32";
  config.erase("quantization_config");
  const auto& tokenizer = *model.tokenizer;
  const auto set = [&](const char* key, std::optional<int32_t> id) {
    if (id && (!config.contains(key) || config[key].is_null())) config[key] = *id;
  };
  set("bos_token_id", tokenizer.bos());
  set("eos_token_id", tokenizer.eos());
  if (!classifier) return config;
  // Without lm_head nothing is tied or untied: as the source said.
  const json& source = decoder.config().source;
  config["tie_word_embeddings"] = source.value("tie_word_embeddings", decoder.config().tied);
  config["id2label"] = {{"0", "reward"}};
  config["label2id"] = {{"reward", 0}};
  if (const auto pad = padding_token(model)) config["pad_token_id"] = *pad;
  return config;
}

// transformers looks for the pad token of the tokenizer too.
Result<void> name_padding(const LanguageModel& model, const fs::path& folder) {
  const auto pad = padding_token(model);
  const fs::path file = folder / "tokenizer_config.json";
  std::error_code ignored;
  if (!pad || !fs::exists(file, ignored)) return {};
  LOUPE_TRY(const std::string text, read_text_file(file));
  json config = json::parse(text, nullptr, false);
  if (!config.is_object()) return {};
  config["pad_token"] = model.tokenizer->token_name(*pad);
  return write_text_file(file, config.dump(2) + "\n");
}

// Says what is written next, `done` of `total` steps being behind; throws Cancelled.
void next_step(const ExportOptions& options, const char* phase, double done, double total) {
  options.cancel.check();
  if (options.progress) options.progress({phase, done, total, -1});
}

Result<void> write_mean_head(const LanguageModel& model, const ExportOptions& options,
                             const fs::path& folder) {
  if (options.form.head != ExportForm::Head::beside) return {};
  return save_tensors({{"score.weight", model.head.to(at::kFloat)}}, {{"format", "pt"}},
                      folder / "reward_head.safetensors");
}

Result<void> write_record(const ExportOptions& options, const std::string& reference,
                          const fs::path& folder) {
  json record = options.record;
  record["type"] = options.form.type;
  record.update(options.form.settings);
  if (options.form.compares) record["reference"] = reference;
  return write_text_file(folder / "rewardloupe.json", record.dump(2) + "\n");
}

bool capped(const Decoder& decoder) {
  return decoder.config().attention_softcap != 0;
}

Result<void> write_adapter_into(const LanguageModel& model, const ExportOptions& options,
                                const fs::path& folder) {
  const auto& modules = model.decoder->lora();
  const bool classifier = options.form.head == ExportForm::Head::classifier;
  const double steps = 3;
  next_step(options, "writing tokenizer", 0, steps);
  LOUPE_CHECK(tokenize::save_tokenizer(options.source, options.added, folder));
  if (classifier) LOUPE_CHECK(name_padding(model, folder));
  const json config = lora_config(*model.decoder, options.base, classifier);
  LOUPE_CHECK(write_text_file(folder / "adapter_config.json", config.dump(2) + "\n"));
  next_step(options, "writing weights", 1, steps);
  auto tensors = lora_tensors(modules);
  if (classifier) tensors.emplace_back(std::string(peft_prefix) + "score.weight", model.head);
  LOUPE_CHECK(save_tensors(tensors, {{"format", "pt"}}, folder / "adapter_model.safetensors"));
  LOUPE_CHECK(write_mean_head(model, options, folder));
  LOUPE_CHECK(write_record(options, "base", folder));
  return write_text_file(folder / "README.md",
                         export_readme(options, "PeftModel", capped(*model.decoder)));
}

Result<void> write_into(const LanguageModel& model, const ExportOptions& options,
                        const fs::path& folder) {
  const auto* architecture = find_architecture(model.decoder->config().architecture);
  const bool classifier = options.form.head == ExportForm::Head::classifier;
  const std::map<std::string, std::string> metadata{{"format", "pt"}};
  const double steps = options.reference ? 4 : 3;
  next_step(options, "writing tokenizer", 0, steps);
  LOUPE_CHECK(tokenize::save_tokenizer(options.source, options.added, folder));
  if (classifier) LOUPE_CHECK(name_padding(model, folder));
  LOUPE_CHECK(write_text_file(
      folder / "config.json",
      config_for(model, *model.decoder,
                 classifier ? architecture->classifier_name() : architecture->hf_name(), classifier)
              .dump(2) +
          "\n"));
  next_step(options, "writing weights", 1, steps);
  std::vector<std::pair<std::string, Tensor>> extra;
  if (classifier) extra.emplace_back("score.weight", model.head);
  LOUPE_CHECK(
      save_parameters(*model.decoder->merged(), extra, metadata, folder / "model.safetensors"));
  LOUPE_CHECK(write_mean_head(model, options, folder));
  if (options.reference) {
    next_step(options, "writing the reference", 2, steps);
    std::error_code ignored;
    fs::create_directory(folder / "reference", ignored);
    LOUPE_CHECK(tokenize::save_tokenizer(options.source, options.added, folder / "reference"));
    LOUPE_CHECK(write_text_file(
        folder / "reference" / "config.json",
        config_for(model, *options.reference, architecture->hf_name(), false).dump(2) + "\n"));
    LOUPE_CHECK(save_parameters(*options.reference->merged(), {}, metadata,
                                folder / "reference" / "model.safetensors"));
  }
  LOUPE_CHECK(
      write_record(options, options.reference ? "reference" : options.reference_name, folder));
  return write_text_file(
      folder / "README.md",
      export_readme(options,
                    classifier ? "AutoModelForSequenceClassification" : "AutoModelForCausalLM",
                    capped(*model.decoder)));
}

}  // namespace

Result<ExportedFolder> export_model(const LanguageModel& model, const ExportOptions& options,
                                    const fs::path& folder) {
  if (options.adapter && model.decoder->lora().empty())
    return Error{ErrorCode::unsupported, "the model has no low-rank changes to write as an adapter",
                 options.title, "export it as a whole model (merged)"};
  std::error_code problem;
  if (fs::exists(folder, problem) &&
      !(fs::is_directory(folder, problem) && fs::is_empty(folder, problem)))
    return Error{ErrorCode::invalid_input, "there is something at this path already",
                 folder.string(), "choose a new folder, or an empty one"};
  fs::path partial = folder;
  partial += ".partial";
  fs::remove_all(partial, problem);
  if (!fs::create_directories(partial, problem))
    return Error{ErrorCode::io, "the folder cannot be made: " + problem.message(), partial.string(),
                 "choose another place"};
  struct Cleaner {
    const fs::path& path;
    ~Cleaner() {
      std::error_code ignored;
      fs::remove_all(path, ignored);
    }
  } cleaner{partial};
  if (options.adapter) {
    LOUPE_CHECK(write_adapter_into(model, options, partial));
  } else {
    LOUPE_CHECK(write_into(model, options, partial));
  }
  fs::remove(folder, problem);
  fs::rename(partial, folder, problem);
  if (problem)
    return Error{ErrorCode::io, "the folder cannot be renamed: " + problem.message(),
                 folder.string(), ""};
  ExportedFolder out;
  out.path = folder;
  if (options.form.head != ExportForm::Head::beside)
    out.opens_with = options.adapter ? "PeftModel"
                     : options.form.head == ExportForm::Head::classifier
                         ? "AutoModelForSequenceClassification"
                         : "AutoModelForCausalLM";
  for (const auto& entry : fs::recursive_directory_iterator(folder, problem))
    if (entry.is_regular_file(problem)) {
      out.files.push_back(fs::relative(entry.path(), folder, problem));
      out.bytes += entry.file_size(problem);
    }
  std::sort(out.files.begin(), out.files.end());
  return out;
}

}  // namespace loupe::model
