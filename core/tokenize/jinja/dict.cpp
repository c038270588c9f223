// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/tokenize/jinja/dict.h"

#include "core/tokenize/jinja/compare.h"

namespace loupe::tokenize::jinja {

size_t Dict::position(Budget& budget, const Value& key) const {
  if (entries.size() <= kSmall) {
    for (size_t i = 0; i < entries.size(); ++i) {
      if (equal(budget, entries[i].first, key)) return i;
    }
    return entries.size();
  }
  const auto [first, last] = index_.equal_range(hash(budget, key));
  for (auto at = first; at != last; ++at) {
    if (equal(budget, entries[at->second].first, key)) return at->second;
  }
  return entries.size();
}

void Dict::set(Budget& budget, Value key, Value value) {
  const size_t code = hash(budget, key);
  const size_t at = position(budget, key);
  if (at < entries.size()) {
    entries[at].second = std::move(value);
    return;
  }
  if (at >= kMaxItems) fail("a dict has too many entries");
  budget.bytes(sizeof(entries[0]));
  if (at == kSmall) {
    for (size_t i = 0; i < at; ++i) {
      index_.emplace(hash(budget, entries[i].first), static_cast<uint32_t>(i));
    }
  }
  if (at >= kSmall) index_.emplace(code, static_cast<uint32_t>(at));
  entries.emplace_back(std::move(key), std::move(value));
}

const Value* Dict::find(Budget& budget, const Value& key) const {
  hash(budget, key);
  const size_t at = position(budget, key);
  return at < entries.size() ? &entries[at].second : nullptr;
}

const Value* Dict::find(std::string_view key) const {
  if (entries.size() <= kSmall) {
    for (const auto& [name, value] : entries) {
      if (name.is_text() && name.bytes() == key) return &value;
    }
    return nullptr;
  }
  const auto [first, last] = index_.equal_range(hash_text(key));
  for (auto at = first; at != last; ++at) {
    const auto& [name, value] = entries[at->second];
    if (name.is_text() && name.bytes() == key) return &value;
  }
  return nullptr;
}

}  // namespace loupe::tokenize::jinja
