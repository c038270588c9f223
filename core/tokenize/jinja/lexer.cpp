// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/tokenize/jinja/lexer.h"

#include <array>

#include "core/tokenize/jinja/limits.h"
#include "core/tokenize/jinja/python_text.h"

namespace loupe::tokenize::jinja {
namespace {

constexpr std::array<std::string_view, 6> kLongSigns = {"//", "**", "==", "!=", ">=", "<="};
constexpr std::string_view kSigns = "+-/*%~[](){}>=<.:|,;";

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_name(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

char closing(char open) {
  return open == '(' ? ')' : open == '[' ? ']' : '}';
}

class Lexer {
 public:
  explicit Lexer(std::string_view source) : source_(source) {}

  std::vector<Token> run() {
    while (at_ < source_.size()) {
      const size_t begin = find_tag(at_);
      const char kind = begin == source_.size() ? '\0' : source_[begin + 1];
      const char mark = begin == source_.size() ? '\0' : mark_at(begin + 2);
      data(at_, text_end(at_, begin, kind, mark));
      if (kind == '\0') break;
      tag_ = begin;
      at_ = begin + 2 + (mark == '\0' ? 0 : 1);
      if (kind == '#') {
        comment();
      } else if (kind == '{') {
        add(TokenKind::variable_begin, begin, at_);
        inside(false);
      } else if (!raw()) {
        add(TokenKind::block_begin, begin, at_);
        inside(true);
      }
      line_starts_ = at_ > 0 && source_[at_ - 1] == '\n';
    }
    add(TokenKind::end, source_.size(), source_.size());
    return std::move(tokens_);
  }

 private:
  [[noreturn]] void stop(const std::string& what, size_t at) const {
    throw Failure{what, static_cast<uint32_t>(at)};
  }
  bool looking_at(size_t at, std::string_view what) const {
    return source_.substr(at, what.size()) == what;
  }
  char mark_at(size_t at) const {
    return at < source_.size() && (source_[at] == '-' || source_[at] == '+') ? source_[at] : '\0';
  }
  void add(TokenKind kind, size_t begin, size_t end) {
    tokens_.push_back({kind, static_cast<uint32_t>(begin), source_.substr(begin, end - begin)});
  }
  void data(size_t begin, size_t end) {
    if (end > begin) add(TokenKind::data, begin, end);
  }

  size_t find_tag(size_t at) const {
    for (; at + 1 < source_.size(); ++at) {
      const char next = source_[at + 1];
      if (source_[at] == '{' && (next == '{' || next == '%' || next == '#')) return at;
    }
    return source_.size();
  }

  // Where the text before a tag ends, once the white space that the tag takes away is gone.
  size_t text_end(size_t begin, size_t tag, char kind, char mark) const {
    const std::string_view text = source_.substr(begin, tag - begin);
    if (kind == '\0') return tag;
    if (mark == '-') return begin + strip(text, {}, Side::right).size();
    if (mark == '+' || kind == '{') return tag;
    const size_t line = text.rfind('\n') + 1;  // 0 without one
    if (line == 0 && !line_starts_) return tag;
    return all_space(text.substr(line)) ? begin + line : tag;
  }

  void skip_space() {
    const std::string_view rest = source_.substr(at_);
    at_ += rest.size() - strip(rest, {}, Side::left).size();
  }

  // The end of a block or comment at at_: "-%}" and what follows, "%}" and a line end, "+%}".
  bool block_end(std::string_view close, bool trim) {
    const char mark = mark_at(at_);
    const size_t end = at_ + (mark == '\0' ? 0 : 1);
    if (!looking_at(end, close)) return false;
    at_ = end + close.size();
    if (mark == '-') skip_space();
    if (trim && mark == '\0' && at_ < source_.size() && source_[at_] == '\n') ++at_;
    return true;
  }

  // Jinja lets a comment, and a raw block, be left open where nothing follows.
  void comment() {
    if (at_ == source_.size()) return;
    for (; at_ < source_.size(); ++at_) {
      if (block_end("#}", true)) return;
    }
    stop("a comment has no end", tag_);
  }

  bool raw() {
    const size_t before = at_;
    skip_space();
    if (!looking_at(at_, "raw")) return at_ = before, false;
    at_ += 3;
    skip_space();
    const char mark = mark_at(at_);
    if (mark == '+' || !block_end("%}", false)) return at_ = before, false;
    // As after any other tag.
    line_starts_ = source_[at_ - 1] == '\n';
    const size_t begin = at_;
    if (begin == source_.size()) return true;
    for (; at_ < source_.size(); ++at_) {
      if (!looking_at(at_, "{%")) continue;
      const size_t tag = at_;
      const char open = mark_at(tag + 2);
      at_ += 2 + (open == '\0' ? 0 : 1);
      skip_space();
      if (looking_at(at_, "endraw")) {
        at_ += 6;
        skip_space();
        if (block_end("%}", true)) {
          data(begin, text_end(begin, tag, '%', open));
          return true;
        }
      }
      at_ = tag;
    }
    stop("a raw block has no end", tag_);
  }

  void inside(bool block) {
    for (;;) {
      skip_space();
      if (at_ >= source_.size()) stop("a tag has no end", tag_);
      const size_t begin = at_;
      if (open_.empty()) {
        if (block && block_end("%}", true)) return add(TokenKind::block_end, begin, at_);
        if (!block && mark_at(at_) != '+' && block_end("}}", false)) {
          return add(TokenKind::variable_end, begin, at_);
        }
      }
      token();
    }
  }

  void token() {
    const char c = source_[at_];
    if (is_digit(c)) return number();
    if (is_name(c)) return name();
    if (c == '\'' || c == '"') return literal();
    sign();
  }

  void name() {
    const size_t begin = at_;
    while (at_ < source_.size() && is_name(source_[at_])) ++at_;
    add(TokenKind::name, begin, at_);
  }

  // Digits with single underscores between them.
  size_t digits(size_t at, bool (*digit)(char)) const {
    const auto has = [&](size_t i) { return i < source_.size() && digit(source_[i]); };
    while (has(at) || (at < source_.size() && source_[at] == '_' && has(at + 1))) ++at;
    return at;
  }

  void number() {
    const size_t begin = at_;
    const size_t whole = digits(begin, is_digit);
    size_t end = whole;
    if (begin == 0 || source_[begin - 1] != '.') {
      if (looking_at(end, ".") && end + 1 < source_.size() && is_digit(source_[end + 1])) {
        end = digits(end + 1, is_digit);
      }
      if (end < source_.size() && (source_[end] | 0x20) == 'e') {
        const size_t first = end + 1 + (mark_at(end + 1) == '\0' ? 0 : 1);
        if (first < source_.size() && is_digit(source_[first])) end = digits(first, is_digit);
      }
    }
    at_ = end;
    if (end != whole) return add(TokenKind::real, begin, end);
    if (source_[begin] == '0') at_ = zero(begin);
    add(TokenKind::integer, begin, at_);
  }

  // The end of an integer that begins with 0: of another base, or nothing but zeros.
  size_t zero(size_t begin) const {
    const auto based = [&](bool (*digit)(char)) {
      const size_t end = digits(begin + 2, digit);
      return end > begin + 2 ? end : digits(begin, [](char c) { return c == '0'; });
    };
    switch (begin + 1 < source_.size() ? source_[begin + 1] | 0x20 : 0) {
      case 'b':
        return based([](char c) { return c == '0' || c == '1'; });
      case 'o':
        return based([](char c) { return c >= '0' && c <= '7'; });
      case 'x':
        return based(
            [](char c) { return is_digit(c) || ((c | 0x20) >= 'a' && (c | 0x20) <= 'f'); });
      default:
        return digits(begin, [](char c) { return c == '0'; });
    }
  }

  void literal() {
    const size_t begin = at_;
    const char quote = source_[at_++];
    for (; at_ < source_.size() && source_[at_] != quote; ++at_) {
      if (source_[at_] == '\\') ++at_;
    }
    if (at_ >= source_.size()) stop("a string has no end", begin);
    ++at_;
    add(TokenKind::text, begin, at_);
  }

  void sign() {
    for (const std::string_view sign : kLongSigns) {
      if (looking_at(at_, sign)) {
        add(TokenKind::sign, at_, at_ + 2);
        at_ += 2;
        return;
      }
    }
    const char c = source_[at_];
    if (kSigns.find(c) == std::string_view::npos) {
      stop("an unexpected character", at_);
    }
    if (c == '(' || c == '[' || c == '{') open_ += closing(c);
    if (c == ')' || c == ']' || c == '}') {
      if (open_.empty() || open_.back() != c) {
        stop(std::string("an unexpected \"") + c + "\"", at_);
      }
      open_.pop_back();
    }
    add(TokenKind::sign, at_, at_ + 1);
    ++at_;
  }

  std::string_view source_;
  std::vector<Token> tokens_;
  std::string open_;  // brackets that are to come
  size_t at_ = 0, tag_ = 0;
  bool line_starts_ = true;
};

}  // namespace

std::string normalise_source(std::string_view source) {
  std::string out;
  out.reserve(source.size());
  for (size_t i = 0; i < source.size(); ++i) {
    if (source[i] != '\r') {
      out += source[i];
      continue;
    }
    out += '\n';
    if (i + 1 < source.size() && source[i + 1] == '\n') ++i;
  }
  if (out.ends_with('\n')) out.pop_back();
  return out;
}

std::vector<Token> lex(std::string_view source) {
  return Lexer(source).run();
}

}  // namespace loupe::tokenize::jinja
