// SPDX-License-Identifier: GPL-3.0-or-later
// Tokens of words seen before: a table of fixed size for each thread, so that nothing is locked or
// grows.
#pragma once

#include <cstdint>
#include <cstring>
#include <functional>
#include <memory>
#include <string_view>
#include <vector>

#include "core/tokenize/bpe.h"

namespace loupe::tokenize {

// Holds words of at most kMaxBytes bytes that give at most kMaxTokens tokens; a word takes the
// place of the one that shares its slot. About 3 MB.
class WordCache {
 public:
  // This thread's cache; emptied when another tokenizer used it last.
  static WordCache& of_this_thread(uint64_t tokenizer) {
    thread_local WordCache cache;
    if (cache.owner_ != tokenizer) {
      cache.owner_ = tokenizer;
      cache.entries_.assign(kSlots, Entry{});
    }
    return cache;
  }

  // Appends the word's tokens and returns true, or returns false.
  bool get(std::string_view word, std::vector<Symbol>& out) const {
    if (word.size() > kMaxBytes) return false;
    const Entry& entry = entries_[slot(word)];
    if (entry.bytes != word.size() || std::memcmp(entry.word, word.data(), word.size()) != 0) {
      return false;
    }
    for (uint8_t i = 0; i < entry.tokens; ++i) {
      out.push_back({entry.ids[i], entry.begin[i], entry.end[i]});
    }
    return true;
  }

  void put(std::string_view word, const Symbol* symbols, size_t count) {
    if (word.size() > kMaxBytes || word.empty() || count > kMaxTokens) return;
    Entry& entry = entries_[slot(word)];
    entry.bytes = static_cast<uint8_t>(word.size());
    entry.tokens = static_cast<uint8_t>(count);
    std::memcpy(entry.word, word.data(), word.size());
    for (size_t i = 0; i < count; ++i) {
      entry.ids[i] = symbols[i].id;
      entry.begin[i] = static_cast<uint8_t>(symbols[i].begin);
      entry.end[i] = static_cast<uint8_t>(symbols[i].end);
    }
  }

 private:
  static constexpr size_t kSlots = 1 << 15, kMaxBytes = 30, kMaxTokens = 8;
  struct Entry {
    int32_t ids[kMaxTokens] = {};
    uint8_t begin[kMaxTokens] = {}, end[kMaxTokens] = {};
    uint8_t bytes = 0;  // 0: free
    uint8_t tokens = 0;
    char word[kMaxBytes] = {};
  };
  static size_t slot(std::string_view word) {
    return std::hash<std::string_view>()(word) & (kSlots - 1);
  }

  uint64_t owner_ = 0;
  std::vector<Entry> entries_;
};

}  // namespace loupe::tokenize
