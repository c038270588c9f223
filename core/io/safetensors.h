// SPDX-License-Identifier: GPL-3.0-or-later
// Reader and writer of safetensors, one file or sharded (model.safetensors.index.json).
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/base/file.h"
#include "core/io/tensor_source.h"

namespace loupe::io {

class SafetensorsFile : public TensorSource {
 public:
  static Result<std::shared_ptr<const SafetensorsFile>> open(const std::filesystem::path& path);
  static Result<std::shared_ptr<const SafetensorsFile>> parse(std::span<const std::byte> bytes,
                                                              std::string name);
  // A Hugging Face folder: model.safetensors, or the shards that model.safetensors.index.json
  // lists. A tensor that the index places in a shard that lacks it is an error, and so is a tensor
  // in two shards.
  static Result<std::shared_ptr<const SafetensorsFile>> open_folder(
      const std::filesystem::path& folder);

  const std::map<std::string, std::string>& metadata() const { return metadata_; }
  const std::vector<std::filesystem::path>& files() const { return files_; }

 private:
  std::vector<MappedFile> mappings_;
  std::vector<std::filesystem::path> files_;
  std::map<std::string, std::string> metadata_;
};

struct TensorToWrite {
  std::string name;
  DType dtype = DType::f32;
  std::vector<int64_t> shape;
  std::span<const std::byte> data;
};
// Atomic: written beside and renamed.
Result<void> write_safetensors(const std::filesystem::path& path,
                               const std::vector<TensorToWrite>& tensors,
                               const std::map<std::string, std::string>& metadata);

}  // namespace loupe::io
