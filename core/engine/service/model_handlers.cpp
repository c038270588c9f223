// SPDX-License-Identifier: GPL-3.0-or-later

#include <algorithm>

#include "core/api/base64.h"
#include "core/base/file.h"
#include "core/engine/estimate.h"
#include "core/engine/model_export.h"
#include "core/engine/model_facts.h"
#include "core/engine/models.h"
#include "core/engine/placement.h"
#include "core/engine/scoring.h"
#include "core/engine/service/handlers.h"
#include "core/engine/wire.h"
#include "core/io/safetensors.h"
#include "core/model/adapter.h"

namespace loupe::engine {

namespace {

using nlohmann::json;

constexpr size_t max_playground_bytes = 20000;  // bytes of the playground's text
constexpr size_t max_special_tokens = 64;       // special tokens shown

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
  for (int32_t id = 0; id < tokenizer.vocab_size() && out.size() < max_special_tokens; ++id)
    if (tokenizer.is_special(id) && id != tokenizer.bos() && id != tokenizer.eos())
      out.push_back({std::to_string(id), tokenizer.token_name(id)});
  return out;
}

}  // namespace

// Tokenizer and template of one model.
struct ModelHandlers::Text : model::TextParts {
  int64_t model = 0;
  std::string path, date;
};

ModelHandlers::ModelHandlers(Session& session) : session_(session) {}
ModelHandlers::~ModelHandlers() = default;

Result<const ModelHandlers::Text*> ModelHandlers::text_of(const store::Workspace& workspace,
                                                          const store::ModelRow& row) {
  LOUPE_TRY(const auto files, text_row(workspace, row));
  const std::string date = row.details.value("template_date", model::LoadOptions{}.template_date);
  if (text_ && text_->model == row.id && text_->path == files.path && text_->date == date)
    return text_.get();
  Text text;
  text.model = row.id;
  text.path = files.path;
  text.date = date;
  LOUPE_TRY(static_cast<model::TextParts&>(text), model::load_text_parts(files.path, date));
  text_ = std::make_unique<Text>(std::move(text));
  return text_.get();
}

Result<api::Rows<api::Model>> ModelHandlers::answer(api::ModelsList, const api::Nothing&,
                                                    CallContext& context) {
  LOUPE_TRY(auto list, list_models(context.store));
  return api::Rows<api::Model>{std::move(list)};
}

Result<api::Model> ModelHandlers::answer(api::ModelsImport, const api::ImportAsked& asked,
                                         CallContext& context) {
  ImportOptions options;
  options.name = asked.name;
  options.base = asked.base;
  options.reference = asked.reference;
  options.beta = asked.beta;
  options.merge = asked.merge;
  options.implicit = asked.implicit;
  options.check = asked.check;
  options.cancel = context.cancel;
  options.progress = context.progress;
  LOUPE_TRY(const auto row, import_model(context.store, asked.path, options));
  return to_api(row);
}

Result<api::FileKind> ModelHandlers::answer(api::ModelsInspect, const api::At& asked,
                                            CallContext& context) {
  return inspect_path(context.store, asked.path);
}

