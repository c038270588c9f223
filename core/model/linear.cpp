// SPDX-License-Identifier: GPL-3.0-or-later
#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>
#include <torch/csrc/autograd/custom_function.h>

#include <algorithm>

#include "core/model/ops.h"

namespace loupe::model {

namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

// y = x M^T with M = the parts stacked. The parts come in as inputs so that gradients reach them;
// the product itself uses the stacked matrix, cast once. Their gradients are row blocks of one [sum
// of outputs, in] product.
struct FusedLinearFunction : torch::autograd::Function<FusedLinearFunction> {
  static Tensor forward(AutogradContext* context, const Tensor& x, const Tensor& matrix,
                        at::TensorList parts) {
    context->save_for_backward({x, matrix});
    std::vector<int64_t> outputs;
    for (const auto& part : parts) outputs.push_back(part.size(0));
    context->saved_data["outputs"] = outputs;
    context->saved_data["dtype"] = parts[0].scalar_type();
    context->saved_data["needs_weight"] =
        std::any_of(parts.begin(), parts.end(), [](const Tensor& p) { return p.requires_grad(); });
    context->saved_data["needs_x"] = x.requires_grad();
    return at::mm(x, matrix.t());
  }

  static variable_list backward(AutogradContext* context, variable_list gradients) {
    const auto saved = context->get_saved_variables();
    const auto outputs = context->saved_data["outputs"].toIntVector();
    const auto dy = gradients[0].contiguous();
    variable_list result(2 + outputs.size());
    if (context->saved_data["needs_x"].toBool()) result[0] = at::mm(dy, saved[1]);
    if (context->saved_data["needs_weight"].toBool()) {
      const Tensor dmatrix =
          at::mm(dy.t(), saved[0]).to(context->saved_data["dtype"].toScalarType());
      int64_t row = 0;
      for (size_t i = 0; i < outputs.size(); ++i) {
        result[2 + i] = dmatrix.narrow(0, row, outputs[i]);
        row += outputs[i];
      }
    }
    return result;
  }
};

// Adds scale (x A^T) B^T to the columns of y that each pair (A, B) changes, in place: the sums are
// as wide as y, and nothing else of that width is made. Linear backward by hand for the same
// reason.
struct AddLowRankFunction : torch::autograd::Function<AddLowRankFunction> {
  // pairs: A_0, B_0, A_1, B_1 …; rows[i]: the first column of y that pair i changes.
  static Tensor forward(AutogradContext* context, Tensor y, const Tensor& x, at::TensorList pairs,
                        const std::vector<int64_t>& rows, const std::vector<double>& scales) {
    const auto dtype = x.scalar_type();
    std::vector<Tensor> downs, saved;
    for (size_t i = 0; i < pairs.size(); i += 2) downs.push_back(pairs[i]);
    const Tensor down = at::cat(downs, 0).to(dtype);  // all A under one another
    const Tensor narrow = at::mm(x, down.t());
    saved = {x, narrow, down};
    int64_t rank = 0;
    for (size_t i = 0; i < rows.size(); ++i) {
      const Tensor up = (pairs[2 * i + 1] * scales[i]).to(dtype);
      y.narrow(1, rows[i], up.size(0)).addmm_(narrow.narrow(1, rank, up.size(1)), up.t());
      rank += up.size(1);
      saved.push_back(up);
    }
    context->mark_dirty({y});
    context->save_for_backward(saved);
    context->saved_data["rows"] = rows;
    context->saved_data["scales"] = scales;
    context->saved_data["dtype"] = pairs[0].scalar_type();
    context->saved_data["needs_x"] = x.requires_grad();
    context->saved_data["needs_pairs"] =
        std::any_of(pairs.begin(), pairs.end(), [](const Tensor& p) { return p.requires_grad(); });
    return y;
  }

