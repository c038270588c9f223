// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/tokenize/jinja/getter.h"

#include "core/tokenize/jinja/number.h"
#include "core/tokenize/jinja/python_text.h"

namespace loupe::tokenize::jinja {

Getter::Getter(Machine& machine, const Value* attribute, bool fold_case, bool several)
    : machine_(machine), fold_case_(fold_case), several_(several) {
  if (!attribute || attribute->is(Kind::none)) {
    paths_.emplace_back();
    return;
  }
  if (!attribute->is_text()) {
    paths_.push_back({*attribute});
    return;
  }
  std::vector<std::string_view> names{attribute->bytes()};
  if (several) names = split(attribute->bytes(), ",", -1);
  for (const std::string_view name : names) {
    auto& path = paths_.emplace_back();
    for (const std::string_view part : split(name, ".", -1)) {
      const auto number = all_digits(part) ? parse_integer(part, 10) : std::nullopt;
      path.push_back(number ? Value::integer(*number) : machine.text(std::string(part)));
    }
  }
}

Value Getter::follow(const Value& item, const std::vector<Value>& path) const {
  Value found = item;
  for (const Value& part : path) {
    found = machine_.item(found, part);
    if (found.is_undefined() && !default_.is_undefined()) found = default_;
  }
  if (fold_case_ && found.is_text()) {
    return machine_.text(to_lower(found.bytes()), found.as_text().markup);
  }
  return found;
}

Value Getter::operator()(const Value& item) const {
  machine_.budget.step();
  if (!several_) return follow(item, paths_[0]);
  std::vector<Value> all;
  for (const auto& path : paths_) all.push_back(follow(item, path));
  return machine_.list(std::move(all));
}

}  // namespace loupe::tokenize::jinja
