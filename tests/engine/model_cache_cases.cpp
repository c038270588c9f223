// SPDX-License-Identifier: GPL-3.0-or-later
// What the model cache keeps in memory, and what it says that scoring takes.
#include "core/engine/model_cache.h"

#include <ATen/ATen.h>

#include <nlohmann/json.hpp>

#include "core/train/trainable.h"
#include "core/train/trainer.h"
#include "tests/model/golden_models.h"
#include "tests/support/case.h"
#include "tests/support/temporary_folder.h"
#include "tests/train/fresh_reward.h"

using namespace loupe;
using namespace loupe::test;

namespace {

struct Place {
  TemporaryFolder folder;
  store::Workspace workspace = must(store::Workspace::open(folder.path() / "ws"));
  store::ModelRow model;
  double weights = 0;  // bytes of one set

  Place() {
    engine::ImportOptions options;
    options.check = false;
    model =
        must(engine::import_model(workspace, (golden_folder() / "gqa-untied").string(), options));
    weights = 4 * static_cast<double>(model.parameters);
  }
  // A run with a checkpoint of a model that has not been trained.
  int64_t add_run(const std::string& type, const std::string& trains,
                  bool without_reference = false) {
    train::Recipe recipe;
    recipe.type = type;
    recipe.tuning = trains;
    recipe.lora_rank = 1;
    recipe.without_reference = without_reference;
    store::RunRow run;
    run.name = type + " " + trains + std::to_string(static_cast<int>(without_reference));
    run.type = type;
    run.model_id = model.id;
    run.recipe = recipe;
    const int64_t id = must(workspace.add_run(run));
    const int64_t job = must(workspace.add_job("train", nlohmann::json::object(), id));
    (void)workspace.artifacts(job);
    auto language = must(engine::load_row(workspace, model, {}));
    language.decoder = must(train::make_trainable(language.decoder, recipe));
    const train::Trainer trainer(fresh_reward(language.decoder, recipe), recipe, {}, {});
    store::CheckpointRow checkpoint;
    checkpoint.run_id = id;
    checkpoint.path = std::to_string(job) + "/checkpoint.safetensors";
    const auto saved = trainer.save_checkpoint(workspace.artifact_path(checkpoint.path), false);
    if (!saved) throw std::runtime_error(saved.error().text());
    (void)must(workspace.add_checkpoint(checkpoint));
    return id;
  }
};

std::string each_weight_counts_once() {
  Failures failures;
  Place place;
  const double base = place.weights;
  const auto near = [&](const engine::ModelCache& cache, double sets, const std::string& what) {
    failures.near(static_cast<double>(cache.bytes()) / base, sets, 0.2, what);
  };
  const int64_t ex = place.add_run("EX", "full");
  const int64_t im = place.add_run("IM", "full");
  const int64_t alone = place.add_run("IM", "full", true);
  const int64_t lora = place.add_run("EX", "lora");
  const int64_t other_lora = place.add_run("IM", "lora");
  for (const auto& [run, sets, has_base] : {std::tuple{ex, 1.0, false},
                                            {im, 2.0, true},
                                            {alone, 1.0, false},
                                            {lora, 1.0, true},
                                            {other_lora, 1.0, true}}) {
    engine::ModelCache cache(place.workspace, at::kCPU);
    const auto loaded = must(cache.run(run));
    near(cache, sets, loaded->name);
    failures.check((loaded->base != nullptr) == has_base, loaded->name + ": what it reads beside");
  }
  engine::ModelCache cache(place.workspace, at::kCPU);
  for (const int64_t run : {lora, other_lora, im}) (void)must(cache.run(run));
  near(cache, 2, "a base, two low-rank runs on it and a policy");
  return failures.text();
}

// What is let go while a run still reads it is there again without a second copy.
std::string no_second_copy() {
  Failures failures;
  Place place;
  for (const std::string type : {"EX", "IM"}) {
    const int64_t run = place.add_run(type, "lora");
    engine::ModelCache cache(place.workspace, at::kCPU, 1);  // holds the newest entry alone
    const auto loaded = must(cache.run(run));
    const auto* weights = loaded->language.decoder->embedding().data_ptr();
    (void)must(cache.run(place.add_run(type, "full")));
    failures.check(must(cache.base(place.model.id))->decoder->embedding().data_ptr() == weights,
                   type + ": the base was loaded again beside itself");
  }
  // A head alone reads its base; a run that trained every weight and is compared with nothing does
  // not, and keeps none alive.
  engine::ModelCache cache(place.workspace, at::kCPU, 1);
  std::weak_ptr<const model::LanguageModel> base = must(cache.base(place.model.id));
  auto head = must(cache.run(place.add_run("EX", "head")));
  failures.check(!base.expired(), "a head alone reads its base");
  const auto whole = must(cache.run(place.add_run("EX", "full")));
  head.reset();
  failures.check(base.expired() && whole->language.decoder != nullptr, "nobody reads the base");
  return failures.text();
}

std::string least_recent_goes_first() {
  Failures failures;
  Place place;
  const int64_t first = place.add_run("EX", "full");
  const int64_t second = place.add_run("IM", "full", true);
  const auto limit = static_cast<uint64_t>(2.5 * place.weights);
  engine::ModelCache cache(place.workspace, at::kCPU, limit);
  std::weak_ptr<const engine::LoadedReward> oldest = must(cache.run(first));
  std::weak_ptr<const engine::LoadedReward> newer = must(cache.run(second));
  failures.check(cache.bytes() <= limit && !oldest.expired(), "two sets fit");
  (void)must(cache.base(place.model.id));
  failures.check(oldest.expired() && !newer.expired() && cache.bytes() <= limit,
                 "a third does not");
  return failures.text();
}

std::string memory_of_scoring() {
  Failures failures;
  Place place;
  const auto of_run = [&](int64_t id) {
    const auto row = must(place.workspace.run(id));
    return (must(engine::scoring_memory(place.workspace, row)) - 1e9) / place.weights;
  };
  failures.near(of_run(place.add_run("EX", "full")), 1, 1e-9, "EX");
  failures.near(of_run(place.add_run("EX", "lora")), 1, 1e-9, "EX LoRA");
  failures.near(of_run(place.add_run("IM", "full")), 2, 1e-9, "IM");
  failures.near(of_run(place.add_run("IM", "full", true)), 1, 1e-9, "IM without reference");
  failures.near(of_run(place.add_run("IM", "lora")), 1, 1e-9, "IM LoRA");
  const auto of_model = [&](const std::string& kind, const nlohmann::json& details) {
    auto row = place.model;
    row.kind = kind;
    row.details.update(details);
    return (engine::scoring_memory(row) - 1e9) / place.weights;
  };
  failures.near(of_model("LM", nlohmann::json::object()), 1, 1e-9, "LM");
  failures.near(of_model("IM", {{"beta", 0.1}}), 2, 1e-9, "a pair");
  failures.near(of_model("IM", {{"beta", 0.1}, {"without_reference", true}}), 1, 1e-9, "a policy");
  const nlohmann::json beside{{"merged", false}}, merged{{"merged", true}};
  failures.near(of_model("adapter", {{"beta", 0.1}, {"adapter", beside}}), 1, 1e-9, "an adapter");
  failures.near(of_model("adapter", {{"beta", 0.1}, {"adapter", merged}}), 2, 1e-9, "a merged one");
  failures.near(of_model("adapter", {{"adapter", merged}}), 1, 1e-9,
                "a merged one that is no policy");
  return failures.text();
}

// A run that is read without its base's weights is the one that was trained.
std::string scores_as_trained() {
  Failures failures;
  Place place;
  engine::ModelCache cache(place.workspace, at::kCPU);
  const auto loaded = must(cache.run(place.add_run("EX", "full")));
  const auto base = must(cache.base(place.model.id));
  for (size_t i = 0; i < base->decoder->parameters().size(); ++i) {
    const auto& [name, parameter] = base->decoder->parameters()[i];
    failures.check(at::equal(parameter, loaded->language.decoder->parameters()[i].second), name);
  }
  failures.check(loaded->language.tokenizer->vocab_size() == base->tokenizer->vocab_size(),
                 "the tokenizer");
  return failures.text();
}

}  // namespace

std::vector<Case> loupe::test::cases() {
  return {{"each weight counts once", each_weight_counts_once},
          {"no second copy", no_second_copy},
          {"least recent goes first", least_recent_goes_first},
          {"memory of scoring", memory_of_scoring},
          {"scores as trained", scores_as_trained}};
}
