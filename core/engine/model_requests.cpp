// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/model_requests.h"

#include <algorithm>

#include "core/base/file.h"
#include "core/engine/guarded.h"
#include "core/engine/model_export.h"
#include "core/engine/model_facts.h"
#include "core/engine/params.h"
#include "core/engine/wire.h"
#include "core/io/safetensors.h"
#include "core/model/adapter.h"

namespace loupe::engine {

namespace {

using nlohmann::json;
namespace m = api::method;

constexpr size_t longest_play = 20000;  // bytes of the playground's text
constexpr size_t most_special = 64;     // special tokens shown

std::string bytes_text(double bytes) {
  const char* units[] = {"B", "kB", "MB", "GB"};
  int unit = 0;
  while (bytes >= 1000 && unit < 3) {
    bytes /= 1000;
    ++unit;
  }
  char text[32];
  std::snprintf(text, sizeof(text), unit == 0 ? "%.0f %s" : "%.1f %s", bytes, units[unit]);
  return text;
}

Result<std::shared_ptr<const io::TensorSource>> tensors_of(const store::ModelRow& row) {
  if (row.kind != "adapter") return model::open_tensors(row.path);
  LOUPE_TRY(auto file, io::SafetensorsFile::open(std::filesystem::path(row.path) /
                                                 "adapter_model.safetensors"));
  return std::shared_ptr<const io::TensorSource>(std::move(file));
}

std::string tokenizer_kind(const store::ModelRow& row) {
  if (row.format == "gguf") {
    const auto file = io::GgufFile::open(row.path);
    const std::string model =
        file ? (*file)->get_string("tokenizer.ggml.model").value_or("") : std::string();
    if (model == "gpt2") return "byte-level BPE, in the GGUF file";
    if (model == "llama") return "sentencepiece BPE, in the GGUF file";
    return model == "t5" ? "Unigram, in the GGUF file" : model;
  }
  std::error_code ignored;
  const std::filesystem::path folder = row.path;
  if (!std::filesystem::exists(folder / "tokenizer.json", ignored))
    return "sentencepiece, tokenizer.model";
  const auto text = read_text_file(folder / "tokenizer.json");
  const json document = text ? json::parse(*text, nullptr, false) : json();
  if (!document.is_object()) return "tokenizer.json";
  const json model = document.value("model", json::object());
  const std::string type = model.is_object() ? model.value("type", "BPE") : "BPE";
  const json bytes = model.is_object() ? model.value("byte_fallback", json(false)) : json(false);
  if (type != "BPE") return type + ", tokenizer.json";
  return std::string(bytes == true ? "BPE with byte fallback" : "byte-level BPE") +
         ", tokenizer.json";
}

std::vector<api::NamedValue> special_tokens(const tokenize::Tokenizer& tokenizer) {
  std::vector<api::NamedValue> out;
  const auto named = [&](const char* name, std::optional<int32_t> id) {
    if (id) out.push_back({name, tokenizer.token_name(*id) + " (" + std::to_string(*id) + ")"});
  };
  named("bos", tokenizer.bos());
  named("eos", tokenizer.eos());
  for (int32_t id = 0; id < tokenizer.vocab_size() && out.size() < most_special; ++id)
    if (tokenizer.is_special(id) && id != tokenizer.bos() && id != tokenizer.eos())
      out.push_back({std::to_string(id), tokenizer.token_name(id)});
  return out;
}

}  // namespace

bool ModelRequests::knows(const std::string& method) {
  static const std::vector<std::string> names{
      m::models_import,   m::models_inspect, m::models_show,   m::models_tensors,
      m::models_tokenize, m::models_render,  m::models_memory, m::models_rename,
      m::models_note,     m::models_locate,  m::models_remove, m::models_add_tokens,
      m::runs_export};
  return std::find(names.begin(), names.end(), method) != names.end();
}

Result<const ModelRequests::Text*> ModelRequests::text_of(const store::ModelRow& row) {
  LOUPE_TRY(const auto files, text_row(workspace_, row));
  const std::string date = row.details.value("template_date", model::LoadOptions{}.template_date);
  if (text_.model == row.id && text_.path == files.path && text_.date == date) return &text_;
  Text text;
  text.model = row.id;
  text.path = files.path;
  text.date = date;
  LOUPE_TRY(static_cast<model::TextParts&>(text), model::load_text_parts(files.path, date));
  text_ = std::move(text);
  return &text_;
}

Result<json> ModelRequests::import(const json& params, const Asker& asker) {
  LOUPE_TRY(const std::string path, text_param(params, "path"));
  ImportOptions options;
  options.name = params.value("name", "");
  options.base = params.value("base", int64_t{0});
  options.reference = params.value("reference", int64_t{0});
  if (params.contains("beta")) options.beta = params["beta"].get<double>();
  options.merge = params.value("merge", false);
  options.implicit = params.value("implicit", false);
  options.check = params.value("check", true);
  options.cancel = asker.cancel;
  options.progress = asker.progress;
  LOUPE_TRY(const auto row, import_model(workspace_, path, options));
  return json(to_api(row));
}

Result<json> ModelRequests::show(const store::ModelRow& row) {
  api::ModelDetail out;
  LOUPE_TRY(const auto counts, workspace_.runs_by_model());
  const auto used = counts.find(row.id);
  out.model = to_api(row, used == counts.end() ? 0 : used->second);
  out.config = row.details.value("config", json::object());
  if (auto config = model::config_from_json(out.config, row.path)) {
    // The stored configuration is a language model's, whatever the files hold.
    if (out.model.type == "EX" && row.details.value("pooling", "") != "mean") config->labels = 1;
    out.facts = config_facts(*config);
  }
  if (row.kind == "adapter") {
    const json adapter = row.details.value("adapter", json::object());
    out.facts.push_back({"adapter", "LoRA, rank " + adapter.value("rank", json(0)).dump() +
                                        ", alpha " + adapter.value("alpha", json(0)).dump()});
    std::string targets;
    for (const auto& target : adapter.value("targets", json::array()))
      targets += (targets.empty() ? "" : ", ") + target.get<std::string>();
    out.facts.push_back({"adapted", targets});
    out.facts.push_back({"adapter parameters", adapter.value("parameters", json(0)).dump()});
  }
  if (row.base_id != 0)
    if (const auto base = workspace_.model(row.base_id))
      out.facts.push_back({row.kind == "IM" ? "reference" : "base", base->name});
  for (const auto& file : row.files) {
    api::ModelFile entry;
    entry.path = file.value("path", "");
    entry.sha256 = file.value("sha256", "");
    entry.size = static_cast<double>(file.value("size", uint64_t{0}));
    const auto now = stat_file(entry.path);
    entry.status = !now                                                     ? "missing"
                   : static_cast<double>(now->size) != entry.size           ? "changed"
                   : out.model.status.find(entry.path) != std::string::npos ? "changed"
                                                                            : "ok";
    out.files.push_back(std::move(entry));
  }
  out.chat_template = row.details.value("chat_template", "");
  out.template_problem = row.details.value("template_problem", "");
  out.template_date = row.details.value("template_date", "");
  out.self_check = row.details.value("self_check", json::object()).value("text", "");
  if (const auto text = text_of(row)) {
    out.vocabulary = (*text)->tokenizer->vocab_size();
    out.special_tokens = special_tokens(*(*text)->tokenizer);
    out.template_problem = (*text)->template_problem;
    LOUPE_TRY(const auto files, text_row(workspace_, row));
    out.tokenizer = tokenizer_kind(files);
  }
  if (const auto source = tensors_of(row)) {
    std::map<std::string, std::pair<int64_t, double>> by_type;
    for (const auto& [name, info] : (*source)->tensors()) {
      auto& entry = by_type[io::dtype_name(info.dtype)];
      ++entry.first;
      entry.second += static_cast<double>(info.data.size());
    }
    for (const auto& [type, entry] : by_type)
      out.dtypes.push_back(
          {type, std::to_string(entry.first) + " tensors, " + bytes_text(entry.second)});
  }
  LOUPE_TRY(const auto runs, workspace_.runs());
  for (const auto& run : runs)
    if (run.model_id == row.id && !run.deleted)
      out.runs.push_back({std::to_string(run.id), run.name});
  return json(out);
}

Result<json> ModelRequests::tensors(const store::ModelRow& row, const json& params) {
  LOUPE_TRY(const auto source, tensors_of(row));
  const std::string filter = params.value("filter", "");
  const auto offset = std::max<int64_t>(0, params.value("offset", int64_t{0}));
  const auto limit =
      std::clamp<int64_t>(params.value("limit", int64_t{api::max_page}), 0, int64_t{api::max_page});
  json rows = json::array();
  int64_t total = 0;
  for (const auto& [name, info] : source->tensors()) {
    if (name.find(filter) == std::string::npos) continue;
    if (total >= offset && total < offset + limit)
      rows.push_back(api::TensorRow{name, io::dtype_name(info.dtype), info.shape, info.numel(),
                                    static_cast<double>(info.data.size())});
    ++total;
  }
  return json{{"rows", rows}, {"total", total}};
}

Result<json> ModelRequests::tokenize(const store::ModelRow& row, const json& params) {
  LOUPE_TRY(const std::string text, text_param(params, "text"));
  if (text.size() > longest_play)
    return Error{ErrorCode::invalid_input,
                 "the text has " + std::to_string(text.size()) + " bytes; at most " +
                     std::to_string(longest_play) + " are shown here",
                 "", "use a part of it"};
  LOUPE_TRY(const auto* parts, text_of(row));
  const auto& tokenizer = *parts->tokenizer;
  const auto encoded = tokenizer.encode(text);
  std::vector<int64_t> group(encoded.size(), 0);
  int64_t number = 0;
  for (const auto& run : tokenize::group_by_character(encoded, text)) {
    for (uint32_t i = run.begin; i < run.end; ++i) group[i] = number;
    ++number;
  }
  json tokens = json::array();
  for (size_t i = 0; i < encoded.size(); ++i) {
    const auto& token = encoded[i];
    const std::string bytes = tokenizer.token_bytes(token.id);
    tokens.push_back(api::PlayToken{token.id, printable(bytes), api::base64_encode(bytes),
                                    printable(tokenizer.token_name(token.id)), token.begin,
                                    token.end, group[i], tokenizer.is_special(token.id)});
  }
  return json{{"tokens", tokens}};
}

Result<json> ModelRequests::render(const store::ModelRow& row, const json& params) {
  LOUPE_TRY(const auto turns, parse_prompt(params.value("prompt", json())));
  LOUPE_TRY(const std::string response, text_param(params, "response"));
  LOUPE_TRY(const auto* parts, text_of(row));
  LOUPE_TRY(const auto text,
            data::encode_response(turns, response, *parts->chat_template, *parts->tokenizer));
  api::RenderedExample out;
  out.prompt = text.prompt_text;
  out.response = text.response_text;
  out.prompt_tokens = static_cast<int64_t>(text.prompt.size());
  out.response_tokens = static_cast<int64_t>(text.response.size());
  LOUPE_TRY(const auto pair, parts->chat_template->render_pair(turns, response));
  out.content_begin = static_cast<int64_t>(std::min(pair.content_begin, out.response.size()));
  out.content_end = static_cast<int64_t>(std::min(pair.content_end, out.response.size()));
  return json(out);
}

Result<json> ModelRequests::memory(const store::ModelRow& row, const json& params) {
  LOUPE_TRY(const int64_t length, int_param(params, "length"));
  LOUPE_TRY(const int64_t batch, int_param(params, "batch"));
  if (length < 1 || length > 1 << 20 || batch < 1 || batch > 1 << 16)
    return bad_params("length is from 1 to 1048576 tokens, batch from 1 to 65536 pairs");
  LOUPE_TRY(const auto config,
            model::config_from_json(row.details.value("config", json()), row.path));
  return json(memory_table(config, row.parameters, length, batch, device_));
}

Result<json> ModelRequests::change(const std::string& method, store::ModelRow row,
                                   const json& params, const Asker& asker) {
  if (method == m::models_rename) {
    LOUPE_TRY(row.name, text_param(params, "name"));
  } else if (method == m::models_note) {
    LOUPE_TRY(row.note, text_param(params, "note"));
  } else if (method == m::models_remove) {
    row.removed = params.value("removed", true);
  } else {
    LOUPE_TRY(const std::string path, text_param(params, "path"));
    LOUPE_TRY(row, located(row, path, asker));
  }
  LOUPE_CHECK(workspace_.change_model(row));
  return json(to_api(row));
}

Result<json> ModelRequests::answer(const std::string& method, const json& params,
                                   const Asker& asker) {
  return guarded([&]() -> Result<json> {
    try {
      if (method == m::models_import) return import(params, asker);
      if (method == m::runs_export) {
        LOUPE_TRY(const auto out, export_from(workspace_, params, asker));
        return json(out);
      }
      if (method == m::models_inspect) {
        LOUPE_TRY(const std::string path, text_param(params, "path"));
        LOUPE_TRY(const auto found, inspect_path(workspace_, path));
        return json(found);
      }
      LOUPE_TRY(const int64_t id, int_param(params, "id"));
      LOUPE_TRY(const auto row, workspace_.model(id));
      if (method == m::models_show) return show(row);
      if (method == m::models_tensors) return tensors(row, params);
      if (method == m::models_tokenize) return tokenize(row, params);
      if (method == m::models_render) return render(row, params);
      if (method == m::models_memory) return memory(row, params);
      if (method == m::models_add_tokens) {
        LOUPE_TRY(const auto grown, add_tokens(workspace_, row, params, asker));
        return json(to_api(grown));
      }
      return change(method, row, params, asker);
    } catch (const json::exception& error) {
      return bad_params(error.what());
    }
  });
}

}  // namespace loupe::engine
