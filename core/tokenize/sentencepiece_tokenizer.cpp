// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/tokenize/sentencepiece_tokenizer.h"

#include <sentencepiece_processor.h>

#include <algorithm>
#include <exception>
#include <map>
#include <nlohmann/json.hpp>
#include <unordered_map>

#include "core/tokenize/charsmap.h"
#include "core/tokenize/decoder.h"
#include "core/tokenize/json_fields.h"
#include "core/tokenize/sentencepiece_model.h"

namespace loupe::tokenize {
namespace {

using sentencepiece::SentencePieceProcessor;

const std::string kMark = "\u2581";

std::string mark_to_space(std::string_view name) {
  std::string bytes;
  for (size_t at = 0; at < name.size();) {
    const bool space = name.substr(at).starts_with(kMark);
    bytes += space ? ' ' : name[at];
    at += space ? kMark.size() : 1;
  }
  return bytes;
}

// The fast tokenizers' way back to text, for models of this kind.
Decoder decoder_of_pieces(bool strips_first_space) {
  using nlohmann::json;
  json steps = {{{"type", "Replace"}, {"pattern", {{"String", kMark}}}, {"content", " "}},
                {{"type", "ByteFallback"}},
                {{"type", "Fuse"}}};
  if (strips_first_space)
    steps.push_back({{"type", "Strip"}, {"content", " "}, {"start", 1}, {"stop", 0}});
  return Decoder::parse({{"type", "Sequence"}, {"decoders", steps}}, "").value();
}

class SentencePieceTokenizer : public Tokenizer {
 public:
  SentencePieceTokenizer(std::shared_ptr<const SentencePieceProcessor> processor,
                         const SentencePieceOptions& options)
      : processor_(std::move(processor)),
        legacy_(options.legacy),
        adds_bos_(options.adds_bos),
        bos_(options.bos ? options.bos : some(processor_->bos_id())),
        eos_(options.eos ? options.eos : some(processor_->eos_id())) {
    for (int id = 0; id < pieces(); ++id) {
      const std::string& name = processor_->IdToPiece(id);
      ids_.emplace(name, id);
      if (processor_->IsControl(id) || processor_->IsUnknown(id)) {
        AddedToken token;
        token.id = id;
        token.content = name;
        token.special = true;
        add(token);
      }
    }
    unknown_length_ = encoded(unknown_piece()).size();
    for (const AddedToken& token : options.added) add(token);
    decoder_ = decoder_of_pieces(!legacy_ || puts_space_in_front());
  }

  std::vector<Token> encode(std::string_view text) const override {
    std::vector<Token> tokens;
    const MappedText clean = sanitise(text);
    bool first = true;
    for (const Stretch& stretch : matcher_.split(clean.text)) {
      if (stretch.id >= 0) {
        const Span range = clean.original(stretch.range.begin, stretch.range.end);
        tokens.push_back({stretch.id, range.begin, range.end});
      } else if (legacy_) {
        encode_pieces(clean, stretch.range, "", tokens);
      } else {
        encode_pieces(clean, stretch.range, first ? kMark : "", tokens);
      }
      first = false;
    }
    return tokens;
  }

  std::string token_bytes(int32_t id) const override {
    if (const auto found = added_.find(id); found != added_.end()) return found->second;
    if (!is_piece(id)) return "";
    const std::string& name = processor_->IdToPiece(id);
    if (processor_->IsByte(id)) return std::string(1, byte_of(name));
    return mark_to_space(name);
  }
  std::string token_name(int32_t id) const override {
    if (const auto found = added_.find(id); found != added_.end()) return found->second;
    return is_piece(id) ? processor_->IdToPiece(id) : "";
  }
  std::optional<int32_t> token_id(const std::string& name) const override {
    const auto found = ids_.find(name);
    return found != ids_.end() ? std::optional(found->second) : std::nullopt;
  }
  int32_t vocab_size() const override {
    return std::max(pieces(), added_.empty() ? 0 : added_.rbegin()->first + 1);
  }
  bool is_special(int32_t id) const override {
    const auto found = special_.find(id);
    return found != special_.end() && found->second;
  }
  std::optional<int32_t> bos() const override { return bos_; }
  std::optional<int32_t> eos() const override { return eos_; }
  bool adds_bos() const override { return adds_bos_; }

  std::string readable(std::span<const int32_t> ids) const override {
    std::vector<std::string> names;
    for (const int32_t id : ids) names.push_back(token_name(id));
    return decoder_.apply(std::move(names));
  }

  std::shared_ptr<const Tokenizer> grown(const std::vector<AddedToken>& tokens) const override {
    auto copy = std::make_shared<SentencePieceTokenizer>(*this);
    for (const AddedToken& token : tokens) copy->add(token);
    return copy;
  }

