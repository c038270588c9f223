// SPDX-License-Identifier: GPL-3.0-or-later
#include <torch/torch.h>

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
  return low_rank_.empty() ? y : y + low_rank(x, y.size(1));
}

void FusedLinear::add_low_rank(size_t part, const Tensor& a, const Tensor& b, double scale) {
  int64_t row = 0;
  for (size_t i = 0; i < part; ++i) row += weights[i].size(0);
  low_rank_.push_back({row, a, b, scale});
  std::sort(low_rank_.begin(), low_rank_.end(),
            [](const LowRank& x, const LowRank& y) { return x.row < y.row; });
}

// [tokens, outputs], zero where no part is changed. One product for all A, one a part for B.
Tensor FusedLinear::low_rank(const Tensor& x, int64_t outputs) const {
  const auto dtype = x.scalar_type();
  std::vector<Tensor> downs, columns;
  for (const auto& part : low_rank_) downs.push_back(part.a);
  const Tensor narrow = at::mm(x, at::cat(downs, 0).to(dtype).t());
  const auto fill = [&](int64_t width) {
    if (width > 0) columns.push_back(at::zeros({x.size(0), width}, x.options()));
  };
  int64_t row = 0, rank = 0;
  for (const auto& part : low_rank_) {
    fill(part.row - row);
    const Tensor up = (part.b * part.scale).to(dtype);
    columns.push_back(at::mm(narrow.narrow(1, rank, up.size(1)), up.t()));
    rank += up.size(1);
    row = part.row + up.size(0);
  }
  fill(outputs - row);
  return columns.size() == 1 ? columns[0] : at::cat(columns, 1);
}

}  // namespace loupe::model
