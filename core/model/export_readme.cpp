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

constexpr const char* open_model = R"(
tokenizer = AutoTokenizer.from_pretrained(".")
@MODEL@ = @CLASS@.from_pretrained(".", dtype=torch.float32).eval())";

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

std::string loader_of(const ExportOptions& options) {
  const auto& form = options.form;
  const bool classifier = form.head == ExportForm::Head::classifier;
  const std::string whole = form.open.empty() ? open_model : form.open;
  std::string text = replace(form.loader, "@OPEN@", options.adapter ? open_adapter : whole);
  text = replace(text, "@PEFT@", options.adapter ? "from peft import PeftModel\n" : "");
  text = replace(text, "@IDS@", options.adapter ? "input_ids=" : "");
  text = replace(text, "@CLASS@",
                 classifier ? "AutoModelForSequenceClassification" : "AutoModelForCausalLM");
  text = replace(text, "@LABELS@", classifier ? "num_labels=1, " : "");
  text = replace(text, "@MODEL@", form.variable);
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
  text += options.form.about;
  if (options.form.loader.empty()) return text + "\nOpens with `" + opens_with + "`.\n";
  std::string loader = loader_of(options);
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
