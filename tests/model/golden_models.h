// SPDX-License-Identifier: GPL-3.0-or-later
// The tiny models of tests/golden, opened without their tokenizers.
#pragma once

#include <ATen/ATen.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "core/io/safetensors.h"
#include "core/model/decoder.h"

namespace loupe::test {

inline std::filesystem::path golden_folder() {
  return std::filesystem::path(std::getenv("LOUPE_SOURCE_DIR")) / "tests" / "golden" / "models";
}

inline nlohmann::json read_json(const std::filesystem::path& path) {
  std::ifstream stream(path);
  return nlohmann::json::parse(stream);
}

template <class T>
T must(Result<T> result) {
  if (!result) throw std::runtime_error(result.error().text());
  return std::move(result).value();
}

inline std::shared_ptr<model::Decoder> tiny_decoder(const std::string& variant,
                                                    at::ScalarType residual = at::kFloat,
                                                    at::Device device = at::kCPU) {
  const auto folder = golden_folder() / variant;
  const auto config =
      must(model::config_from_json(read_json(folder / "config.json"), "config.json"));
  const auto file = must(io::SafetensorsFile::open_folder(folder));
  const auto weights = [&](const std::string& name, at::Tensor& destination) -> Result<void> {
    const auto* info = file->find(name);
    if (info == nullptr) return Error{ErrorCode::corrupt, name, "", ""};
    at::Tensor tensor = at::empty(info->shape, at::kFloat);
    LOUPE_CHECK(
        io::read_as_f32(*info, {tensor.data_ptr<float>(), static_cast<size_t>(tensor.numel())}));
    destination.copy_(config.stored_transposed(name) ? tensor.t() : tensor);
    return {};
  };
  return must(model::Decoder::build(config, weights, {residual, residual, device}));
}

inline std::vector<int32_t> ids(const nlohmann::json& list) {
  return list.get<std::vector<int32_t>>();
}

}  // namespace loupe::test
