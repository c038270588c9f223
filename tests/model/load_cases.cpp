// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/load.h"

#include <unistd.h>

#include "tests/model/golden_models.h"
#include "tests/support/case.h"

using namespace loupe;
using namespace loupe::test;
namespace fs = std::filesystem;

namespace {

// A copy of a tiny model's folder to spoil, removed in the end.
class Copy {
 public:
  explicit Copy(const std::string& variant) {
    static int count = 0;
    folder = fs::temp_directory_path() /
             ("loupe-load-" + std::to_string(::getpid()) + "-" + std::to_string(count++));
    fs::remove_all(folder);
    fs::copy(golden_folder() / variant, folder, fs::copy_options::recursive);
  }
  ~Copy() {
    std::error_code ignored;
    fs::remove_all(folder, ignored);
  }
  Copy(const Copy&) = delete;
  Copy& operator=(const Copy&) = delete;

  fs::path weights() const { return folder / "model.safetensors"; }

  // Rewrites the weights with `change` applied to the list of tensors.
  void rewrite(const std::function<void(std::vector<io::TensorToWrite>&)>& change) const {
    const auto file = must(io::SafetensorsFile::open(weights()));
    std::vector<io::TensorToWrite> tensors;
    for (const auto& [name, info] : file->tensors())
      tensors.push_back({name, info.dtype, info.shape, info.data});
    change(tensors);
    const auto written = io::write_safetensors(weights(), tensors, {});
    if (!written) throw std::runtime_error(written.error().text());
  }
  void edit_config(const std::function<void(nlohmann::json&)>& change) const {
    auto config = read_json(folder / "config.json");
    change(config);
    std::ofstream(folder / "config.json") << config.dump();
  }

