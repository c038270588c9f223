// SPDX-License-Identifier: GPL-3.0-or-later
// The conversions that describe.h declares. Included by the .cpp files of core/api alone: each says
// LOUPE_JSON(T) for the values of its subject.
#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <type_traits>
#include <vector>

#include "core/api/describe.h"

namespace loupe::api {

// Converts to whatever a member of `Whole` may be; stands for a member more than fields() names.
template <class Whole>
struct AnyMember {
  template <class T>
  requires(!std::is_same_v<T, Whole>) operator T() const;
};

// Whether fields() names every member of T, in order: T can be made of just those values, and of no
// further one.
template <class T>
constexpr bool names_every_member() {
  return std::apply(
      []<class... F>(const F&...) {
        return requires(typename F::Value... v) {
          T{v...};
        }
        &&!requires(typename F::Value... v) {
          T{v..., AnyMember<T>{}};
        };
      },
      T::fields());
}

namespace detail {

template <class V, template <class...> class Of>
inline constexpr bool is_a = false;
template <template <class...> class Of, class... A>
inline constexpr bool is_a<Of<A...>, Of> = true;

std::string text_of(double value);
void check_number(const std::string& key, double value, const Doc& doc);
void check_choice(const std::string& key, const std::string& value, const Doc& doc);
[[noreturn]] void wrong_kind(const std::string& key, const json& value, const char* expected);

template <class V>
void write(json& out, const V& value) {
  if constexpr (std::is_same_v<V, double>) {
    out = number_to_json(value);
  } else if constexpr (WrittenAsText<V>) {
    out = value.text();
  } else if constexpr (is_a<V, std::vector>) {
    out = json::array();
    for (const auto& entry : value) write(out.emplace_back(), entry);
  } else if constexpr (is_a<V, std::map>) {
    out = json::object();
    for (const auto& [key, entry] : value) write(out[key], entry);
  } else if constexpr (is_a<V, std::optional>) {
    if (value) write(out, *value);
  } else {
    out = value;
  }
}

template <Described T>
void read_fields(const json& in, T& value, const std::string& key, bool strict);

// `doc`: null where the value is inside another.
template <class V>
void read(const json& in, V& value, const std::string& key, const Doc* doc, bool strict) {
  if constexpr (Described<V>) {
    read_fields(in, value, key, strict);
  } else if constexpr (std::is_same_v<V, json>) {
    value = in;
  } else if constexpr (WrittenAsText<V>) {
    std::string text;
    read(in, text, key, nullptr, strict);
    if (const auto parsed = V::of_text(text))
      value = *parsed;
    else
      throw Unreadable(key, "is \"" + text + "\"; it must be " + V::form);
  } else if constexpr (std::is_same_v<V, bool>) {
    if (!in.is_boolean()) wrong_kind(key, in, "true or false");
    value = in.get<bool>();
  } else if constexpr (std::is_integral_v<V>) {
    if (!in.is_number_integer()) wrong_kind(key, in, "a whole number");
    if (std::is_unsigned_v<V> && !in.is_number_unsigned() && in.get<int64_t>() < 0)
      throw Unreadable(key, "must not be negative");
    value = in.get<V>();
    if (strict && doc != nullptr) check_number(key, static_cast<double>(value), *doc);
  } else if constexpr (std::is_same_v<V, double>) {
    if (!in.is_number() && !in.is_string()) wrong_kind(key, in, "a number");
    try {
      value = number_from_json(in);
    } catch (const Unreadable& error) {
      throw Unreadable(key, error.problem);
    }
    if (strict && doc != nullptr) check_number(key, value, *doc);
  } else if constexpr (std::is_same_v<V, std::string>) {
    if (!in.is_string()) wrong_kind(key, in, "a text");
    value = in.get<std::string>();
    if (strict && doc != nullptr) check_choice(key, value, *doc);
  } else if constexpr (is_a<V, std::vector>) {
    if (!in.is_array()) wrong_kind(key, in, "a list");
    value.clear();
    value.reserve(in.size());
    for (size_t i = 0; i < in.size(); ++i)
      read(in[i], value.emplace_back(), key + "[" + std::to_string(i) + "]", nullptr, strict);
  } else if constexpr (is_a<V, std::map>) {
    if (!in.is_object()) wrong_kind(key, in, "an object");
    value.clear();
    for (const auto& [name, entry] : in.items())
      read(entry, value[name], key + "." + name, nullptr, strict);
  } else if constexpr (is_a<V, std::optional>) {
    read(in, value.emplace(), key, doc, strict);
  } else if constexpr (is_a<V, std::pair>) {
    if (!in.is_array() || in.size() != 2) wrong_kind(key, in, "a list of two");
    read(in[0], value.first, key, nullptr, strict);
    read(in[1], value.second, key, nullptr, strict);
  } else {
    static_assert(std::is_void_v<V>, "a field's type that describe_json.h does not know");
  }
}

void check_keys(const json& in, const std::string& key, const std::vector<std::string_view>& known);

template <Described T>
void read_fields(const json& in, T& value, const std::string& key, bool strict) {
  if (!in.is_object()) wrong_kind(key, in, "an object");
  const std::string prefix = key.empty() ? "" : key + ".";
  std::vector<std::string_view> known;
  each_field<T>([&](const auto& f) {
    auto found = in.find(f.key);
    if (found == in.end() && !f.doc.was.empty()) found = in.find(f.doc.was);
    known.push_back(f.key);
    if (!f.doc.was.empty()) known.push_back(f.doc.was);
    if (found != in.end() && !found->is_null())
      read(*found, value.*f.member, prefix + std::string(f.key), &f.doc, strict);
    else if (strict && f.doc.needed)
      throw Unreadable(prefix + std::string(f.key), "is missing");
  });
  if (strict) check_keys(in, key, known);
}

}  // namespace detail

template <Described T>
void to_json(json& out, const T& value) {
  out = json::object();
  each_field<T>([&](const auto& f) { detail::write(out[std::string(f.key)], value.*f.member); });
}

template <Described T>
void from_json(const json& in, T& value) {
  detail::read_fields(in, value, "", false);
}

template <Described T>
std::optional<Refusal> read_strict(const json& in, T& value) {
  try {
    detail::read_fields(in, value, "", true);
  } catch (const Unreadable& error) {
    return Refusal{error.key, error.problem};
  }
  return std::nullopt;
}

#define LOUPE_JSON(T)                                                                       \
  static_assert(names_every_member<T>(), #T "::fields() must name every member, in order"); \
  template void to_json(json&, const T&);                                                   \
  template void from_json(const json&, T&);                                                 \
  template std::optional<Refusal> read_strict(const json&, T&);

}  // namespace loupe::api
