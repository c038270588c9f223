// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/tokenize/bpe.h"

#include <bit>
#include <cstdio>
#include <limits>
#include <queue>

#include "core/tokenize/byte_level.h"
#include "core/tokenize/json_fields.h"
#include "core/tokenize/text.h"

namespace loupe::tokenize {
namespace {

// Up to this many symbols a scan for the lowest rank beats a heap.
constexpr size_t kShortWord = 24;
constexpr uint32_t kNoRank = std::numeric_limits<uint32_t>::max();

struct Candidate {
  uint32_t rank;
  uint32_t left;  // index of the left symbol
  int32_t left_id, right_id;
  bool operator>(const Candidate& other) const {
    return rank != other.rank ? rank > other.rank : left > other.left;
  }
};

}  // namespace

Result<Bpe> Bpe::make(const Vocabulary& vocabulary, const Merges& merges, BpeOptions options,
                      const std::string& where) {
  Bpe bpe;
  bpe.options_ = options;
  bpe.bytes_.fill(-1);
  bpe.by_symbol_.reserve(vocabulary.size());
  for (const auto& [name, id] : vocabulary) {
    if (!options.byte_symbols) {
      bpe.by_symbol_.emplace(name, id);
    } else if (auto bytes = bytes_from_alphabet(name)) {
      if (bytes->size() == 1) bpe.bytes_[static_cast<unsigned char>((*bytes)[0])] = id;
      bpe.by_symbol_.emplace(std::move(*bytes), id);
    }
  }
  if (options.byte_fallback) {
    if (options.byte_symbols) return unsupported("byte_fallback in a byte-level model", where);
    for (int byte = 0; byte < 256; ++byte) {
      char name[8];
      std::snprintf(name, sizeof name, "<0x%02X>", byte);
      const auto found = vocabulary.find(name);
      if (found != vocabulary.end()) bpe.bytes_[static_cast<size_t>(byte)] = found->second;
    }
  }
  bpe.merges_.resize(std::bit_ceil(merges.size() * 2 + 16));
  for (size_t rank = 0; rank < merges.size(); ++rank) {
    const auto& [left, right] = merges[rank];
    const auto left_id = vocabulary.find(left), right_id = vocabulary.find(right);
    const auto joined = vocabulary.find(left + right);
    if (left_id == vocabulary.end() || right_id == vocabulary.end() || joined == vocabulary.end()) {
      return corrupt("merge " + std::to_string(rank) + " (\"" + left + "\" + \"" + right +
                         "\") names a token that the vocabulary lacks",
                     where);
    }
    bpe.insert(
        {pair_of(left_id->second, right_id->second), static_cast<uint32_t>(rank), joined->second});
  }
  return bpe;
}

void Bpe::insert(const Merge& merge) {
  const size_t mask = merges_.size() - 1;
  size_t slot = mix(merge.pair) & mask;
  while (merges_[slot].pair != kNoPair && merges_[slot].pair != merge.pair) {
    slot = (slot + 1) & mask;
  }
  merges_[slot] = merge;
}

const Bpe::Merge* Bpe::find(int32_t left, int32_t right) const {
  const uint64_t pair = pair_of(left, right);
  const size_t mask = merges_.size() - 1;
  for (size_t slot = mix(pair) & mask;; slot = (slot + 1) & mask) {
    if (merges_[slot].pair == pair) return &merges_[slot];
    if (merges_[slot].pair == kNoPair) return nullptr;
  }
}

void Bpe::unknown_symbol(std::string_view word, uint32_t begin, uint32_t end,
                         std::vector<Symbol>& out) const {
  if (options_.byte_fallback) {
    bool all = true;
    for (uint32_t i = begin; i < end; ++i) {
      all = all && bytes_[static_cast<unsigned char>(word[i])] >= 0;
    }
    if (all) {
      for (uint32_t i = begin; i < end; ++i) {
        out.push_back({bytes_[static_cast<unsigned char>(word[i])], i, i + 1});
      }
      return;
    }
  }
  if (!options_.unknown) return;
  const bool fuse = options_.fuse_unknown && !out.empty() && out.back().id == *options_.unknown &&
                    out.back().end == begin;
  if (fuse) {
    out.back().end = end;
  } else {
    out.push_back({*options_.unknown, begin, end});
  }
}

void Bpe::first_symbols(std::string_view word, std::vector<Symbol>& out) const {
  if (options_.byte_symbols) {
    for (uint32_t i = 0; i < word.size(); ++i) {
      const int32_t id = bytes_[static_cast<unsigned char>(word[i])];
      if (id >= 0) {
        out.push_back({id, i, i + 1});
      } else {
        unknown_symbol(word, i, i + 1, out);
      }
    }
    return;
  }
  std::string character;
  uint32_t length = 0;
  for (uint32_t i = 0; i < word.size(); i += length) {
    decode_at(word.data(), i, length);
    character = word.substr(i, length);
    const auto found = by_symbol_.find(character);
    if (found != by_symbol_.end()) {
      out.push_back({found->second, i, i + length});
    } else {
      unknown_symbol(word, i, i + length, out);
    }
  }
}

void Bpe::merge_short(std::vector<Symbol>& symbols) const {
  uint32_t ranks[kShortWord];
  int32_t ids[kShortWord];
  size_t count = symbols.size();
  const auto look = [&](size_t i) {
    const Merge* merge = i + 1 < count ? find(symbols[i].id, symbols[i + 1].id) : nullptr;
    ranks[i] = merge ? merge->rank : kNoRank;
    ids[i] = merge ? merge->id : -1;
  };
  for (size_t i = 0; i < count; ++i) look(i);
  while (count > 1) {
    size_t best = 0;
    for (size_t i = 1; i + 1 < count; ++i) {
      if (ranks[i] < ranks[best]) best = i;
    }
    if (ranks[best] == kNoRank) break;
    symbols[best] = {ids[best], symbols[best].begin, symbols[best + 1].end};
    --count;
    for (size_t i = best + 1; i < count; ++i) {
      symbols[i] = symbols[i + 1];
      ranks[i] = ranks[i + 1];
      ids[i] = ids[i + 1];
    }
    look(best);
    if (best > 0) look(best - 1);
  }
  symbols.resize(count);
}

void Bpe::merge_long(std::vector<Symbol>& symbols) const {
  const auto size = static_cast<uint32_t>(symbols.size());
  // Linked list over the array; a swallowed symbol has id -1.
  std::vector<uint32_t> next(size), previous(size);
  for (uint32_t i = 0; i < size; ++i) {
    next[i] = i + 1;
    previous[i] = i - 1;  // of the first: not looked at
  }
  std::priority_queue<Candidate, std::vector<Candidate>, std::greater<>> queue;
  const auto offer = [&](uint32_t left) {
    const uint32_t right = next[left];
    if (right >= size) return;
    if (const Merge* merge = find(symbols[left].id, symbols[right].id)) {
      queue.push({merge->rank, left, symbols[left].id, symbols[right].id});
    }
  };
  for (uint32_t i = 0; i + 1 < size; ++i) offer(i);
  while (!queue.empty()) {
    const Candidate top = queue.top();
    queue.pop();
    const uint32_t right = next[top.left];
    if (symbols[top.left].id != top.left_id || right >= size || symbols[right].id != top.right_id) {
      continue;
    }
    const Merge* merge = find(top.left_id, top.right_id);
    symbols[top.left].id = merge->id;
    symbols[top.left].end = symbols[right].end;
    symbols[right].id = -1;
    next[top.left] = next[right];
    if (next[right] < size) previous[next[right]] = top.left;
    offer(top.left);
    if (top.left > 0) offer(previous[top.left]);
  }
  size_t kept = 0;
  for (uint32_t i = 0; i < size; i = next[i]) symbols[kept++] = symbols[i];
  symbols.resize(kept);
}

void Bpe::encode(std::string_view word, std::vector<Symbol>& out) const {
  if (options_.ignore_merges) {
    const auto found = by_symbol_.find(std::string(word));
    if (found != by_symbol_.end()) {
      out.push_back({found->second, 0, static_cast<uint32_t>(word.size())});
      return;
    }
  }
  thread_local std::vector<Symbol> symbols;
  symbols.clear();
  first_symbols(word, symbols);
  if (symbols.size() > kShortWord) {
    merge_long(symbols);
  } else if (symbols.size() > 1) {
    merge_short(symbols);
  }
  out.insert(out.end(), symbols.begin(), symbols.end());
  // A word of megabytes must not hold its memory for the life of the thread.
  if (symbols.capacity() > 1u << 16) symbols = {};
}

}  // namespace loupe::tokenize
