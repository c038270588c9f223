// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/tokenize/pipeline_tokenizer.h"

#include <algorithm>
#include <atomic>
#include <variant>

#include "core/tokenize/byte_level.h"
#include "core/tokenize/json_fields.h"
#include "core/tokenize/word_cache.h"

namespace loupe::tokenize {
namespace {

// How many ids more than tokens there may be: embeddings are padded, but a file that leaves
// millions out lies, and the tables would not fit.
constexpr size_t kMaxHoles = 1 << 18;

std::string replace_all(std::string text, const std::string& from, const std::string& to) {
  for (size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
  return text;
}

using WordModel = std::variant<Bpe, Unigram>;

class PipelineTokenizer : public Tokenizer {
 public:
  PipelineTokenizer(PipelineParts parts, WordModel model)
      : model_(std::move(model)),
        normalizer_(std::move(parts.normalizer)),
        pre_tokenizer_(std::move(parts.pre_tokenizer)),
        decoder_(std::move(parts.decoder)),
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
    for (const AddedToken& token : parts.added) name(token);
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

  std::string readable(std::span<const int32_t> ids) const override {
    if (!decoder_) return Tokenizer::readable(ids);
    std::vector<std::string> names;
    for (const int32_t id : ids) {
      if (known(id) && !names_[at(id)].empty()) names.push_back(names_[at(id)]);
    }
    return decoder_->apply(std::move(names));
  }

  std::shared_ptr<const Tokenizer> grown(const std::vector<AddedToken>& tokens) const override {
    // The words' tokens stay what they are, and with them this thread's cache.
    auto copy = std::make_shared<PipelineTokenizer>(*this);
    for (const AddedToken& token : tokens) {
      const size_t size = std::max(copy->names_.size(), at(token.id) + 1);
      copy->names_.resize(size);
      copy->bytes_.resize(size);
      copy->special_.resize(size);
      copy->name(token);
      copy->added_.add(token, normalizer_);
    }
    return copy;
  }

 private:
  static size_t at(int32_t id) { return static_cast<size_t>(id); }
  bool known(int32_t id) const { return id >= 0 && at(id) < names_.size(); }

  void name(const AddedToken& token) {
    names_[at(token.id)] = bytes_[at(token.id)] = token.content;
    special_[at(token.id)] = token.special;
    ids_[token.content] = token.id;
  }

  static std::string bytes_of(const std::string& name, const PipelineParts& parts) {
    if (parts.options.byte_symbols) return bytes_from_alphabet(name).value_or(name);
    if (parts.options.byte_fallback) {
      if (const int byte = fallback_byte(name); byte >= 0)
        return std::string(1, static_cast<char>(byte));
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
        std::visit([&](const auto& model) { model.encode(word, symbols); }, model_);
        cache.put(word, symbols.data(), symbols.size());
      }
      for (const Symbol& symbol : symbols) {
        push(symbol.id, words.text.original(range.begin + symbol.begin, range.begin + symbol.end),
             tokens);
      }
    }
  }

  WordModel model_;
  Normalizer normalizer_;
  PreTokenizer pre_tokenizer_;
  std::optional<Decoder> decoder_;
  AddedTokens added_;
  std::optional<int32_t> bos_, eos_;
  bool adds_bos_ = false;
  uint64_t serial_ = 0;
  std::vector<std::string> names_, bytes_;
  std::vector<bool> special_;
  Bpe::Vocabulary ids_;
};

}  // namespace

Result<std::shared_ptr<const Tokenizer>> make_pipeline_tokenizer(PipelineParts parts,
                                                                 const std::string& where) {
  const size_t limit = parts.vocabulary.size() + parts.added.size() + kMaxHoles;
  const auto sane = [&](int32_t id) { return id >= 0 && static_cast<size_t>(id) < limit; };
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
  if (parts.pieces) {
    LOUPE_TRY(Unigram model, Unigram::make(*parts.pieces, parts.options.unknown,
                                           parts.options.byte_fallback, where));
    return std::shared_ptr<const Tokenizer>(
        std::make_shared<PipelineTokenizer>(std::move(parts), WordModel(std::move(model))));
  }
  LOUPE_TRY(Bpe model, Bpe::make(parts.vocabulary, parts.merges, parts.options, where));
  return std::shared_ptr<const Tokenizer>(
      std::make_shared<PipelineTokenizer>(std::move(parts), WordModel(std::move(model))));
}

}  // namespace loupe::tokenize
