// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/rope_angles.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <algorithm>
#include <map>

#include "core/model/ops.h"

namespace loupe::model {

namespace {

using at::Tensor;

// The length of a group's longest text.
int64_t length_of(const PackedGroup& group) {
  int64_t longest = 0;
  for (const auto& response : group.responses) longest = std::max(longest, response.length);
  return group.prompt.length + longest;
}

// The row of `rows` that holds each token's frequencies, [tokens].
std::vector<int64_t> rows_of(const RopeSpec& rope, const PackedBatch& batch,
                             std::vector<std::vector<double>>& rows) {
  std::vector<int64_t> of_token(batch.token_ids.size(), 0);
  std::map<int64_t, int64_t> known;  // length of a long text -> row
  for (const auto& group : batch.groups) {
    const int64_t length = length_of(group);
    if (length <= rope.original) continue;
    TORCH_CHECK(group.responses.size() < 2, "a prompt is shared in a text of ", length,
                " tokens, whose angles depend on its ", "length beyond ", rope.original,
                ": the batch was made for another model");
    const auto [row, added] = known.try_emplace(length, static_cast<int64_t>(rows.size()));
    if (added) rows.push_back(rope.frequencies(length));
    const auto fill = [&](const Segment& segment) {
      std::fill(of_token.begin() + segment.begin, of_token.begin() + segment.end(), row->second);
    };
    fill(group.prompt);
    for (const auto& response : group.responses) fill(response);
  }
  return of_token;
}

}  // namespace

Tensor rope_frequency(const RopeSpec& rope, at::Device device) {
  if (rope.inverse_frequency.empty()) return {};
  return at::tensor(rope.inverse_frequency, at::kDouble).to(at::kFloat).to(device);
}

RopeAngles rope_angles(const RopeSpec& rope, const Tensor& frequency, const PackedBatch& batch,
                       const Tensor& positions, at::ScalarType dtype) {
  if (!frequency.defined()) return {};
  at::NoGradGuard no_grad;
  Tensor of_token = frequency.unsqueeze(0);
  if (rope.original > 0) {
    std::vector<std::vector<double>> rows{rope.inverse_frequency};
    const auto index = rows_of(rope, batch, rows);
    if (rows.size() > 1) {
      std::vector<Tensor> table;
      for (const auto& row : rows) table.push_back(at::tensor(row, at::kDouble));
      of_token = take_rows(at::stack(table).to(at::kFloat).to(frequency.device()),
                           index_tensor(index, frequency.device()));
    }
  }
  const Tensor turn = positions.to(at::kFloat).unsqueeze(1) * of_token;
  return {(at::cos(turn) * rope.attention_factor).to(dtype),
          (at::sin(turn) * rope.attention_factor).to(dtype)};
}

}  // namespace loupe::model
