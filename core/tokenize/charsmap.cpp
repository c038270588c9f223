// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/tokenize/charsmap.h"

#include <unicode/ubrk.h>
#include <unicode/utext.h>

#include <cstring>

#include "core/tokenize/json_fields.h"

namespace loupe::tokenize {
namespace {

// Longer grapheme clusters are taken apart before they are looked up.
constexpr uint32_t kShortGrapheme = 5;

// A unit of the double array: where the children are, which byte leads here, and for a leaf its
// value.
bool has_leaf(uint32_t unit) {
  return (unit >> 8) & 1;
}
bool is_value(uint32_t unit) {
  return unit >> 31;
}
uint32_t value_of(uint32_t unit) {
  return unit & 0x7FFFFFFF;
}
uint32_t label_of(uint32_t unit) {
  return unit & 0x800000FF;
}
uint32_t offset_of(uint32_t unit) {
  return (unit >> 10) << ((unit & 0x200) >> 6);
}

// ICU's iterator over grapheme clusters; one a thread, since making one costs more than a sentence.
class Graphemes {
 public:
  explicit Graphemes(const std::string& text) {
    UErrorCode status = U_ZERO_ERROR;
    thread_local std::unique_ptr<UBreakIterator, decltype(&ubrk_close)> iterator(
        ubrk_open(UBRK_CHARACTER, "", nullptr, 0, &status), ubrk_close);
    iterator_ = iterator.get();
    utext_openUTF8(&subject_, text.data(), static_cast<int64_t>(text.size()), &status);
    if (iterator_ != nullptr) ubrk_setUText(iterator_, &subject_, &status);
    if (U_FAILURE(status)) iterator_ = nullptr;
    if (iterator_ != nullptr) ubrk_first(iterator_);
  }
  ~Graphemes() { utext_close(&subject_); }
  Graphemes(const Graphemes&) = delete;
  Graphemes& operator=(const Graphemes&) = delete;

  // The end of the cluster behind the last one; nothing at the end of the text.
  std::optional<uint32_t> next_end() {
    if (iterator_ == nullptr) return std::nullopt;
    const int32_t end = ubrk_next(iterator_);
    return end == UBRK_DONE ? std::nullopt : std::optional(static_cast<uint32_t>(end));
  }