 private:
  int32_t pieces() const { return processor_->GetPieceSize(); }
  bool is_piece(int32_t id) const { return id >= 0 && id < pieces(); }
  std::string unknown_piece() const {
    return is_piece(processor_->unk_id()) ? processor_->IdToPiece(processor_->unk_id()) : "";
  }
  bool puts_space_in_front() const {
    const std::vector<int> ids = encoded("a");
    return !ids.empty() && processor_->IdToPiece(ids.front()).rfind(kMark, 0) == 0;
  }
  static std::optional<int32_t> some(int id) {
    return id >= 0 ? std::optional<int32_t>(id) : std::nullopt;
  }
  static char byte_of(const std::string& name) {
    const auto digit = [](char c) { return c <= '9' ? c - '0' : c - 'A' + 10; };
    return static_cast<char>(digit(name[3]) * 16 + digit(name[4]));
  }

  void add(const AddedToken& token) {
    matcher_.add(token, token.content);
    if (!is_piece(token.id)) added_[token.id] = token.content;
    ids_[token.content] = token.id;
    special_[token.id] = token.special;
  }

  std::vector<int> encoded(const std::string& text) const { return processor_->EncodeAsIds(text); }

  // The pieces of a stretch with `prefix` in front, whose bytes stand for nothing.
  void encode_pieces(const MappedText& clean, Span range, std::string prefix,
                     std::vector<Token>& tokens) const {
    const auto length = range.end - range.begin;
    const std::string_view stretch = std::string_view(clean.text).substr(range.begin, length);
    // sentencepiece may drop white space at the start of its input, which this is not: the unknown
    // piece goes in front, and its tokens are taken off again.
    const bool guarded =
        !legacy_ && (!prefix.empty() || stretch.starts_with(' ') || stretch.starts_with(kMark));
    if (guarded) prefix = unknown_piece() + prefix;
    std::string text(prefix);
    text += stretch;
    const auto result = processor_->EncodeAsImmutableProto(text);
    const auto skip = static_cast<uint32_t>(prefix.size());
    const size_t first = guarded ? std::min(unknown_length_, result.pieces_size()) : 0;
    const size_t count = tokens.size();
    for (size_t i = first; i < result.pieces_size(); ++i) {
      const auto piece = result.pieces(static_cast<int>(i));
      const uint32_t begin = std::min(std::max(piece.begin(), skip) - skip, length);
      const uint32_t end = std::min(std::max(piece.end(), skip) - skip, length);
      tokens.push_back({static_cast<int32_t>(piece.id()), range.begin + begin,
                        range.begin + std::max(begin, end)});
    }
    spread_bytes(tokens, count);
    for (size_t i = count; i < tokens.size(); ++i) {
      const Span original = clean.original(tokens[i].begin, tokens[i].end);
      tokens[i].begin = original.begin;
      tokens[i].end = original.end;
    }
  }

  // sentencepiece gives all of a character to the last of its bytes' tokens; each gets its own.
  void spread_bytes(std::vector<Token>& tokens, size_t from) const {
    for (size_t i = from; i < tokens.size(); ++i) {
      if (!processor_->IsByte(tokens[i].id)) continue;
      const uint32_t begin = tokens[i].begin;
      size_t last = i;
      while (last < tokens.size() && processor_->IsByte(tokens[last].id) &&
             tokens[last].begin == tokens[last].end)
        ++last;
      if (last == tokens.size() || !processor_->IsByte(tokens[last].id)) continue;
      const uint32_t end = tokens[last].end;
      if (tokens[last].begin == begin && end - begin == last - i + 1) {
        for (size_t j = i; j <= last; ++j) {
          tokens[j].begin = begin + static_cast<uint32_t>(j - i);
          tokens[j].end = tokens[j].begin + 1;
        }
      }
      i = last;
    }
  }

  std::shared_ptr<const SentencePieceProcessor> processor_;
  AddedTokenMatcher matcher_;
  Decoder decoder_;
  std::map<int32_t, std::string> added_;  // those beyond the model's pieces
  std::unordered_map<int32_t, bool> special_;
  std::unordered_map<std::string, int32_t> ids_;
  bool legacy_ = true, adds_bos_ = false;
  std::optional<int32_t> bos_, eos_;
  size_t unknown_length_ = 0;
};

}  // namespace

Result<std::shared_ptr<const Tokenizer>> make_sentencepiece(const std::string& serialized,
                                                            SentencePieceOptions options,
                                                            const std::string& where) {
  LOUPE_TRY(const SentencePieceModel model, parse_sentencepiece(serialized, where));
  LOUPE_CHECK(Charsmap::parse(model.charsmap, where));
  try {
    auto processor = std::make_shared<SentencePieceProcessor>();
    const auto status = processor->LoadFromSerializedProto(
        options.legacy ? serialized : without_dummy_prefix(serialized));
    if (!status.ok() || processor->GetPieceSize() <= 0) {
      return corrupt(std::string("not a sentencepiece model: ") + status.message(), where);
    }
    return std::shared_ptr<const Tokenizer>(
        std::make_shared<SentencePieceTokenizer>(std::move(processor), options));
  } catch (const std::exception& e) {
    return corrupt(std::string("not a sentencepiece model: ") + e.what(), where);
  }
}

}  // namespace loupe::tokenize
