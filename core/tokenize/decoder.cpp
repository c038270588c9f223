// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/tokenize/decoder.h"

#include <nlohmann/json.hpp>

#include "core/tokenize/byte_level.h"
#include "core/tokenize/json_fields.h"
#include "core/tokenize/regex.h"
#include "core/tokenize/text.h"

namespace loupe::tokenize {
namespace {

using Names = std::vector<std::string>;

std::string join(const Names& names, const char* between = "") {
  std::string text;
  for (size_t i = 0; i < names.size(); ++i) text += (i > 0 ? between : "") + names[i];
  return text;
}

Names join_bytes(const Names& names) {
  std::string bytes;
  for (const std::string& name : names) bytes += bytes_from_alphabet(name).value_or(name);
  return {sanitise(bytes).text};
}

// Runs of byte tokens become the text that they spell, or one U+FFFD each.
Names fold_bytes(const Names& names) {
  Names result;
  std::string bytes;
  const auto flush = [&] {
    if (bytes.empty()) return;
    if (sanitise(bytes).identity()) {
      result.push_back(bytes);
    } else {
      result.insert(result.end(), bytes.size(), "\uFFFD");
    }
    bytes.clear();
  };
  for (const std::string& name : names) {
    if (const int byte = fallback_byte(name); byte >= 0) {
      bytes += static_cast<char>(byte);
    } else {
      flush();
      result.push_back(name);
    }
  }
  flush();
  return result;
}

std::string replace_matches(const std::string& text, const std::vector<Span>& matches,
                            const std::string& content) {
  std::string result;
  uint32_t at = 0;
  for (const Span& match : matches) {
    result.append(text, at, match.begin - at).append(content);
    at = match.end;
  }
  return result.append(text, at);
}

std::string replace_text(std::string text, const std::string& from, const std::string& to) {
  for (size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
    text.replace(at, from.size(), to);
  return text;
}

// Up to `left` and `right` times `content` off the ends.
std::string strip(const std::string& name, const std::string& content, size_t left, size_t right) {
  std::string_view text = name;
  for (; left > 0 && text.starts_with(content); --left) text.remove_prefix(content.size());
  for (; right > 0 && text.ends_with(content); --right) text.remove_suffix(content.size());
  return std::string(text);
}

size_t count_or_zero(const nlohmann::json& spec, const char* key) {
  const auto& value = field_or_null(spec, key);
  return value.is_number_integer() && value >= 0 ? value.get<size_t>() : 0;
}

}  // namespace

int fallback_byte(const std::string& name) {
  if (name.size() != 6 || !name.starts_with("<0x") || name[5] != '>') return -1;
  const auto digit = [](char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
  };
  const int high = digit(name[3]), low = digit(name[4]);
  return high < 0 || low < 0 ? -1 : high * 16 + low;
}

Result<void> Decoder::add(const nlohmann::json& spec, const std::string& where, int depth) {
  if (!spec.is_object()) return corrupt("decoder is not an object", where);
  if (depth > 8) return unsupported("decoder Sequences nested beyond 8", where);
  const std::string type = string_or(spec, "type", "");
  if (type == "Sequence") {
    const auto& list = field_or_null(spec, "decoders");
    if (!list.is_array()) return corrupt("decoder Sequence has no decoders", where);
    for (const auto& item : list) LOUPE_CHECK(add(item, where, depth + 1));
  } else if (type == "ByteLevel") {
    steps_.push_back(join_bytes);
  } else if (type == "ByteFallback") {
    steps_.push_back(fold_bytes);
  } else if (type == "Fuse") {
    steps_.push_back([](Names names) { return Names{join(names)}; });
  } else if (type == "Strip") {
    const std::string content = string_or(spec, "content", " ");
    if (content.empty()) return corrupt("decoder Strip has an empty content", where);
    const size_t left = count_or_zero(spec, "start"), right = count_or_zero(spec, "stop");
    steps_.push_back([=](Names names) {
      for (std::string& name : names) name = strip(name, content, left, right);
      return names;
    });
  } else if (type == "Replace") {
    const std::string content = string_or(spec, "content", "");
    const auto& pattern = field_or_null(spec, "pattern");
    if (const std::string needle = string_or(pattern, "String", ""); !needle.empty()) {
      steps_.push_back([=](Names names) {
        for (std::string& name : names) name = replace_text(std::move(name), needle, content);
        return names;
      });
    } else if (const std::string source = string_or(pattern, "Regex", ""); !source.empty()) {
      LOUPE_TRY(const Regex regex, Regex::compile(source, where));
      steps_.push_back([=](Names names) {
        for (std::string& name : names) {
          const std::string clean = sanitise(name).text;
          name = replace_matches(clean, regex.find_all(clean), content);
        }
        return names;
      });
    } else {
      return corrupt("decoder Replace has no pattern", where);
    }
  } else if (type == "Metaspace") {
    const std::string mark = string_or(spec, "replacement", "\u2581");
    if (mark.empty()) return corrupt("decoder Metaspace has an empty replacement", where);
    const bool prepends =
        string_or(spec, "prepend_scheme",
                  bool_or(spec, "add_prefix_space", true) ? "always" : "never") != "never";
    steps_.push_back([=](Names names) {
      for (size_t i = 0; i < names.size(); ++i)
        names[i] = replace_text(std::move(names[i]), mark, i == 0 && prepends ? "" : " ");
      return names;
    });
  } else {
    return unsupported("decoder \"" + type + "\"", where);
  }
  return {};
}

Result<Decoder> Decoder::parse(const nlohmann::json& spec, const std::string& where) {
  Decoder result;
  if (spec.is_null()) {
    result.steps_.push_back([](Names names) { return Names{join(names, " ")}; });
  } else {
    LOUPE_CHECK(result.add(spec, where, 0));
  }
  return result;
}

Decoder Decoder::byte_level() {
  Decoder result;
  result.steps_.push_back(join_bytes);
  return result;
}

std::string Decoder::apply(std::vector<std::string> names) const {
  for (const Step& step : steps_) names = step(std::move(names));
  return sanitise(join(names)).text;
}

}  // namespace loupe::tokenize
