// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/safetensors.h"

#include <algorithm>
#include <cstring>
#include <limits>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

#include "core/io/pickle.h"
#include "core/io/safetensors_header.h"
#include "core/io/text.h"

namespace loupe::io {
namespace {

constexpr uint64_t kMaxHeaderBytes = 100'000'000;  // the format's own limit
constexpr size_t kMaxDims = 64;

std::optional<DType> dtype_from_name(std::string_view name) {
  for (const DType dtype : {DType::f64, DType::f32, DType::f16, DType::bf16, DType::i64, DType::i32,
                            DType::i16, DType::i8, DType::u8, DType::boolean})
    if (name == dtype_name(dtype)) return dtype;
  return std::nullopt;
}

Error tensor_error(ErrorCode code, std::string what, const std::string& file,
                   const std::string& tensor) {
  return {code, std::move(what), file + ": tensor " + quote_name(tensor), {}};
}

Result<TensorInfo> to_tensor(const SafetensorsEntry& entry, std::span<const std::byte> data,
                             const std::string& file) {
  const auto fail = [&](ErrorCode code, std::string what) {
    return tensor_error(code, std::move(what), file, entry.name);
  };
  TensorInfo info;
  info.name = entry.name;
  info.file = file;
  const std::optional<DType> dtype = dtype_from_name(entry.dtype);
  if (!dtype)
    return fail(ErrorCode::unsupported, "its type " + quote_name(entry.dtype) + " is unsupported");
  info.dtype = *dtype;
  if (entry.shape.size() > kMaxDims) return fail(ErrorCode::corrupt, "it has too many dimensions");
  for (const uint64_t dim : entry.shape) {
    if (dim > static_cast<uint64_t>(std::numeric_limits<int64_t>::max()))
      return fail(ErrorCode::corrupt, "it has a dimension of " + std::to_string(dim));
    info.shape.push_back(static_cast<int64_t>(dim));
  }
  const uint64_t begin = entry.offsets[0], end = entry.offsets[1];
  if (begin > end) return fail(ErrorCode::corrupt, "its data ends before it begins");
  if (end > data.size()) {
    Error error = fail(ErrorCode::corrupt, "its data goes beyond the end of the file");
    error.hint = "the file may be an incomplete download";
    return error;
  }
  const std::optional<uint64_t> bytes = tensor_bytes(info.dtype, info.shape);
  if (!bytes || *bytes != end - begin) {
    return fail(ErrorCode::corrupt,
                "its data has " + std::to_string(end - begin) + " bytes, its shape and type need " +
                    (bytes ? std::to_string(*bytes) : std::string("more than any file has")));
  }
  info.data = data.subspan(begin, end - begin);
  return info;
}

// The format allows neither holes nor overlaps.
Result<void> check_contiguous(std::vector<SafetensorsEntry> entries, uint64_t data_size,
                              const std::string& file) {
  std::sort(
      entries.begin(), entries.end(),
      [](const SafetensorsEntry& a, const SafetensorsEntry& b) { return a.offsets < b.offsets; });
  uint64_t end = 0;
  for (const SafetensorsEntry& entry : entries) {
    if (entry.offsets[0] != end) {
      return tensor_error(ErrorCode::corrupt,
                          entry.offsets[0] < end ? "its data overlaps another tensor's"
                                                 : "there is a hole before its data",
                          file, entry.name);
    }
    end = entry.offsets[1];
  }
  if (end != data_size) {
    return Error{ErrorCode::corrupt,
                 std::to_string(data_size - end) + " bytes at the end belong to no tensor",
                 file,
                 {}};
  }
  return {};
}

// weight_map of an index: tensor name to shard file name.
Result<std::map<std::string, std::string>> read_index(const std::filesystem::path& path) {
  LOUPE_TRY(const std::string text, read_text_file(path));
  LOUPE_TRY(const nlohmann::json index, parse_json(text, path.string()));
  const auto fail = [&path](std::string what) {
    return Error{ErrorCode::corrupt, std::move(what), path.string(), {}};
  };
  if (!index.is_object() || !index.contains("weight_map") || !index["weight_map"].is_object())
    return fail("the index has no `weight_map` object");
  std::map<std::string, std::string> shards;
  for (const auto& [tensor, shard] : index["weight_map"].items()) {
    if (!shard.is_string())
      return fail("the shard of tensor " + quote_name(tensor) + " is no string");
    const auto name = shard.get<std::string>();
    // A shard lies beside its index: a path could reach any file of the user's.
    if (name.empty() || name == "." || name == ".." || name.find('/') != name.npos ||
        name.find('\0') != name.npos)
      return fail("the shard of tensor " + quote_name(tensor) +
                  " is no plain file name: " + quote_name(name));
    shards.emplace(tensor, name);
  }
  if (shards.empty()) return fail("the index lists no tensors");
  return shards;
}

}  // namespace

Result<std::shared_ptr<const SafetensorsFile>> SafetensorsFile::parse(
    std::span<const std::byte> bytes, std::string name) {
  const auto fail = [&name](std::string what) {
    return Error{ErrorCode::corrupt, std::move(what), name + ": byte 0",
                 "the file may be an incomplete download, or no safetensors file"};
  };
  uint64_t length = 0;
  if (bytes.size() < sizeof(length)) return fail("the file is too short for safetensors");
  std::memcpy(&length, bytes.data(), sizeof(length));
  if (length > kMaxHeaderBytes || length > bytes.size() - sizeof(length)) {
    return fail("the header claims " + std::to_string(length) + " bytes, the file has " +
                std::to_string(bytes.size() - sizeof(length)) + " after its length");
  }
  const std::string_view json(reinterpret_cast<const char*>(bytes.data()) + sizeof(length), length);
  if (!json.starts_with('{')) return fail("the header does not begin with {");
  LOUPE_TRY(SafetensorsHeader header, parse_safetensors_header(json, name));

  const std::span<const std::byte> data = bytes.subspan(sizeof(length) + length);
  auto file = std::make_shared<SafetensorsFile>();
  for (const SafetensorsEntry& entry : header.tensors) {
    LOUPE_TRY(TensorInfo info, to_tensor(entry, data, name));
    file->tensors_.emplace(entry.name, std::move(info));
  }
  LOUPE_CHECK(check_contiguous(std::move(header.tensors), data.size(), name));
  file->metadata_ = std::move(header.metadata);
  return std::shared_ptr<const SafetensorsFile>(std::move(file));
}

Result<std::shared_ptr<const SafetensorsFile>> SafetensorsFile::open(
    const std::filesystem::path& path) {
  LOUPE_CHECK(refuse_pickle(path));
  LOUPE_TRY(MappedFile mapping, MappedFile::open(path));
  LOUPE_TRY(std::shared_ptr<const SafetensorsFile> parsed, parse(mapping.bytes(), path.string()));
  // Nobody else holds it yet; the spans point into the mapping, which stays where it is.
  auto file = std::const_pointer_cast<SafetensorsFile>(std::move(parsed));
  file->mappings_.push_back(std::move(mapping));
  file->files_.push_back(path);
  return std::shared_ptr<const SafetensorsFile>(std::move(file));
}

Result<std::shared_ptr<const SafetensorsFile>> SafetensorsFile::open_folder(
    const std::filesystem::path& folder) {
  std::error_code ignored;
  const std::filesystem::path single = folder / "model.safetensors";
  if (std::filesystem::exists(single, ignored)) return open(single);
  const std::filesystem::path index = folder / "model.safetensors.index.json";
  if (!std::filesystem::exists(index, ignored)) {
    LOUPE_CHECK(refuse_pickle(folder));
    return Error{ErrorCode::not_found,
                 "the folder has neither model.safetensors nor model.safetensors.index.json",
                 folder.string(), "choose the folder that holds the weights"};
  }
  LOUPE_TRY(const auto shard_of, read_index(index));
  std::set<std::string> shards;
  for (const auto& [tensor, shard] : shard_of) shards.insert(shard);

  auto all = std::make_shared<SafetensorsFile>();
  for (const std::string& shard : shards) {
    LOUPE_TRY(const auto part, open(folder / shard));
    for (const auto& [name, info] : part->tensors_) {
      const auto [existing, added] = all->tensors_.emplace(name, info);
      if (!added) {
        return tensor_error(ErrorCode::corrupt, "it is also in " + existing->second.file, info.file,
                            name);
      }
    }
    all->metadata_.insert(part->metadata_.begin(), part->metadata_.end());
    all->mappings_.insert(all->mappings_.end(), part->mappings_.begin(), part->mappings_.end());
    all->files_.push_back(folder / shard);
  }
  for (const auto& [name, shard] : shard_of) {
    const TensorInfo* info = all->find(name);
    const std::string expected = (folder / shard).string();
    if (info == nullptr || info->file != expected) {
      return tensor_error(ErrorCode::corrupt,
                          "the index places it in " + expected + ", which does not hold it",
                          index.string(), name);
    }
  }
  return std::shared_ptr<const SafetensorsFile>(std::move(all));
}

}  // namespace loupe::io
