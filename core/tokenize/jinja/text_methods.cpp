// SPDX-License-Identifier: GPL-3.0-or-later
// Methods of str.
#include <algorithm>
#include <optional>

#include "core/tokenize/jinja/machine.h"
#include "core/tokenize/jinja/methods.h"
#include "core/tokenize/jinja/print.h"
#include "core/tokenize/jinja/python_text.h"

namespace loupe::tokenize::jinja {
namespace {

bool markup(const Value& self) {
  return self.as_text().markup;
}

// Markup's methods escape what they are given; the rarer ones are left out.
void plain_only(const Value& self, const char* method) {
  if (markup(self)) refuse(std::string("\"") + method + "\" of escaped text is not supported");
}

template <Side side>
Value strip_method(Machine& machine, const Value& self, const Arguments& arguments) {
  const Bound given("strip", arguments, {"chars"});
  std::optional<std::string_view> characters;
  if (given.unless_none(0)) characters = given.text(0);
  machine.budget.step(characters ? self.bytes().size() * characters->size() / 64 : 0);
  return machine.text(std::string(strip(self.bytes(), characters, side)), markup(self));
}

template <std::string (*change)(std::string_view)>
Value change_case(Machine& machine, const Value& self, const Arguments& arguments) {
  const Bound none("a method for the case", arguments, {});
  machine.budget.bytes(self.bytes().size());
  return machine.text(change(self.bytes()), markup(self));
}

template <bool (*test)(std::string_view)>
Value ask(Machine&, const Value& self, const Arguments& arguments) {
  const Bound none("a question about a text", arguments, {});
  return Value::boolean(test(self.bytes()));
}

bool is_ascii(std::string_view text) {
  return count_code_points(text) == text.size();
}

// self[start:stop] of find, count, startswith and their like; `begin` is where it begins.
struct Window {
  std::string_view text;
  size_t begin = 0;     // in bytes
  bool beyond = false;  // begins behind the end, where not even "" is found
};

Window window(const Value& self, const Bound& given, size_t first) {
  const Text& text = self.as_text();
  const auto length = static_cast<int64_t>(text.length);
  const auto place = [&](size_t i, int64_t otherwise) {
    if (!given.unless_none(i)) return otherwise;
    const int64_t at = given.integer(i, 0);
    return at < 0 ? std::max<int64_t>(at + length, 0) : at;
  };
  const int64_t start = place(first, 0);
  const int64_t stop = std::min(place(first + 1, length), length);
  if (start > stop) return {{}, text.bytes.size(), true};
  const size_t begin = byte_of(text.bytes, static_cast<size_t>(start));
  const std::string_view rest = std::string_view(text.bytes).substr(begin);
  return {rest.substr(0, byte_of(rest, static_cast<size_t>(stop - start))), begin, false};
}

template <bool starts>
Value affix(Machine& machine, const Value& self, const Arguments& arguments) {
  const Bound given(starts ? "startswith" : "endswith", arguments, {"affix", "start", "end"}, 1);
  const Window part = window(self, given, 1);
  machine.budget.step();
  const auto fits = [&](const Value& affix) {
    if (!affix.is_text()) fail("a text begins and ends with texts only");
    if (part.beyond) return false;
    return starts ? part.text.starts_with(affix.bytes()) : part.text.ends_with(affix.bytes());
  };
  if (!given[0]->is(Kind::tuple)) return Value::boolean(fits(*given[0]));
  const auto& items = given[0]->items();
  machine.budget.step(items.size());
  return Value::boolean(std::any_of(items.begin(), items.end(), fits));
}

template <bool backwards, bool must>
Value find(Machine& machine, const Value& self, const Arguments& arguments) {
  const Bound given("find", arguments, {"part", "start", "end"}, 1);
  const Window part = window(self, given, 1);
  machine.budget.step(part.text.size() / 256);
  const size_t at = part.beyond ? std::string_view::npos
                    : backwards ? part.text.rfind(given.text(0))
                                : part.text.find(given.text(0));
  if (at == std::string_view::npos) {
    if (must) fail("the text is not found");
    return Value::integer(-1);
  }
  const std::string_view before = std::string_view(self.bytes()).substr(0, part.begin + at);
  return Value::integer(static_cast<int64_t>(count_code_points(before)));
}

Value count_method(Machine& machine, const Value& self, const Arguments& arguments) {
  const Bound given("count", arguments, {"part", "start", "end"}, 1);
  const Window part = window(self, given, 1);
  machine.budget.step(part.text.size() / 64);
  return Value::integer(part.beyond ? 0 : static_cast<int64_t>(count(part.text, given.text(0))));
}

template <bool from_right>
Value split_method(Machine& machine, const Value& self, const Arguments& arguments) {
  const Bound given("split", arguments, {"sep", "maxsplit"});
  std::optional<std::string_view> separator;
  if (given.unless_none(0)) separator = given.text(0);
  if (separator && separator->empty()) fail("a text is not split at nothing");
  machine.budget.step(self.bytes().size() / 64);
  const auto parts = from_right ? split_right(self.bytes(), separator, given.integer(1, -1))
                                : split(self.bytes(), separator, given.integer(1, -1));
  std::vector<Value> items;
  for (const std::string_view part : parts) {
    items.push_back(machine.text(std::string(part), markup(self)));
  }
  return machine.list(std::move(items));
}

Value split_lines_method(Machine& machine, const Value& self, const Arguments& arguments) {
  const Bound given("splitlines", arguments, {"keepends"});
  machine.budget.step(self.bytes().size() / 64);
  std::vector<Value> items;
  for (const std::string_view line : split_lines(self.bytes(), given.truth(0, false))) {
    items.push_back(machine.text(std::string(line), markup(self)));
  }
  return machine.list(std::move(items));
}

Value join_method(Machine& machine, const Value& self, const Arguments& arguments) {
  plain_only(self, "join");
  const Bound given("join", arguments, {"iterable"}, 1);
  std::string joined;
  bool first = true;
  for (const Value& item : machine.items_of(*given[0])) {
    if (!item.is_text()) fail(std::string("\"join\" joins texts, not ") + type_name(item.kind()));
    if (!first) print(machine.budget, self, joined);
    first = false;
    print(machine.budget, item, joined);
  }
  return machine.text(std::move(joined));
}

Value replace_method(Machine& machine, const Value& self, const Arguments& arguments) {
  plain_only(self, "replace");
  const Bound given("replace", arguments, {"old", "new", "count"}, 2);
  const auto found = static_cast<size_t>(count(self.bytes(), given.text(0)));
  machine.budget.step(found);
  machine.budget.bytes(self.bytes().size() + std::min(found, kMaxText) * given.text(1).size());
  return machine.text(replace(self.bytes(), given.text(0), given.text(1), given.integer(2, -1)));
}

template <bool prefix>
Value remove_affix(Machine& machine, const Value& self, const Arguments& arguments) {
  plain_only(self, prefix ? "removeprefix" : "removesuffix");
  const Bound given(prefix ? "removeprefix" : "removesuffix", arguments, {"affix"}, 1);
  std::string_view text = self.bytes();
  const std::string& affix = given.text(0);
  if (prefix && text.starts_with(affix)) text.remove_prefix(affix.size());
  if (!prefix && text.ends_with(affix)) text.remove_suffix(affix.size());
  return machine.text(std::string(text));
}

Value zfill(Machine& machine, const Value& self, const Arguments& arguments) {
  const Bound given("zfill", arguments, {"width"}, 1);
  std::string text = self.bytes();
  const int64_t lacking = given.integer(0, 0) - static_cast<int64_t>(self.as_text().length);
  if (lacking <= 0) return self;
  machine.budget.bytes(static_cast<size_t>(lacking));
  const bool sign = text.starts_with('-') || text.starts_with('+');
  text.insert(sign ? 1 : 0, static_cast<size_t>(lacking), '0');
  return machine.text(std::move(text), markup(self));
}

// Sorted by name.
constexpr MethodEntry kText[] = {
    {"capitalize", change_case<capitalize>},
    {"casefold", nullptr},
    {"center", nullptr},
    {"count", count_method},
    {"encode", nullptr},
    {"endswith", affix<false>},
    {"escape", nullptr},
    {"expandtabs", nullptr},
    {"find", find<false, false>},
    {"format", brace_format},
    {"format_map", nullptr},
    {"index", find<false, true>},
    {"isalnum", nullptr},
    {"isalpha", nullptr},
    {"isascii", ask<is_ascii>},
    {"isdecimal", nullptr},
    {"isdigit", ask<all_digits>},
    {"isidentifier", nullptr},
    {"islower", ask<is_lower>},
    {"isnumeric", nullptr},
    {"isprintable", nullptr},
    {"isspace", ask<all_space>},
    {"istitle", nullptr},
    {"isupper", ask<is_upper>},
    {"join", join_method},
    {"ljust", nullptr},
    {"lower", change_case<to_lower>},
    {"lstrip", strip_method<Side::left>},
    {"maketrans", nullptr},
    {"partition", nullptr},
    {"removeprefix", remove_affix<true>},
    {"removesuffix", remove_affix<false>},
    {"replace", replace_method},
    {"rfind", find<true, false>},
    {"rindex", find<true, true>},
    {"rjust", nullptr},
    {"rpartition", nullptr},
    {"rsplit", split_method<true>},
    {"rstrip", strip_method<Side::right>},
    {"split", split_method<false>},
    {"splitlines", split_lines_method},
    {"startswith", affix<true>},
    {"strip", strip_method<Side::both>},
    {"striptags", nullptr},
    {"swapcase", nullptr},
    {"title", change_case<to_title>},
    {"translate", nullptr},
    {"unescape", nullptr},
    {"upper", change_case<to_upper>},
    {"zfill", zfill},
};

}  // namespace

const MethodEntry* find_text_method(std::string_view name) {
  const auto* found = std::lower_bound(
      std::begin(kText), std::end(kText), name,
      [](const MethodEntry& entry, std::string_view wanted) { return entry.name < wanted; });
  return found != std::end(kText) && found->name == name ? found : nullptr;
}

}  // namespace loupe::tokenize::jinja
