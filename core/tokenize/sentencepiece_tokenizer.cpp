// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/tokenize/sentencepiece_tokenizer.h"

#include <sentencepiece_processor.h>

#include <algorithm>
#include <exception>
#include <unordered_map>

#include "core/base/file.h"
#include "core/tokenize/added_tokens.h"
#include "core/tokenize/json_fields.h"

namespace loupe::tokenize {
namespace {

class SentencePieceTokenizer : public Tokenizer {
 public:
  Result<void> load(const std::filesystem::path& file, bool adds_bos) {
    LOUPE_TRY(const std::string bytes, read_text_file(file));
    const auto status = processor_.LoadFromSerializedProto(bytes);
    if (!status.ok() || processor_.GetPieceSize() <= 0) {
      return corrupt(std::string("not a sentencepiece model: ") + status.message(), file.string());
    }
    adds_bos_ = adds_bos;
    for (int id = 0; id < processor_.GetPieceSize(); ++id) {
      const std::string& name = processor_.IdToPiece(id);
      ids_.emplace(name, id);
      if (processor_.IsControl(id)) {
        AddedToken token;
        token.id = id;
        token.content = name;
        token.special = true;
        control_.add(token, name);
      }
    }
    return {};
  }

  std::vector<Token> encode(std::string_view text) const override {
    std::vector<Token> tokens;
    const MappedText clean = sanitise(text);
    for (const Stretch& stretch : control_.split(clean.text)) {
      if (stretch.id >= 0) {
        const Span range = clean.original(stretch.range.begin, stretch.range.end);
        tokens.push_back({stretch.id, range.begin, range.end});
      } else {
        encode_pieces(clean, stretch.range, tokens);
      }
    }
    return tokens;
  }

  std::string token_bytes(int32_t id) const override {
    if (!known(id)) return "";
    const std::string& name = processor_.IdToPiece(id);
    if (processor_.IsByte(id)) {
      return std::string(1, static_cast<char>(std::stoi(name.substr(3, 2), nullptr, 16)));
    }
    std::string bytes;
    const std::string mark = "\u2581";
    for (size_t at = 0; at < name.size();) {
      const bool space = name.compare(at, mark.size(), mark) == 0;
      bytes += space ? ' ' : name[at];
      at += space ? mark.size() : 1;
    }
    return bytes;
  }
  std::string token_name(int32_t id) const override {
    return known(id) ? processor_.IdToPiece(id) : "";
  }
  std::optional<int32_t> token_id(const std::string& name) const override {
    const auto found = ids_.find(name);
    return found != ids_.end() ? std::optional(found->second) : std::nullopt;
  }
  int32_t vocab_size() const override { return processor_.GetPieceSize(); }
  bool is_special(int32_t id) const override {
    return known(id) && (processor_.IsControl(id) || processor_.IsUnknown(id));
  }
  std::optional<int32_t> bos() const override { return some(processor_.bos_id()); }
  std::optional<int32_t> eos() const override { return some(processor_.eos_id()); }
  bool adds_bos() const override { return adds_bos_; }

 private:
  bool known(int32_t id) const { return id >= 0 && id < processor_.GetPieceSize(); }
  static std::optional<int32_t> some(int id) {
    return id >= 0 ? std::optional<int32_t>(id) : std::nullopt;
  }

  void encode_pieces(const MappedText& clean, Span range, std::vector<Token>& tokens) const {
    const auto length = range.end - range.begin;
    const auto result =
        processor_.EncodeAsImmutableProto(std::string_view(clean.text).substr(range.begin, length));
    for (size_t i = 0; i < result.pieces_size(); ++i) {
      const auto piece = result.pieces(static_cast<int>(i));
      const uint32_t begin = range.begin + std::min(piece.begin(), length);
      const uint32_t end = range.begin + std::min(piece.end(), length);
      const Span original = clean.original(begin, std::max(begin, end));
      tokens.push_back({static_cast<int32_t>(piece.id()), original.begin, original.end});
    }
  }

  sentencepiece::SentencePieceProcessor processor_;
  AddedTokenMatcher control_;
  std::unordered_map<std::string, int32_t> ids_;
  bool adds_bos_ = false;
};

}  // namespace

Result<std::shared_ptr<const Tokenizer>> load_sentencepiece(const std::filesystem::path& file,
                                                            bool adds_bos) {
  try {
    auto tokenizer = std::make_shared<SentencePieceTokenizer>();
    LOUPE_CHECK(tokenizer->load(file, adds_bos));
    return std::shared_ptr<const Tokenizer>(std::move(tokenizer));
  } catch (const std::exception& e) {
    return corrupt(std::string("not a sentencepiece model: ") + e.what(), file.string());
  }
}

}  // namespace loupe::tokenize
