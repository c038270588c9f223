// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/train/recipe_fields.h"

#include <QCoreApplication>
#include <QRegularExpression>

#include "ui/widgets/format.h"

namespace loupe::ui {
namespace {

QString tr(const char* text) {
  return QCoreApplication::translate("loupe::ui::RecipeFields", text);
}

std::vector<RecipeField> make_fields() {
  using Kind = RecipeField::Kind;
  using Group = RecipeField::Group;
  std::vector<RecipeField> fields;
  const auto add = [&](const char* key, Kind kind, Group group, const QString& label,
                       const QString& why, api::json standard) -> RecipeField& {
    RecipeField field;
    field.key = key;
    field.kind = kind;
    field.group = group;
    field.label = label;
    field.why = why;
    field.standard = std::move(standard);
    fields.push_back(std::move(field));
    return fields.back();
  };
  add("epochs", Kind::whole, Group::main, tr("Epochs"),
      tr("How often the training goes through all pairs. An implicit model needs few: more make it "
         "lean harder on the words it saw.\nThe paper: 50 (persona), 5 (UltraFeedback), 15 "
         "(Hamiltonian cycles)."),
      4)
      .least = 1;
  add("lr", Kind::number, Group::main, tr("Learning rate"),
      tr("The step size of AdamW, the same from the first step to the last.\nThe paper: 1e-6; "
         "with few epochs a small model needs more, such as 3e-5."),
      1e-5);
  add("beta", Kind::number, Group::main, tr("Beta"),
      tr("Implicit only: the reward is beta times the log-ratio of the policy to its reference. "
         "It scales the margin in the loss, so a smaller beta lets the policy move further.\nThe "
         "paper: 0.01."),
      0.01)
      .only = QStringLiteral("IM");
  add("batch_size", Kind::whole, Group::main, tr("Batch size"),
      tr("Pairs in one forward pass. More need more memory; the result of a step depends on batch "
         "size times accumulate only.\nThe paper: 8 (persona), 4 (UltraFeedback), 16 (Hamiltonian "
         "cycles)."),
      8)
      .least = 1;
  add("accumulate", Kind::whole, Group::main, tr("Accumulate"),
      tr("Forward passes in one optimiser step: large steps in little memory.\nThe paper: 4 "
         "(persona), 8 (UltraFeedback), 2 (Hamiltonian cycles)."),
      1)
      .least = 1;

  add("trains", Kind::choice, Group::trained, tr("Trains"),
      tr("full: every parameter. lora: small low-rank matrices beside the layers' own, which stay; "
         "less memory, small checkpoints, and the result leaves in PEFT's format. head: only the "
         "head of an explicit model; the hidden states stay as they are. lora and head want a "
         "larger "
         "learning rate, such as 3e-4.\nThe paper: full."),
      "full")
      .choices = {QStringLiteral("full"), QStringLiteral("lora"), QStringLiteral("head")};
  auto& rank = add("lora_rank", Kind::whole, Group::trained, tr("LoRA rank"),
                   tr("With lora: the width of the low-rank matrices. More can change more, and "
                      "take more memory."),
                   8);
  rank.least = 1;
  rank.most = 4096;
  rank.trains = QStringLiteral("lora");
  add("lora_alpha", Kind::number, Group::trained, tr("LoRA alpha"),
      tr("With lora: the low-rank change counts alpha / rank."), 16.0)
      .trains = QStringLiteral("lora");
  auto& targets =
      add("lora_targets", Kind::choice, Group::trained, tr("LoRA targets"),
          tr("With lora: which matrices get a change; every one of the layers, or the attention's "
             "queries and values as in the paper on LoRA. The command line takes any names."),
          "all-linear");
  targets.choices = {QStringLiteral("all-linear"), QStringLiteral("q_proj,v_proj")};
  targets.trains = QStringLiteral("lora");
  auto& pooling =
      add("pooling", Kind::choice, Group::trained, tr("Pooling"),
          tr("Explicit only: the head reads the hidden state of the response's last token, or the "
             "mean over its tokens.\nThe paper: last."),
          "last");
  pooling.choices = {QStringLiteral("last"), QStringLiteral("mean")};
  pooling.only = QStringLiteral("EX");
  auto& head = add("head_sd", Kind::number, Group::trained, tr("Head sd"),
                   tr("Explicit only: the standard deviation of the head's first values. 0 takes "
                      "the model's own initializer range, as the paper does."),
                   0.0);
  head.only = QStringLiteral("EX");
  head.zero = tr("model's own");
  add("length_normalised", Kind::flag, Group::trained, tr("Length-normalised"),
      tr("Implicit only: divides the reward by the response's number of tokens, so that a long "
         "response gains nothing by its length.\nThe paper: off."),
      false)
      .only = QStringLiteral("IM");
  add("without_reference", Kind::flag, Group::trained, tr("Without reference"),
      tr("Implicit only: the reward is beta times the policy's own log-probability; nothing is "
         "subtracted.\nThe paper: off."),
      false)
      .only = QStringLiteral("IM");

  add("weight_decay", Kind::number, Group::optimiser, tr("Weight decay"),
      tr("Pulls every weight towards zero at each step.\nThe paper: 0."), 0.0);
  add("adam_beta1", Kind::number, Group::optimiser, tr("Adam beta 1"),
      tr("How long AdamW remembers the gradient's direction.\nThe paper: 0.9."), 0.9);
  add("adam_beta2", Kind::number, Group::optimiser, tr("Adam beta 2"),
      tr("How long AdamW remembers the gradient's size.\nThe paper: 0.999."), 0.999);
  add("adam_eps", Kind::number, Group::optimiser, tr("Adam eps"),
      tr("Keeps AdamW from dividing by zero.\nThe paper: 1e-8."), 1e-8);

  add("dtype", Kind::choice, Group::limits, tr("Precision"),
      tr("Of the matrix products; weights and optimiser stay fp32. bf16 is about twice as fast "
         "where the processor has it; fp32 follows the numbers of the papers most closely."),
      "fp32")
      .choices = {QStringLiteral("fp32"), QStringLiteral("bf16")};
  add("device", Kind::choice, Group::limits, tr("Device"),
      tr("Where it trains. auto takes the first GPU, and the CPU where there is none."), "auto")
      .choices = {QStringLiteral("auto"), QStringLiteral("cpu")};
  add("max_prompt_tokens", Kind::whole, Group::limits, tr("Prompt tokens"),
      tr("A pair with a longer prompt is left out and counted; nothing is cut.\nThe paper: 512."),
      512);
  add("max_response_tokens", Kind::whole, Group::limits, tr("Response tokens"),
      tr("A pair with a longer response is left out and counted; nothing is cut.\nThe paper: 512."),
      512);
  add("eval_every", Kind::whole, Group::limits, tr("Evaluate every"),
      tr("Epochs between evaluations: the points of the accuracy curves."), 1)
      .least = 1;
  add("checkpoint_minutes", Kind::number, Group::limits, tr("Save every (min)"),
      tr("Minutes between checkpoints within an epoch: what a power cut can cost."), 5.0);
  auto& threads = add("threads", Kind::whole, Group::limits, tr("CPU threads"),
                      tr("How many cores the training takes. Fewer leave some for you."), 0);
  threads.most = 4096;
  threads.zero = tr("all");
  return fields;
}

}  // namespace

const std::vector<RecipeField>& recipe_fields() {
  static const std::vector<RecipeField> fields = make_fields();
  return fields;
}

api::json whole_recipe(const api::json& changes) {
  api::json recipe = api::json::object();
  for (const RecipeField& field : recipe_fields()) {
    const auto it = changes.is_object() ? changes.find(field.key) : changes.end();
    const bool fits =
        changes.is_object() && it != changes.end() &&
        (field.standard.is_number() ? it->is_number() : it->type() == field.standard.type());
    recipe[field.key] = fits ? *it : field.standard;
  }
  return recipe;
}

bool same_value(const api::json& a, const api::json& b) {
  if (a.is_number() && b.is_number()) return a.get<double>() == b.get<double>();
  return a == b;
}

QString recipe_number(double value) {
  static const QRegularExpression exponent(QStringLiteral("e([+-])0*(\\d)"));
  QString text = full_precision(value);
  text.replace(exponent, QStringLiteral("e\\1\\2"));
  return text.replace(QLatin1String("e+"), QLatin1String("e"));
}

}  // namespace loupe::ui
