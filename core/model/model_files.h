// SPDX-License-Identifier: GPL-3.0-or-later
// The files of one model, opened and mapped, nothing of their tensors read. Internal to core/model.
#pragma once

#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <vector>

#include "core/base/result.h"
#include "core/io/gguf.h"
#include "core/io/safetensors.h"
#include "core/model/config.h"

namespace loupe::model {

struct OpenedModel {
  std::filesystem::path path;
  std::shared_ptr<const io::GgufFile> gguf;  // one of the two is there
  std::shared_ptr<const io::SafetensorsFile> safetensors;
  DecoderConfig config;
  nlohmann::json tokenizer_config = nlohmann::json::object();
  std::vector<std::filesystem::path> files;  // everything that is read, weights first

  const io::TensorSource& source() const {
    return gguf ? static_cast<const io::TensorSource&>(*gguf)
                : static_cast<const io::TensorSource&>(*safetensors);
  }
};

// `path`: a .gguf file or a Hugging Face folder.
Result<OpenedModel> open_model(const std::filesystem::path& path);
Result<nlohmann::json> read_json_file(const std::filesystem::path& path);

}  // namespace loupe::model
