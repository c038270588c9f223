// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "core/io/safetensors.h"
#include "core/io/text.h"

namespace loupe::io {
namespace {

Result<void> check_tensor(const TensorToWrite& tensor, const std::string& where) {
  const auto fail = [&](std::string what) {
    return Error{ErrorCode::invalid_input,
                 std::move(what),
                 where + ": tensor " + quote_name(tensor.name),
                 {}};
  };
  if (tensor.name.empty() || tensor.name == "__metadata__" || first_bad_utf8(tensor.name))
    return fail("the name cannot be written");
  if (block_size(tensor.dtype).elements != 1)
    return fail(std::string("safetensors holds no ") + dtype_name(tensor.dtype) + " values");
  const std::optional<uint64_t> bytes = tensor_bytes(tensor.dtype, tensor.shape);
  if (!bytes || *bytes != tensor.data.size())
    return fail("the data's size does not fit the shape and type");
  return {};
}

}  // namespace

Result<void> write_safetensors(const std::filesystem::path& path,
                               const std::vector<TensorToWrite>& tensors,
                               const std::map<std::string, std::string>& metadata) {
  const std::string where = path.string();
  std::vector<const TensorToWrite*> order;
  std::set<std::string> names;
  for (const TensorToWrite& tensor : tensors) {
    LOUPE_CHECK(check_tensor(tensor, where));
    if (!names.insert(tensor.name).second) {
      return Error{ErrorCode::invalid_input,
                   "tensor " + quote_name(tensor.name) + " appears twice",
                   where,
                   {}};
    }
    order.push_back(&tensor);
  }
  // Wide types first, so that every tensor is aligned to its own element size.
  std::sort(order.begin(), order.end(), [](const TensorToWrite* a, const TensorToWrite* b) {
    const uint32_t a_bytes = block_size(a->dtype).bytes, b_bytes = block_size(b->dtype).bytes;
    return a_bytes != b_bytes ? a_bytes > b_bytes : a->name < b->name;
  });

  nlohmann::json header = nlohmann::json::object();
  for (const auto& [key, value] : metadata) {
    if (first_bad_utf8(key) || first_bad_utf8(value)) {
      return Error{ErrorCode::invalid_input,
                   "metadata " + quote_name(key) + " is not valid UTF-8",
                   where,
                   {}};
    }
  }
  if (!metadata.empty()) header["__metadata__"] = metadata;
  uint64_t offset = 0;
  for (const TensorToWrite* tensor : order) {
    header[tensor->name] = {{"dtype", dtype_name(tensor->dtype)},
                            {"shape", tensor->shape},
                            {"data_offsets", {offset, offset + tensor->data.size()}}};
    offset += tensor->data.size();
  }
  std::string text = header.dump();
  text.append((8 - text.size() % 8) % 8, ' ');

  LOUPE_TRY(AtomicFile file, AtomicFile::create(path));
  const uint64_t length = text.size();
  LOUPE_CHECK(file.write(std::as_bytes(std::span(&length, 1))));
  LOUPE_CHECK(file.write(text));
  for (const TensorToWrite* tensor : order) LOUPE_CHECK(file.write(tensor->data));
  return file.commit();
}

}  // namespace loupe::io
