// SPDX-License-Identifier: GPL-3.0-or-later
#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include "core/io/safetensors.h"
#include "core/model/load.h"
#include "core/model/weight_reader.h"

namespace loupe::model {

namespace {

Result<io::DType> dtype_of(const Tensor& tensor, const std::string& name) {
  switch (tensor.scalar_type()) {
    case at::kFloat:
      return io::DType::f32;
    case at::kBFloat16:
      return io::DType::bf16;
    case at::kDouble:
      return io::DType::f64;
    case at::kLong:
      return io::DType::i64;
    case at::kByte:
      return io::DType::u8;
    default:
      return Error{
          ErrorCode::unsupported,
          std::string("cannot save a tensor of type ") + c10::toString(tensor.scalar_type()), name,
          ""};
  }
}

// Floating-point numbers as fp32, but fp64 as fp64.
Result<Tensor> read_stored(const io::TensorInfo& info) {
  const bool as_is =
      info.dtype == io::DType::f64 || info.dtype == io::DType::i64 || info.dtype == io::DType::u8;
  if (!as_is) return read_tensor(info);
  const auto type = info.dtype == io::DType::f64   ? at::kDouble
                    : info.dtype == io::DType::i64 ? at::kLong
                                                   : at::kByte;
  Tensor out = at::empty(info.shape, type);
  std::memcpy(out.data_ptr(), info.data.data(), info.data.size());
  return out;
}

}  // namespace

Result<void> save_tensors(const std::vector<std::pair<std::string, Tensor>>& tensors,
                          const std::map<std::string, std::string>& metadata,
                          const std::filesystem::path& path) {
  std::vector<Tensor> kept;  // the bytes must outlive the write
  std::vector<io::TensorToWrite> list;
  for (const auto& [name, tensor] : tensors) {
    kept.push_back(tensor.detach().cpu().contiguous());
    LOUPE_TRY(const io::DType dtype, dtype_of(kept.back(), name));
    list.push_back(
        {name, dtype, kept.back().sizes().vec(),
         std::span<const std::byte>(static_cast<const std::byte*>(kept.back().data_ptr()),
                                    kept.back().nbytes())});
  }
  return io::write_safetensors(path, list, metadata);
}

Result<void> save_parameters(const Decoder& decoder,
                             const std::vector<std::pair<std::string, Tensor>>& extra,
                             const std::map<std::string, std::string>& metadata,
                             const std::filesystem::path& path) {
  std::vector<std::pair<std::string, Tensor>> all = decoder.parameters();
  for (auto& [name, tensor] : all)
    if (decoder.config().stored_transposed(name)) tensor = tensor.detach().t();
  all.insert(all.end(), extra.begin(), extra.end());
  return save_tensors(all, metadata, path);
}

Result<std::map<std::string, Tensor>> load_tensors(const std::filesystem::path& path) {
  LOUPE_TRY(const auto file, io::SafetensorsFile::open(path));
  std::map<std::string, Tensor> out;
  for (const auto& [name, info] : file->tensors()) {
    LOUPE_TRY(out[name], read_stored(info));
  }
  return out;
}

Result<std::map<std::string, Tensor>> load_parameters(const std::filesystem::path& path,
                                                      Decoder& decoder) {
  at::NoGradGuard no_grad;
  LOUPE_TRY(const auto file, io::SafetensorsFile::open(path));
  std::map<std::string, Tensor> extra;
  std::map<std::string, Tensor> wanted(decoder.parameters().begin(), decoder.parameters().end());
  // One tensor at a time: the file is as large as the model, with an optimiser three times that.
  for (const auto& [name, info] : file->tensors()) {
    LOUPE_TRY(Tensor tensor, read_stored(info));
    if (decoder.config().stored_transposed(name) && tensor.dim() == 2) tensor = tensor.t();
    const auto found = wanted.find(name);
    if (found == wanted.end()) {
      extra[name] = tensor;
      continue;
    }
    if (found->second.sizes() != tensor.sizes())
      return Error{ErrorCode::corrupt, "the tensor " + name + " has another shape than the model's",
                   path.string(), "the checkpoint belongs to another model"};
    found->second.detach().copy_(tensor);
    wanted.erase(found);
  }
  if (!wanted.empty())
    return Error{ErrorCode::corrupt, "the tensor " + wanted.begin()->first + " is missing",
                 path.string(), "the checkpoint is incomplete"};
  decoder.parameters_changed();
  return extra;
}

}  // namespace loupe::model
