// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/tokenize/sentencepiece_json.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string_view>
#include <unordered_map>

#include "core/tokenize/charsmap.h"
#include "core/tokenize/text.h"

namespace loupe::tokenize {
namespace {

using nlohmann::json;

const std::string kMark = "\u2581";

json replace(const char* kind, const std::string& pattern, const std::string& content) {
  return {{"type", "Replace"}, {"pattern", {{kind, pattern}}}, {"content", content}};
}

json metaspace(const char* scheme, bool split) {
  return {
      {"type", "Metaspace"}, {"replacement", kMark}, {"prepend_scheme", scheme}, {"split", split}};
}

json sequence(const char* list, json steps) {
  if (steps.empty()) return nullptr;
  if (steps.size() == 1) return steps[0];
  return {{"type", "Sequence"}, {list, std::move(steps)}};
}

// Every pair of pieces that joins to a piece, best score first: what sentencepiece would merge.
json merges_of(const std::vector<SentencePiece>& pieces) {
  struct Merge {
    float score;
    int32_t left, right;
  };
  std::unordered_map<std::string_view, int32_t> ids;
  for (size_t id = 0; id < pieces.size(); ++id) ids[pieces[id].name] = static_cast<int32_t>(id);
  std::vector<Merge> merges;
  for (const SentencePiece& piece : pieces) {
    if (piece.kind != PieceKind::normal && piece.kind != PieceKind::user_defined) continue;
    const size_t first = merges.size();
    const std::string_view name = piece.name;
    uint32_t length = 0;
    for (size_t at = 0; at < name.size(); at += length) {
      decode_at(name.data(), at, length);
      const auto left = ids.find(name.substr(0, at)), right = ids.find(name.substr(at));
      if (at > 0 && left != ids.end() && right != ids.end())
        merges.push_back({piece.score, left->second, right->second});
    }
    std::sort(merges.begin() + static_cast<ptrdiff_t>(first), merges.end(),
              [](const Merge& a, const Merge& b) {
                return a.left != b.left ? a.left < b.left : a.right < b.right;
              });
  }
  std::stable_sort(merges.begin(), merges.end(),
                   [](const Merge& a, const Merge& b) { return a.score > b.score; });
  json list = json::array();
  for (const Merge& merge : merges) {
    list.push_back(json::array({pieces[static_cast<size_t>(merge.left)].name,
                                pieces[static_cast<size_t>(merge.right)].name}));
  }
  return list;
}

json model_of(const SentencePieceModel& model) {
  bool has_bytes = false;
  json unknown;
  for (size_t id = 0; id < model.pieces.size(); ++id) {
    has_bytes = has_bytes || model.pieces[id].kind == PieceKind::byte;
    if (model.pieces[id].kind == PieceKind::unknown) unknown = id;
  }
  if (model.unigram) {
    json vocabulary = json::array();
    for (const SentencePiece& piece : model.pieces)
      vocabulary.push_back(json::array({piece.name, piece.score}));
    return {{"type", "Unigram"},
            {"unk_id", unknown},
            {"vocab", std::move(vocabulary)},
            {"byte_fallback", has_bytes}};
  }
  json vocabulary = json::object();
  for (size_t id = 0; id < model.pieces.size(); ++id) vocabulary[model.pieces[id].name] = id;
  return {
      {"type", "BPE"},
      {"dropout", nullptr},
      {"unk_token", unknown.is_null() ? json() : json(model.pieces[unknown.get<size_t>()].name)},
      {"continuing_subword_prefix", nullptr},
      {"end_of_word_suffix", nullptr},
      {"fuse_unk", true},
      {"byte_fallback", has_bytes},
      {"ignore_merges", false},
      {"vocab", std::move(vocabulary)},
      {"merges", merges_of(model.pieces)}};
}

json normalizer_of(const SentencePieceModel& model, bool legacy) {
  json steps = json::array();
  if (!model.charsmap.empty()) {
    steps.push_back(
        {{"type", "Precompiled"}, {"precompiled_charsmap", encode_base64(model.charsmap)}});
  }
  if (model.remove_extra_whitespaces) {
    steps.push_back(replace("Regex", "^ +| +$", ""));
    steps.push_back(replace("Regex", " {2,}", " "));
  }
  if (legacy && !model.unigram) {
    if (model.add_dummy_prefix) steps.push_back({{"type", "Prepend"}, {"prepend", kMark}});
    steps.push_back(replace("String", " ", kMark));
  }
  return sequence("normalizers", std::move(steps));
}

json pre_tokenizer_of(const SentencePieceModel& model, bool legacy) {
  if (!legacy) return metaspace("first", model.unigram);
  if (model.unigram) return metaspace(model.add_dummy_prefix ? "always" : "never", true);
  return nullptr;
}

json decoder_of(const SentencePieceModel& model, bool legacy) {
  json steps = {replace("String", kMark, " "), {{"type", "ByteFallback"}}, {{"type", "Fuse"}}};
  if (!legacy || model.add_dummy_prefix) {
    steps.push_back({{"type", "Strip"}, {"content", " "}, {"start", 1}, {"stop", 0}});
  }
  return sequence("decoders", std::move(steps));
}

}  // namespace

json added_token_entry(int32_t id, const std::string& name, bool special) {
  return {{"id", id},        {"content", name},     {"single_word", false}, {"lstrip", false},
          {"rstrip", false}, {"normalized", false}, {"special", special}};
}

json tokenizer_json_of(const SentencePieceModel& model, bool legacy) {
  json added = json::array();
  for (size_t id = 0; id < model.pieces.size(); ++id) {
    const SentencePiece& piece = model.pieces[id];
    const bool special = piece.kind == PieceKind::control || piece.kind == PieceKind::unknown;
    if (special || piece.kind == PieceKind::user_defined)
      added.push_back(added_token_entry(static_cast<int32_t>(id), piece.name, special));
  }
  return {{"version", "1.0"},
          {"truncation", nullptr},
          {"padding", nullptr},
          {"added_tokens", std::move(added)},
          {"normalizer", normalizer_of(model, legacy)},
          {"pre_tokenizer", pre_tokenizer_of(model, legacy)},
          {"post_processor", nullptr},
          {"decoder", decoder_of(model, legacy)},
          {"model", model_of(model)}};
}

}  // namespace loupe::tokenize
