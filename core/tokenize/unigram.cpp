// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/tokenize/unigram.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <limits>
#include <numeric>

#include "core/tokenize/json_fields.h"
#include "core/tokenize/text.h"

namespace loupe::tokenize {
namespace {

// How much worse than the worst piece an unknown character is; the reference's constant.
constexpr double kUnknownPenalty = 10.0;

struct Best {  // the best way to end at a place
  double score = 0;
  uint32_t begin = 0;
  int32_t piece = -1;
  bool reached = false;

  void offer(double candidate, uint32_t from, int32_t id) {
    if (reached && candidate <= score) return;
    *this = {candidate, from, id, true};
  }
};

}  // namespace

Result<Unigram> Unigram::make(const Pieces& pieces, std::optional<int32_t> unknown,
                              bool byte_fallback, const std::string& where) {
  Unigram unigram;
  double worst = std::numeric_limits<double>::infinity();
  unigram.ids_.reserve(pieces.size());
  unigram.scores_.reserve(pieces.size());
  for (size_t id = 0; id < pieces.size(); ++id) {
    const auto& [name, score] = pieces[id];
    if (!std::isfinite(score)) {
      return corrupt("piece \"" + name + "\" has a score that is not finite", where);
    }
    unigram.ids_[name] = static_cast<int32_t>(id);
    unigram.scores_.push_back(score);
    worst = std::min(worst, score);
  }
  if (unknown && (*unknown < 0 || static_cast<size_t>(*unknown) >= pieces.size())) {
    return corrupt("model.unk_id " + std::to_string(*unknown) + " is outside the vocabulary",
                   where);
  }
  unigram.unknown_ = unknown;
  unigram.unknown_score_ = worst - kUnknownPenalty;
  if (byte_fallback) {
    std::vector<int32_t> bytes;
    for (int byte = 0; byte < 256; ++byte) {
      char name[8];
      std::snprintf(name, sizeof name, "<0x%02X>", byte);
      const auto found = unigram.ids_.find(name);
      bytes.push_back(found != unigram.ids_.end() ? found->second : -1);
    }
    unigram.bytes_ = std::move(bytes);
  }
  unigram.build(pieces);
  return unigram;
}

// A trie, made from the sorted pieces level by level so that a node's edges lie side by side.
void Unigram::build(const Pieces& pieces) {
  std::vector<uint32_t> order(pieces.size());
  std::iota(order.begin(), order.end(), 0u);
  std::sort(order.begin(), order.end(),
            [&](uint32_t a, uint32_t b) { return pieces[a].first < pieces[b].first; });
  struct Range {
    uint32_t node, begin, end;
    size_t depth;
  };
  nodes_.push_back({});
  std::vector<Range> open = {{0, 0, static_cast<uint32_t>(order.size()), 0}};
  for (size_t next = 0; next < open.size(); ++next) {
    const Range range = open[next];
    uint32_t at = range.begin;
    // Shorter than the prefix cannot be; of equal pieces the map holds the last.
    while (at < range.end && pieces[order[at]].first.size() == range.depth) {
      if (range.depth > 0) nodes_[range.node].piece = ids_.at(pieces[order[at]].first);
      ++at;
    }
    nodes_[range.node].first_edge = static_cast<uint32_t>(edges_.size());
    while (at < range.end) {
      const char byte = pieces[order[at]].first[range.depth];
      const uint32_t begin = at;
      while (at < range.end && pieces[order[at]].first[range.depth] == byte) ++at;
      const auto node = static_cast<uint32_t>(nodes_.size());
      nodes_.push_back({});
      edges_.push_back({static_cast<uint8_t>(byte), node});
      open.push_back({node, begin, at, range.depth + 1});
      ++nodes_[range.node].edges;
    }
  }
}

uint32_t Unigram::child(uint32_t node, uint8_t byte) const {
  const auto begin = edges_.begin() + nodes_[node].first_edge, end = begin + nodes_[node].edges;
  const auto found = std::lower_bound(
      begin, end, byte, [](const Edge& edge, uint8_t wanted) { return edge.byte < wanted; });
  return found != end && found->byte == byte ? found->node : 0;
}

void Unigram::unknown_stretch(std::string_view word, uint32_t begin, uint32_t end,
                              std::vector<Symbol>& out) const {
  if (!bytes_.empty()) {
    const auto has_token = [&](char c) { return bytes_[static_cast<unsigned char>(c)] >= 0; };
    const std::string_view stretch = word.substr(begin, end - begin);
    if (std::all_of(stretch.begin(), stretch.end(), has_token)) {
      for (uint32_t i = begin; i < end; ++i) {
        out.push_back({bytes_[static_cast<unsigned char>(word[i])], i, i + 1});
      }
      return;
    }
  }
  if (unknown_) out.push_back({*unknown_, begin, end});
}

void Unigram::encode(std::string_view word, std::vector<Symbol>& out) const {
  const auto size = static_cast<uint32_t>(word.size());
  std::vector<Best> best(size + 1);
  uint32_t length = 0;
  for (uint32_t at = 0; at < size; at += length) {
    decode_at(word.data(), at, length);
    const double so_far = best[at].score;
    bool covered = false;  // the character alone is a piece
    uint32_t node = 0;
    for (uint32_t i = at; i < size; ++i) {
      node = child(node, static_cast<uint8_t>(word[i]));
      if (node == 0) break;
      const int32_t piece = nodes_[node].piece;
      if (piece < 0) continue;
      best[i + 1].offer(scores_[static_cast<size_t>(piece)] + so_far, at, piece);
      covered = covered || i + 1 - at == length;
    }
    if (!covered) best[at + length].offer(unknown_score_ + so_far, at, unknown_.value_or(-1));
  }
  struct Cut {
    uint32_t begin, end;
    int32_t piece;
  };
  std::vector<Cut> cuts;
  const int32_t unknown = unknown_.value_or(-1);
  for (uint32_t end = size; end > 0; end = best[end].begin) {
    const Best& step = best[end];
    const bool fuse = step.piece == unknown && !cuts.empty() && cuts.back().piece == unknown;
    if (fuse) {
      cuts.back().begin = step.begin;
    } else {
      cuts.push_back({step.begin, end, step.piece});
    }
  }
  for (auto cut = cuts.rbegin(); cut != cuts.rend(); ++cut) {
    if (cut->piece != unknown) {
      out.push_back({cut->piece, cut->begin, cut->end});
      continue;
    }
    // The stretch may be the unknown piece's own name.
    const auto named = ids_.find(std::string(word.substr(cut->begin, cut->end - cut->begin)));
    if (named != ids_.end()) {
      out.push_back({named->second, cut->begin, cut->end});
    } else {
      unknown_stretch(word, cut->begin, cut->end, out);
    }
  }
}

}  // namespace loupe::tokenize