  static variable_list backward(AutogradContext* context, variable_list gradients) {
    const auto saved = context->get_saved_variables();
    const auto rows = context->saved_data["rows"].toIntVector();
    const auto scales = context->saved_data["scales"].toDoubleVector();
    const auto dtype = context->saved_data["dtype"].toScalarType();
    const bool needs_pairs = context->saved_data["needs_pairs"].toBool();
    const Tensor &dy = gradients[0], &x = saved[0], &narrow = saved[1], &down = saved[2];
    variable_list result(4 + 2 * rows.size());
    result[0] = dy;
    const Tensor dnarrow = at::empty_like(narrow);
    int64_t rank = 0;
    for (size_t i = 0; i < rows.size(); ++i) {
      const Tensor& up = saved[3 + i];
      const Tensor part = dy.narrow(1, rows[i], up.size(0));
      dnarrow.narrow(1, rank, up.size(1)).copy_(at::mm(part, up));
      if (needs_pairs)
        result[3 + 2 * i] =
            at::mm(part.t(), narrow.narrow(1, rank, up.size(1))).to(dtype) * scales[i];
      rank += up.size(1);
    }
    if (context->saved_data["needs_x"].toBool()) result[1] = at::mm(dnarrow, down);
    if (!needs_pairs) return result;
    const Tensor ddown = at::mm(dnarrow.t(), x).to(dtype);
    rank = 0;
    for (size_t i = 0; i < rows.size(); ++i) {
      result[2 + 2 * i] = ddown.narrow(0, rank, saved[3 + i].size(1));
      rank += saved[3 + i].size(1);
    }
    return result;
  }
};

}  // namespace

Tensor take_rows(const Tensor& tensor, const Tensor& index) {
  return tensor.is_meta() ? at::index(tensor, {index}) : at::index_select(tensor, 0, index);
}

Tensor index_tensor(const std::vector<int64_t>& index, at::Device device) {
  return at::tensor(index, at::TensorOptions().dtype(at::kLong)).to(device);
}

FusedLinear::FusedLinear(const std::vector<int64_t>& outputs, int64_t in, bool with_biases,
                         at::ScalarType dtype, at::ScalarType bias_dtype, at::Device device) {
  int64_t rows = 0;
  for (const int64_t out : outputs) rows += out;
  matrix_ = at::empty({rows, in}, at::TensorOptions().dtype(dtype).device(device));
  if (with_biases) bias_ = at::empty({rows}, at::TensorOptions().dtype(bias_dtype).device(device));
  int64_t row = 0;
  for (const int64_t out : outputs) {
    weights.push_back(matrix_.narrow(0, row, out).detach());
    if (with_biases) biases.push_back(bias_.narrow(0, row, out).detach());
    row += out;
  }
}

Tensor FusedLinear::matrix_as(at::ScalarType dtype) const {
  if (dtype == matrix_.scalar_type()) return matrix_;
  if (cast_.defined() && cast_.scalar_type() == dtype) return cast_;
  at::NoGradGuard no_grad;
  // Kept where it is the smaller one: a model held in bf16 to save memory must not be doubled by
  // scoring it in fp32.
  if (matrix_.element_size() < static_cast<int64_t>(at::elementSize(dtype)))
    return matrix_.to(dtype);
  cast_ = matrix_.to(dtype);
  return cast_;
}

void FusedLinear::forget_cast() const {
  cast_ = Tensor();
}

Tensor FusedLinear::forward(const Tensor& x) const {
  Tensor y = FusedLinearFunction::apply(x, matrix_as(x.scalar_type()), at::TensorList(weights));
  if (!biases.empty()) y = y + at::cat(biases, 0).to(y.scalar_type());
  if (low_rank_.empty()) return y;
  std::vector<Tensor> pairs;
  std::vector<int64_t> rows;
  std::vector<double> scales;
  for (const auto& part : low_rank_) {
    pairs.insert(pairs.end(), {part.a, part.b});
    rows.push_back(part.row);
    scales.push_back(part.scale);
  }
  return AddLowRankFunction::apply(y, x, at::TensorList(pairs), rows, scales);
}

void FusedLinear::add_low_rank(size_t part, const Tensor& a, const Tensor& b, double scale) {
  int64_t row = 0;
  for (size_t i = 0; i < part; ++i) row += weights[i].size(0);
  low_rank_.push_back({row, a, b, scale});
  std::sort(low_rank_.begin(), low_rank_.end(),
            [](const LowRank& x, const LowRank& y) { return x.row < y.row; });
}

}  // namespace loupe::model
