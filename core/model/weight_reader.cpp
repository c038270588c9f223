// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/weight_reader.h"

#include <sys/mman.h>
#include <torch/types.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <mutex>

#include "core/model/parallel.h"
#include "core/model/registry.h"

namespace loupe::model {

namespace {

using at::Tensor;
// Which row of the file becomes this one.
using RowMap = std::function<int64_t(int64_t row)>;

// Bytes that a thread fills at a time: they stay in its cache while the kernel hands them out
// zeroed and we write them.
constexpr int64_t fill_grain = 1 << 20;

std::string show(const std::vector<int64_t>& shape) {
  std::string text = "[";
  for (const auto n : shape) text += (text.size() > 1 ? ", " : "") + std::to_string(n);
  return text + "]";
}

// llama.cpp stores each head's rows as pairs (0, half), (1, half + 1) …; Hugging Face the halves
// one after the other.
RowMap halves_apart(int64_t head_dim) {
  const int64_t half = head_dim / 2;
  if (half == 0) return {};
  return [=](int64_t row) {
    const int64_t in_head = row % head_dim;
    return row - in_head + 2 * (in_head % half) + in_head / half;
  };
}

// [q of all heads, k of all, v of all] -> [heads, (q, k, v)].
RowMap side_by_side(int64_t heads, int64_t head_dim) {
  return [=](int64_t row) {
    const int64_t head = row / (3 * head_dim);
    const int64_t part = row / head_dim % 3;
    return (part * heads + head) * head_dim + row % head_dim;
  };
}

// Buffers that old checkpoints carry and that are computed, not read.
bool is_buffer(const std::string& name) {
  return name.ends_with("rotary_emb.inv_freq") || name == "rope_freqs.weight" ||
         name.starts_with("rope_factors_") || name.ends_with(".masked_bias") ||
         name.ends_with(".attn.bias") || name.ends_with(".attention.bias");
}

// Fresh pages all at once: a fault on each costs more than what is then written to it. Where the
// kernel does not know the wish, that is what happens.
void take_pages(void* begin, size_t bytes) {
#ifdef MADV_POPULATE_WRITE
  static const auto page = static_cast<uintptr_t>(::sysconf(_SC_PAGESIZE));
  const uintptr_t first = (reinterpret_cast<uintptr_t>(begin) + page - 1) / page * page;
  const uintptr_t last = (reinterpret_cast<uintptr_t>(begin) + bytes) / page * page;
  if (first < last) ::madvise(reinterpret_cast<void*>(first), last - first, MADV_POPULATE_WRITE);
#else
  (void)begin, (void)bytes;
#endif
}

// fill(first row, rows) on all threads, a piece at a time.
template <class T, class Fill>
void fill_parallel(T* out, int64_t rows, int64_t width, const Fill& fill) {
  const int64_t row_bytes = std::max<int64_t>(1, width * static_cast<int64_t>(sizeof(T)));
  const int64_t grain = std::max<int64_t>(1, fill_grain / row_bytes);
  parallel_rows(rows, grain, [&](int64_t begin, int64_t end) {
    for (int64_t at = begin; at < end; at += grain) {
      const int64_t piece = std::min(grain, end - at);
      take_pages(out + at * width, static_cast<size_t>(piece * row_bytes));
      fill(at, piece);
    }
  });
}

// `stored_row` empty: the rows as they are.
Result<void> read_parallel(const io::TensorInfo& info, float* out, const RowMap& stored_row) {
  std::optional<Error> problem;
  std::mutex mutex;
  const auto read = [&](int64_t from, int64_t to, int64_t count) {
    const auto done =
        io::read_as_f32(info, static_cast<uint64_t>(from), {out + to, static_cast<size_t>(count)});
    if (done) return;
    const std::lock_guard lock(mutex);
    problem = done.error();
  };
  if (stored_row && info.numel() > 0) {
    const int64_t width = info.numel() / info.shape[0];
    fill_parallel(out, info.shape[0], width, [&](int64_t first, int64_t rows) {
      for (int64_t row = first; row < first + rows; ++row)
        read(stored_row(row) * width, row * width, width);
    });
  } else {
    fill_parallel(out, info.numel(), 1,
                  [&](int64_t first, int64_t count) { read(first, first, count); });
  }
  if (problem) return *problem;
  return {};
}

}  // namespace

Result<Tensor> read_tensor(const io::TensorInfo& info) {
  Tensor tensor = at::empty(info.shape, at::kFloat);
  LOUPE_CHECK(read_parallel(info, tensor.data_ptr<float>(), {}));
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

std::function<int64_t(int64_t)> WeightReader::row_map(const std::string& name, int64_t rows) const {
  if (!opened_.gguf) return {};
  const auto& config = opened_.config;
  const auto is = [&](size_t part) {
    const auto& names = config.names.qkv;
    return part < names.size() && name.find("." + names[part] + ".") != std::string::npos;
  };
  if (stacks_qkv_ && is(0)) return side_by_side(config.heads, rows / config.heads / 3);
  if (interleaves_heads_ && is(0)) return halves_apart(rows / config.heads);
  if (interleaves_heads_ && is(1)) return halves_apart(rows / config.kv_heads);
  return {};
}

Result<void> WeightReader::fill(const std::string& name, Tensor& destination) {
  LOUPE_TRY(const io::TensorInfo* info, find(name, destination.sizes().vec()));
  if (destination.is_meta()) return {};
  const RowMap rows = row_map(name, info->shape.empty() ? 1 : info->shape[0]);
  const bool transposed = !opened_.gguf && opened_.config.stored_transposed(name);
  const bool one_more = opened_.gguf && adds_one_ && name.ends_with("norm.weight");
  const bool in_place =
      !transposed && !one_more && destination.is_cpu() && destination.is_contiguous();
  if (in_place && destination.scalar_type() == at::kFloat)
    return read_parallel(*info, destination.data_ptr<float>(), rows);
  if (in_place && !rows && destination.scalar_type() == at::kBFloat16 &&
      info->dtype == io::DType::bf16) {
    auto* out = destination.data_ptr<at::BFloat16>();
    fill_parallel(out, info->numel(), 1, [&](int64_t first, int64_t count) {
      std::memcpy(out + first, info->data.data() + 2 * first, 2 * static_cast<size_t>(count));
    });
    return {};
  }
  Tensor stored = at::empty(info->shape, at::kFloat);
  LOUPE_CHECK(read_parallel(*info, stored.data_ptr<float>(), rows));
  if (one_more) stored.sub_(1);
  destination.copy_(transposed ? stored.t() : stored);
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
