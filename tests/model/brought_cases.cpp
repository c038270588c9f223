// SPDX-License-Identifier: GPL-3.0-or-later
// What people bring beside plain models: LoRA adapters against peft, sequence classifiers against
// transformers (tests/golden/brought, made by make_brought_golden.py), 1e-5.
#include <fstream>

#include "core/model/adapter.h"
#include "core/model/export.h"
#include "core/model/model_files.h"
#include "core/model/weight_reader.h"
#include "tests/model/golden_models.h"
#include "tests/support/case.h"
#include "tests/support/temporary_folder.h"

using namespace loupe;
using namespace loupe::test;

namespace {

namespace fs = std::filesystem;
using model::AdapterPlace;
using nlohmann::json;

fs::path golden() {
  return golden_folder().parent_path();
}

std::vector<std::string> folders(const char* kind) {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(golden() / "brought" / kind))
    names.push_back(entry.path().filename().string());
  std::sort(names.begin(), names.end());
  return names;
}

// A decoder and its head, without the tokenizer that most tiny models lack.
model::LanguageModel open_bare(const fs::path& path) {
  const auto opened = must(model::open_model(path));
  model::WeightReader reader(opened);
  model::LanguageModel out;
  const auto fill = [&](const std::string& name, at::Tensor& destination) {
    return reader.fill(name, destination);
  };
  out.decoder = must(model::Decoder::build(opened.config, fill, {}));
  if (opened.config.labels == 1) {
    out.head = at::empty({1, opened.config.hidden_size}, at::kFloat);
    if (auto filled = fill("score.weight", out.head); !filled)
      throw std::runtime_error(filled.error().text());
  }
  if (auto unused = reader.check_all_used(); !unused)
    throw std::runtime_error(unused.error().text());
  return out;
}

model::PackedBatch batch_of(const model::DecoderConfig& config, const json& cases) {
  model::PackedBatch batch(config);
  for (const auto& c : cases) batch.add_group(ids(c["prompt"]), {ids(c["response"])});
  return batch;
}

void compare(Failures& failures, const model::LanguageModel& model, const json& cases) {
  at::NoGradGuard no_grad;
  const auto batch = batch_of(model.decoder->config(), cases);
  const auto hidden = model.decoder->forward(batch, {});
  const auto log_probs = model.decoder->log_probs(hidden, batch, at::kFloat);
  const auto last = batch.last_index();
  int64_t token = 0;
  for (size_t c = 0; c < cases.size(); ++c) {
    const std::string where = "case " + std::to_string(c);
    if (cases[c].contains("score")) {
      const auto score = at::mm(hidden.narrow(0, last[c], 1), model.head.t()).item<double>();
      const double want = cases[c]["score"].get<double>();
      failures.near(score, want, 1e-5 * std::max(1.0, std::abs(want)), where + ": score");
    } else {
      for (const auto& want : cases[c]["log_probs"])
        failures.near(log_probs[token++].item<double>(), want.get<double>(), 1e-5, where);
    }
  }
}

std::string adapter(const std::string& name, AdapterPlace place) {
  Failures failures;
  const fs::path folder = golden() / "brought" / "adapters" / name;
  const auto want = read_json(folder / "golden.json");
  auto model = open_bare(golden() / want["base"].get<std::string>());
  const auto files = must(model::inspect_adapter(folder));
  failures.check(files.base == want["base"].get<std::string>(), "base: " + files.base);
  failures.check(files.classifier == want["cases"][0].contains("score"), "classifier or not");
  const auto base = model;
  const auto before = base.decoder->clone();
  const auto applied = model::apply_adapter(folder, model, place);
  if (!applied) return applied.error().text();
  compare(failures, model, want["cases"]);
  failures.check((place == AdapterPlace::merged) <= model.decoder->lora().empty(),
                 "merged leaves nothing beside the matrices");
  for (size_t i = 0; i < before->parameters().size(); ++i)
    failures.check(at::equal(before->parameters()[i].second, base.decoder->parameters()[i].second),
                   "the base keeps its " + before->parameters()[i].first);
  return failures.text();
}

std::string classifier(const std::string& name) {
  Failures failures;
  const fs::path folder = golden() / "brought" / "classifiers" / name;
  const auto model = open_bare(folder);
  failures.check(model.head.defined(), "it has a head");
  if (!model.head.defined()) return failures.text();
  const std::string file = name == "llama-chat" ? "" : "golden.json";
  if (!file.empty()) compare(failures, model, read_json(folder / file)["cases"]);
  return failures.text();
}

