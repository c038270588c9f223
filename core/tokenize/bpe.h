// SPDX-License-Identifier: GPL-3.0-or-later
// Byte-pair encoding of one word: symbols joined by the merge of lowest rank, leftmost first.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "core/base/result.h"

namespace loupe::tokenize {

// A token and the bytes of the word that it stands for.
struct Symbol {
  int32_t id = 0;
  uint32_t begin = 0;
  uint32_t end = 0;
};

struct BpeOptions {
  bool byte_symbols = true;    // words start as bytes (byte-level BPE), else as characters
  bool ignore_merges = false;  // a word that is in the vocabulary is one token, whatever the merges
  bool byte_fallback = false;  // an unknown character becomes its bytes' tokens "<0xE2>"
  bool fuse_unknown = false;   // neighbouring unknowns are one
  std::optional<int32_t>
      unknown;  // without one, unknown symbols vanish, as in Hugging Face's tokenizers
};

// Immutable; thread-safe.
class Bpe {
 public:
  using Vocabulary = std::unordered_map<std::string, int32_t>;  // by name, as in the file
  using Merges = std::vector<std::pair<std::string, std::string>>;

  static Result<Bpe> make(const Vocabulary& vocabulary, const Merges& merges, BpeOptions options,
                          const std::string& where);
  // Appends the word's tokens. Linear space, O(n log n) time.
  void encode(std::string_view word, std::vector<Symbol>& out) const;

 private:
  struct Merge {
    uint64_t pair = kNoPair;
    uint32_t rank = 0;
    int32_t id = 0;
  };
  static constexpr uint64_t kNoPair = ~uint64_t{0};
  static uint64_t pair_of(int32_t left, int32_t right) {
    return static_cast<uint64_t>(static_cast<uint32_t>(left)) << 32 | static_cast<uint32_t>(right);
  }
  static uint64_t mix(uint64_t pair) { return pair * 0x9E3779B97F4A7C15ull >> 20; }

  void insert(const Merge& merge);
  const Merge* find(int32_t left, int32_t right) const;
  void first_symbols(std::string_view word, std::vector<Symbol>& out) const;
  void unknown_symbol(std::string_view word, uint32_t begin, uint32_t end,
                      std::vector<Symbol>& out) const;
  void merge_short(std::vector<Symbol>& symbols) const;
  void merge_long(std::vector<Symbol>& symbols) const;

  BpeOptions options_;
  Vocabulary by_symbol_;            // keys as they stand in a word: raw bytes, or characters
  std::array<int32_t, 256> bytes_;  // of a single byte, or of its fallback token; -1: none
  std::vector<Merge> merges_;       // open addressing, a power of two
};

}  // namespace loupe::tokenize
