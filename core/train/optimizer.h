// SPDX-License-Identifier: GPL-3.0-or-later
// AdamW (Loshchilov, Hutter 2019; torch.optim.AdamW) through torch's fused kernel, moments in fp32.
#pragma once

#include <ATen/core/Tensor.h>

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "core/base/result.h"

namespace loupe::train {

using at::Tensor;

struct AdamWOptions {
  double lr = 1e-5, beta1 = 0.9, beta2 = 0.999, eps = 1e-8, weight_decay = 0;
};

class AdamW {
 public:
  AdamW(std::vector<std::pair<std::string, Tensor>> parameters, AdamWOptions options);
  // Parameters without a gradient are left as they are, like torch's.
  void step();
  void
  zero_grad();  // gradients become undefined, so that the next backward hands over its own memory
  double gradient_norm() const;
  int64_t steps() const { return steps_; }

  // Moments as "adam.m.<name>" and "adam.v.<name>"; the step count goes along as "adam.steps"
  // (int64, [1]).
  std::vector<std::pair<std::string, Tensor>> state() const;
  Result<void> load_state(const std::map<std::string, Tensor>& state);

 private:
  struct Slot {
    std::string name;
    Tensor parameter, first, second, steps;  // steps: fp32 scalar, as the fused kernel wants it
  };
  std::vector<Slot> slots_;
  AdamWOptions options_;
  int64_t steps_ = 0;
};

}  // namespace loupe::train
