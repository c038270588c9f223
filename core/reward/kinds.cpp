// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/reward/kinds.h"

#include <algorithm>
#include <cctype>

namespace loupe::reward {

const std::vector<std::unique_ptr<const RewardKind>>& reward_kinds() {
  static const auto list = [] {
    std::vector<std::unique_ptr<const RewardKind>> all;
    for (auto* make : {make_explicit_kind, make_implicit_kind, make_language_kind})
      all.push_back(make());
    return all;
  }();
  return list;
}

const RewardKind* find_kind(std::string_view id) {
  const auto same = [](unsigned char a, unsigned char b) {
    return std::toupper(a) == std::toupper(b);
  };
  for (const auto& kind : reward_kinds())
    if (std::ranges::equal(kind->id(), id, same)) return kind.get();
  return nullptr;
}

Result<const RewardKind*> kind_named(std::string_view id) {
  if (const auto* kind = find_kind(id)) return kind;
  std::string known;
  for (const auto& kind : reward_kinds()) known += (known.empty() ? "" : ", ") + kind->id();
  return Error{ErrorCode::unsupported,
               "there is no kind of reward called \"" + std::string(id) + "\"", "",
               "this version knows " + known};
}

const RewardKind& kind_of(const std::string& role, const Settings& details) {
  const Settings object = details.is_object() ? details : Settings::object();
  const auto& all = reward_kinds();
  return **std::ranges::find_if(all, [&](const auto& kind) { return kind->is(role, object); });
}

bool RewardKind::is(const std::string&, const Settings& details) const {
  return details.value("type", "") == id();
}

Result<data::EncodedText> RewardKind::encode(const std::vector<tokenize::Turn>& prompt,
                                             const std::string& response,
                                             const model::TextParts& text) const {
  return data::encode_response(prompt, response, *text.chat_template, *text.tokenizer);
}

data::Encoder RewardKind::encoder(const model::TextParts& text) const {
  return [this, &text](const std::vector<tokenize::Turn>& prompt, const std::string& response) {
    return encode(prompt, response, text);
  };
}

}  // namespace loupe::reward
