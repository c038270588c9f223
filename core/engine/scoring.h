// SPDX-License-Identifier: GPL-3.0-or-later
// The interactive questions: how does this run score and explain this text.
#pragma once

#include <list>
#include <map>
#include <string>
#include <vector>

#include "core/api/scores.h"
#include "core/base/progress.h"
#include "core/base/result.h"
#include "core/data/preference.h"
#include "core/engine/model_cache.h"

namespace loupe::engine {

// A response, edited; `other` is the response that it is compared with, "" leaves margins out.
struct Edit {
  std::vector<tokenize::Turn> prompt;
  std::string before, after, other;
};

// Responses already taken apart, newest kept: while one text is edited, the others stay the same.
// A reward depends on its own prompt and response only, so what is kept stays true. One thread.
class CreditMemo {
 public:
  const api::ResponseCredit* find(const std::string& key);
  void keep(const std::string& key, api::ResponseCredit credit);

 private:
  static constexpr size_t kept_ = 256;
  std::list<std::pair<std::string, api::ResponseCredit>> entries_;  // newest first
  std::map<std::string, decltype(entries_)::iterator> places_;
};

// Refused when it is longer than the model's context: positions that it never learned.
Result<void> check_context(const model::LanguageModel& language, size_t tokens,
                           const std::string& where = "");

// Turns as they travel; a role that is none of system, user and assistant is refused.
Result<std::vector<tokenize::Turn>> turns_of(const std::vector<api::Turn>& turns);

// Scored in fp32, the exact mode. Throw nothing: Cancelled and torch's errors come back as Errors.
Result<api::Attribution> attribute(const LoadedReward& loaded, const data::PreferencePair& pair,
                                   const std::string& method, const CancelToken& cancel);
Result<api::Shift> shift_response(const LoadedReward& loaded, const Edit& edit,
                                  const CancelToken& cancel, CreditMemo* memo = nullptr);

}  // namespace loupe::engine
