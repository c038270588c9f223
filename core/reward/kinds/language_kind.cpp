// SPDX-License-Identifier: GPL-3.0-or-later
// LM: a plain language model, whose score is the log-likelihood of the response.
#include "core/reward/kinds.h"

namespace loupe::reward {

namespace {

class LanguageKind : public RewardKind {
 public:
  std::string id() const override { return "LM"; }
  bool trains() const override { return false; }
  Cost cost(const Settings&) const override { return {false, Cost::Logits::each}; }
  bool is(const std::string&, const Settings&) const override { return true; }

  Result<Made> fresh(const model::LanguageModel&, const Settings&) const override {
    return Error{ErrorCode::unsupported, "a language model's log-likelihood is not trained", "",
                 "choose a kind of reward model"};
  }

  Result<Made> restore(const model::LanguageModel& language, std::shared_ptr<const model::Decoder>,
                       const std::map<std::string, Tensor>&, const Settings&,
                       const std::string&) const override {
    return Made(std::make_unique<ImplicitReward>(language.decoder, nullptr,
                                                 ImplicitReward::Options{1.0, false, true}));
  }

  model::ExportForm export_form(const Settings&, const model::ExportOptions&) const override {
    model::ExportForm out;
    out.type = id();
    out.about = "A causal language model.\n";
    return out;
  }
};

}  // namespace

std::unique_ptr<RewardKind> make_language_kind() {
  return std::make_unique<LanguageKind>();
}

}  // namespace loupe::reward
