// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/pickle.h"

#include <algorithm>
#include <array>
#include <fstream>
#include <string>
#include <string_view>

namespace loupe::io {
namespace {

namespace fs = std::filesystem;

std::string lower_extension(const fs::path& path) {
  std::string extension = path.extension().string();
  std::transform(extension.begin(), extension.end(), extension.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return extension;
}

// ".bin" says little: only names that transformers writes, or pickled content, count.
bool is_pickle_name(const fs::path& path) {
  const std::string extension = lower_extension(path);
  if (extension == ".pt" || extension == ".pth" || extension == ".ckpt" || extension == ".pkl" ||
      extension == ".pickle")
    return true;
  const std::string name = path.filename().string();
  return extension == ".bin" && name.starts_with("pytorch_model");
}

// A zip archive that holds a data.pkl (PyTorch since 1.6), or a bare pickle of protocol 2 to 5.
bool is_pickle_content(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::array<char, 512> head{};
  in.read(head.data(), head.size());
  const std::string_view bytes(head.data(), static_cast<size_t>(in.gcount()));
  if (bytes.starts_with("PK\x03\x04")) return bytes.find("/data.pkl") != bytes.npos;
  return bytes.size() > 2 && bytes[0] == '\x80' && bytes[1] >= 2 && bytes[1] <= 5;
}

bool is_pickle_file(const fs::path& path) {
  if (is_pickle_name(path)) return true;
  return lower_extension(path) == ".bin" && is_pickle_content(path);
}

// For a shell, whatever the name: 'it'\''s'.
std::string quoted(const std::string& text) {
  std::string result = "'";
  for (const char c : text) result += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return result + "'";
}

Error refusal(const fs::path& file, std::string hint) {
  return {ErrorCode::unsupported,
          file.filename().string() +
              " is a Python pickle: opening it would run any code that its author put in",
          file.string(), std::move(hint)};
}

Error folder_refusal(const fs::path& file, const fs::path& folder) {
  const std::string in = quoted(folder.string());
  return refusal(file,
                 "convert the folder once, where you trust it: python -c \"import sys, "
                 "transformers as t; t.AutoModelForCausalLM.from_pretrained(sys.argv[1], "
                 "dtype='auto').save_pretrained(sys.argv[1])\" " +
                     in + ", which writes model.safetensors beside it");
}

Error file_refusal(const fs::path& file) {
  fs::path beside = file;
  beside.replace_extension(".safetensors");
  return refusal(file,
                 "convert it once, where you trust it: python -c \"import sys, torch, "
                 "safetensors.torch as s; s.save_file({k: v.clone().contiguous() for k, v in "
                 "torch.load(sys.argv[1], map_location='cpu', weights_only=True).items()}, "
                 "sys.argv[2])\" " +
                     quoted(file.string()) + " " + quoted(beside.string()));
}

}  // namespace

Result<void> refuse_pickle(const fs::path& path) {
  std::error_code ignored;
  if (fs::is_regular_file(path, ignored)) {
    if (is_pickle_file(path)) return file_refusal(path);
    return {};
  }
  if (!fs::is_directory(path, ignored)) return {};
  fs::path pickle;
  for (fs::directory_iterator entry(path, ignored), end; !ignored && entry != end;
       entry.increment(ignored)) {
    std::error_code unreadable;
    if (!entry->is_regular_file(unreadable)) continue;
    const fs::path& file = entry->path();
    const std::string extension = lower_extension(file);
    if (extension == ".safetensors" || extension == ".gguf") return {};
    // The first by name, so that the message is the same every time.
    if (is_pickle_file(file) && (pickle.empty() || file < pickle)) pickle = file;
  }
  if (pickle.empty()) return {};
  return folder_refusal(pickle, path);
}

}  // namespace loupe::io
