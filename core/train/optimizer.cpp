// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/optimizer.h"

#include <ATen/ops/_fused_adamw.h>
#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <cmath>

namespace loupe::train {

AdamW::AdamW(std::vector<std::pair<std::string, Tensor>> parameters, AdamWOptions options)
    : options_(options) {
  for (auto& [name, parameter] : parameters)
    slots_.push_back({name, parameter, at::zeros_like(parameter.detach()),
                      at::zeros_like(parameter.detach()),
                      at::zeros({}, parameter.options().dtype(at::kFloat).requires_grad(false))});
}

void AdamW::step() {
  at::NoGradGuard no_grad;
  std::vector<Tensor> parameters, gradients, first, second, steps;
  for (auto& slot : slots_) {
    if (!slot.parameter.grad().defined()) continue;
    parameters.push_back(slot.parameter.detach());
    gradients.push_back(slot.parameter.grad().contiguous());
    first.push_back(slot.first);
    second.push_back(slot.second);
    slot.steps.add_(1);
    steps.push_back(slot.steps);
  }
  ++steps_;
  if (parameters.empty()) return;
  at::_fused_adamw_(parameters, gradients, first, second, {}, steps, options_.lr, options_.beta1,
                    options_.beta2, options_.weight_decay, options_.eps, /*amsgrad=*/false,
                    /*maximize=*/false);
}

void AdamW::zero_grad() {
  for (auto& slot : slots_) slot.parameter.mutable_grad() = Tensor();
}

double AdamW::gradient_norm() const {
  double squares = 0;
  for (const auto& slot : slots_)
    if (slot.parameter.grad().defined()) {
      const double norm = slot.parameter.grad().norm().item<double>();
      squares += norm * norm;
    }
  return std::sqrt(squares);
}

std::vector<std::pair<std::string, Tensor>> AdamW::state() const {
  std::vector<std::pair<std::string, Tensor>> out;
  for (const auto& slot : slots_) {
    out.emplace_back("adam.m." + slot.name, slot.first);
    out.emplace_back("adam.v." + slot.name, slot.second);
    out.emplace_back("adam.t." + slot.name, slot.steps.reshape({1}));
  }
  out.emplace_back("adam.steps", at::tensor(std::vector<int64_t>{steps_}, at::kLong));
  return out;
}

Result<void> AdamW::load_state(const std::map<std::string, Tensor>& state) {
  at::NoGradGuard no_grad;
  const auto find = [&](const std::string& name, const Tensor& like) -> Result<Tensor> {
    const auto found = state.find(name);
    if (found == state.end() || found->second.numel() != like.numel())
      return Error{ErrorCode::corrupt,
                   "the optimiser's state " + name + " is missing or has another size", "",
                   "resume from an older checkpoint, or train again"};
    return found->second.reshape(like.sizes());
  };
  for (auto& slot : slots_) {
    LOUPE_TRY(const Tensor first, find("adam.m." + slot.name, slot.first));
    LOUPE_TRY(const Tensor second, find("adam.v." + slot.name, slot.second));
    LOUPE_TRY(const Tensor steps, find("adam.t." + slot.name, slot.steps));
    slot.first.copy_(first);
    slot.second.copy_(second);
    slot.steps.copy_(steps);
  }
  LOUPE_TRY(const Tensor total, find("adam.steps", at::zeros({1})));
  steps_ = total.item<int64_t>();
  return {};
}

}  // namespace loupe::train
