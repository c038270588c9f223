// SPDX-License-Identifier: GPL-3.0-or-later
// GGUF files without tensors, made in memory: what a tokenizer needs of one.
#pragma once

#include <cstring>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "core/base/file.h"
#include "core/io/gguf.h"
#include "core/tokenize/tokenizer.h"

namespace loupe::tokenize {

class MadeGguf {
 public:
  void text(const std::string& key, const std::string& value) {
    begin(key, 8);
    put(value);
  }
  void texts(const std::string& key, const std::vector<std::string>& values) {
    begin(key, 9);
    put<uint32_t>(8);
    put<uint64_t>(values.size());
    for (const auto& value : values) put(value);
  }
  void ints(const std::string& key, const std::vector<int32_t>& values) {
    begin(key, 9);
    put<uint32_t>(5);
    put<uint64_t>(values.size());
    for (const int32_t value : values) put(value);
  }
  void floats(const std::string& key, const std::vector<float>& values) {
    begin(key, 9);
    put<uint32_t>(6);
    put<uint64_t>(values.size());
    for (const float value : values) put(value);
  }
  void bytes(const std::string& key, const std::string& values) {
    begin(key, 9);
    put<uint32_t>(0);
    put<uint64_t>(values.size());
    bytes_ += values;
  }
  void number(const std::string& key, uint32_t value) {
    begin(key, 4);
    put(value);
  }
  void boolean(const std::string& key, bool value) {
    begin(key, 7);
    bytes_ += static_cast<char>(value);
  }

  std::string file() const {
    MadeGguf head;
    head.bytes_ = "GGUF";
    head.put<uint32_t>(3);
    head.put<uint64_t>(0);
    head.put<uint64_t>(count_);
    return head.bytes_ + bytes_;
  }
  Result<std::shared_ptr<const Tokenizer>> load() const {
    const std::string whole = file();
    const auto parsed = io::GgufFile::parse(std::as_bytes(std::span(whole)), "made.gguf");
    if (!parsed) return parsed.error();
    return load_gguf_tokenizer(**parsed);
  }

 private:
  void begin(const std::string& key, uint32_t type) {
    ++count_;
    put(key);
    put(type);
  }
  void put(const std::string& value) {
    put<uint64_t>(value.size());
    bytes_ += value;
  }
  template <class T>
  void put(T value) {
    char raw[sizeof value];
    std::memcpy(raw, &value, sizeof value);
    bytes_.append(raw, sizeof value);
  }
  std::string bytes_;
  uint64_t count_ = 0;
};

// The vocabulary of a byte-level tokenizer.json as converters write it into a GGUF file.
inline MadeGguf gguf_of_tokenizer_json(const std::filesystem::path& path, const std::string& pre) {
  std::ifstream in(path, std::ios::binary);
  const auto document = nlohmann::json::parse(in);
  std::vector<std::string> tokens, merges;
  std::vector<int32_t> kinds;
  const auto set = [&](size_t id, const std::string& name, int32_t kind) {
    if (tokens.size() <= id) tokens.resize(id + 1), kinds.resize(id + 1, 5);
    tokens[id] = name;
    kinds[id] = kind;
  };
  for (const auto& [name, id] : document["model"]["vocab"].items())
    set(id.template get<size_t>(), name, 1);
  for (const auto& token : document["added_tokens"])
    set(token["id"].get<size_t>(), token["content"].get<std::string>(),
        token["special"].get<bool>() ? 3 : 4);
  for (const auto& merge : document["model"]["merges"])
    merges.push_back(merge[0].get<std::string>() + " " + merge[1].get<std::string>());
  MadeGguf gguf;
  gguf.text("tokenizer.ggml.model", "gpt2");
  gguf.text("tokenizer.ggml.pre", pre);
  gguf.texts("tokenizer.ggml.tokens", tokens);
  gguf.ints("tokenizer.ggml.token_type", kinds);
  gguf.texts("tokenizer.ggml.merges", merges);
  return gguf;
}

}  // namespace loupe::tokenize
