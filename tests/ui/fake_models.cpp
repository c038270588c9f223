// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/ui/fake_models.h"

#include <algorithm>
#include <chrono>
#include <thread>

namespace loupe::test {

using namespace api;

namespace {

const std::string chatml =
    "{% for message in messages %}{% if loop.first and messages[0]['role'] != 'system' %}"
    "{{ '<|im_start|>system\nYou are a helpful AI assistant named SmolLM, trained by Hugging "
    "Face<|im_end|>\n' }}{% endif %}{{'<|im_start|>' + message['role'] + '\n' + "
    "message['content'] + '<|im_end|>' + '\n'}}{% endfor %}{% if add_generation_prompt %}"
    "{{ '<|im_start|>assistant\n' }}{% endif %}";

std::string name_in(const std::string& path) {
  const size_t slash = path.find_last_of('/');
  return slash == std::string::npos ? path : path.substr(slash + 1);
}

bool contains(const std::string& text, const char* part) {
  return text.find(part) != std::string::npos;
}

Model model_of(int64_t id, const std::string& name, const std::string& kind,
               const std::string& source, double size) {
  Model model;
  model.id = id;
  model.name = name;
  model.kind = kind;
  model.type = kind == "adapter" ? "LM" : kind;
  model.source = source;
  model.path = source == "GGUF" ? "/fake/" + name + ".gguf" : "/fake/models/" + name;
  model.format = source == "GGUF" ? "gguf" : "safetensors";
  model.architecture = "llama";
  model.parameters = 134515008;
  model.status = "ok";
  model.dtype = source == "GGUF" ? "Q4_1" : "BF16";
  model.context = 8192;
  model.size = size;
  model.created = 1.76e9 + static_cast<double>(id) * 3600;
  return model;
}

FileKind kind_at(const std::string& path) {
  if (contains(path, "pickle")) {
    throw Refused{
        "PyTorch pickle files are not read: they can run any program", path + "/pytorch_model.bin",
        "Convert them once with: python -c \"from transformers import AutoModelForCausalLM as M; "
        "M.from_pretrained('.').save_pretrained('.', safe_serialization=True)\"",
        "unsupported"};
  }
  if (contains(path, "nothing")) {
    throw Refused{"there is no model here", path,
                  "A model is a .gguf file, or a folder with config.json and safetensors.",
                  "not_found"};
  }
  FileKind kind;
  kind.path = path;
  kind.name = name_in(path);
  kind.architecture = "llama";
  kind.parameters = 134515008;
  kind.size = 269e6;
  kind.kind = "LM";
  kind.source = "HF folder";
  if (path.ends_with(".gguf")) {
    kind.source = "GGUF";
    kind.name = kind.name.substr(0, kind.name.size() - 5);
    kind.size = 93e6;
  }
  if (contains(path, "ex-rm")) kind.kind = "EX";
  if (contains(path, "adapter")) {
    kind.kind = "adapter";
    kind.source = "PEFT adapter";
    kind.parameters = 921600;
    kind.size = 3.7e6;
    kind.base = contains(path, "orphan") ? "/elsewhere/Qwen2.5-0.5B"
                                         : "HuggingFaceTB/SmolLM2-135M-Instruct";
    kind.base_id = contains(path, "orphan") ? 0 : 1;
  }
  return kind;
}

std::vector<TensorRow> tensors() {
  std::vector<TensorRow> rows;
  const auto add = [&](const std::string& name, const std::string& dtype,
                       std::vector<int64_t> shape) {
    TensorRow row;
    row.name = name;
    row.dtype = dtype;
    row.shape = std::move(shape);
    row.parameters = 1;
    for (const int64_t size : row.shape) row.parameters *= size;
    row.bytes = static_cast<double>(row.parameters) * (dtype == "F32" ? 4 : 0.625);
    rows.push_back(std::move(row));
  };
  add("model.embed_tokens.weight", "Q8_0", {49152, 576});
  for (int layer = 0; layer < 30; ++layer) {
    const std::string at = "model.layers." + std::to_string(layer) + ".";
    add(at + "input_layernorm.weight", "F32", {576});
    add(at + "self_attn.q_proj.weight", "Q4_1", {576, 576});
    add(at + "self_attn.k_proj.weight", "Q4_1", {192, 576});
    add(at + "self_attn.v_proj.weight", "Q4_1", {192, 576});
    add(at + "self_attn.o_proj.weight", "Q4_1", {576, 576});
    add(at + "post_attention_layernorm.weight", "F32", {576});
    add(at + "mlp.gate_proj.weight", "Q4_1", {1536, 576});
    add(at + "mlp.up_proj.weight", "Q4_1", {1536, 576});
    add(at + "mlp.down_proj.weight", "Q4_1", {576, 1536});
  }
  add("model.norm.weight", "F32", {576});
  return rows;
}

Page<TensorRow> tensor_page(const TensorsAsked& asked) {
  std::vector<TensorRow> kept = tensors();
  const std::string filter = asked.filter;
  std::erase_if(kept, [&](const TensorRow& row) { return !contains(row.name, filter.c_str()); });
  const auto total = static_cast<int64_t>(kept.size());
  const int64_t from = std::min(total, asked.offset);
  const int64_t to = std::min(total, from + asked.limit);
  return {{kept.begin() + from, kept.begin() + to}, total};
}

// Words with the space before them; a character of several bytes is a token a byte.
PlayTokens tokens_of(const std::string& text) {
  std::vector<PlayToken> tokens;
  int64_t group = 0;
  const auto add = [&](size_t begin, size_t end, bool whole) {
    PlayToken token;
    const std::string part = text.substr(begin, end - begin);
    token.id = 1000 + static_cast<int64_t>(std::hash<std::string>()(part) % 40000);
    token.text = whole ? part : "\xef\xbf\xbd";
    token.bytes = base64_encode(part);
    token.name = part.starts_with(' ') ? "Ġ" + part.substr(1) : whole ? part : "Ł";
    token.special = part.starts_with("<|");
    token.begin = static_cast<int64_t>(begin);
    token.end = static_cast<int64_t>(end);
    token.group = group;
    tokens.push_back(token);
  };
  for (size_t at = 0; at < text.size(); ++group) {
    const auto byte = static_cast<unsigned char>(text[at]);
    size_t end = at + 1;
    if (byte >= 0xc0) {
      while (end < text.size() && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) ++end;
      for (size_t i = at; i < end; ++i) add(i, i + 1, false);
    } else if (text.compare(at, 2, "<|") == 0 && text.find("|>", at) != std::string::npos) {
      end = text.find("|>", at) + 2;
      add(at, end, true);
    } else {
      while (end < text.size() && static_cast<unsigned char>(text[end]) < 0x80 &&
             text[end] != ' ' && text[end] != '\n' && text.compare(end, 2, "<|") != 0) {
        ++end;
      }
      add(at, end, true);
    }
    at = end;
  }
  return {tokens};
}

RenderedExample rendered(const RenderAsked& asked) {
  RenderedExample example;
  example.prompt =
      "<|im_start|>system\nYou are a helpful AI assistant named SmolLM, trained by "
      "Hugging Face<|im_end|>\n";
  for (const Turn& turn : asked.prompt) {
    example.prompt += "<|im_start|>" + turn.role + "\n" + turn.content + "<|im_end|>\n";
  }
  example.prompt += "<|im_start|>assistant\n";
  const std::string& response = asked.response;
  example.response = response + "<|im_end|>\n";
  example.content_end = static_cast<int64_t>(response.size());
  example.prompt_tokens = static_cast<int64_t>(example.prompt.size() / 4);
  example.response_tokens = static_cast<int64_t>(example.response.size() / 4);
  return example;
}

MemoryTable memory(const MemoryAsked& asked) {
  MemoryTable table;
  table.device = "cpu";
  table.available = 8e9;
  table.length = asked.length;
  table.batch = asked.batch;
  const double activations = 28e4 * static_cast<double>(table.length * table.batch);
  const auto add = [&](const std::string& use, double weights, double gradients, double optimizer,
                       double share) {
    MemoryRow row{use, weights, gradients, optimizer, activations * share, 0, true};
    row.total = weights + gradients + optimizer + row.activations;
    row.fits = row.total <= table.available;
    table.rows.push_back(row);
  };
  add("score", 0.27e9, 0, 0, 0.1);
  add("train EX, full", 0.54e9, 0.54e9, 1.08e9, 1);
  add("train IM, full", 0.81e9, 0.54e9, 1.08e9, 2.2);
  add("train EX, LoRA r=16", 0.29e9, 0.02e9, 0.04e9, 0.9);
  add("train IM, LoRA r=16", 0.29e9, 0.02e9, 0.04e9, 2);
  return table;
}

Exported exported(const ExportAsked& asked) {
  Exported exported;
  exported.path = asked.path;
  if (contains(exported.path, "full")) {
    throw Refused{"the disk is full", exported.path, "Make room, or choose another folder.", "io"};
  }
  exported.files = {"config.json", "model.safetensors", "tokenizer.json", "README.md"};
  exported.size = 270.6e6;
  if (asked.reference && asked.of == ScorerId::run(2)) {
    exported.files.push_back("reference/model.safetensors");
    exported.size *= 2;
  }
  if (!asked.merged && asked.of.is_run() && asked.of.id >= 1000) {
    exported.opens_with = "PeftModel";
    exported.size = 1.2e6;
    return exported;
  }
  exported.opens_with = asked.of == ScorerId::run(2) ? "" : "AutoModelForSequenceClassification";
  return exported;
}

}  // namespace

void FakeModels::fill(int more) {
  models_ = {model_of(1, "SmolLM2-135M-Instruct", "LM", "GGUF", 93140992)};
  models_[0].path = "/fake/SmolLM2.gguf";
  models_[0].runs = 3;
  if (more < 0) return;
  models_.push_back(model_of(2, "gemma-3-270m-it", "LM", "GGUF", 253e6));
  models_.back().architecture = "gemma3";
  models_.back().parameters = 268098176;
  models_.back().context = 32768;
  models_.back().dtype = "Q4_K";
  models_.back().note = "its template is refused; ask again when it is fixed";
  models_.push_back(model_of(3, "ex-rm-ultrafeedback", "EX", "HF folder", 269e6));
  models_.push_back(model_of(4, "dpo-policy", "IM", "HF folder", 269e6));
  models_.back().base = 1;
  models_.back().beta = 0.01;
  models_.push_back(model_of(5, "lora-r16", "adapter", "PEFT adapter", 3.7e6));
  models_.back().base = 1;
  models_.back().parameters = 921600;
  models_.push_back(model_of(6, "moved-away", "LM", "HF folder", 269e6));
  models_.back().status = "missing: model-00002-of-00003.safetensors";
  models_.push_back(model_of(7, "trained-over", "LM", "HF folder", 269e6));
  models_.back().status = "changed: model.safetensors";
  models_.push_back(model_of(
      8, "a-model-whose-name-says-everything-that-was-ever-done-to-it-sft-v3-dpo-beta0.1-lr5e-7",
      "LM", "HF folder", 15.2e9));
  models_.back().parameters = 7615616512;
  models_.back().architecture = "qwen2";
  for (int i = 0; i < more; ++i) {
    models_.push_back(model_of(100 + i, "model-" + std::to_string(i), i % 3 == 0 ? "EX" : "LM",
                               "HF folder", 1e6 * (i + 1)));
  }
  // Newer than the others, so that the page begins with it.
  models_[0].created = 2e9;
}

std::vector<Model> FakeModels::listed() const {
  std::vector<Model> rows = models_;
  std::erase_if(rows, [](const Model& model) { return model.removed; });
  return rows;
}

Model& FakeModels::at(int64_t id) {
  for (Model& model : models_) {
    if (model.id == id) return model;
  }
  throw Refused{"there is no such model", "model " + std::to_string(id), "Refresh with F5.",
                "not_found"};
}

Rows<Model> FakeModels::answer(ModelsList, const Nothing&, const json&) const {
  return {listed()};
}

FileKind FakeModels::answer(ModelsInspect, const At& asked, const json&) const {
  return kind_at(asked.path);
}

Page<TensorRow> FakeModels::answer(ModelsTensors, const TensorsAsked& asked, const json&) const {
  return tensor_page(asked);
}

PlayTokens FakeModels::answer(ModelsTokenize, const TokenizeAsked& asked, const json&) const {
  return tokens_of(asked.text);
}

RenderedExample FakeModels::answer(ModelsRender, const RenderAsked& asked, const json&) const {
  return rendered(asked);
}

MemoryTable FakeModels::answer(ModelsMemory, const MemoryAsked& asked, const json&) const {
  return memory(asked);
}

Exported FakeModels::answer(RunsExport, const ExportAsked& asked, const json& request) const {
  progress(request, "writing", 5, 30);
  return exported(asked);
}

Model FakeModels::answer(ModelsRename, const NewName& asked, const json&) {
  at(asked.id).name = asked.name;
  return at(asked.id);
}

Model FakeModels::answer(ModelsNote, const NewNote& asked, const json&) {
  at(asked.id).note = asked.note;
  return at(asked.id);
}

Model FakeModels::answer(ModelsRemove, const Removal& asked, const json&) {
  at(asked.id).removed = asked.removed;
  return at(asked.id);
}

void FakeModels::progress(const json& request, const std::string& phase, int steps, int ms) const {
  for (int i = 0; i < steps; ++i) {
    write_({{"jsonrpc", "2.0"},
            {"method", method::progress},
            {"params",
             {{"id", request},
              {"phase", phase},
              {"done", i},
              {"total", steps},
              {"seconds_left", (steps - i) * 2}}}});
    std::this_thread::sleep_for(std::chrono::milliseconds(ms));
  }
}

Model FakeModels::answer(ModelsImport, const ImportAsked& asked, const json& request) {
  const std::string& path = asked.path;
  const FileKind kind = kind_at(path);
  progress(request, "reading " + name_in(path), contains(path, "slow") ? 40 : 4, 30);
  if (contains(path, "torn")) {
    throw Refused{"model.safetensors ends in the middle of lm_head.weight",
                  path + "/model.safetensors", "Copy the file again.", "corrupt"};
  }
  Model model = model_of(50 + static_cast<int64_t>(models_.size()), kind.name, kind.kind,
                         kind.source, kind.size);
  model.path = path;
  model.parameters = kind.parameters;
  if (!asked.name.empty()) model.name = asked.name;
  model.base = asked.base;
  if (asked.implicit) {
    model.type = "IM";
    model.beta = asked.beta.value();
  }
  if (asked.merge) model.note = "merged";
  if (asked.reference != 0) {
    model.kind = model.type = "IM";
    model.base = asked.reference;
    model.beta = asked.beta.value_or(0.01);
  }
  models_.push_back(model);
  return model;
}

Model FakeModels::answer(ModelsAddTokens, const TokensAdded& asked, const json& request) {
  const Model& from = at(asked.id);
  progress(request, "growing the embedding", 4, 30);
  for (const std::string& token : asked.tokens) {
    if (token == "<|im_end|>") {
      throw Refused{"<|im_end|> is in the vocabulary already", "tokens", "Leave it out."};
    }
  }
  Model model =
      model_of(50 + static_cast<int64_t>(models_.size()), asked.name, "LM", "HF folder", from.size);
  models_.push_back(model);
  return model;
}

Model FakeModels::answer(ModelsLocate, const NewPlace& asked, const json&) {
  Model& model = at(asked.id);
  const std::string& path = asked.path;
  if (contains(path, "other")) {
    throw Refused{"these are not the files that were imported", path,
                  "Import them as a model of their own.", "changed"};
  }
  model.path = path;
  model.status = "ok";
  return model;
}

ModelDetail FakeModels::answer(ModelsShow, const Id& asked, const json&) {
  const Model& model = at(asked.id);
  ModelDetail detail;
  detail.model = model;
  detail.config = {{"architectures", {"LlamaForCausalLM"}},
                   {"hidden_size", 576},
                   {"intermediate_size", 1536},
                   {"max_position_embeddings", model.context},
                   {"model_type", model.architecture},
                   {"num_attention_heads", 9},
                   {"num_hidden_layers", 30},
                   {"num_key_value_heads", 3},
                   {"rms_norm_eps", 1e-5},
                   {"rope_theta", 100000},
                   {"tie_word_embeddings", true},
                   {"vocab_size", 49152}};
  detail.facts = {{"Layers", "30"},           {"Hidden size", "576"},
                  {"Heads", "9, 3 of keys"},  {"Feed-forward", "1,536, SiLU"},
                  {"Rotary base", "100,000"}, {"Embedding", "tied to the unembedding"}};
  const std::string folder = model.source == "GGUF" ? "" : model.path + "/";
  const auto file = [&](const std::string& path, double size) {
    ModelFile one;
    one.path = path;
    one.size = size;
    one.sha256 = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
    one.status = contains(model.status, name_in(path).c_str())
                     ? model.status.substr(0, model.status.find(':'))
                     : "ok";
    detail.files.push_back(one);
  };
  if (model.source == "GGUF") {
    file(model.path, model.size);
  } else if (contains(model.status, "of-00003")) {
    for (const char* part : {"1", "2", "3"}) {
      file(folder + "model-0000" + part + "-of-00003.safetensors", model.size / 3);
    }
  } else {
    file(folder + "model.safetensors", model.size);
  }
  if (model.source != "GGUF") {
    file(folder + "config.json", 861);
    file(folder + "tokenizer.json", 2104556);
  }
  detail.special_tokens = {{"bos", "<|im_start|> (1)"},
                           {"eos", "<|im_end|> (2)"},
                           {"pad", "<|im_end|> (2)"},
                           {"unk", "<|endoftext|> (0)"}};
  detail.vocabulary = 49152;
  detail.tokenizer = "byte-level BPE";
  detail.chat_template = chatml;
  if (model.architecture == "gemma3") {
    detail.template_problem =
        "Line 12 calls raise_exception for a conversation that ends with the assistant.";
  }
  detail.dtypes = {{"Q4_1", "210 tensors, 66.4 MB"},
                   {"Q8_0", "1 tensor, 26.5 MB"},
                   {"F32", "61 tensors, 0.2 MB"}};
  detail.self_check =
      "The logits of 16 tokens are finite; the tokenizer gives back three texts as they were.";
  if (model.id == 1) {
    detail.runs = {{"1", "ex-persona-s0"}, {"2", "im-persona-s0"}, {"3", "ex-persona-s1"}};
  }
  return detail;
}

}  // namespace loupe::test
