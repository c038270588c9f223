// SPDX-License-Identifier: GPL-3.0-or-later
// EX: a linear head on the last hidden state.
#include "core/reward/kinds.h"

namespace loupe::reward {

namespace {

constexpr const char* head_name = "score.weight";

constexpr const char* classifier_loader = R"(
import torch
@PEFT@from transformers import @CLASS@, AutoTokenizer
@OPEN@
@TEXTS@
x, y = ids(tokenizer, "What is two and two?", "Four.")
with torch.no_grad():
    print(model(@IDS@torch.tensor([x + y])).logits[0, 0].item())
)";

constexpr const char* mean_loader = R"(
import torch
@PEFT@from safetensors.torch import load_file
from transformers import @CLASS@, AutoTokenizer
@OPEN@
u = load_file("reward_head.safetensors")["score.weight"][0]
@TEXTS@
x, y = ids(tokenizer, "What is two and two?", "Four.")
with torch.no_grad():
    hidden = model(@IDS@torch.tensor([x + y]), output_hidden_states=True).hidden_states[-1][0]
    print((hidden[len(x):] @ u).mean().item())
)";

bool is_mean(const Settings& settings) {
  return settings.value("pooling", "") == "mean";
}

ExplicitReward::Pooling pooling_of(const Settings& settings) {
  return is_mean(settings) ? ExplicitReward::Pooling::mean : ExplicitReward::Pooling::last;
}

class ExplicitKind : public RewardKind {
 public:
  std::string id() const override { return "EX"; }
  std::vector<std::string> options() const override { return {"pooling", "head_init_std"}; }
  bool has_head() const override { return true; }

  bool is(const std::string& role, const Settings& details) const override {
    const Settings adapter = details.value("adapter", Settings::object());
    return role == model::role::classifier || is_mean(details) ||
           adapter.value("classifier", false) || adapter.value("on_classifier", false);
  }

  Result<Made> fresh(const model::LanguageModel& language,
                     const Settings& settings) const override {
    return Made(
        std::make_unique<ExplicitReward>(language.decoder, settings.value("seed", uint64_t{0}),
                                         pooling_of(settings), settings.value("head_init_std", 0.0)));
  }

  Result<Made> restore(const model::LanguageModel& language, std::shared_ptr<const model::Decoder>,
                       const std::map<std::string, Tensor>& own, const Settings& settings,
                       const std::string& where) const override {
    const auto head = own.find(head_name);
    if (head == own.end())
      return Error{ErrorCode::corrupt, std::string("there is no ") + head_name, where,
                   "train the run again"};
    return Made(
        std::make_unique<ExplicitReward>(language.decoder, head->second, pooling_of(settings)));
  }

  model::ExportForm export_form(const Settings& settings,
                                const model::ExportOptions&) const override {
    model::ExportForm out;
    out.type = id();
    out.settings = {{"pooling", is_mean(settings) ? "mean" : "last"}};
    if (is_mean(settings)) {
      out.head = model::ExportForm::Head::beside;
      out.about =
          "An explicit reward model whose head reads the mean of the last hidden states over the "
          "response's tokens. No class of transformers does that: the head is in "
          "`reward_head.safetensors`, the decoder opens as a causal language model.\n";
      out.loader = mean_loader;
      return out;
    }
    out.head = model::ExportForm::Head::classifier;
    out.about =
        "An explicit reward model: a linear head (`score.weight`) on the last hidden state, read "
        "at the response's last token, the template's end-of-turn token included. `pad_token` is "
        "one that no response ends with: transformers looks for the last token that is not "
        "padding.\n";
    out.loader = classifier_loader;
    return out;
  }
};

}  // namespace

std::unique_ptr<RewardKind> make_explicit_kind() {
  return std::make_unique<ExplicitKind>();
}

}  // namespace loupe::reward
