// SPDX-License-Identifier: GPL-3.0-or-later
// The kinds of reward models there are. Everything in which they differ is said here, by one class
// a kind in a file of its own (core/reward/kinds/); what reads, trains, scores, keeps and exports
// them asks these classes and compares no names.
//
// A new kind: its file, its maker below, and its place in kinds.cpp.
#pragma once

#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "core/data/encode.h"
#include "core/model/export.h"
#include "core/model/load.h"
#include "core/reward/reward_model.h"

namespace loupe::reward {

// An object that says how a reward is read: a recipe, the details of a model's row, or the record
// of an exported folder. Each kind reads the keys that are its own; one that is missing has its
// default.
using Settings = nlohmann::json;

using Made = std::unique_ptr<RewardModel>;

// What training and scoring take beside the decoder's own pass.
struct Cost {
  bool reference = false;  // each text is read by a reference as well
  // Positions of a response whose logits over the vocabulary are made: none, its last, or each.
  enum class Logits { none, last, each } logits = Logits::none;
};

class RewardKind {
 public:
  virtual ~RewardKind() = default;
  virtual std::string id() const = 0;  // in recipes, rows and on the wire: "EX"
  // Whether it can be trained; false: it is what training starts from.
  virtual bool trains() const { return true; }
  // The keys of a recipe that mean something for this kind alone.
  virtual std::vector<std::string> options() const { return {}; }
  // Whether its own parameters are a linear head, which can be trained by itself.
  virtual bool has_head() const { return false; }
  // Whether the reward compares the model with the one that it was before training.
  virtual bool uses_reference(const Settings&) const { return false; }
  virtual Cost cost(const Settings& settings) const { return {uses_reference(settings), {}}; }

  // Whether an imported model is one, by its role (core/model/load.h) and the details of its row.
  virtual bool is(const std::string& role, const Settings& details) const;

  // x and y of a response. Both responses of a pair must give the same x. By default the
  // conversation as the model's template renders it.
  virtual Result<data::EncodedText> encode(const std::vector<tokenize::Turn>& prompt,
                                           const std::string& response,
                                           const model::TextParts& text) const;
  // The same for whole data sets; `text` must live as long as what comes back.
  data::Encoder encoder(const model::TextParts& text) const;

  // What training starts from: `language` has the decoder that is trained. Its reference is that
  // decoder before the first step, whose log-probabilities the trainer gives.
  virtual Result<Made> fresh(const model::LanguageModel& language,
                             const Settings& settings) const = 0;
  // What training or an import left: `own` are the tensors beyond the decoder's, `reference` is
  // null where none is used. `where` stands in errors.
  virtual Result<Made> restore(const model::LanguageModel& language,
                               std::shared_ptr<const model::Decoder> reference,
                               const std::map<std::string, Tensor>& own, const Settings& settings,
                               const std::string& where) const = 0;

  // How it leaves as a folder; `options` are what is known of the export besides.
  virtual model::ExportForm export_form(const Settings& settings,
                                        const model::ExportOptions& options) const = 0;
};

// One maker a kind.
std::unique_ptr<RewardKind> make_explicit_kind();
std::unique_ptr<RewardKind> make_implicit_kind();
std::unique_ptr<RewardKind> make_language_kind();

// In the order in which an imported model is asked; the last one takes any.
const std::vector<std::unique_ptr<const RewardKind>>& reward_kinds();
// By id, in upper or lower case; null: there is none of that name.
const RewardKind* find_kind(std::string_view id);
// An error that names those there are.
Result<const RewardKind*> kind_named(std::string_view id);
// Of an imported model.
const RewardKind& kind_of(const std::string& role, const Settings& details);

}  // namespace loupe::reward
