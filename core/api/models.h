// SPDX-License-Identifier: GPL-3.0-or-later
// Models of the workspace: what a model is made of, how it reads text, what it takes.
#pragma once

#include <nlohmann/json.hpp>

#include "core/api/data.h"
#include "core/api/ids.h"
#include "core/api/method.h"
#include "core/api/runs.h"

namespace loupe::api {

struct Model {
  int64_t id = 0;
  std::string name, path, format, architecture;
  int64_t parameters = 0;
  std::string status;   // "ok", "changed", "missing", with the file's name after ": "
  std::string kind;     // "LM", "EX", "IM", "adapter" (on top of `base`)
  std::string source;   // "HF folder", "GGUF", "PEFT adapter"
  std::string dtype;    // of most of its parameters, as stored: "BF16", "Q4_1"
  int64_t context = 0;  // tokens
  double size = 0;      // bytes of its files
  int64_t base = 0;     // IM: the reference's id; adapter: the base model's
  // What its score is: "EX", "IM" or "LM" (the log-likelihood). An adapter's follows from what it
  // brings and what it lies on.
  std::string type;
  double beta = 0;                                            // IM
  bool length_normalised = false, without_reference = false;  // IM
  std::string note;
  double created = 0;
  int64_t runs = 0;  // that use it
  bool removed = false;
  LOUPE_FIELDS(Model, id, name, path, format, architecture, parameters, status, kind, source, dtype,
               context, size, base, type, beta, length_normalised, without_reference, note, created,
               runs, removed)
};

// What stands at a path.
struct FileKind {
  std::string path;
  std::string kind;    // "LM", "EX", "adapter"
  std::string source;  // "HF folder", "GGUF", "PEFT adapter"
  std::string name;    // that it would get
  std::string architecture;
  int64_t parameters = 0;
  double size = 0;  // bytes of its files
  // Of an adapter: where its base model is said to be, and the id of the model of the workspace
  // that it fits (0: none yet).
  std::string base;
  int64_t base_id = 0;
  LOUPE_FIELDS(FileKind, path, kind, source, name, architecture, parameters, size, base, base_id)
};

struct TensorRow {
  std::string name;  // as in the file
  std::string dtype;
  std::vector<int64_t> shape;
  int64_t parameters = 0;
  double bytes = 0;
  LOUPE_FIELDS(TensorRow, name, dtype, shape, parameters, bytes)
};

struct PlayToken {
  int64_t id = 0;
  std::string text;            // printable
  std::string bytes;           // base64
  std::string name;            // in the vocabulary: "Ġyes"
  int64_t begin = 0, end = 0;  // in the text, UTF-8 bytes
  int64_t group = 0;           // tokens that share a character share a number
  bool special = false;
  LOUPE_FIELDS(PlayToken, id, text, bytes, name, begin, end, group, special)
};

struct RenderedExample {
  std::string prompt, response;                // x and y as they are tokenised
  int64_t content_begin = 0, content_end = 0;  // the response's own text inside `response`
  int64_t prompt_tokens = 0, response_tokens = 0;
  LOUPE_FIELDS(RenderedExample, prompt, response, content_begin, content_end, prompt_tokens,
               response_tokens)
};

struct NamedValue {
  std::string name, value;
  LOUPE_FIELDS(NamedValue, name, value)
};

struct ModelFile {
  std::string path, sha256;
  double size = 0;
  std::string status;  // "ok", "changed", "missing"
  LOUPE_FIELDS(ModelFile, path, sha256, size, status)
};

struct ModelDetail {
  Model model;
  json config;                    // as config.json has it
  std::vector<NamedValue> facts;  // layers, heads, rotary base, windows … in reading order
  std::vector<ModelFile> files;
  std::vector<NamedValue> special_tokens;  // "eos" -> "<|im_end|> (2)"
  int64_t vocabulary = 0;
  std::string tokenizer;         // "byte-level BPE", "sentencepiece BPE", "Unigram"
  std::string chat_template;     // Jinja; "" where the plain one is used
  std::string template_problem;  // why its own template is refused; the plain one is used then
  std::string template_date;
  std::vector<NamedValue> dtypes;  // "Q4_1" -> "210 tensors, 76.0 MB"
  std::string self_check;          // what was checked at import, and found
  std::vector<NamedValue> runs;    // id, name of the runs that use it
  LOUPE_FIELDS(ModelDetail, model, config, facts, files, special_tokens, vocabulary, tokenizer,
               chat_template, template_problem, template_date, dtypes, self_check, runs)
};

struct MemoryRow {
  std::string use;  // "score", "train EX, full", "train IM, full", "train EX, LoRA r=16"
  double weights = 0, gradients = 0, optimizer = 0, activations = 0, total = 0;  // bytes
  bool fits = true;
  LOUPE_FIELDS(MemoryRow, use, weights, gradients, optimizer, activations, total, fits)
};

struct MemoryTable {
  std::string device;
  double available = 0;  // bytes
  int64_t length = 0, batch = 0;
  std::vector<MemoryRow> rows;
  LOUPE_FIELDS(MemoryTable, device, available, length, batch, rows)
};

struct Exported {
  std::string path;
  std::vector<std::string> files;
  double size = 0;
  std::string opens_with;  // "AutoModelForSequenceClassification", or "" (its README says how)
  LOUPE_FIELDS(Exported, path, files, size, opens_with)
};

struct ModelsList : Method<Nothing, Rows<Model>> {
  static constexpr const char* name = "models/list";
  static constexpr Lane lane = Lane::files;
};

struct ImportAsked {
  std::string path, name;
  int64_t base = 0;       // of an adapter: the model that it lies on
  bool merge = false;     // of an adapter: into its base's matrices
  bool implicit = false;  // of an adapter: the policy of an IM-RM with its base as reference
  int64_t reference = 0;  // the files are the policy of an IM-RM with this reference
  std::optional<double> beta;
  bool check = true;  // load it and score a short text
  LOUPE_ASKED(ImportAsked, (path), (name, base, merge, implicit, reference, beta, check))
};
struct ModelsImport : Method<ImportAsked, Model> {
  static constexpr const char* name = "models/import";
  static constexpr Lane lane = Lane::models;
  static constexpr std::string_view doing = LOUPE_TEXT("importing a model");
};

// What importing a path would give, read from its headers alone.
struct ModelsInspect : Method<At, FileKind> {
  static constexpr const char* name = "models/inspect";
  static constexpr Lane lane = Lane::models;
};
struct ModelsShow : Method<Id, ModelDetail> {
  static constexpr const char* name = "models/show";
  static constexpr Lane lane = Lane::models;
};

struct TensorsAsked {
  int64_t id = 0;
  std::string filter;  // a part of the name
  int64_t offset = 0, limit = max_page;
  LOUPE_ASKED(TensorsAsked, (id), (filter, offset, limit))
};
struct ModelsTensors : Method<TensorsAsked, Page<TensorRow>> {
  static constexpr const char* name = "models/tensors";
  static constexpr Lane lane = Lane::models;
};

struct TokenizeAsked {
  std::string text;
  int64_t id = 0;
  std::string model;  // in place of the id: its name, or a path of files
  LOUPE_ASKED(TokenizeAsked, (text), (id, model))
};
struct PlayTokens {
  std::vector<PlayToken> tokens;
  LOUPE_FIELDS(PlayTokens, tokens)
};
struct ModelsTokenize : Method<TokenizeAsked, PlayTokens> {
  static constexpr const char* name = "models/tokenize";
  static constexpr Lane lane = Lane::models;
};

struct RenderAsked {
  int64_t id = 0;
  std::vector<Turn> prompt;
  std::string response;
  LOUPE_ASKED(RenderAsked, (id, prompt, response), ())
};
struct ModelsRender : Method<RenderAsked, RenderedExample> {
  static constexpr const char* name = "models/render";
  static constexpr Lane lane = Lane::models;
};

struct MemoryAsked {
  int64_t id = 0, length = 0, batch = 0;
  static constexpr auto fields() {
    using T = MemoryAsked;
    return std::tuple(
        field("id", &T::id, needed),
        field("length", &T::length,
              {.least = 1, .most = 1 << 20, .unit = "tokens", .needed = true}),
        field("batch", &T::batch, {.least = 1, .most = 1 << 16, .unit = "pairs", .needed = true}));
  }
};
struct ModelsMemory : Method<MemoryAsked, MemoryTable> {
  static constexpr const char* name = "models/memory";
  static constexpr Lane lane = Lane::models;
};

struct ModelsRename : Method<NewName, Model> {
  static constexpr const char* name = "models/rename";
  static constexpr Lane lane = Lane::models;
};
struct ModelsNote : Method<NewNote, Model> {
  static constexpr const char* name = "models/note";
  static constexpr Lane lane = Lane::models;
};

struct NewPlace {
  int64_t id = 0;
  std::string path;
  LOUPE_ASKED(NewPlace, (id, path), ())
};
// Its files are there now; refused when they are not the same ones.
struct ModelsLocate : Method<NewPlace, Model> {
  static constexpr const char* name = "models/locate";
  static constexpr Lane lane = Lane::models;
};

struct Removal {
  int64_t id = 0;
  bool removed = true;  // a flag, so that undo is exact; files are never touched
  LOUPE_ASKED(Removal, (id), (removed))
};
struct ModelsRemove : Method<Removal, Model> {
  static constexpr const char* name = "models/remove";
  static constexpr Lane lane = Lane::models;
};

inline constexpr std::string_view token_inits[] = {"mean", "zero", "normal"};
struct TokensAdded {
  int64_t id = 0;
  std::vector<std::string> tokens;
  std::string init = "mean";  // the new rows of the embedding
  std::string name;           // of the copy; "" makes one
  static constexpr auto fields() {
    using T = TokensAdded;
    return std::tuple(field("id", &T::id, needed), field("tokens", &T::tokens, needed),
                      field("init", &T::init, {.choices = token_inits}), field("name", &T::name));
  }
};
// A copy in the workspace with special tokens added, its embedding and unembedding grown.
struct ModelsAddTokens : Method<TokensAdded, Model> {
  static constexpr const char* name = "models/add_tokens";
  static constexpr Lane lane = Lane::models;
};

struct ExportAsked {
  ScorerId of;
  std::string path;       // a new folder
  bool reference = true;  // of an IM-RM: its reference model is written too
  // What has low-rank changes leaves as an adapter in PEFT's format, or merged as a whole model.
  bool merged = false;
  LOUPE_ASKED(ExportAsked, (of, path), (reference, merged))
};
// A folder that transformers opens.
struct RunsExport : Method<ExportAsked, Exported> {
  static constexpr const char* name = "runs/export";
  static constexpr Lane lane = Lane::models;
};

using ModelMethods = Methods<ModelsList, ModelsImport, ModelsInspect, ModelsShow, ModelsTensors,
                             ModelsTokenize, ModelsRender, ModelsMemory, ModelsRename, ModelsNote,
                             ModelsLocate, ModelsRemove, ModelsAddTokens, RunsExport>;

}  // namespace loupe::api
