// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <cmath>
#include <cstdio>

#include "core/tokenize/jinja/compare.h"
#include "core/tokenize/jinja/dict.h"
#include "core/tokenize/jinja/number.h"
#include "core/tokenize/jinja/print.h"
#include "core/tokenize/text.h"

namespace loupe::tokenize::jinja {
namespace {

class JsonPrinter {
 public:
  JsonPrinter(Budget& budget, const JsonStyle& style, std::string& out)
      : budget_(budget), style_(style), out_(out) {}

  void add(const Value& value) {
    if (nesting_ > kMaxNesting) fail("a value is nested too deeply to be written as JSON");
    budget_.step();
    switch (value.kind()) {
      case Kind::none:
        put("null");
        break;
      case Kind::boolean:
        put(value.as_boolean() ? "true" : "false");
        break;
      case Kind::integer:
        put(std::to_string(value.as_integer()));
        break;
      case Kind::real:
        put(real(value.as_real()));
        break;
      case Kind::text:
        text(value.bytes());
        break;
      case Kind::list:
      case Kind::tuple:
        list(value.items());
        break;
      case Kind::dict:
        dict(value.as_dict());
        break;
      default:
        fail(std::string("JSON has no ") + type_name(value.kind()));
    }
  }

 private:
  void put(std::string_view bytes) {
    if (out_.size() + bytes.size() > kMaxText) fail("a text grows too long");
    budget_.bytes(bytes.size());
    out_ += bytes;
  }
  static std::string real(double value) {
    if (std::isnan(value)) return "NaN";
    if (std::isinf(value)) return value < 0 ? "-Infinity" : "Infinity";
    return real_text(value);
  }
  static void code_unit(std::string& out, unsigned unit) {
    char code[16];
    std::snprintf(code, sizeof code, "\\u%04x", unit);
    out += code;
  }
  void code_point(std::string& out, std::string_view bytes, char32_t c) const {
    switch (c) {
      case '"':
        out += "\\\"";
        return;
      case '\\':
        out += "\\\\";
        return;
      case '\n':
        out += "\\n";
        return;
      case '\r':
        out += "\\r";
        return;
      case '\t':
        out += "\\t";
        return;
      case '\f':
        out += "\\f";
        return;
      case '\b':
        out += "\\b";
        return;
      default:
        break;
    }
    if (c >= 0x20 && (c < 0x7F || !style_.ensure_ascii)) {
      out += bytes;
    } else if (c < 0x10000) {
      code_unit(out, static_cast<unsigned>(c));
    } else {
      code_unit(out, 0xD800 + ((static_cast<unsigned>(c) - 0x10000) >> 10));
      code_unit(out, 0xDC00 + ((static_cast<unsigned>(c) - 0x10000) & 0x3FF));
    }
  }
  void text(std::string_view bytes) {
    std::string quoted = "\"";
    for (size_t i = 0; i < bytes.size();) {
      uint32_t length = 0;
      const char32_t c = decode_at(bytes.data(), i, length);
      code_point(quoted, bytes.substr(i, length), c);
      i += length;
    }
    put(quoted += '"');
  }
  void new_line() {
    if (!style_.indent) return;
    put("\n");
    for (unsigned i = 0; i < nesting_; ++i) put(*style_.indent);
  }
  void list(const std::vector<Value>& items) {
    if (items.empty()) return put("[]");
    put("[");
    ++nesting_;
    for (size_t i = 0; i < items.size(); ++i) {
      if (i > 0) put(style_.item_separator);
      new_line();
      add(items[i]);
    }
    --nesting_;
    new_line();
    put("]");
  }
  void key(const Value& key) {
    switch (key.kind()) {
      case Kind::text:
        return text(key.bytes());
      case Kind::none:
        return put("\"null\"");
      case Kind::boolean:
        return put(key.as_boolean() ? "\"true\"" : "\"false\"");
      case Kind::integer:
        return put("\"" + std::to_string(key.as_integer()) + "\"");
      case Kind::real:
        return put("\"" + real(key.as_real()) + "\"");
      default:
        fail(std::string("JSON has no ") + type_name(key.kind()) + " as a key");
    }
  }
  void dict(const Dict& dict) {
    if (dict.entries.empty()) return put("{}");
    std::vector<const std::pair<Value, Value>*> entries;
    for (const auto& entry : dict.entries) entries.push_back(&entry);
    if (style_.sort_keys) {
      std::stable_sort(entries.begin(), entries.end(), [this](const auto* a, const auto* b) {
        return less(budget_, a->first, b->first);
      });
    }
    put("{");
    ++nesting_;
    for (size_t i = 0; i < entries.size(); ++i) {
      if (i > 0) put(style_.item_separator);
      new_line();
      key(entries[i]->first);
      put(style_.key_separator);
      add(entries[i]->second);
    }
    --nesting_;
    new_line();
    put("}");
  }

  Budget& budget_;
  const JsonStyle& style_;
  std::string& out_;
  unsigned nesting_ = 0;
};

}  // namespace

void print_json(Budget& budget, const Value& value, const JsonStyle& style, std::string& out) {
  JsonPrinter(budget, style, out).add(value);
}

}  // namespace loupe::tokenize::jinja
