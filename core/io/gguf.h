// SPDX-License-Identifier: GPL-3.0-or-later
// Reader of GGUF (versions 2 and 3, little-endian). Every size, offset, count and name is checked
// against the file before it is believed; a lie is an Error that names the file and the place.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "core/base/file.h"
#include "core/io/tensor_source.h"

namespace loupe::io {

using GgufValue = std::variant<uint64_t, int64_t, double, bool, std::string,
                               std::vector<std::string>, std::vector<int64_t>, std::vector<double>>;

class GgufFile : public TensorSource {
 public:
  static Result<std::shared_ptr<const GgufFile>> open(const std::filesystem::path& path);
  // From memory, for tests; `name` stands for the file in messages. The bytes must outlive the
  // object.
  static Result<std::shared_ptr<const GgufFile>> parse(std::span<const std::byte> bytes,
                                                       std::string name);

  const std::map<std::string, GgufValue>& metadata() const { return metadata_; }
  std::optional<std::string> get_string(const std::string& key) const;
  std::optional<int64_t> get_int(const std::string& key) const;   // any integer type or bool
  std::optional<double> get_float(const std::string& key) const;  // any number
  std::optional<bool> get_bool(const std::string& key) const;
  const std::vector<std::string>* get_strings(const std::string& key) const;
  const std::vector<int64_t>* get_ints(const std::string& key) const;
  const std::vector<double>* get_floats(const std::string& key) const;
  const std::string& name() const { return name_; }

 private:
  std::optional<MappedFile> mapping_;
  std::string name_;
  std::map<std::string, GgufValue> metadata_;
};

}  // namespace loupe::io