 private:
  UBreakIterator* iterator_ = nullptr;
  UText subject_ = UTEXT_INITIALIZER;
};

}  // namespace

std::optional<std::string> decode_base64(std::string_view text) {
  while (!text.empty() && text.back() == '=') text.remove_suffix(1);
  std::string bytes;
  bytes.reserve(text.size() * 3 / 4);
  uint32_t bits = 0;
  int count = 0;
  for (const char c : text) {
    uint32_t value = 0;
    if (c >= 'A' && c <= 'Z') {
      value = static_cast<uint32_t>(c - 'A');
    } else if (c >= 'a' && c <= 'z') {
      value = static_cast<uint32_t>(c - 'a' + 26);
    } else if (c >= '0' && c <= '9') {
      value = static_cast<uint32_t>(c - '0' + 52);
    } else if (c == '+' || c == '/') {
      value = c == '+' ? 62 : 63;
    } else {
      return std::nullopt;
    }
    bits = bits << 6 | value;
    count += 6;
    if (count >= 8) {
      count -= 8;
      bytes += static_cast<char>(bits >> count & 0xFF);
    }
  }
  return bytes;
}

std::string encode_base64(std::string_view bytes) {
  constexpr std::string_view kAlphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (size_t at = 0; at < bytes.size(); at += 3) {
    uint32_t bits = 0;
    for (size_t i = 0; i < 3; ++i)
      bits = bits << 8 | (at + i < bytes.size() ? static_cast<unsigned char>(bytes[at + i]) : 0u);
    for (size_t i = 0; i < 4; ++i)
      text += at + i > bytes.size() ? '=' : kAlphabet[bits >> (18 - 6 * i) & 63];
  }
  return text;
}

Result<Charsmap> Charsmap::parse(std::string_view bytes, const std::string& where) {
  uint32_t trie_bytes = 0;
  Charsmap map;
  if (bytes.empty()) return map;
  if (bytes.size() < sizeof trie_bytes) return corrupt("precompiled_charsmap is cut off", where);
  std::memcpy(&trie_bytes, bytes.data(), sizeof trie_bytes);
  bytes.remove_prefix(sizeof trie_bytes);
  if (trie_bytes > bytes.size() || trie_bytes % sizeof(uint32_t) != 0 || trie_bytes == 0) {
    return corrupt("precompiled_charsmap claims a table of " + std::to_string(trie_bytes) +
                       " bytes, it has " + std::to_string(bytes.size()),
                   where);
  }
  map.units_.resize(trie_bytes / sizeof(uint32_t));
  std::memcpy(map.units_.data(), bytes.data(), trie_bytes);
  map.replacements_ = bytes.substr(trie_bytes);
  if (!sanitise(map.replacements_).identity()) {
    return corrupt("precompiled_charsmap replaces by bytes that are no UTF-8", where);
  }
  LOUPE_CHECK(map.check_units(where));
  return map;
}

// No key may lead out of the table, and no value out of the replacements: libsentencepiece, which
// is given the same bytes, does not look.
Result<void> Charsmap::check_units(const std::string& where) const {
  if (replacements_.empty() || replacements_.back() != '\0')
    return corrupt("precompiled_charsmap's last replacement has no end", where);
  for (size_t at = 0; at < units_.size(); ++at) {
    const uint32_t unit = units_[at];
    if (is_value(unit)) {
      const size_t begin = value_of(unit);
      if (begin >= replacements_.size() || (replacements_[begin] & 0xC0) == 0x80)
        return corrupt("precompiled_charsmap points outside its replacements", where);
      continue;
    }
    const size_t next = at ^ offset_of(unit);
    if ((next | 0xFF) >= units_.size() || (has_leaf(unit) && !is_value(units_[next])))
      return corrupt("precompiled_charsmap points outside its table", where);
  }
  return {};
}

std::optional<std::string_view> Charsmap::replacement(std::string_view key) const {
  if (units_.empty()) return std::nullopt;
  size_t at = offset_of(units_[0]);
  for (const char c : key) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte == 0) return std::nullopt;
    at ^= byte;
    if (at >= units_.size() || label_of(units_[at]) != byte) return std::nullopt;
    const uint32_t unit = units_[at];
    at ^= offset_of(unit);
    if (!has_leaf(unit)) continue;
    if (at >= units_.size() || !is_value(units_[at])) return std::nullopt;
    const std::string_view rest = std::string_view(replacements_).substr(value_of(units_[at]));
    return rest.substr(0, rest.find('\0'));
  }
  return std::nullopt;
}

MappedText Charsmap::apply(const MappedText& text) const {
  MappedText result;
  result.base = text.base;
  result.text.reserve(text.text.size() + 8);
  result.map.reserve(text.text.size() + 8);
  const std::string_view all = text.text;
  // An inserted text stands for what it replaced, a kept one byte for byte for itself.
  const auto put = [&](uint32_t begin, uint32_t end) {
    if (const auto found = replacement(all.substr(begin, end - begin))) {
      result.append(*found, text.original(begin, end));
      return;
    }
    for (uint32_t i = begin; i < end; ++i) result.append(all.substr(i, 1), text.original(i, i + 1));
  };
  Graphemes graphemes(text.text);
  uint32_t begin = 0;
  while (begin < all.size()) {
    const uint32_t end = graphemes.next_end().value_or(static_cast<uint32_t>(all.size()));
    if (end - begin <= kShortGrapheme && replacement(all.substr(begin, end - begin))) {
      put(begin, end);
    } else {
      uint32_t length = 0;
      for (uint32_t at = begin; at < end; at += length) {
        decode_at(text.text.data(), at, length);
        put(at, at + length);
      }
    }
    begin = end;
  }
  return result;
}

}  // namespace loupe::tokenize