  fs::path folder;
};

// The tensor of that name, wherever it stands in the list.
io::TensorToWrite& named(std::vector<io::TensorToWrite>& tensors, const std::string& name) {
  for (auto& tensor : tensors)
    if (tensor.name == name) return tensor;
  throw std::runtime_error("no tensor " + name);
}

template <class T>
void refused(Failures& failures, const Result<T>& result, const std::string& what,
             const std::vector<std::string>& words) {
  if (result.ok()) return failures.add(what + ": not refused");
  const std::string text = result.error().text();
  for (const auto& word : words)
    failures.check(text.find(word) != std::string::npos,
                   what + ": no \"" + word + "\" in: " + text);
  failures.check(!result.error().hint.empty(), what + ": no hint in: " + text);
}

// Refused by load_model and by inspect_model alike.
void both_refuse(Failures& failures, const fs::path& path, const std::string& what,
                 const std::vector<std::string>& words) {
  refused(failures, model::load_model(path, {}), what, words);
  refused(failures, model::inspect_model(path), what + " (inspect)", words);
}

bool same_parameters(const model::Decoder& a, const model::Decoder& b) {
  if (a.parameters().size() != b.parameters().size()) return false;
  for (size_t i = 0; i < a.parameters().size(); ++i)
    if (a.parameters()[i].first != b.parameters()[i].first ||
        !at::equal(a.parameters()[i].second, b.parameters()[i].second))
      return false;
  return true;
}

std::string loads(const std::string& variant) {
  Failures failures;
  const auto folder = golden_folder() / variant;
  const auto loaded = must(model::load_model(folder, {}));
  failures.check(same_parameters(*loaded.decoder, *tiny_decoder(variant)), "parameters");
  failures.check(loaded.decoder->residual() == at::kFloat, "fp32 unless told otherwise");

  const auto& tokenizer = *loaded.tokenizer;
  const std::string text = "<|im_start|>user\nthe truthful reply is: déjà vu 12 ✓<|im_end|>\n";
  const auto ids = tokenizer.ids(text);
  failures.check(tokenizer.decode(ids) == text, "ids give the text back");
  failures.check(ids.size() < text.size() && ids.front() == tokenizer.token_id("<|im_start|>"),
                 "merges and special tokens are known");
  failures.check(tokenizer.vocab_size() == loaded.decoder->config().vocab_size, "vocabulary");
  failures.check(!tokenizer.adds_bos() && tokenizer.eos() == tokenizer.token_id("<|im_end|>"),
                 "what tokenizer_config.json says");

  const auto pair = must(loaded.chat_template->render_pair({{"user", "hi"}}, "yes"));
  failures.check(pair.prompt == "<|im_start|>user\nhi<|im_end|>\n<|im_start|>assistant\n",
                 "prompt: " + pair.prompt);
  failures.check(pair.response == "yes<|im_end|>\n", "response: " + pair.response);

  const auto files = must(model::inspect_model(folder));
  failures.check(files.format == "hf" && files.files.front() == folder / "model.safetensors",
                 "weights first");
  failures.check(files.parameters == loaded.decoder->parameter_count(), "count of parameters");
  failures.check(files.chat_template == loaded.chat_template->source(), "template");
  failures.check(must(model::load_tokenizer(folder))->ids(text) == ids, "the tokenizer alone");
  const auto chat = must(model::load_text_parts(folder, "2024-07-26")).chat_template;
  failures.check(must(chat->render_pair({{"user", "hi"}}, "yes")).prompt == pair.prompt,
                 "the template alone");

  model::LoadOptions exact;
  exact.residual = at::kDouble;
  double last = 0;
  exact.progress = [&](const Progress& progress) { last = progress.done / progress.total; };
  failures.check(must(model::load_model(folder, exact)).decoder->residual() == at::kDouble,
                 "fp64 when asked for");
  failures.check(last == 1, "progress ends at the end");
  return failures.text();
}

std::string round_trip(const std::string& variant) {
  Failures failures;
  at::NoGradGuard no_grad;
  const Copy copy(variant);
  const auto decoder = tiny_decoder(variant);
  at::manual_seed(9);
  for (const auto& [name, parameter] : decoder->parameters())
    parameter.detach().add_(at::randn_like(parameter));
  const auto head = at::randn({1, 32});
  const auto steps = at::tensor(std::vector<int64_t>{3, -4});
  const auto saved = model::save_parameters(
      *decoder, {{"score.weight", head}, {"loupe.steps", steps}}, {{"run", "7"}}, copy.weights());
  failures.check(saved.ok(), saved.ok() ? "" : saved.error().text());

  const auto other = tiny_decoder(variant);
  const auto extra = must(model::load_parameters(copy.weights(), *other));
  failures.check(same_parameters(*decoder, *other), "every parameter, bit for bit");
  failures.check(extra.size() == 2 && at::equal(extra.at("score.weight"), head) &&
                     at::equal(extra.at("loupe.steps"), steps),
                 "what went in beside the parameters comes back");
  failures.check(must(io::SafetensorsFile::open(copy.weights()))->metadata().at("run") == "7",
                 "metadata");

  const auto plain = model::save_parameters(*decoder, {}, {}, copy.weights());
  failures.check(plain.ok(), plain.ok() ? "" : plain.error().text());
  failures.check(same_parameters(*decoder, *must(model::load_model(copy.folder, {})).decoder),
                 "saved parameters make a folder that loads");
  return failures.text();
}

std::string checkpoint_of_another_model() {
  Failures failures;
  const Copy copy("gqa-untied");
  const std::string file = copy.weights().string();
  const auto decoder = tiny_decoder("gqa-untied");
  const auto load = [&] { return model::load_parameters(copy.weights(), *decoder); };

  copy.rewrite([](auto& list) {
    named(list, "model.layers.1.mlp.up_proj.weight").shape = {32, 48};
  });
  refused(failures, load(), "wrong shape", {"model.layers.1.mlp.up_proj.weight", file});
  copy.rewrite([](auto& list) {
    std::erase_if(list, [](const auto& t) { return t.name.find("up_proj") != std::string::npos; });
  });
  refused(failures, load(), "missing", {"model.layers.0.mlp.up_proj.weight", file});
  fs::resize_file(copy.weights(), fs::file_size(copy.weights()) / 2);
  refused(failures, load(), "cut", {file});
  fs::remove(copy.weights());
  refused(failures, load(), "absent", {file});
  return failures.text();
}

std::string wrong_tensors() {
  Failures failures;
  const std::string matrix = "model.layers.2.self_attn.k_proj.weight";
  const std::string file = "model.safetensors";
  {
    const Copy copy("gqa-untied");
    copy.rewrite(
        [&](auto& list) { std::swap(named(list, matrix).shape[0], named(list, matrix).shape[1]); });
    both_refuse(failures, copy.folder, "wrong shape", {matrix, file, "[32, 16]", "[16, 32]"});
  }
  {
    const Copy copy("gqa-untied");
    copy.rewrite(
        [&](auto& list) { std::erase_if(list, [&](const auto& t) { return t.name == matrix; }); });
    both_refuse(failures, copy.folder, "missing", {matrix, file});
  }
  {
    const Copy copy("gqa-untied");
    copy.rewrite([](auto& list) {
      auto more = named(list, "model.norm.weight");
      more.name = "model.layers.0.self_attn.q_norm.weight";
      list.push_back(more);
    });
    both_refuse(failures, copy.folder, "surplus",
                {"model.layers.0.self_attn.q_norm.weight", file, "LlamaForCausalLM"});
  }
  {
    const Copy copy("gqa-bias");  // the config forgets the biases that the file has
    copy.edit_config([](auto& config) { config["attention_bias"] = false; });
    both_refuse(failures, copy.folder, "surplus biases", {"self_attn", ".bias", file});
  }
  {
    const Copy copy("gqa-untied");
    copy.edit_config([](auto& config) { config["num_hidden_layers"] = 4; });
    both_refuse(failures, copy.folder, "too few layers", {"model.layers.3.", file});
  }
  {
    const Copy copy("gqa-untied");
    copy.rewrite([](auto& list) {
      std::erase_if(list, [](const auto& t) { return t.name == "lm_head.weight"; });
    });
    both_refuse(failures, copy.folder, "no unembedding", {"lm_head.weight", copy.folder.string()});
  }
  return failures.text();
}

std::string buffers_are_passed_over() {
  Failures failures;
  const Copy copy("mha-tied");
  copy.rewrite([](auto& list) {
    auto buffer = named(list, "model.norm.weight");
    buffer.name = "model.layers.0.self_attn.rotary_emb.inv_freq";
    list.push_back(buffer);
    auto tied = named(list, "model.embed_tokens.weight");
    tied.name = "lm_head.weight";
    list.push_back(tied);
  });
  const auto loaded = must(model::load_model(copy.folder, {}));
  failures.check(same_parameters(*loaded.decoder, *tiny_decoder("mha-tied")),
                 "old buffers and a tied unembedding stored twice do no harm");
  return failures.text();
}

std::string wrong_files() {
  Failures failures;
  const Copy copy("mha-tied");
  both_refuse(failures, copy.folder / "nowhere", "absent", {"nowhere"});
  copy.edit_config([](auto& config) { config["architectures"] = {"MambaForCausalLM"}; });
  both_refuse(failures, copy.folder, "another architecture",
              {"MambaForCausalLM", "LlamaForCausalLM", "config.json"});
  std::ofstream(copy.folder / "config.json") << "{\"architectures\": [";
  both_refuse(failures, copy.folder, "broken JSON", {"config.json"});
  fs::remove(copy.folder / "config.json");
  both_refuse(failures, copy.folder, "no config", {"config.json", copy.folder.string()});
  const Copy without_tokenizer("mha-tied");
  fs::remove(without_tokenizer.folder / "tokenizer.json");
  both_refuse(failures, without_tokenizer.folder, "no tokenizer", {"tokenizer"});
  return failures.text();
}

std::string no_template_is_plain() {
  Failures failures;
  const Copy copy("mha-tied");
  auto config = read_json(copy.folder / "tokenizer_config.json");
  config.erase("chat_template");
  std::ofstream(copy.folder / "tokenizer_config.json") << config.dump();
  const auto loaded = must(model::load_model(copy.folder, {}));
  const auto pair = must(loaded.chat_template->render_pair({{"user", "hi"}}, "yes"));
  failures.check(pair.prompt == "<|user|>\nhi\n<|assistant|>\n", "prompt: " + pair.prompt);
  failures.check(pair.response == "yes<|im_end|>", "response: " + pair.response);
  failures.check(must(model::inspect_model(copy.folder)).chat_template.empty(), "none is said");
  return failures.text();
}

}  // namespace

std::vector<Case> loupe::test::cases() {
  std::vector<Case> list;
  for (const std::string variant : {"gqa-untied", "mha-tied", "gqa-bias", "llama3-rope"}) {
    list.push_back({"loads " + variant, [=] { return loads(variant); }});
    list.push_back({"round trip " + variant, [=] { return round_trip(variant); }});
  }
  list.push_back({"checkpoint of another model", checkpoint_of_another_model});
  list.push_back({"wrong tensors", wrong_tensors});
  list.push_back({"buffers are passed over", buffers_are_passed_over});
  list.push_back({"wrong files", wrong_files});
  list.push_back({"no template is plain", no_template_is_plain});
  return list;
}
