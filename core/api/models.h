// SPDX-License-Identifier: GPL-3.0-or-later
// The wire of the Models page: what a model is made of, how it reads text, what it takes.
#pragma once

#include "core/api/messages.h"

namespace loupe::api {

namespace method {
// {path} -> FileKind: what importing it would give, read from its headers alone
inline constexpr const char* models_inspect = "models/inspect";
inline constexpr const char* models_show = "models/show";  // {id} -> ModelDetail
// {id, filter, offset, limit} -> {rows: [TensorRow], total}; filter: a part of the name
inline constexpr const char* models_tensors = "models/tensors";
inline constexpr const char* models_tokenize =
    "models/tokenize";  // {id, text} -> {tokens: [PlayToken]}
// {id, prompt (a text, or a list of {role, content}), response} -> RenderedExample
inline constexpr const char* models_render = "models/render";
inline constexpr const char* models_memory = "models/memory";  // {id, length, batch} -> MemoryTable
inline constexpr const char* models_rename = "models/rename";  // {id, name}
inline constexpr const char* models_note = "models/note";      // {id, note}
// {id, path} -> Model: its files are there now; refused when they are not the same ones
inline constexpr const char* models_locate = "models/locate";
// {id, removed}: a flag, so that undo is exact; files are never touched
inline constexpr const char* models_remove = "models/remove";
// {id, tokens: [text], init ("mean" | "zero" | "normal"), name} -> Model: a copy in the workspace
// with special tokens added, its embedding and unembedding grown
inline constexpr const char* models_add_tokens = "models/add_tokens";
// {run | model, path, reference?, merged?} -> Exported: a new folder that transformers opens.
// reference (true where it is not given): of an IM-RM, its reference model is written too. What has
// low-rank changes leaves as an adapter in PEFT's format, or merged as a whole model.
inline constexpr const char* runs_export = "runs/export";
}  // namespace method

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
};

struct TensorRow {
  std::string name;  // as in the file
  std::string dtype;
  std::vector<int64_t> shape;
  int64_t parameters = 0;
  double bytes = 0;
};

struct PlayToken {
  int64_t id = 0;
  std::string text;            // printable
  std::string bytes;           // base64
  std::string name;            // in the vocabulary: "Ġyes"
  int64_t begin = 0, end = 0;  // in the text, UTF-8 bytes
  int64_t group = 0;           // tokens that share a character share a number
  bool special = false;
};

struct RenderedExample {
  std::string prompt, response;                // x and y as they are tokenised
  int64_t content_begin = 0, content_end = 0;  // the response's own text inside `response`
  int64_t prompt_tokens = 0, response_tokens = 0;
};

struct NamedValue {
  std::string name, value;
};

struct ModelFile {
  std::string path, sha256;
  double size = 0;
  std::string status;  // "ok", "changed", "missing"
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
};

struct MemoryRow {
  std::string use;  // "score", "train EX, full", "train IM, full", "train EX, LoRA r=16"
  double weights = 0, gradients = 0, optimizer = 0, activations = 0, total = 0;  // bytes
  bool fits = true;
};

struct MemoryTable {
  std::string device;
  double available = 0;  // bytes
  int64_t length = 0, batch = 0;
  std::vector<MemoryRow> rows;
};

struct Exported {
  std::string path;
  std::vector<std::string> files;
  double size = 0;
  std::string opens_with;  // "AutoModelForSequenceClassification", or "" (its README says how)
};

void to_json(json&, const FileKind&);
void from_json(const json&, FileKind&);
void to_json(json&, const TensorRow&);
void from_json(const json&, TensorRow&);
void to_json(json&, const PlayToken&);
void from_json(const json&, PlayToken&);
void to_json(json&, const RenderedExample&);
void from_json(const json&, RenderedExample&);
void to_json(json&, const NamedValue&);
void from_json(const json&, NamedValue&);
void to_json(json&, const ModelFile&);
void from_json(const json&, ModelFile&);
void to_json(json&, const ModelDetail&);
void from_json(const json&, ModelDetail&);
void to_json(json&, const MemoryRow&);
void from_json(const json&, MemoryRow&);
void to_json(json&, const MemoryTable&);
void from_json(const json&, MemoryTable&);
void to_json(json&, const Exported&);
void from_json(const json&, Exported&);

}  // namespace loupe::api
