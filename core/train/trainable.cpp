// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/trainable.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <sstream>

#include "core/data/random.h"
#include "core/model/load.h"

namespace loupe::train {

using at::Tensor;

namespace {

model::LoraOptions lora_options(const Recipe& recipe) {
  model::LoraOptions out{recipe.lora_rank, recipe.lora_alpha, {}};
  if (recipe.lora_targets == "all-linear") return out;
  std::istringstream words(recipe.lora_targets);
  for (std::string word; std::getline(words, word, ',');) out.targets.push_back(word);
  return out;
}

}  // namespace

Result<std::shared_ptr<model::Decoder>> make_trainable(std::shared_ptr<model::Decoder> base,
                                                       const Recipe& recipe) {
  if (recipe.tuning != "lora") return base;
  if (!base->lora().empty())
    return Error{ErrorCode::unsupported,
                 "the model has an adapter beside its matrices; no other one is trained on top",
                 "recipe", "export it merged and import that, or train every parameter"};
  // Not the seed's own sequence, which the head is drawn from.
  data::Random random(data::Random(recipe.seed ^ 0x6c6f7261U).next());
  LOUPE_TRY(const auto modules,
            model::new_lora(*base, lora_options(recipe), [&] { return random.uniform(); }));
  return base->with_lora(modules);
}

NamedTensors trained_parameters(const reward::RewardModel& model, const Recipe& recipe) {
  auto& decoder = model.decoder();
  decoder.set_trainable(recipe.tuning == "full");
  NamedTensors out = decoder_state(decoder, recipe);
  for (auto& entry : model.own_parameters()) out.push_back(entry);
  for (auto& [name, tensor] : out) tensor.set_requires_grad(true);
  return out;
}

NamedTensors decoder_state(const model::Decoder& decoder, const Recipe& recipe) {
  if (recipe.tuning == "full") return decoder.parameters();
  if (recipe.tuning == "lora") return model::lora_tensors(decoder.lora());
  return {};
}

Result<std::map<std::string, Tensor>> load_decoder_state(const std::filesystem::path& path,
                                                         model::Decoder& decoder,
                                                         const Recipe& recipe) {
  if (recipe.tuning == "full") return model::load_parameters(path, decoder);
  at::NoGradGuard no_grad;
  LOUPE_TRY(auto tensors, model::load_tensors(path));
  for (auto& [name, tensor] : decoder_state(decoder, recipe)) {
    const auto found = tensors.find(name);
    if (found == tensors.end() || found->second.sizes() != tensor.sizes())
      return Error{ErrorCode::corrupt, "the tensor " + name + " is missing or has another shape",
                   path.string(), "the checkpoint belongs to another recipe or model"};
    tensor.detach().copy_(found->second);
    tensors.erase(found);
  }
  return tensors;
}

Result<Trained> load_trained(const std::filesystem::path& path,
                             const std::shared_ptr<const model::Decoder>& base,
                             const Recipe& recipe) {
  Trained out;
  if (recipe.tuning == "full") {
    out.decoder = base->clone();
  } else {
    LOUPE_TRY(out.decoder, base->with_lora({}));
    LOUPE_TRY(out.decoder, make_trainable(out.decoder, recipe));
  }
  LOUPE_TRY(out.extra, load_decoder_state(path, *out.decoder, recipe));
  return out;
}

}  // namespace loupe::train
