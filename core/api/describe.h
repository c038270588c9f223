// SPDX-License-Identifier: GPL-3.0-or-later
// A value that travels is described once, beside its members: fields() lists every one of them with
// its key, and with what a person may want to know of it. JSON both ways, the command line's
// options, the window's form, table heads and the guide's tables are read off that list.
//
//   struct StepPoint {
//     int64_t step = 0;
//     double loss = 0;
//     LOUPE_FIELDS(StepPoint, step, loss)
//   };
//
// A member that fields() leaves out does not compile: see LOUPE_JSON in describe_json.h, which one
// .cpp a subject uses to make the conversions that are declared here.
#pragma once

#include <cmath>
#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <tuple>

namespace loupe::api {

using nlohmann::json;

// Marks a text that a person reads, for the translators; the window passes it through translate().
#define LOUPE_TEXT(text) text

// What may be said of a field. Nothing of it is needed.
struct Doc {
  std::string_view title;  // a form's label, a table's head
  std::string_view why;    // tooltip, --help, guide
  double least = -HUGE_VAL, most = HUGE_VAL;
  bool above_least = false;  // `least` itself is refused
  std::span<const std::string_view> choices;
  std::span<const std::string_view> suggested;  // what a form offers, where other texts fit too
  std::string_view zero;                        // what 0 means: "all", "the model's own"
  std::string_view unit, group;
  std::string_view only;  // "type=IM": without meaning where that does not hold
  std::string_view was;   // an older key, still read
  bool needed = false;    // a request without it is refused
};
inline constexpr Doc needed{.needed = true};

template <class T, class V>
struct Field {
  using Value = V;
  std::string_view key;
  V T::*member;
  Doc doc;
};

template <class T, class V>
constexpr Field<T, V> field(std::string_view key, V T::*member, Doc doc = {}) {
  return {key, member, doc};
}

template <class T>
concept Described = requires {
  T::fields();
};

// A small value that travels as one text: "run:3". `form` says how it is written.
template <class T>
concept WrittenAsText = requires(const T& value) {
  value.text();
  T::of_text(std::string_view());
  std::string(T::form);
};

// Calls visit(field) for every field of T, in order.
template <Described T, class Visit>
constexpr void each_field(Visit&& visit) {
  std::apply([&](const auto&... field) { (visit(field), ...); }, T::fields());
}

// Why a value could not be read: at `key` ("recipe.lr"), what is wrong there.
struct Unreadable : std::runtime_error {
  Unreadable(std::string key, std::string what);
  std::string key, problem;
};
struct Refusal {
  std::string key, what;
};

// Numbers that are not finite become texts, in lists and maps too. Reading with from_json is
// lenient about what is missing or unknown (an answer of another version) and throws Unreadable for
// what is of the wrong kind.
template <Described T>
void to_json(json& out, const T& value);
template <Described T>
void from_json(const json& in, T& value);
// For what a person or a program asks: an unknown key, a wrong kind, a value out of its range or
// none of its choices is refused by name, and so is a needed one that is missing. Keys that are not
// given keep the value that they have.
template <Described T>
std::optional<Refusal> read_strict(const json& in, T& value);

// Non-finite numbers as strings, both ways. number_from_json throws Unreadable on anything else.
json number_to_json(double value);
double number_from_json(const json& value);

// LOUPE_FIELDS(T, a, b, …): fields() with each member's own name as its key. LOUPE_ASKED(T, (a, b),
// (c)): the same, where a and b are needed.
#define LOUPE_PARENS ()
#define LOUPE_STRIP(...) __VA_ARGS__
#define LOUPE_EXPAND(...) LOUPE_EXPAND3(LOUPE_EXPAND3(LOUPE_EXPAND3(__VA_ARGS__)))
#define LOUPE_EXPAND3(...) LOUPE_EXPAND2(LOUPE_EXPAND2(LOUPE_EXPAND2(__VA_ARGS__)))
#define LOUPE_EXPAND2(...) LOUPE_EXPAND1(LOUPE_EXPAND1(LOUPE_EXPAND1(__VA_ARGS__)))
#define LOUPE_EXPAND1(...) __VA_ARGS__
#define LOUPE_EACH(F, T, name, ...) \
  F(T, name) __VA_OPT__(, LOUPE_EACH_AGAIN LOUPE_PARENS(F, T, __VA_ARGS__))
#define LOUPE_EACH_AGAIN() LOUPE_EACH
#define LOUPE_FIELD(T, name) ::loupe::api::field(#name, &T::name)
#define LOUPE_NEEDED_FIELD(T, name) ::loupe::api::field(#name, &T::name, ::loupe::api::needed)
#define LOUPE_TUPLE(F, T, ...) std::tuple(__VA_OPT__(LOUPE_EXPAND(LOUPE_EACH(F, T, __VA_ARGS__))))
#define LOUPE_FIELDS(T, ...)                         \
  static constexpr auto fields() {                   \
    return LOUPE_TUPLE(LOUPE_FIELD, T, __VA_ARGS__); \
  }
#define LOUPE_ASKED(T, needed_names, other_names)                                       \
  static constexpr auto fields() {                                                      \
    return std::tuple_cat(LOUPE_TUPLE(LOUPE_NEEDED_FIELD, T, LOUPE_STRIP needed_names), \
                          LOUPE_TUPLE(LOUPE_FIELD, T, LOUPE_STRIP other_names));        \
  }

}  // namespace loupe::api
