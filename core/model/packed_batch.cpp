// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/packed_batch.h"

#include <algorithm>

#include "core/model/config.h"

namespace loupe::model {

PackedBatch::PackedBatch(const DecoderConfig& config)
    : shared_positions_(config.shared_positions()) {}

int64_t PackedBatch::response_tokens() const {
  int64_t total = 0;
  for (const auto& group : groups)
    for (const auto& response : group.responses) total += response.length;
  return total;
}

int64_t PackedBatch::response_count() const {
  int64_t total = 0;
  for (const auto& group : groups) total += static_cast<int64_t>(group.responses.size());
  return total;
}

void PackedBatch::add_group(std::span<const int32_t> prompt,
                            const std::vector<std::span<const int32_t>>& responses) {
  size_t longest = 0;
  for (const auto response : responses) longest = std::max(longest, response.size());
  if (responses.size() > 1 && static_cast<int64_t>(prompt.size() + longest) > shared_positions_) {
    for (const auto response : responses) add_group(prompt, {response});
    return;
  }
  const auto append = [this](std::span<const int32_t> ids, int64_t first_position) {
    const Segment segment{tokens(), static_cast<int64_t>(ids.size())};
    token_ids.insert(token_ids.end(), ids.begin(), ids.end());
    for (int64_t i = 0; i < segment.length; ++i) positions.push_back(first_position + i);
    return segment;
  };
  PackedGroup group;
  group.prompt = append(prompt, 0);
  for (const auto response : responses)
    group.responses.push_back(append(response, group.prompt.length));
  groups.push_back(std::move(group));
}

std::vector<int64_t> PackedBatch::predictor_index() const {
  std::vector<int64_t> index;
  for (const auto& group : groups)
    for (const auto& response : group.responses)
      for (int64_t t = 0; t < response.length; ++t)
        index.push_back(t == 0 ? group.prompt.end() - 1 : response.begin + t - 1);
  return index;
}

std::vector<int64_t> PackedBatch::response_targets() const {
  std::vector<int64_t> targets;
  for (const auto& group : groups)
    for (const auto& response : group.responses)
      targets.insert(targets.end(), token_ids.begin() + response.begin,
                     token_ids.begin() + response.end());
  return targets;
}

std::vector<int64_t> PackedBatch::last_index() const {
  std::vector<int64_t> index;
  for (const auto& group : groups)
    for (const auto& response : group.responses) index.push_back(response.end() - 1);
  return index;
}

std::vector<int64_t> PackedBatch::response_lengths() const {
  std::vector<int64_t> lengths;
  for (const auto& group : groups)
    for (const auto& response : group.responses) lengths.push_back(response.length);
  return lengths;
}

}  // namespace loupe::model
