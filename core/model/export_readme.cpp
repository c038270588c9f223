// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/export_readme.h"

namespace loupe::model {

namespace {

// x and y as design section 4 has them; shared by every loader.
constexpr const char* texts = R"(
def ids(tokenizer, prompt, response):
    turns = [{"role": "user", "content": prompt}]
    x = tokenizer.apply_chat_template(turns, tokenize=False, add_generation_prompt=True)
    whole = tokenizer.apply_chat_template(turns + [{"role": "assistant", "content": response}], tokenize=False)
    y = whole[len(x):].rstrip()
    encode = lambda text: tokenizer(text, add_special_tokens=False).input_ids
    return encode(x), encode(y)
)";

// The loaders. @OPEN@ is one of the openings below; @PEFT@ and @IDS@ are empty without an adapter.
constexpr const char* explicit_loader = R"(
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

constexpr const char* implicit_loader = R"(
import torch
@PEFT@from transformers import @CLASS@, AutoTokenizer
@OPEN@
@TEXTS@
def log_prob(model, x, y):
    with torch.no_grad():
        log_probs = torch.log_softmax(model(@IDS@torch.tensor([x + y])).logits[0].float(), -1)
    return log_probs[len(x) - 1 : -1].gather(1, torch.tensor(y)[:, None]).sum().item()

x, y = ids(tokenizer, "What is two and two?", "Four.")
@REWARD@
)";

constexpr const char* open_model = R"(
tokenizer = AutoTokenizer.from_pretrained(".")
model = @CLASS@.from_pretrained(".", dtype=torch.float32).eval())";

// A policy and a reference, one after the other.
constexpr const char* open_by_path = R"(
tokenizer = AutoTokenizer.from_pretrained(".")
load = lambda path: @CLASS@.from_pretrained(path, dtype=torch.float32).eval())";

constexpr const char* open_adapter = R"(
BASE = @BASE@
tokenizer = AutoTokenizer.from_pretrained(".")
base = @CLASS@.from_pretrained(BASE, @LABELS@dtype=torch.float32)
@MODEL@ = PeftModel.from_pretrained(base, ".").eval())";

std::string replace(std::string text, const std::string& what, const std::string& with) {
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + with.size()))
    text.replace(at, what.size(), with);
  return text;
}

std::string number(double value) {
  nlohmann::json json = value;
  return json.dump();
}

std::string implicit_reward(const ExportOptions& options) {
  const std::string scaled = number(options.beta) + " * ";
  const std::string mean = options.length_normalised ? " / len(y)" : "";
  if (options.adapter) {
    if (options.without_reference) return "print(" + scaled + "log_prob(policy, x, y)" + mean + ")";
    return "with policy.disable_adapter():\n    reference = log_prob(policy, x, y)\nprint(" +
           scaled + "(log_prob(policy, x, y) - reference)" + mean + ")";
  }
  const std::string reference =
      options.reference ? "\"reference\"" : "\"PATH OF " + options.reference_name + "\"";
  std::string ratio = "log_prob(load(\".\"), x, y)";
  if (!options.without_reference) ratio += " - log_prob(load(" + reference + "), x, y)";
  return "print(" + scaled + "(" + ratio + ")" + mean + ")";
}

std::string loader_of(const ExportOptions& options) {
  const bool implicit = options.type != "EX";
  const bool classifier = !implicit && !options.mean_pooling;
  std::string text = implicit ? implicit_loader : classifier ? explicit_loader : mean_loader;
  const char* open = options.adapter ? open_adapter : implicit ? open_by_path : open_model;
  text = replace(text, "@OPEN@", open);
  text = replace(text, "@PEFT@", options.adapter ? "from peft import PeftModel\n" : "");
  text = replace(text, "@IDS@", options.adapter ? "input_ids=" : "");
  text = replace(text, "@CLASS@",
                 classifier ? "AutoModelForSequenceClassification" : "AutoModelForCausalLM");
  text = replace(text, "@LABELS@", classifier ? "num_labels=1, " : "");
  text = replace(text, "@MODEL@", implicit ? "policy" : "model");
  text = replace(text, "@TEXTS@", texts);
  // Last, for a path may hold anything.
  return replace(text, "@BASE@", nlohmann::json(options.base).dump());
}

}  // namespace

std::string export_readme(const ExportOptions& options, const std::string& opens_with,
                          bool capped) {
  std::string text = "# " + options.title + "\n\n";
  if (options.adapter)
    text += "Low-rank changes in PEFT's format, for the model `" + options.base + "`" +
            (options.base.ends_with(".gguf")
                 ? ". That is a GGUF file: export it as a folder first and name the folder below"
                 : "") +
            ".\n\n";
  if (options.type == "EX" && !options.mean_pooling) {
    text +=
        "An explicit reward model: a linear head (`score.weight`) on the last hidden state, read "
        "at "
        "the response's last token, the template's end-of-turn token included. `pad_token` is one "
        "that no response ends with: transformers looks for the last token that is not padding.\n";
  } else if (options.type == "EX") {
    text +=
        "An explicit reward model whose head reads the mean of the last hidden states over the "
        "response's tokens. No class of transformers does that: the head is in "
        "`reward_head.safetensors`, the decoder opens as a causal language model.\n";
  } else if (options.type == "IM") {
    text += "An implicit reward model: beta times the log-ratio of this policy to its reference";
    text += options.length_normalised ? ", divided by the number of response tokens" : "";
    text += options.without_reference ? "; this variant leaves the reference out" : "";
    text += ". beta = " + number(options.beta) + ".\n";
    if (!options.without_reference && options.adapter)
      text += "The reference is the model without the adapter.\n";
    else if (!options.without_reference)
      text += options.reference ? "The reference is in `reference/`.\n"
                                : "The reference is \"" + options.reference_name +
                                      "\"; it is not in this folder.\n";
  } else {
    text += "A causal language model.\n";
    return text + "\nOpens with `" + opens_with + "`.\n";
  }
  std::string loader = loader_of(options);
  if (options.type == "IM") loader = replace(loader, "@REWARD@", implicit_reward(options));
  if (capped) {
    loader = replace(loader, "dtype=torch.float32",
                     "dtype=torch.float32, attn_implementation=\"eager\"");
    text +=
        "The attention of this family caps its logits; transformers does so in its eager kernel "
        "only.\n";
  }
  text += "\nThe reward of one response:\n\n```python" + loader + "```\n";
  return text + "\n`rewardloupe.json` says how it was made.\n";
}

}  // namespace loupe::model
