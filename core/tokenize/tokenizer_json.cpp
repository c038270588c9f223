// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/tokenize/tokenizer_json.h"

#include <limits>
#include <nlohmann/json.hpp>

#include "core/tokenize/json_fields.h"

namespace loupe::tokenize {
namespace {

using nlohmann::json;

Result<int32_t> parse_id(const json& value, const std::string& name, const std::string& where) {
  if (!value.is_number_integer() || value < 0 || value > std::numeric_limits<int32_t>::max()) {
    return corrupt("token \"" + name + "\" has no usable id", where);
  }
  return value.get<int32_t>();
}

Result<void> parse_vocabulary(const json& model, const std::string& where, PipelineParts& parts) {
  const json& vocabulary = field_or_null(model, "vocab");
  if (!vocabulary.is_object()) return corrupt("model.vocab is missing", where);
  parts.vocabulary.reserve(vocabulary.size());
  for (const auto& [name, value] : vocabulary.items()) {
    LOUPE_TRY(const int32_t id, parse_id(value, name, where));
    parts.vocabulary.emplace(name, id);
  }
  return {};
}

// Merges are "a b" in older files and ["a", "b"] in newer ones.
Result<void> parse_merges(const json& model, const std::string& where, PipelineParts& parts) {
  const json& merges = field_or_null(model, "merges");
  if (!merges.is_array()) return corrupt("model.merges is missing", where);
  parts.merges.reserve(merges.size());
  for (const json& merge : merges) {
    if (merge.is_array() && merge.size() == 2 && merge[0].is_string() && merge[1].is_string()) {
      parts.merges.emplace_back(merge[0].get<std::string>(), merge[1].get<std::string>());
      continue;
    }
    const std::string text = merge.is_string() ? merge.get<std::string>() : "";
    const size_t space = text.find(' ');
    if (space == std::string::npos || space == 0 || space + 1 == text.size() ||
        text.find(' ', space + 1) != std::string::npos) {
      return corrupt("model.merges[" + std::to_string(parts.merges.size()) + "] is not two tokens",
                     where);
    }
    parts.merges.emplace_back(text.substr(0, space), text.substr(space + 1));
  }
  return {};
}

Result<void> parse_unigram(const json& model, const std::string& where, PipelineParts& parts) {
  const json& vocabulary = field_or_null(model, "vocab");
  if (!vocabulary.is_array()) return corrupt("model.vocab is missing", where);
  Unigram::Pieces pieces;
  pieces.reserve(vocabulary.size());
  parts.vocabulary.reserve(vocabulary.size());
  for (const json& piece : vocabulary) {
    if (!piece.is_array() || piece.size() != 2 || !piece[0].is_string() || !piece[1].is_number()) {
      return corrupt(
          "model.vocab[" + std::to_string(pieces.size()) + "] is not a piece and a score", where);
    }
    // Of pieces of one name the last counts.
    parts.vocabulary[piece[0].get<std::string>()] = static_cast<int32_t>(pieces.size());
    pieces.emplace_back(piece[0].get<std::string>(), piece[1].get<double>());
  }
  if (const json& unknown = field_or_null(model, "unk_id"); !unknown.is_null()) {
    LOUPE_TRY(parts.options.unknown, parse_id(unknown, "unk_id", where));
  }
  parts.options.byte_symbols = false;
  parts.options.byte_fallback = bool_or(model, "byte_fallback", false);
  parts.pieces = std::move(pieces);
  parts.metaspace = "\u2581";
  return {};
}

Result<void> parse_model(const json& model, const std::string& where, PipelineParts& parts) {
  if (!model.is_object()) return corrupt("model is missing", where);
  const std::string type = string_or(model, "type", model.contains("merges") ? "BPE" : "");
  if (type == "Unigram") return parse_unigram(model, where, parts);
  if (type != "BPE") return unsupported("model \"" + type + "\"", where);
  const json& dropout = field_or_null(model, "dropout");
  if (dropout.is_number() && dropout != 0) return unsupported("BPE with dropout", where);
  for (const char* affix : {"continuing_subword_prefix", "end_of_word_suffix"}) {
    if (!string_or(model, affix, "").empty()) {
      return unsupported(std::string("BPE with ") + affix, where);
    }
  }
  LOUPE_CHECK(parse_vocabulary(model, where, parts));
  LOUPE_CHECK(parse_merges(model, where, parts));
  parts.options.byte_symbols = parts.pre_tokenizer.byte_level();
  parts.options.ignore_merges = bool_or(model, "ignore_merges", false);
  parts.options.fuse_unknown = bool_or(model, "fuse_unk", false);
  // In a byte-level model the fallback could only apply if the vocabulary had its tokens.
  parts.options.byte_fallback =
      bool_or(model, "byte_fallback", false) &&
      (!parts.options.byte_symbols || parts.vocabulary.contains("<0x00>"));
  if (const std::string unknown = string_or(model, "unk_token", ""); !unknown.empty()) {
    const auto found = parts.vocabulary.find(unknown);
    if (found == parts.vocabulary.end()) {
      return corrupt("model.unk_token \"" + unknown + "\" is not in the vocabulary", where);
    }
    parts.options.unknown = found->second;
  }
  if (!parts.options.byte_symbols) parts.metaspace = "\u2581";
  return {};
}

Result<void> parse_added(const json& list, const std::string& where, PipelineParts& parts) {
  if (list.is_null()) return {};
  if (!list.is_array()) return corrupt("added_tokens is not a list", where);
  for (const json& item : list) {
    AddedToken token;
    token.content = string_or(item, "content", "");
    LOUPE_TRY(token.id, parse_id(field_or_null(item, "id"), token.content, where));
    token.special = bool_or(item, "special", false);
    token.normalized = bool_or(item, "normalized", !token.special);
    token.single_word = bool_or(item, "single_word", false);
    token.lstrip = bool_or(item, "lstrip", false);
    token.rstrip = bool_or(item, "rstrip", false);
    parts.added.push_back(std::move(token));
  }
  return {};
}

bool starts_with_special(const json& post_processor) {
  const std::string type = string_or(post_processor, "type", "");
  if (type == "Sequence") {
    const json& list = field_or_null(post_processor, "processors");
    if (!list.is_array()) return false;
    for (const json& item : list) {
      if (string_or(item, "type", "") == "TemplateProcessing" && starts_with_special(item)) {
        return true;
      }
    }
    return false;
  }
  if (type != "TemplateProcessing") return type == "BertProcessing" || type == "RobertaProcessing";
  const json& single = field_or_null(post_processor, "single");
  return single.is_array() && !single.empty() && single[0].is_object() &&
         single[0].contains("SpecialToken");
}

}  // namespace

Result<PipelineParts> parse_tokenizer_json(const json& document, const std::string& where) {
  if (!document.is_object()) return corrupt("not a JSON object", where);
  PipelineParts parts;
  LOUPE_TRY(parts.normalizer, Normalizer::parse(field_or_null(document, "normalizer"), where));
  LOUPE_TRY(parts.pre_tokenizer,
            PreTokenizer::parse(field_or_null(document, "pre_tokenizer"), where));
  LOUPE_CHECK(parse_model(field_or_null(document, "model"), where, parts));
  // What text looks like is no reason to refuse a model: an odd decoder is left out.
  if (auto decoder = Decoder::parse(field_or_null(document, "decoder"), where); decoder.ok()) {
    parts.decoder = std::move(*decoder);
  }
  LOUPE_CHECK(parse_added(field_or_null(document, "added_tokens"), where, parts));
  parts.adds_bos = starts_with_special(field_or_null(document, "post_processor"));
  return parts;
}

}  // namespace loupe::tokenize
