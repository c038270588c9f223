// SPDX-License-Identifier: GPL-3.0-or-later
// Tensors of a model's files under their Hugging Face names, in Hugging Face's layout, whatever the
// format did to them. Internal to core/model.
#pragma once

#include <ATen/core/Tensor.h>

#include <functional>
#include <set>
#include <string>

#include "core/base/result.h"
#include "core/model/model_files.h"

namespace loupe::model {

class WeightReader {
 public:
  explicit WeightReader(const OpenedModel& opened);  // must outlive the reader

  // Checked for its shape, [out, in] for matrices; no data is read.
  Result<const io::TensorInfo*> find(const std::string& name, const std::vector<int64_t>& shape);
  // Reads straight from the mapping into `destination`, on all threads, where their layouts agree.
  Result<void> fill(const std::string& name, at::Tensor& destination);
  // A tensor that nobody asked for means that this is not the model it says it is.
  Result<void> check_all_used() const;

 private:
  std::string stored_name(const std::string& name) const;
  // Which stored row becomes each row of the tensor, where llama.cpp changed their order; else
  // empty.
  std::function<int64_t(int64_t)> row_map(const std::string& name, int64_t rows) const;

  const OpenedModel& opened_;
  std::set<std::string> used_;
  bool interleaves_heads_ = false, adds_one_ = false, stacks_qkv_ = false;
};

// A whole tensor as fp32 on the CPU.
Result<at::Tensor> read_tensor(const io::TensorInfo& info);

}  // namespace loupe::model
