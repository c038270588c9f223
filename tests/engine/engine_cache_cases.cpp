// SPDX-License-Identifier: GPL-3.0-or-later
// A run that is scored while it trains: its checkpoint is replaced at the worst moment.
#include <ATen/ATen.h>

#include <cstdlib>
#include <filesystem>

#include "core/engine/model_cache.h"
#include "core/engine/models.h"
#include "core/model/load.h"
#include "tests/support/case.h"
#include "tests/support/temporary_folder.h"

using namespace loupe;
using namespace loupe::test;

namespace {

namespace fs = std::filesystem;

struct Fixture {
  TemporaryFolder folder;
  store::Workspace workspace;
  int64_t run = 0;

  static store::Workspace open(const fs::path& path) {
    auto opened = store::Workspace::open(path / "ws");
    if (!opened) throw std::runtime_error(opened.error().text());
    return std::move(*opened);
  }
  Fixture() : workspace(open(folder.path())) {
    engine::ImportOptions options;
    options.name = "tiny";
    options.check = false;
    const auto model = engine::import_model(
        workspace, std::string(std::getenv("LOUPE_SOURCE_DIR")) + "/tests/golden/models/gqa-untied",
        options);
    if (!model) throw std::runtime_error(model.error().text());
    train::Recipe recipe;
    recipe.type = "EX";
    recipe.tuning = "head";
    store::RunRow row;
    row.name = "trains on";
    row.type = "EX";
    row.model_id = model->id;
    row.recipe = recipe;
    run = *workspace.add_run(row);
  }
};

// As a job does it: the new one is complete and registered before the older one goes.
int64_t write_checkpoint(Fixture& f, int64_t step) {
  store::CheckpointRow row;
  row.run_id = f.run;
  row.step = step;
  row.epoch = static_cast<double>(step) / 10;
  row.path = "1/checkpoint-" + std::to_string(step) + ".safetensors";
  (void)f.workspace.artifacts(1);
  const auto written =
      model::save_tensors({{"score.weight", at::full({1, 32}, static_cast<double>(step))}}, {},
                          f.workspace.artifact_path(row.path));
  if (!written) throw std::runtime_error(written.error().text());
  const auto older = *f.workspace.checkpoints(f.run);
  const int64_t id = *f.workspace.add_checkpoint(row);
  for (const auto& checkpoint : older) {
    (void)f.workspace.remove_checkpoint(checkpoint.id).ok();
    fs::remove(f.workspace.artifact_path(checkpoint.path));
  }
  return id;
}

std::string a_checkpoint_replaced_while_its_model_loads() {
  Failures failures;
  Fixture f;
  write_checkpoint(f, 3);
  engine::ModelCache cache(f.workspace, at::kCPU);
  int64_t second = 0;
  const auto loaded = cache.run(f.run, [&](const Progress&) {
    if (second == 0) second = write_checkpoint(f, 7);
  });
  if (second == 0) return "the model was loaded without a word: nothing could come between";
  if (!loaded) return loaded.error().text();
  failures.check((*loaded)->checkpoint == second, "another checkpoint than the newest");
  // What the caller labels its rewards with is what was loaded, whatever came since.
  write_checkpoint(f, 9);
  failures.check((*loaded)->step == 7 && (*loaded)->epoch == 0.7, "not the loaded one's step");
  failures.near((*loaded)->language.head.index({0, 0}).item<double>(), 7, 0, "head");
  return failures.text();
}

std::string a_checkpoint_that_is_gone_is_an_error() {
  Failures failures;
  Fixture f;
  write_checkpoint(f, 3);
  fs::remove(f.workspace.artifact_path("1/checkpoint-3.safetensors"));
  engine::ModelCache cache(f.workspace, at::kCPU);
  const auto loaded = cache.run(f.run);
  failures.check(!loaded.ok() && loaded.error().code == ErrorCode::not_found, "no error");
  return failures.text();
}

}  // namespace

std::vector<Case> loupe::test::cases() {
  return {
      {"a_checkpoint_replaced_while_its_model_loads", a_checkpoint_replaced_while_its_model_loads},
      {"a_checkpoint_that_is_gone_is_an_error", a_checkpoint_that_is_gone_is_an_error}};
}
