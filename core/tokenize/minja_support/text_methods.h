// SPDX-License-Identifier: GPL-3.0-or-later
// Python's string methods. For jinja.cpp alone; include after operators.h.
#pragma once

#include <unicode/locid.h>

#include "core/tokenize/minja_support/operators.h"

namespace loupe::tokenize::jinja {

inline std::string to_utf8(const icu::UnicodeString& text) {
  std::string result;
  text.toUTF8String(result);
  return result;
}
inline std::string lower(const std::string& text) {
  return to_utf8(icu::UnicodeString::fromUTF8(text).toLower(icu::Locale::getRoot()));
}
inline std::string upper(const std::string& text) {
  return to_utf8(icu::UnicodeString::fromUTF8(text).toUpper(icu::Locale::getRoot()));
}

// Upper-case (title-case) where `starts` says so of the character before ("" at the start), else
// lower-case.
template <class Starts>
std::string title_where(const std::string& text, const Starts& starts) {
  std::string result, before;
  for (const std::string& character : characters(text)) {
    const auto c = static_cast<UChar32>(code_point(character));
    const UChar32 mapped = starts(before) ? u_totitle(c) : u_tolower(c);
    if (mapped == c) {
      result += character;
    } else {
      append_utf8(result, static_cast<char32_t>(mapped));
    }
    before = character;
  }
  return result;
}
inline std::string capitalize(const std::string& text) {
  return title_where(text, [](const std::string& before) { return before.empty(); });
}
// str.title()
inline std::string title(const std::string& text) {
  return title_where(text, [](const std::string& before) {
    const auto c = static_cast<UChar32>(code_point(before));
    return before.empty() || !u_hasBinaryProperty(c, UCHAR_CASED);
  });
}
// The filter, which starts a word in fewer places.
inline std::string title_filter(const std::string& text) {
  return title_where(text, [](const std::string& before) {
    return before.empty() || is_python_space(before) ||
           std::string("-({[<").find(before) != std::string::npos;
  });
}

inline std::string replace(const std::string& text, const std::string& from, const std::string& to,
                           int64_t times) {
  if (from.empty()) throw std::runtime_error("replace of the empty text is not supported");
  std::string result;
  size_t at = 0;
  for (; times != 0; --times) {
    const size_t found = text.find(from, at);
    if (found == std::string::npos) break;
    result.append(text, at, found - at).append(to);
    check_size(result.size());
    at = found + from.size();
  }
  result.append(text, at);
  return result;
}

inline Value split(const std::string& text, const std::string& separator, int64_t times) {
  if (separator.empty()) throw std::runtime_error("empty separator");
  Value parts = Value::array();
  size_t at = 0;
  for (; times != 0; --times) {
    const size_t found = text.find(separator, at);
    if (found == std::string::npos) break;
    parts.push_back(Value(text.substr(at, found - at)));
    at = found + separator.size();
  }
  parts.push_back(Value(text.substr(at)));
  return parts;
}

inline Value split_at_spaces(const std::string& text) {
  Value parts = Value::array();
  std::string word;
  for (const std::string& character : characters(text)) {
    if (!is_python_space(character)) {
      word += character;
    } else if (!word.empty()) {
      parts.push_back(Value(word));
      word.clear();
    }
  }
  if (!word.empty()) parts.push_back(Value(word));
  return parts;
}

inline std::string text_argument(const std::string& method, const std::vector<Value>& arguments,
                                 size_t i) {
  if (i >= arguments.size() || !arguments[i].is_string()) {
    throw std::runtime_error(method + "() wants a text");
  }
  return arguments[i].get<std::string>();
}

// startswith and endswith take one text or a tuple of them.
inline bool has_affix(const std::string& method, const std::string& text,
                      const std::vector<Value>& arguments) {
  const auto fits = [&](const std::string& affix) {
    return method == "startswith" ? text.starts_with(affix) : text.ends_with(affix);
  };
  if (arguments.empty() || !arguments[0].is_array()) {
    return fits(text_argument(method, arguments, 0));
  }
  for (size_t i = 0; i < arguments[0].size(); ++i) {
    if (fits(arguments[0].at(i).get<std::string>())) return true;
  }
  return false;
}

inline bool string_method(const std::string& name, const std::string& text,
                          const std::vector<Value>& arguments, Value& result) {
  const auto number = [&](size_t i) {
    return i < arguments.size() ? arguments[i].get<int64_t>() : int64_t{-1};
  };
  const bool bare = arguments.empty() || arguments[0].is_null();
  if (name == "strip" || name == "lstrip" || name == "rstrip") {
    const std::string set = bare ? "" : text_argument(name, arguments, 0);
    result = Value(strip_any(text, bare ? nullptr : &set, name != "rstrip", name != "lstrip"));
  } else if (name == "startswith" || name == "endswith") {
    result = Value(has_affix(name, text, arguments));
  } else if (name == "split" && bare) {
    result = split_at_spaces(text);
  } else if (name == "split") {
    result = split(text, text_argument(name, arguments, 0), number(1));
  } else if (name == "replace") {
    result = Value(replace(text, text_argument(name, arguments, 0),
                           text_argument(name, arguments, 1), number(2)));
  } else if (name == "lower") {
    result = Value(lower(text));
  } else if (name == "upper") {
    result = Value(upper(text));
  } else if (name == "title") {
    result = Value(title(text));
  } else if (name == "capitalize") {
    result = Value(capitalize(text));
  } else if (name == "find") {
    const size_t at = text.find(text_argument(name, arguments, 0));
    result = Value(at == std::string::npos ? int64_t{-1}
                                           : static_cast<int64_t>(length(text.substr(0, at))));
  } else if (name == "removeprefix" || name == "removesuffix") {
    const std::string affix = text_argument(name, arguments, 0);
    const bool front = name == "removeprefix";
    const bool has = front ? text.starts_with(affix) : text.ends_with(affix);
    result = Value(!has    ? text
                   : front ? text.substr(affix.size())
                           : text.substr(0, text.size() - affix.size()));
  } else {
    return false;
  }
  return true;
}

}  // namespace loupe::tokenize::jinja
