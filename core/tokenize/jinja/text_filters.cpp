// SPDX-License-Identifier: GPL-3.0-or-later
// Filters that make texts.
#include <algorithm>
#include <optional>

#include "core/tokenize/jinja/compare.h"
#include "core/tokenize/jinja/filters.h"
#include "core/tokenize/jinja/machine.h"
#include "core/tokenize/jinja/print.h"
#include "core/tokenize/jinja/python_text.h"

namespace loupe::tokenize::jinja {
namespace {

bool is_markup(const Value& value) {
  return value.is_text() && value.as_text().markup;
}

template <std::string (*change)(std::string_view)>
Value change_case(Machine& machine, const Value& subject, const Arguments& arguments) {
  const Bound none("a filter for the case", arguments, {});
  return machine.text(change(machine.to_text(subject)), is_markup(subject));
}

// As Jinja: words begin behind white space, hyphens and opening brackets.
Value title(Machine& machine, const Value& subject, const Arguments& arguments) {
  const Bound none("title", arguments, {});
  const std::string text = machine.to_text(subject);
  const auto divides = [&](size_t i) {
    return std::string_view("-({[<").find(text[i]) != std::string_view::npos ||
           all_space(std::string_view(text).substr(i, code_point_bytes(text[i])));
  };
  std::string out;
  for (size_t i = 0; i < text.size();) {
    size_t end = i;
    if (divides(i)) {
      while (end < text.size() && divides(end)) end += code_point_bytes(text[end]);
      out.append(text, i, end - i);
    } else {
      const size_t first = code_point_bytes(text[i]);
      while (end < text.size() && !divides(end)) end += code_point_bytes(text[end]);
      const std::string_view word = std::string_view(text).substr(i, end - i);
      out += to_upper(word.substr(0, first)) + to_lower(word.substr(first));
    }
    i = end;
  }
  return machine.text(std::move(out));
}

Value trim(Machine& machine, const Value& subject, const Arguments& arguments) {
  const Bound given("trim", arguments, {"chars"});
  std::optional<std::string_view> characters;
  if (given.unless_none(0)) characters = given.text(0);
  const std::string text = machine.to_text(subject);
  machine.budget.step(characters ? text.size() * characters->size() / 64 : 0);
  return machine.text(std::string(strip(text, characters, Side::both)), is_markup(subject));
}

Value string(Machine& machine, const Value& subject, const Arguments& arguments) {
  const Bound none("string", arguments, {});
  return subject.is_text() ? subject : machine.text(machine.to_text(subject));
}

Value safe(Machine& machine, const Value& subject, const Arguments& arguments) {
  const Bound none("safe", arguments, {});
  return machine.text(machine.to_text(subject), true);
}

Value escape(Machine& machine, const Value& subject, const Arguments& arguments) {
  const Bound none("escape", arguments, {});
  if (is_markup(subject)) return subject;
  return machine.text(escape_html(machine.to_text(subject)), true);
}

Value replace_filter(Machine& machine, const Value& subject, const Arguments& arguments) {
  const Bound given("replace", arguments, {"old", "new", "count"}, 2);
  const std::string text = machine.to_text(subject), old = machine.to_text(*given[0]),
                    replacement = machine.to_text(*given[1]);
  const int64_t most = given.unless_none(2) ? given.integer(2, -1) : -1;
  const size_t found = count(text, old);
  machine.budget.step(found);
  machine.budget.bytes(text.size() + found * replacement.size());
  return machine.text(replace(text, old, replacement, most));
}

Value indent(Machine& machine, const Value& subject, const Arguments& arguments) {
  const Bound given("indent", arguments, {"width", "first", "blank"});
  if (subject.is_undefined()) machine.undefined_used(subject);
  if (!subject.is_text())
    fail(std::string("only texts are indented, not ") + type_name(subject.kind()));
  if (is_markup(subject)) refuse("indenting escaped text is not supported");
  std::string space;
  if (given.has(0) && given[0]->is_text()) {
    space = given.text(0);
  } else {
    const int64_t width = std::max<int64_t>(given.integer(0, 4), 0);
    machine.budget.bytes(static_cast<size_t>(width));
    space.assign(static_cast<size_t>(width), ' ');
  }
  const bool blank = given.truth(2, false);
  const std::string text = subject.bytes() + "\n";
  const auto lines = split_lines(text, false);
  machine.budget.bytes(text.size() + std::min(lines.size(), kMaxText) * space.size());
  std::string out = given.truth(1, false) ? space : "";
  for (size_t i = 0; i < lines.size(); ++i) {
    if (i > 0) out += "\n";
    if (i > 0 && (blank || !lines[i].empty())) out += space;
    out += lines[i];
  }
  return machine.text(std::move(out));
}

Value word_count(Machine& machine, const Value& subject, const Arguments& arguments) {
  const Bound none("wordcount", arguments, {});
  return Value::integer(static_cast<int64_t>(count_words(machine.to_text(subject))));
}

Value format(Machine& machine, const Value& subject, const Arguments& arguments) {
  if (!arguments.named.empty()) refuse("\"format\" with named arguments is not supported");
  const Value text = machine.text(machine.to_text(subject), is_markup(subject));
  return percent_format(machine, text, machine.tuple(arguments.positional));
}

Value to_json(Machine& machine, const Value& subject, const Arguments& arguments) {
  const Bound given("tojson", arguments, {"ensure_ascii", "indent", "separators", "sort_keys"});
  JsonStyle style;
  style.ensure_ascii = given.truth(0, false);
  style.sort_keys = given.truth(3, false);
  if (const Value* indent = given.unless_none(1)) {
    if (indent->is_text()) {
      style.indent = indent->bytes();
    } else {
      const int64_t width = std::max<int64_t>(given.integer(1, 0), 0);
      machine.budget.bytes(static_cast<size_t>(width));
      style.indent = std::string(static_cast<size_t>(width), ' ');
    }
    style.item_separator = ",";
  }
  if (const Value* separators = given.unless_none(2)) {
    const auto two = machine.items_of(*separators);
    if (two.size() != 2 || !two[0].is_text() || !two[1].is_text()) {
      fail("JSON's separators are two texts");
    }
    style.item_separator = two[0].bytes();
    style.key_separator = two[1].bytes();
  }
  std::string out;
  if (subject.is_undefined()) machine.undefined_used(subject);
  print_json(machine.budget, subject, style, out);
  return machine.text(std::move(out));
}

constexpr Filter kFilters[] = {
    {"trim", trim},
    {"tojson", to_json},
    {"string", string},
    {"safe", safe},
    {"upper", change_case<to_upper>},
    {"lower", change_case<to_lower>},
    {"replace", replace_filter},
    {"capitalize", change_case<capitalize>},
    {"title", title},
    {"indent", indent},
    {"escape", escape},
    {"e", escape},
    {"format", format},
    {"wordcount", word_count},
};

}  // namespace

std::span<const Filter> text_filters() {
  return kFilters;
}

}  // namespace loupe::tokenize::jinja
