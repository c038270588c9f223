// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/tokenize/jinja/print.h"

#include <cstdio>

#include "core/tokenize/jinja/dict.h"
#include "core/tokenize/jinja/machine.h"
#include "core/tokenize/jinja/number.h"
#include "core/tokenize/jinja/python_text.h"
#include "core/tokenize/text.h"

namespace loupe::tokenize::jinja {
namespace {

void put(Budget& budget, std::string& out, std::string_view bytes) {
  if (out.size() + bytes.size() > kMaxText) fail("a text grows too long");
  budget.bytes(bytes.size());
  out += bytes;
}

void escape_code(std::string& out, char32_t c) {
  char code[16];
  const char* format = c < 0x100 ? "\\x%02x" : c < 0x10000 ? "\\u%04x" : "\\U%08x";
  std::snprintf(code, sizeof code, format, static_cast<unsigned>(c));
  out += code;
}

void repr_text(Budget& budget, const Text& text, std::string& out) {
  const bool single = text.bytes.find('\'') != std::string::npos;
  const bool twice = text.bytes.find('"') != std::string::npos;
  const char quote = single && !twice ? '"' : '\'';
  std::string quoted(1, quote);
  for (size_t i = 0; i < text.bytes.size();) {
    uint32_t length = 0;
    const char32_t c = decode_at(text.bytes.data(), i, length);
    if (c == static_cast<char32_t>(quote) || c == '\\') {
      quoted += '\\';
      quoted += static_cast<char>(c);
    } else if (c == '\n') {
      quoted += "\\n";
    } else if (c == '\r') {
      quoted += "\\r";
    } else if (c == '\t') {
      quoted += "\\t";
    } else if (is_printable(c)) {
      quoted.append(text.bytes, i, length);
    } else {
      escape_code(quoted, c);
    }
    i += length;
  }
  quoted += quote;
  if (text.markup) quoted = "Markup(" + quoted + ")";
  put(budget, out, quoted);
}

class Representer {
 public:
  Representer(Budget& budget, std::string& out) : budget_(budget), out_(out) {}

  void add(const Value& value) {
    if (++nesting_ > kMaxNesting) fail("a value is nested too deeply to be printed");
    budget_.step();
    dispatch(value);
    --nesting_;
  }

 private:
  void dispatch(const Value& value) {
    switch (value.kind()) {
      case Kind::undefined:
        put("Undefined");
        break;
      case Kind::none:
        put("None");
        break;
      case Kind::boolean:
        put(value.as_boolean() ? "True" : "False");
        break;
      case Kind::integer:
        put(std::to_string(value.as_integer()));
        break;
      case Kind::real:
        put(real_text(value.as_real()));
        break;
      case Kind::text:
        repr_text(budget_, value.as_text(), out_);
        break;
      case Kind::list:
        items(value.items(), "[", "]");
        break;
      case Kind::tuple:
        items(value.items(), "(", value.items().size() == 1 ? ",)" : ")");
        break;
      case Kind::dict:
        dict(value.as_dict());
        break;
      case Kind::range:
        range(value.as_range());
        break;
      case Kind::view:
        view(value.as_view());
        break;
      case Kind::space:
        space(value.as_space());
        break;
      case Kind::macro:
        put("<Macro '" + value.as_macro().definition->name + "'>");
        break;
      default:
        refuse(std::string("a ") + type_name(value.kind()) + " is not printed");
    }
  }
  void put(std::string_view bytes) { jinja::put(budget_, out_, bytes); }
  void items(const std::vector<Value>& items, std::string_view open, std::string_view close) {
    put(open);
    for (size_t i = 0; i < items.size(); ++i) {
      if (i > 0) put(", ");
      add(items[i]);
    }
    put(close);
  }
  void dict(const Dict& dict) {
    put("{");
    for (size_t i = 0; i < dict.entries.size(); ++i) {
      if (i > 0) put(", ");
      add(dict.entries[i].first);
      put(": ");
      add(dict.entries[i].second);
    }
    put("}");
  }
  void range(const Range& range) {
    std::string text = "range(" + std::to_string(range.start) + ", " + std::to_string(range.stop);
    if (range.step != 1) text += ", " + std::to_string(range.step);
    put(text + ")");
  }
  void view(const View& view) {
    const auto& entries = view.dict.as_dict().entries;
    const char* names[] = {"dict_keys([", "dict_values([", "dict_items(["};
    put(names[static_cast<size_t>(view.of)]);
    for (size_t i = 0; i < entries.size(); ++i) {
      if (i > 0) put(", ");
      if (view.of == View::Of::items) put("(");
      if (view.of != View::Of::values) add(entries[i].first);
      if (view.of == View::Of::items) put(", ");
      if (view.of != View::Of::keys) add(entries[i].second);
      if (view.of == View::Of::items) put(")");
    }
    put("])");
  }
  void space(const Space& space) {
    put("<Namespace {");
    for (size_t i = 0; i < space.entries.size(); ++i) {
      if (i > 0) put(", ");
      repr_text(budget_, Text(space.entries[i].first, false), out_);
      put(": ");
      add(space.entries[i].second);
    }
    put("}>");
  }

  Budget& budget_;
  std::string& out_;
  unsigned nesting_ = 0;
};

}  // namespace

void print(Budget& budget, const Value& value, std::string& out) {
  if (value.is_text()) {
    put(budget, out, value.bytes());
  } else if (!value.is_undefined()) {
    print_repr(budget, value, out);
  }
}

void print_repr(Budget& budget, const Value& value, std::string& out) {
  Representer(budget, out).add(value);
}

std::string to_text(Budget& budget, const Value& value) {
  std::string out;
  print(budget, value, out);
  return out;
}

}  // namespace loupe::tokenize::jinja
