// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/tokenize/bpe_tokenizer.h"

#include <algorithm>
#include <atomic>

#include "core/tokenize/byte_level.h"
#include "core/tokenize/json_fields.h"
#include "core/tokenize/word_cache.h"

namespace loupe::tokenize {
namespace {

// Ids beyond this are a lie of the file: a table that long would not fit.
constexpr int32_t kMaxId = 1 << 24;

std::string replace_all(std::string text, const std::string& from, const std::string& to) {
  for (size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
  return text;
}

// The byte that "<0xE2>" stands for.
std::optional<char> fallback_byte(const std::string& name) {
  if (name.size() != 6 || !name.starts_with("<0x") || name[5] != '>') return std::nullopt;
  const auto digit = [](char c) {
    return c >= '0' && c <= '9' ? c - '0' : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
  };
  if (digit(name[3]) < 0 || digit(name[4]) < 0) return std::nullopt;
  return static_cast<char>(digit(name[3]) * 16 + digit(name[4]));
}

class BpeTokenizer : public Tokenizer {
 public:
  BpeTokenizer(BpeParts parts, Bpe bpe)
      : bpe_(std::move(bpe)),
        normalizer_(std::move(parts.normalizer)),
        pre_tokenizer_(std::move(parts.pre_tokenizer)),
        added_(parts.added, normalizer_),
        bos_(parts.bos),
        eos_(parts.eos),
        adds_bos_(parts.adds_bos) {
    static std::atomic<uint64_t> made{0};
    serial_ = ++made;
    int32_t largest = -1;
    for (const auto& [name, id] : parts.vocabulary) largest = std::max(largest, id);
    for (const AddedToken& token : parts.added) largest = std::max(largest, token.id);
    names_.resize(static_cast<size_t>(largest + 1));
    bytes_.resize(names_.size());
    special_.resize(names_.size());
    for (const auto& [name, id] : parts.vocabulary) {
      names_[static_cast<size_t>(id)] = name;
      bytes_[static_cast<size_t>(id)] = bytes_of(name, parts);
    }
    ids_ = std::move(parts.vocabulary);
    for (const AddedToken& token : parts.added) {
      const auto id = static_cast<size_t>(token.id);
      names_[id] = bytes_[id] = token.content;
      special_[id] = token.special;
      ids_[token.content] = token.id;
    }
  }

  std::vector<Token> encode(std::string_view text) const override {
    std::vector<Token> tokens;
    tokens.reserve(text.size() / 3 + 4);
    const MappedText clean = sanitise(text);
    for (const Stretch& stretch : added_.raw().split(clean.text)) {
      if (stretch.id >= 0) {
        push(stretch.id, clean.original(stretch.range.begin, stretch.range.end), tokens);
      } else {
        encode_unnormalised(clean.slice(stretch.range.begin, stretch.range.end), tokens);
      }
    }
    return tokens;
  }

  std::string token_bytes(int32_t id) const override { return known(id) ? bytes_[at(id)] : ""; }
  std::string token_name(int32_t id) const override { return known(id) ? names_[at(id)] : ""; }
  std::optional<int32_t> token_id(const std::string& name) const override {
    const auto found = ids_.find(name);
    return found != ids_.end() ? std::optional(found->second) : std::nullopt;
  }
  int32_t vocab_size() const override { return static_cast<int32_t>(names_.size()); }
  bool is_special(int32_t id) const override { return known(id) && special_[at(id)]; }
  std::optional<int32_t> bos() const override { return bos_; }
  std::optional<int32_t> eos() const override { return eos_; }
  bool adds_bos() const override { return adds_bos_; }

 private:
  static size_t at(int32_t id) { return static_cast<size_t>(id); }
  bool known(int32_t id) const { return id >= 0 && at(id) < names_.size(); }

  static std::string bytes_of(const std::string& name, const BpeParts& parts) {
    if (parts.options.byte_symbols) return bytes_from_alphabet(name).value_or(name);
    if (parts.options.byte_fallback) {
      if (const auto byte = fallback_byte(name)) return std::string(1, *byte);
    }
    return parts.metaspace ? replace_all(name, *parts.metaspace, " ") : name;
  }

  static void push(int32_t id, Span range, std::vector<Token>& tokens) {
    tokens.push_back({id, range.begin, range.end});
  }

  void encode_unnormalised(MappedText piece, std::vector<Token>& tokens) const {
    const MappedText text = normalizer_.apply(std::move(piece));
    for (const Stretch& stretch : added_.normalized().split(text.text)) {
      if (stretch.id >= 0) {
        push(stretch.id, text.original(stretch.range.begin, stretch.range.end), tokens);
      } else {
        encode_words(pre_tokenizer_.apply(text.slice(stretch.range.begin, stretch.range.end)),
                     tokens);
      }
    }
  }

  void encode_words(const Words& words, std::vector<Token>& tokens) const {
    WordCache& cache = WordCache::of_this_thread(serial_);
    std::vector<Symbol> symbols;
    for (const Span& range : words.ranges) {
      const std::string_view word =
          std::string_view(words.text.text).substr(range.begin, range.end - range.begin);
      symbols.clear();
      if (!cache.get(word, symbols)) {
        bpe_.encode(word, symbols);
        cache.put(word, symbols.data(), symbols.size());
      }
      for (const Symbol& symbol : symbols) {
        push(symbol.id, words.text.original(range.begin + symbol.begin, range.begin + symbol.end),
             tokens);
      }
    }
  }

  Bpe bpe_;
  Normalizer normalizer_;
  PreTokenizer pre_tokenizer_;
  AddedTokens added_;
  std::optional<int32_t> bos_, eos_;
  bool adds_bos_ = false;
  uint64_t serial_ = 0;
  std::vector<std::string> names_, bytes_;
  std::vector<bool> special_;
  Bpe::Vocabulary ids_;
};

}  // namespace

Result<std::shared_ptr<const Tokenizer>> make_bpe_tokenizer(BpeParts parts,
                                                            const std::string& where) {
  const auto sane = [](int32_t id) { return id >= 0 && id <= kMaxId; };
  for (const auto& [name, id] : parts.vocabulary) {
    if (!sane(id)) {
      return corrupt("token \"" + name + "\" has the id " + std::to_string(id), where);
    }
  }
  for (const AddedToken& token : parts.added) {
    if (!sane(token.id)) {
      return corrupt("token \"" + token.content + "\" has the id " + std::to_string(token.id),
                     where);
    }
  }
  LOUPE_TRY(Bpe bpe, Bpe::make(parts.vocabulary, parts.merges, parts.options, where));
  return std::shared_ptr<const Tokenizer>(
      std::make_shared<BpeTokenizer>(std::move(parts), std::move(bpe)));
}

}  // namespace loupe::tokenize
