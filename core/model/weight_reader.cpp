// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/weight_reader.h"

#include <torch/types.h>

#include <cstring>
#include <mutex>

#include "core/model/parallel.h"
#include "core/model/registry.h"

namespace loupe::model {

namespace {

using at::Tensor;

// Elements a thread reads at a time.
constexpr int64_t read_grain = 1 << 18;

std::string show(const std::vector<int64_t>& shape) {
  std::string text = "[";
  for (const auto n : shape) text += (text.size() > 1 ? ", " : "") + std::to_string(n);
  return text + "]";
}

// llama.cpp stores each head's rows as pairs (0, half), (1, half + 1) …; Hugging Face the halves
// one after the other.
Tensor halves_apart(const Tensor& stored, int64_t heads) {
  auto shape = stored.sizes().vec();
  const int64_t head_dim = shape[0] / heads;
  const int64_t rest = shape.size() > 1 ? shape[1] : 1;
  return stored.view({heads, head_dim / 2, 2, rest}).transpose(1, 2).reshape(shape);
}

// [q of all heads, k of all, v of all] -> [heads, (q, k, v)].
Tensor side_by_side(const Tensor& stored, int64_t heads) {
  auto shape = stored.sizes().vec();
  const int64_t head_dim = shape[0] / heads / 3;
  const int64_t rest = shape.size() > 1 ? shape[1] : 1;
  return stored.view({3, heads, head_dim, rest}).transpose(0, 1).reshape(shape);
}

// Buffers that old checkpoints carry and that are computed, not read.
bool is_buffer(const std::string& name) {
  return name.ends_with("rotary_emb.inv_freq") || name == "rope_freqs.weight" ||
         name.starts_with("rope_factors_") || name.ends_with(".masked_bias") ||
         name.ends_with(".attn.bias") || name.ends_with(".attention.bias");
}

Result<void> read_parallel(const io::TensorInfo& info, float* out) {
  std::optional<Error> problem;
  std::mutex mutex;
  parallel_rows(info.numel(), read_grain, [&](int64_t begin, int64_t end) {
    const auto done = io::read_as_f32(info, static_cast<uint64_t>(begin),
                                      {out + begin, static_cast<size_t>(end - begin)});
    if (done) return;
    const std::lock_guard lock(mutex);
    problem = done.error();
  });
  if (problem) return *problem;
  return {};
}

}  // namespace

Result<Tensor> read_tensor(const io::TensorInfo& info) {
  Tensor tensor = at::empty(info.shape, at::kFloat);
  LOUPE_CHECK(read_parallel(info, tensor.data_ptr<float>()));
  return tensor;
}

WeightReader::WeightReader(const OpenedModel& opened) : opened_(opened) {
  if (!opened.gguf) return;
  const auto* architecture = find_architecture(opened.config.architecture);
  interleaves_heads_ = architecture->gguf_interleaves_heads();
  adds_one_ = architecture->gguf_adds_one();
  stacks_qkv_ = architecture->gguf_stacks_qkv();
}

std::string WeightReader::stored_name(const std::string& name) const {
  const auto& names = opened_.config.names;
  if (opened_.gguf) return gguf_name(name, names);
  // A body saved alone has no prefix.
  if (opened_.safetensors->find(name) == nullptr && name.starts_with(names.prefix)) {
    const std::string bare = name.substr(names.prefix.size());
    if (opened_.safetensors->find(bare) != nullptr) return bare;
  }
  return name;
}

Result<const io::TensorInfo*> WeightReader::find(const std::string& name,
                                                 const std::vector<int64_t>& shape) {
  const std::string stored = stored_name(name);
  const auto* info = opened_.source().find(stored);
  if (info == nullptr)
    return Error{ErrorCode::corrupt, "the tensor " + stored + " is missing",
                 opened_.files.front().string(), "fetch the model's files again"};
  auto wanted = shape;
  if (!opened_.gguf && opened_.config.stored_transposed(name) && wanted.size() == 2)
    std::swap(wanted[0], wanted[1]);
  if (info->shape != wanted)
    return Error{ErrorCode::corrupt,
                 "the tensor " + stored + " has shape " + show(info->shape) +
                     ", the config asks for " + show(wanted),
                 info->file, "config and weights do not belong together"};
  used_.insert(stored);
  return info;
}

bool WeightReader::rewritten(const std::string& name) const {
  const auto& names = opened_.config.names;
  const auto has = [&](const std::string& part) {
    return !part.empty() && name.find("." + part + ".") != std::string::npos;
  };
  if (!opened_.gguf) return opened_.config.stored_transposed(name);
  if (stacks_qkv_ && has(names.qkv[0])) return true;
  if (interleaves_heads_ && (has(names.qkv[0]) || has(names.qkv[1]))) return true;
  return adds_one_ && name.ends_with("norm.weight");
}

Tensor WeightReader::as_hugging_face(const std::string& name, Tensor stored) const {
  const auto& config = opened_.config;
  if (!opened_.gguf) return stored.t();
  if (adds_one_ && name.ends_with("norm.weight")) return stored - 1;
  if (stacks_qkv_) return side_by_side(stored, config.heads);
  const bool query = name.find("." + config.names.qkv[0] + ".") != std::string::npos;
  return halves_apart(stored, query ? config.heads : config.kv_heads);
}

Result<void> WeightReader::fill(const std::string& name, Tensor& destination) {
  LOUPE_TRY(const io::TensorInfo* info, find(name, destination.sizes().vec()));
  if (destination.is_meta()) return {};
  const bool in_place = !rewritten(name) && destination.is_cpu() && destination.is_contiguous();
  if (in_place && destination.scalar_type() == at::kFloat)
    return read_parallel(*info, destination.data_ptr<float>());
  if (in_place && destination.scalar_type() == at::kBFloat16 && info->dtype == io::DType::bf16) {
    std::memcpy(destination.data_ptr(), info->data.data(), info->data.size());
    return {};
  }
  LOUPE_TRY(Tensor stored, read_tensor(*info));
  destination.copy_(rewritten(name) ? as_hugging_face(name, std::move(stored)) : stored);
  return {};
}

Result<void> WeightReader::check_all_used() const {
  for (const auto& [name, info] : opened_.source().tensors()) {
    if (used_.contains(name) || is_buffer(name)) continue;
    if (opened_.config.tied && name == opened_.config.names.unembedding) continue;
    return Error{ErrorCode::unsupported,
                 "the tensor " + name + " has no place in " + opened_.config.architecture,
                 info.file, "the model is of another kind than its config says"};
  }
  return {};
}

}  // namespace loupe::model
