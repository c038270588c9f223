// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/scoring.h"

#include "core/api/base64.h"
#include "core/attrib/exact.h"
#include "core/engine/guarded.h"
#include "core/engine/wire.h"
#include "core/shift/diff.h"

namespace loupe::engine {

namespace {

using nlohmann::json;

Result<std::vector<attrib::ResponseCredit>> credits(const attrib::Method& method,
                                                    const LoadedReward& loaded,
                                                    const std::vector<tokenize::Turn>& prompt,
                                                    const std::vector<std::string>& responses,
                                                    std::string& prompt_text,
                                                    const CancelToken& cancel) {
  std::vector<data::EncodedText> texts;
  for (const auto& response : responses) {
    LOUPE_TRY(auto text, loaded.kind->encode(prompt, response, loaded.language));
    LOUPE_CHECK(check_context(loaded.language, text.prompt.size() + text.response.size()));
    prompt_text = text.prompt_text;
    texts.push_back(std::move(text));
  }
  model::ForwardOptions options;
  options.cancel = cancel;
  LOUPE_CHECK(method.fits(*loaded.reward));
  return method.run(*loaded.reward, texts, options);
}

api::ResponseCredit to_api(const attrib::ResponseCredit& credit,
                           const tokenize::Tokenizer& tokenizer) {
  api::ResponseCredit out;
  out.reward = credit.reward;
  out.offset = credit.offset;
  out.error = credit.error;
  for (const auto& token : credit.tokens) {
    const std::string bytes = tokenizer.token_bytes(token.token.id);
    out.tokens.push_back({token.token.id, api::base64_encode(bytes), printable(bytes), token.credit,
                          token.log_prob, token.ref_log_prob});
  }
  return out;
}

// The responses of an edit under one run: those that the memo lacks in one forward pass.
Result<std::vector<api::ResponseCredit>> remembered(const LoadedReward& run,
                                                    const std::vector<tokenize::Turn>& prompt,
                                                    const std::vector<std::string>& responses,
                                                    CreditMemo& memo, const CancelToken& cancel) {
  json turns = json::array();
  for (const auto& turn : prompt) turns.push_back({turn.role, turn.content});
  const auto key = [&](const std::string& response) {
    return dump(json{run.run, run.model, run.checkpoint, turns, response});
  };
  std::vector<std::string> missing;
  for (const auto& response : responses)
    if (memo.find(key(response)) == nullptr &&
        std::find(missing.begin(), missing.end(), response) == missing.end())
      missing.push_back(response);
  if (!missing.empty()) {
    std::string ignored;
    LOUPE_TRY(const auto found, credits(attrib::Exact(), run, prompt, missing, ignored, cancel));
    for (size_t i = 0; i < missing.size(); ++i)
      memo.keep(key(missing[i]), to_api(found[i], *run.language.tokenizer));
  }
  std::vector<api::ResponseCredit> out;
  for (const auto& response : responses) out.push_back(*memo.find(key(response)));
  return out;
}

std::vector<int32_t> ids_of(const api::ResponseCredit& credit) {
  std::vector<int32_t> out;
  for (const auto& token : credit.tokens) out.push_back(static_cast<int32_t>(token.id));
  return out;
}

int sign(double value) {
  return value > 0 ? 1 : value < 0 ? -1 : 0;
}

}  // namespace

const api::ResponseCredit* CreditMemo::find(const std::string& key) {
  const auto found = places_.find(key);
  if (found == places_.end()) return nullptr;
  entries_.splice(entries_.begin(), entries_, found->second);
  return &entries_.front().second;
}

void CreditMemo::keep(const std::string& key, api::ResponseCredit credit) {
  if (find(key) != nullptr) {
    entries_.front().second = std::move(credit);
    return;
  }
  entries_.emplace_front(key, std::move(credit));
  places_[key] = entries_.begin();
  if (entries_.size() > kept_) {
    places_.erase(entries_.back().first);
    entries_.pop_back();
  }
}

Result<void> check_context(const model::LanguageModel& language, size_t tokens,
                           const std::string& where) {
  const int64_t limit = language.decoder->config().max_positions;
  if (static_cast<int64_t>(tokens) <= limit) return {};
  return Error{ErrorCode::invalid_input,
               "the text has " + std::to_string(tokens) + " tokens, the model can read " +
                   std::to_string(limit),
               where, "shorten it"};
}

Result<std::vector<tokenize::Turn>> turns_of(const std::vector<api::Turn>& turns) {
  std::vector<tokenize::Turn> out;
  for (const auto& turn : turns) {
    if (turn.role != "system" && turn.role != "user" && turn.role != "assistant")
      return Error{ErrorCode::invalid_input, "the role \"" + turn.role + "\" is not known",
                   "prompt[" + std::to_string(out.size()) + "].role",
                   "use system, user or assistant"};
    out.push_back({turn.role, turn.content});
  }
  if (out.empty()) return Error{ErrorCode::invalid_input, "the prompt has no turn", "prompt", ""};
  return out;
}

Result<api::Attribution> attribute(const LoadedReward& loaded, const data::PreferencePair& pair,
                                   const std::string& method_id, const CancelToken& cancel) {
  return guarded([&]() -> Result<api::Attribution> {
    const auto& language = loaded.language;
    const auto* method = attrib::method(method_id);
    if (method == nullptr)
      return Error{ErrorCode::invalid_input, "there is no attribution method \"" + method_id + "\"",
                   "method", "`attribute --help` names them"};
    api::Attribution out;
    out.run = loaded.run;
    out.model = loaded.model;
    out.run_name = loaded.name;
    out.type = loaded.type;
    out.method = method_id;
    const bool inputs = method->info().credited == attrib::Credited::input_tokens;
    out.credits = inputs ? "input tokens" : "output positions";
    LOUPE_TRY(const auto found, credits(*method, loaded, pair.prompt, {pair.chosen, pair.rejected},
                                        out.prompt, cancel));
    out.chosen = to_api(found[0], *language.tokenizer);
    out.rejected = to_api(found[1], *language.tokenizer);
    return out;
  });
}

Result<api::Shift> shift_response(const LoadedReward& loaded, const Edit& edit,
                                  const CancelToken& cancel, CreditMemo* memo) {
  return guarded([&]() -> Result<api::Shift> {
    std::vector<std::string> responses{edit.before, edit.after};
    if (!edit.other.empty()) responses.push_back(edit.other);
    CreditMemo own;
    LOUPE_TRY(auto found,
              remembered(loaded, edit.prompt, responses, memo != nullptr ? *memo : own, cancel));
    api::Shift out;
    out.run = loaded.run;
    out.model = loaded.model;
    out.run_name = loaded.name;
    out.type = loaded.type;
    out.before = found[0].reward;
    out.after = found[1].reward;
    for (const auto& pair : shift::align(ids_of(found[0]), ids_of(found[1])))
      out.alignment.emplace_back(pair.before, pair.after);
    if (!edit.other.empty()) {
      out.has_rejected = true;
      out.rejected = found[2].reward;
      out.rejected_tokens = std::move(found[2]);
      out.margin_before = out.before - out.rejected;
      out.margin_after = out.after - out.rejected;
      out.flipped = sign(out.margin_before) != sign(out.margin_after);
    }
    out.before_tokens = std::move(found[0]);
    out.after_tokens = std::move(found[1]);
    return out;
  });
}

}  // namespace loupe::engine