// A folder with a file of its own in place of one of the adapter's.
struct Spoilt {
  TemporaryFolder place;
  fs::path folder = place.path() / "adapter";
  Spoilt() {
    fs::copy(golden() / "brought" / "adapters" / "all-linear", folder, fs::copy_options::recursive);
    fs::permissions(folder / "adapter_config.json", fs::perms::owner_write, fs::perm_options::add);
  }
  void set(const char* key, const json& value) const {
    auto config = read_json(folder / "adapter_config.json");
    config[key] = value;
    std::ofstream(folder / "adapter_config.json") << config.dump();
  }
};

std::string refused_adapters() {
  Failures failures;
  const auto refused = [&](const Spoilt& spoilt, const std::string& word,
                           const std::string& base = "models/gqa-untied") {
    auto model = open_bare(golden() / base);
    const auto applied = model::apply_adapter(spoilt.folder, model, AdapterPlace::applied);
    failures.check(!applied.ok(), word + " is refused");
    if (!applied)
      failures.check(applied.error().text().find(word) != std::string::npos,
                     word + ": " + applied.error().text());
  };
  {
    const Spoilt spoilt;
    spoilt.set("use_dora", true);
    refused(spoilt, "use_dora");
  }
  {
    const Spoilt spoilt;
    spoilt.set("peft_type", "IA3");
    refused(spoilt, "IA3");
  }
  {
    const Spoilt spoilt;
    fs::rename(spoilt.folder / "adapter_model.safetensors", spoilt.folder / "adapter_model.bin");
    refused(spoilt, "pickle");
  }
  {
    const Spoilt spoilt;
    refused(spoilt, "another shape", "models/gqa-bias");
  }
  {
    const Spoilt spoilt;
    refused(spoilt, "no parameter", "architectures/gpt2-0");
  }
  return failures.text();
}

// An EX-RM leaves as transformers itself saves it: the same names, types, shapes and bytes.
std::string exported_as_transformers_does() {
  Failures failures;
  const fs::path saved = golden() / "brought" / "classifiers" / "llama-chat";
  const auto model = must(model::load_model(saved, {}));
  const TemporaryFolder place;
  model::ExportOptions options;
  options.form.type = "EX";
  options.form.head = model::ExportForm::Head::classifier;
  options.title = "a classifier";
  options.source = saved;
  const auto written = must(model::export_model(model, options, place.path() / "out"));
  failures.check(written.opens_with == "AutoModelForSequenceClassification", written.opens_with);
  const auto want = must(io::SafetensorsFile::open(saved / "model.safetensors"));
  const auto got = must(io::SafetensorsFile::open(written.path / "model.safetensors"));
  failures.check(got->tensors().size() == want->tensors().size(), "as many tensors");
  for (const auto& [name, info] : want->tensors()) {
    const auto* ours = got->find(name);
    failures.check(ours != nullptr && ours->dtype == info.dtype && ours->shape == info.shape &&
                       std::ranges::equal(ours->data, info.data),
                   name + " bit for bit");
  }
  failures.check(got->metadata() == want->metadata(), "metadata");
  const auto said = read_json(saved / "config.json");
  const auto config = read_json(written.path / "config.json");
  for (const auto& [key, value] : said.items()) {
    if (key == "transformers_version" || key == "id2label" || key == "label2id") continue;
    failures.check(
        config.contains(key) && config[key] == value,
        "config: " + key + " is " + (config.contains(key) ? config[key].dump() : "gone"));
  }
  failures.check(config["id2label"].size() == 1, "one label");
  return failures.text();
}

std::string two_labels_are_refused() {
  Failures failures;
  const TemporaryFolder place;
  const fs::path folder = place.path() / "model";
  fs::copy(golden() / "brought" / "classifiers" / "llama-chat", folder);
  auto config = read_json(folder / "config.json");
  config["id2label"] = {{"0", "bad"}, {"1", "good"}};
  std::ofstream(folder / "config.json") << config.dump();
  const auto loaded = model::load_model(folder, {});
  failures.check(!loaded.ok() && loaded.error().text().find("label") != std::string::npos,
                 loaded.ok() ? "it was loaded" : loaded.error().text());
  return failures.text();
}

}  // namespace

std::vector<Case> loupe::test::cases() {
  std::vector<Case> list;
  for (const auto& name : folders("adapters")) {
    list.push_back({"adapter " + name, [=] { return adapter(name, AdapterPlace::applied); }});
    list.push_back({"merged adapter " + name, [=] { return adapter(name, AdapterPlace::merged); }});
  }
  for (const auto& name : folders("classifiers"))
    list.push_back({"classifier " + name, [=] { return classifier(name); }});
  list.push_back({"refused adapters", refused_adapters});
  list.push_back({"exported as transformers does", exported_as_transformers_does});
  list.push_back({"two labels are refused", two_labels_are_refused});
  return list;
}