Result<api::ModelDetail> ModelHandlers::answer(api::ModelsShow, const api::Id& asked,
                                               CallContext& context) {
  const auto& workspace = context.store;
  LOUPE_TRY(const auto row, workspace.model(asked.id));
  api::ModelDetail out;
  LOUPE_TRY(const auto counts, workspace.runs_by_model());
  const auto used = counts.find(row.id);
  out.model = to_api(row, used == counts.end() ? 0 : used->second);
  out.config = row.details.value("config", json::object());
  if (auto config = model::config_from_json(out.config, row.path)) {
    // The stored configuration is a language model's, whatever the files hold.
    if (kind_of(row).has_head() && row.details.value("pooling", "") != "mean") config->labels = 1;
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
    if (const auto base = workspace.model(row.base_id))
      out.facts.push_back({row.kind == model::role::policy ? "reference" : "base", base->name});
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
  if (const auto text = text_of(workspace, row)) {
    out.vocabulary = (*text)->tokenizer->vocab_size();
    out.special_tokens = special_tokens(*(*text)->tokenizer);
    out.template_problem = (*text)->template_problem;
    LOUPE_TRY(const auto files, text_row(workspace, row));
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
  LOUPE_TRY(const auto runs, workspace.runs_of_model(row.id));
  for (const auto& run : runs) out.runs.push_back({std::to_string(run.id), run.name});
  return out;
}

Result<api::Page<api::TensorRow>> ModelHandlers::answer(api::ModelsTensors,
                                                        const api::TensorsAsked& asked,
                                                        CallContext& context) {
  LOUPE_TRY(const auto row, context.store.model(asked.id));
  LOUPE_TRY(const auto source, tensors_of(row));
  const auto offset = std::max<int64_t>(0, asked.offset);
  const auto limit = std::clamp<int64_t>(asked.limit, 0, api::max_page);
  api::Page<api::TensorRow> out;
  for (const auto& [name, info] : source->tensors()) {
    if (name.find(asked.filter) == std::string::npos) continue;
    if (out.total >= offset && out.total < offset + limit)
      out.rows.push_back({name, io::dtype_name(info.dtype), info.shape, info.numel(),
                          static_cast<double>(info.data.size())});
    ++out.total;
  }
  return out;
}

Result<api::PlayTokens> ModelHandlers::answer(api::ModelsTokenize, const api::TokenizeAsked& asked,
                                              CallContext& context) {
  const std::string& text = asked.text;
  std::shared_ptr<const tokenize::Tokenizer> shared;
  if (!asked.model.empty()) {
    std::error_code ignored;
    std::string path = asked.model;
    if (!std::filesystem::exists(path, ignored)) {
      LOUPE_TRY(const auto row, context.store.model(asked.model));
      LOUPE_TRY(const auto files, text_row(context.store, row));
      path = files.path;
    }
    LOUPE_TRY(shared, model::load_tokenizer(path));
  } else {
    if (text.size() > max_playground_bytes)
      return Error{ErrorCode::invalid_input,
                   "the text has " + std::to_string(text.size()) + " bytes; at most " +
                       std::to_string(max_playground_bytes) + " are shown here",
                   "", "use a part of it"};
    LOUPE_TRY(const auto row, context.store.model(asked.id));
    LOUPE_TRY(const auto* parts, text_of(context.store, row));
    shared = parts->tokenizer;
  }
  const auto& tokenizer = *shared;
  const auto encoded = tokenizer.encode(text);
  std::vector<int64_t> group(encoded.size(), 0);
  int64_t number = 0;
  for (const auto& run : tokenize::group_by_character(encoded, text)) {
    for (uint32_t i = run.begin; i < run.end; ++i) group[i] = number;
    ++number;
  }
  api::PlayTokens out;
  for (size_t i = 0; i < encoded.size(); ++i) {
    const auto& token = encoded[i];
    const std::string bytes = tokenizer.token_bytes(token.id);
    out.tokens.push_back({token.id, printable(bytes), api::base64_encode(bytes),
                          printable(tokenizer.token_name(token.id)), token.begin, token.end,
                          group[i], tokenizer.is_special(token.id)});
  }
  return out;
}

Result<api::RenderedExample> ModelHandlers::answer(api::ModelsRender, const api::RenderAsked& asked,
                                                   CallContext& context) {
  LOUPE_TRY(const auto turns, turns_of(asked.prompt));
  LOUPE_TRY(const auto row, context.store.model(asked.id));
  LOUPE_TRY(const auto* parts, text_of(context.store, row));
  LOUPE_TRY(const auto text,
            data::encode_response(turns, asked.response, *parts->chat_template, *parts->tokenizer));
  api::RenderedExample out;
  out.prompt = text.prompt_text;
  out.response = text.response_text;
  out.prompt_tokens = static_cast<int64_t>(text.prompt.size());
  out.response_tokens = static_cast<int64_t>(text.response.size());
  LOUPE_TRY(const auto pair, parts->chat_template->render_pair(turns, asked.response));
  out.content_begin = static_cast<int64_t>(std::min(pair.content_begin, out.response.size()));
  out.content_end = static_cast<int64_t>(std::min(pair.content_end, out.response.size()));
  return out;
}

Result<api::MemoryTable> ModelHandlers::answer(api::ModelsMemory, const api::MemoryAsked& asked,
                                               CallContext& context) {
  LOUPE_TRY(const auto row, context.store.model(asked.id));
  LOUPE_TRY(const auto config,
            model::config_from_json(row.details.value("config", json()), row.path));
  LOUPE_TRY(const auto device, choose_device(session_.device()));
  return memory_table(config, row.parameters, asked.length, asked.batch, device);
}

namespace {

// The row with a change that `change` makes, stored.
Result<api::Model> changed(store::Workspace& workspace, int64_t id,
                           const std::function<Result<void>(store::ModelRow&)>& change) {
  LOUPE_TRY(auto row, workspace.model(id));
  LOUPE_CHECK(change(row));
  LOUPE_CHECK(workspace.change_model(row));
  return to_api(row);
}

}  // namespace

Result<api::Model> ModelHandlers::answer(api::ModelsRename, const api::NewName& asked,
                                         CallContext& context) {
  return changed(context.store, asked.id, [&](store::ModelRow& row) -> Result<void> {
    row.name = asked.name;
    return {};
  });
}

Result<api::Model> ModelHandlers::answer(api::ModelsNote, const api::NewNote& asked,
                                         CallContext& context) {
  return changed(context.store, asked.id, [&](store::ModelRow& row) -> Result<void> {
    row.note = asked.note;
    return {};
  });
}

Result<api::Model> ModelHandlers::answer(api::ModelsRemove, const api::Removal& asked,
                                         CallContext& context) {
  return changed(context.store, asked.id, [&](store::ModelRow& row) -> Result<void> {
    row.removed = asked.removed;
    return {};
  });
}

Result<api::Model> ModelHandlers::answer(api::ModelsLocate, const api::NewPlace& asked,
                                         CallContext& context) {
  return changed(context.store, asked.id, [&](store::ModelRow& row) -> Result<void> {
    LOUPE_TRY(row, located(row, asked.path, context));
    return {};
  });
}

Result<api::Model> ModelHandlers::answer(api::ModelsAddTokens, const api::TokensAdded& asked,
                                         CallContext& context) {
  LOUPE_TRY(const auto row, context.store.model(asked.id));
  LOUPE_TRY(const auto grown, add_tokens(row, asked, context));
  return to_api(grown);
}

Result<api::Exported> ModelHandlers::answer(api::RunsExport, const api::ExportAsked& asked,
                                            CallContext& context) {
  return export_from(asked, context);
}

}  // namespace loupe::engine
