// SPDX-License-Identifier: GPL-3.0-or-later
// Literals: numbers, and strings with Python's escapes.
#include <cstdio>

#include "core/tokenize/jinja/number.h"
#include "core/tokenize/jinja/parser.h"
#include "core/tokenize/jinja/python_text.h"
#include "core/tokenize/text.h"

namespace loupe::tokenize::jinja {
namespace {

int digit_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char lower = static_cast<char>(c | 0x20);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : 99;
}

class Unescaper {
 public:
  Unescaper(std::string_view body, uint32_t at) : body_(body), at_(at) {}

  std::string run() {
    while (next_ < body_.size()) {
      if (body_[next_] == '\\' && next_ + 1 < body_.size()) {
        escape();
      } else {
        out_ += body_[next_++];
      }
    }
    return std::move(out_);
  }

 private:
  [[noreturn]] void stop(const char* what) const {
    throw Failure{what, at_ + 1 + static_cast<uint32_t>(next_), true};
  }

  void escape() {
    const char c = body_[next_ + 1];
    static constexpr std::string_view kFrom = "\\'\"abfnrtv", kTo = "\\'\"\a\b\f\n\r\t\v";
    if (const size_t found = kFrom.find(c); found != std::string_view::npos) {
      out_ += kTo[found];
      next_ += 2;
    } else if (c == '\n') {
      next_ += 2;
    } else if (c == 'x' || c == 'u' || c == 'U') {
      code(2, c == 'x' ? 2 : c == 'u' ? 4 : 8, 16, true);
    } else if (c >= '0' && c <= '7') {
      code(1, 3, 8, false);
    } else if (c == 'N') {
      stop("the escape \\N{...} is not supported");
    } else if (c & 0x80) {
      not_ascii();
    } else {
      out_ += '\\';
      out_ += c;
      next_ += 2;
    }
  }

  void code(size_t skip, size_t most, unsigned base, bool all) {
    char32_t value = 0;
    size_t taken = 0, from = next_ + skip;
    for (; taken < most && from < body_.size(); ++taken, ++from) {
      const int digit = digit_value(body_[from]);
      if (digit >= static_cast<int>(base)) break;
      value = value * base + static_cast<char32_t>(digit);
    }
    if (all && taken < most) stop("an escape has too few digits");
    if (value > 0x10FFFF || (value >= 0xD800 && value < 0xE000)) {
      stop("an escape stands for no character");
    }
    append_utf8(out_, value);
    next_ = from;
  }

  // Jinja reads literals by way of ASCII, where the code of the character is what gets escaped.
  void not_ascii() {
    uint32_t length = 0;
    const auto c = static_cast<unsigned>(decode_at(body_.data(), next_ + 1, length));
    char text[16];
    std::snprintf(text, sizeof text,
                  c < 0x100     ? "\\x%02x"
                  : c < 0x10000 ? "\\u%04x"
                                : "\\U%08x",
                  c);
    out_ += text;
    next_ += 1 + length;
  }

  std::string_view body_;
  uint32_t at_;
  size_t next_ = 0;
  std::string out_;
};

}  // namespace

Value number_value(const Token& token) {
  std::string digits(token.bytes);
  std::erase(digits, '_');
  if (token.kind == TokenKind::real) return Value::real(parse_real(digits).value_or(0));
  int base = 10;
  if (digits.size() > 2 && digits[0] == '0') {
    const char mark = static_cast<char>(digits[1] | 0x20);
    base = mark == 'x' ? 16 : mark == 'o' ? 8 : mark == 'b' ? 2 : 10;
  }
  return Value::integer(parse_integer(digits, base).value_or(0));
}

Value literal_value(std::string_view quoted, uint32_t at) {
  return Value::text(Unescaper(quoted.substr(1, quoted.size() - 2), at).run());
}

}  // namespace loupe::tokenize::jinja
