// SPDX-License-Identifier: GPL-3.0-or-later
#include <ATen/ATen.h>
#include <torch/csrc/autograd/custom_function.h>

#include <cmath>
#include <cstring>
#include <limits>

#include "core/model/kernel_access.h"
#include "core/model/ops.h"

namespace loupe::model {

namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;
using Row = AttentionPlan::Row;

// Rows longer than this get a call of their own: enough work for all threads, and nothing is
// padded.
constexpr int64_t long_row = 192;

using Shape = AttentionShape;

struct PlanHolder : torch::CustomClassHolder {
  PlanHolder(std::shared_ptr<const AttentionPlan> p, const Shape& s)
      : plan(std::move(p)), shape(s) {}
  std::shared_ptr<const AttentionPlan> plan;
  Shape shape;
};

// 0 where token `time` of a row sees an earlier one or itself, -inf elsewhere. [time, time]
Tensor causal_mask(int64_t time, int64_t window, const at::TensorOptions& options) {
  Tensor mask = at::full({time, time}, -std::numeric_limits<double>::infinity(), options);
  if (window <= 0 || window >= time) return mask.triu(1);
  return mask.triu(1) + mask.tril(-window);
}

// Of a call as long as `time`: nothing where the window hides nothing.
std::optional<Tensor> window_mask(const Shape& s, int64_t time, const at::TensorOptions& options) {
  if (s.window <= 0 || s.window >= time) return std::nullopt;
  return causal_mask(time, s.window, options);
}

int64_t longest(const std::vector<Row>& rows) {
  int64_t length = 0;
  for (const auto& row : rows) length = std::max(length, row.length());
  return length;
}

int64_t packed_index(const Row& row, int64_t t) {
  return t < row.prompt.length ? row.prompt.begin + t : row.response.begin + t - row.prompt.length;
}

// Query heads and repeated key/value heads of a call's rows, [rows, heads, time, head_dim], zero
// where padded. Laid out [rows, time, heads, head_dim] in memory, so that a token is one copy.
template <class O>
void gather(const O* qkv, const std::vector<Row>& rows, int64_t time, const Shape& s, O* q, O* k,
            O* v) {
  const int64_t q_width = s.heads * s.head_dim;
  const int64_t bytes = static_cast<int64_t>(sizeof(O)) * s.head_dim;
  parallel_rows(static_cast<int64_t>(rows.size()) * time, 16, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      const Row& row = rows[static_cast<size_t>(i / time)];
      const int64_t t = i % time;
      O* targets[3] = {q + i * q_width, k + i * q_width, v + i * q_width};
      if (t >= row.length()) {
        for (O* target : targets) std::memset(target, 0, static_cast<size_t>(bytes * s.heads));
        continue;
      }
      const O* source = qkv + packed_index(row, t) * s.width();
      std::memcpy(targets[0], source, static_cast<size_t>(bytes * s.heads));
      for (int64_t h = 0; h < s.heads; ++h) {
        const O* key = source + (s.heads + h / s.repeats()) * s.head_dim;
        std::memcpy(targets[1] + h * s.head_dim, key, static_cast<size_t>(bytes));
        std::memcpy(targets[2] + h * s.head_dim, key + s.kv_heads * s.head_dim,
                    static_cast<size_t>(bytes));
      }
    }
  });
}

// Whether the output (and so the gradient) of token t of a row belongs to this row.
bool owns(const Row& row, int64_t t) {
  return t < row.length() && (t >= row.prompt.length || row.owns_prompt);
}

template <class O>
void scatter_output(const O* padded, const std::vector<Row>& rows, int64_t time, int64_t width,
                    O* out) {
  parallel_rows(static_cast<int64_t>(rows.size()) * time, 64, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      const Row& row = rows[static_cast<size_t>(i / time)];
      if (owns(row, i % time))
        std::memcpy(out + packed_index(row, i % time) * width, padded + i * width,
                    sizeof(O) * static_cast<size_t>(width));
    }
  });
}

template <class O>
void gather_output_gradient(const O* dout, const std::vector<Row>& rows, int64_t time,
                            int64_t width, O* padded) {
  parallel_rows(static_cast<int64_t>(rows.size()) * time, 64, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      const Row& row = rows[static_cast<size_t>(i / time)];
      O* target = padded + i * width;
      if (owns(row, i % time))
        std::memcpy(target, dout + packed_index(row, i % time) * width,
                    sizeof(O) * static_cast<size_t>(width));
      else
        std::memset(target, 0, sizeof(O) * static_cast<size_t>(width));
    }
  });
}

