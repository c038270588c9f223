// SPDX-License-Identifier: GPL-3.0-or-later
// Token sequences laid end to end without padding. A group is one prompt and the responses to it:
// the prompt's hidden states are computed once, each response attends to the prompt and to itself
// only, and its positions go on from the prompt's end. So every response sees exactly what it would
// see alone. Where a model turns long texts by angles that depend on their length, the prompt
// before a long response is read in another way: there each response brings the prompt along.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace loupe::model {

struct Segment {
  int64_t begin = 0;  // index of the first token in the batch
  int64_t length = 0;
  int64_t end() const { return begin + length; }
};

struct PackedGroup {
  Segment prompt;                  // at least one token
  std::vector<Segment> responses;  // at least one token each; may be empty
};

struct DecoderConfig;

struct PackedBatch {
  // For models of this kind, a policy and its reference among them.
  explicit PackedBatch(const DecoderConfig& config);

  std::vector<int64_t> token_ids;  // [tokens]
  std::vector<int64_t> positions;  // [tokens]
  std::vector<PackedGroup> groups;

  int64_t tokens() const { return static_cast<int64_t>(token_ids.size()); }
  int64_t response_tokens() const;
  int64_t response_count() const;

  // Appends a group, or one a response where the prompt cannot be shared; `prompt` must not be
  // empty, nor any response.
  void add_group(std::span<const int32_t> prompt,
                 const std::vector<std::span<const int32_t>>& responses);

  // Index of the state that predicts each response token, in order (group by group, response by
  // response): the last prompt token for a response's first, else the token before.
  // [response_tokens]
  std::vector<int64_t> predictor_index() const;
  std::vector<int64_t> response_targets() const;  // ids of the response tokens, same order
  std::vector<int64_t> last_index() const;  // index of each response's last token [response_count]
  std::vector<int64_t> response_lengths() const;  // [response_count]

 private:
  // A prompt is shared by responses with which it makes no more tokens than this.
  int64_t shared_positions_;
};

}  // namespace loupe::model
