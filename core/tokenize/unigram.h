// SPDX-License-Identifier: GPL-3.0-or-later
// Unigram segmentation of one word: the pieces whose scores add up highest (Viterbi).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "core/base/result.h"
#include "core/tokenize/bpe.h"

namespace loupe::tokenize {

// Immutable; thread-safe.
class Unigram {
 public:
  using Pieces = std::vector<std::pair<std::string, double>>;  // by id, with log-probabilities

  // Without an unknown piece, characters that no piece covers vanish.
  static Result<Unigram> make(const Pieces& pieces, std::optional<int32_t> unknown,
                              bool byte_fallback, const std::string& where);
  // Appends the word's tokens; neighbouring unknown characters are one. Linear in the word's
  // length, times that of the longest piece.
  void encode(std::string_view word, std::vector<Symbol>& out) const;

 private:
  struct Node {
    int32_t piece = -1;
    // Children as a run of edges_, sorted by byte.
    uint32_t first_edge = 0;
    uint32_t edges = 0;
  };
  struct Edge {
    uint8_t byte = 0;
    uint32_t node = 0;
  };

  void build(const Pieces& pieces);
  // The child of `node` under `byte`; 0 (the root) when there is none.
  uint32_t child(uint32_t node, uint8_t byte) const;
  void unknown_stretch(std::string_view word, uint32_t begin, uint32_t end,
                       std::vector<Symbol>& out) const;

  std::vector<Node> nodes_;
  std::vector<Edge> edges_;
  std::vector<double> scores_;
  std::unordered_map<std::string, int32_t> ids_;
  std::vector<int32_t> bytes_;  // the 256 fallback tokens, or empty
  std::optional<int32_t> unknown_;
  double unknown_score_ = 0;
};

}  // namespace loupe::tokenize