// Adds a call's dq, dk, dv to the gradient of qkv, `total` in the accumulation type (a prompt's
// keys gather from every response, a key head from all of its query heads). Rows of one prompt
// follow each other, so threads split by prompt.
template <class O, class A>
void scatter_gradient(const Tensor& dq, const Tensor& dk, const Tensor& dv,
                      const std::vector<Row>& rows, int64_t time, const Shape& s, A* total) {
  const O* sources[3] = {pointer<O>(dq), pointer<O>(dk), pointer<O>(dv)};
  const auto read = [](const O* p) {
    if constexpr (std::is_same_v<O, kernels::bf16>) {
      const uint32_t bits = static_cast<uint32_t>(*p) << 16;
      float value;
      std::memcpy(&value, &bits, sizeof(value));
      return static_cast<A>(value);
    } else {
      return static_cast<A>(*p);
    }
  };
  const int64_t q_width = s.heads * s.head_dim;
  // Splitting by time keeps every packed token in one thread, whichever rows it appears in.
  parallel_rows(time, 8, [&](int64_t begin, int64_t end) {
    for (size_t r = 0; r < rows.size(); ++r) {
      for (int64_t t = begin; t < std::min(end, rows[r].length()); ++t) {
        const int64_t at = (static_cast<int64_t>(r) * time + t) * q_width;
        A* target = total + packed_index(rows[r], t) * s.width();
        if (owns(rows[r], t))
          for (int64_t i = 0; i < q_width; ++i) target[i] += read(sources[0] + at + i);
        for (int64_t h = 0; h < s.heads; ++h) {
          A* key = target + (s.heads + h / s.repeats()) * s.head_dim;
          A* value = key + s.kv_heads * s.head_dim;
          const O* dkey = sources[1] + at + h * s.head_dim;
          const O* dvalue = sources[2] + at + h * s.head_dim;
          for (int64_t i = 0; i < s.head_dim; ++i) key[i] += read(dkey + i);
          for (int64_t i = 0; i < s.head_dim; ++i) value[i] += read(dvalue + i);
        }
      }
    }
  });
}

struct Padded {
  Tensor q, k, v;  // [rows, heads, time, head_dim]
  int64_t time = 0;
};

Padded pad(const Tensor& qkv, const std::vector<Row>& rows, const Shape& s) {
  Padded p;
  p.time = longest(rows);
  const auto make = [&] {
    return at::empty({static_cast<int64_t>(rows.size()), p.time, s.heads, s.head_dim},
                     qkv.options());
  };
  const Tensor q = make();
  const Tensor k = make();
  const Tensor v = make();
  with_kernels(residual_of(qkv.scalar_type()), qkv.scalar_type(),
               [&]<class T, class O>(const kernels::Table<T, O>&) {
                 gather<O>(pointer<O>(qkv), rows, p.time, s, pointer<O>(q), pointer<O>(k),
                           pointer<O>(v));
               });
  p.q = q.transpose(1, 2);
  p.k = k.transpose(1, 2);
  p.v = v.transpose(1, 2);
  return p;
}

struct PackedAttentionFunction : torch::autograd::Function<PackedAttentionFunction> {
  static Tensor forward(AutogradContext* context, const Tensor& qkv_in,
                        const c10::intrusive_ptr<PlanHolder>& holder) {
    const Shape& s = holder->shape;
    const int64_t width = s.heads * s.head_dim;
    const Tensor qkv = qkv_in.contiguous();
    const Tensor out = at::zeros({qkv.size(0), width}, qkv.options());
    variable_list saved{qkv};
    for (const auto& rows : holder->plan->calls) {
      const Padded p = pad(qkv, rows, s);
      const auto mask = window_mask(s, p.time, qkv.options());
      auto [o, lse] =
          at::_scaled_dot_product_flash_attention_for_cpu(p.q, p.k, p.v, 0.0, !mask, mask, s.scale);
      saved.push_back(o);
      saved.push_back(lse);
      const Tensor by_token = o.transpose(1, 2).contiguous();
      with_kernels(residual_of(qkv.scalar_type()), qkv.scalar_type(),
                   [&]<class T, class O>(const kernels::Table<T, O>&) {
                     scatter_output<O>(pointer<O>(by_token), rows, p.time, width, pointer<O>(out));
                   });
    }
    context->save_for_backward(saved);
    context->saved_data["plan"] = c10::IValue::make_capsule(holder);
    return out;
  }

  static variable_list backward(AutogradContext* context, variable_list gradients) {
    const auto saved = context->get_saved_variables();
    const auto capsule = context->saved_data["plan"].toCapsule();
    const auto& holder = *static_cast<PlanHolder*>(capsule.get());
    const Shape& s = holder.shape;
    const auto& plan = *holder.plan;
    const Tensor& qkv = saved[0];
    const Tensor dout = gradients[0].contiguous();
    const auto residual = residual_of(qkv.scalar_type());
    const Tensor total = at::zeros({qkv.size(0), s.width()}, qkv.options().dtype(residual));
    for (size_t c = 0; c < plan.calls.size(); ++c) {
      const auto& rows = plan.calls[c];
      const Padded p = pad(qkv, rows, s);
      const Tensor padded = at::empty(
          {static_cast<int64_t>(rows.size()), p.time, s.heads, s.head_dim}, qkv.options());
      with_kernels(residual, qkv.scalar_type(), [&]<class T, class O>(const kernels::Table<T, O>&) {
        gather_output_gradient<O>(pointer<O>(dout), rows, p.time, s.heads * s.head_dim,
                                  pointer<O>(padded));
      });
      const auto mask = window_mask(s, p.time, qkv.options());
      const auto [dq, dk, dv] = at::_scaled_dot_product_flash_attention_for_cpu_backward(
          padded.transpose(1, 2), p.q, p.k, p.v, saved[1 + 2 * c], saved[2 + 2 * c], 0.0, !mask,
          mask, s.scale);
      const Tensor q = dq.transpose(1, 2).contiguous();
      const Tensor k = dk.transpose(1, 2).contiguous();
      const Tensor v = dv.transpose(1, 2).contiguous();
      with_kernels(residual, qkv.scalar_type(), [&]<class T, class O>(const kernels::Table<T, O>&) {
        scatter_gradient<O, T>(q, k, v, rows, p.time, s, pointer<T>(total));
      });
    }
    return {total.to(qkv.scalar_type()), Tensor()};
  }
};

