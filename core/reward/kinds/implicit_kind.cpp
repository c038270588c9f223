// SPDX-License-Identifier: GPL-3.0-or-later
// IM: beta times the log-ratio of a policy to its reference.
#include "core/reward/kinds.h"

namespace loupe::reward {

namespace {

constexpr const char* loader = R"(
import torch
@PEFT@from transformers import @CLASS@, AutoTokenizer
@OPEN@
@TEXTS@
def log_prob(model, x, y):
    with torch.no_grad():
        log_probs = torch.log_softmax(model(@IDS@torch.tensor([x + y])).logits[0].float(), -1)
    return log_probs[len(x) - 1 : -1].gather(1, torch.tensor(y)[:, None]).sum().item()

x, y = ids(tokenizer, "What is two and two?", "Four.")
)";

// A policy and a reference, one after the other.
constexpr const char* open_by_path = R"(
tokenizer = AutoTokenizer.from_pretrained(".")
load = lambda path: @CLASS@.from_pretrained(path, dtype=torch.float32).eval())";

ImplicitReward::Options options_of(const Settings& settings) {
  ImplicitReward::Options out;
  out.beta = settings.value("beta", out.beta);
  out.length_normalised = settings.value("length_normalised", false);
  out.without_reference = settings.value("without_reference", false);
  return out;
}

// The lines that print the reward, by the loader's names.
std::string printed(const ImplicitReward::Options& how, const model::ExportOptions& options) {
  const std::string scaled = Settings(how.beta).dump() + " * ";
  const std::string mean = how.length_normalised ? " / len(y)" : "";
  if (options.adapter && how.without_reference)
    return "print(" + scaled + "log_prob(policy, x, y)" + mean + ")\n";
  if (options.adapter)
    return "with policy.disable_adapter():\n    reference = log_prob(policy, x, y)\nprint(" +
           scaled + "(log_prob(policy, x, y) - reference)" + mean + ")\n";
  const std::string reference =
      options.reference ? "\"reference\"" : "\"PATH OF " + options.reference_name + "\"";
  std::string ratio = "log_prob(load(\".\"), x, y)";
  if (!how.without_reference) ratio += " - log_prob(load(" + reference + "), x, y)";
  return "print(" + scaled + "(" + ratio + ")" + mean + ")\n";
}

class ImplicitKind : public RewardKind {
 public:
  std::string id() const override { return "IM"; }
  std::vector<std::string> options() const override {
    return {"beta", "length_normalised", "without_reference"};
  }
  bool uses_reference(const Settings& settings) const override {
    return !options_of(settings).without_reference;
  }
  Cost cost(const Settings& settings) const override {
    return {uses_reference(settings), Cost::Logits::each};
  }
  bool is(const std::string& role, const Settings& details) const override {
    return role == model::role::policy || details.contains("beta");
  }

  Result<Made> fresh(const model::LanguageModel& language,
                     const Settings& settings) const override {
    return Made(std::make_unique<ImplicitReward>(language.decoder, nullptr, options_of(settings)));
  }

  Result<Made> restore(const model::LanguageModel& language,
                       std::shared_ptr<const model::Decoder> reference,
                       const std::map<std::string, Tensor>&, const Settings& settings,
                       const std::string&) const override {
    return Made(std::make_unique<ImplicitReward>(language.decoder, std::move(reference),
                                                 options_of(settings)));
  }

  model::ExportForm export_form(const Settings& settings,
                                const model::ExportOptions& options) const override {
    const auto how = options_of(settings);
    model::ExportForm out;
    out.type = id();
    out.settings = {{"beta", how.beta},
                    {"length_normalised", how.length_normalised},
                    {"without_reference", how.without_reference}};
    out.compares = true;
    out.variable = "policy";
    out.open = open_by_path;
    out.about =
        "An implicit reward model: beta times the log-ratio of this policy to its reference";
    out.about += how.length_normalised ? ", divided by the number of response tokens" : "";
    out.about += how.without_reference ? "; this variant leaves the reference out" : "";
    out.about += ". beta = " + Settings(how.beta).dump() + ".\n";
    if (!how.without_reference && options.adapter)
      out.about += "The reference is the model without the adapter.\n";
    else if (!how.without_reference)
      out.about += options.reference ? "The reference is in `reference/`.\n"
                                     : "The reference is \"" + options.reference_name +
                                           "\"; it is not in this folder.\n";
    out.loader = loader + printed(how, options);
    return out;
  }
};

}  // namespace

std::unique_ptr<RewardKind> make_implicit_kind() {
  return std::make_unique<ImplicitKind>();
}

}  // namespace loupe::reward