// Fused where torch has a kernel for it; written out elsewhere: no kernel caps logits, and the
// fused operator's fallback has none for meta tensors.
Tensor causal_attention(const Tensor& q, const Tensor& k, const Tensor& v, const Shape& s) {
  const int64_t time = q.size(2);
  if (q.is_cuda() && s.softcap == 0) {
    const auto mask = window_mask(s, time, q.options());
    return at::scaled_dot_product_attention(q, k, v, mask, 0.0, !mask, s.scale);
  }
  Tensor logits = at::matmul(q, k.transpose(2, 3)) * s.scale;
  if (s.softcap != 0) logits = at::tanh(logits / s.softcap) * s.softcap;
  return at::matmul(at::softmax(logits + causal_mask(time, s.window, q.options()), -1), v);
}

// The same by ordinary torch operations, for every device that has no kernels of ours.
Tensor attention_by_index(const Tensor& qkv, const AttentionPlan& plan, const Shape& s) {
  std::vector<Tensor> outputs;
  std::vector<int64_t> position(static_cast<size_t>(qkv.size(0)), 0);
  int64_t offset = 0;
  for (const auto& rows : plan.calls) {
    const int64_t time = longest(rows);
    std::vector<int64_t> index;
    for (size_t r = 0; r < rows.size(); ++r)
      for (int64_t t = 0; t < time; ++t) {
        const bool real = t < rows[r].length();
        const int64_t at = real ? packed_index(rows[r], t) : rows[r].prompt.begin;
        index.push_back(at);
        if (owns(rows[r], t))
          position[static_cast<size_t>(at)] = offset + static_cast<int64_t>(index.size()) - 1;
      }
    const Tensor padded =
        take_rows(qkv, index_tensor(index, qkv.device()))
            .view({static_cast<int64_t>(rows.size()), time, s.heads + 2 * s.kv_heads, s.head_dim});
    const Tensor q = padded.narrow(2, 0, s.heads).transpose(1, 2);
    const Tensor k =
        padded.narrow(2, s.heads, s.kv_heads).transpose(1, 2).repeat_interleave(s.repeats(), 1);
    const Tensor v = padded.narrow(2, s.heads + s.kv_heads, s.kv_heads)
                         .transpose(1, 2)
                         .repeat_interleave(s.repeats(), 1);
    const Tensor out = causal_attention(q, k, v, s);
    outputs.push_back(out.transpose(1, 2).reshape({-1, s.heads * s.head_dim}));
    offset += static_cast<int64_t>(rows.size()) * time;
  }
  return take_rows(at::cat(outputs, 0), index_tensor(position, qkv.device()));
}

}  // namespace

AttentionPlan AttentionPlan::make(const PackedBatch& batch) {
  AttentionPlan plan;
  std::vector<Row> small;
  for (const auto& group : batch.groups) {
    std::vector<Row> rows;
    for (const auto& response : group.responses)
      rows.push_back({group.prompt, response, rows.empty()});
    if (rows.empty()) rows.push_back({group.prompt, Segment{}, true});
    for (const auto& row : rows) {
      if (row.length() > long_row)
        plan.calls.push_back({row});
      else
        small.push_back(row);
    }
  }
  // Similar lengths together, so that little is padded; a stable order keeps results reproducible.
  std::stable_sort(small.begin(), small.end(),
                   [](const Row& a, const Row& b) { return a.length() < b.length(); });
  std::vector<Row> call;
  for (const auto& row : small) {
    if (!call.empty() && row.length() * 4 > (call.front().length() + 8) * 5) {
      plan.calls.push_back(std::move(call));
      call.clear();
    }
    call.push_back(row);
  }
  if (!call.empty()) plan.calls.push_back(std::move(call));
  return plan;
}

Tensor packed_attention(const Tensor& qkv, const std::shared_ptr<const AttentionPlan>& plan,
                        const AttentionShape& shape) {
  if (shape.softcap == 0 && qkv.is_cpu() &&
      has_kernel(residual_of(qkv.scalar_type()), qkv.scalar_type()))
    return PackedAttentionFunction::apply(qkv, c10::make_intrusive<PlanHolder>(plan, shape));
  return attention_by_index(qkv, *plan, shape);
}

}  // namespace loupe::model
