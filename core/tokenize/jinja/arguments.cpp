// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/tokenize/jinja/arguments.h"

#include <algorithm>

#include "core/tokenize/jinja/compare.h"

namespace loupe::tokenize::jinja {

Bound::Bound(std::string_view callee, const Arguments& arguments,
             std::initializer_list<std::string_view> parameters, size_t required)
    : callee_(callee) {
  const std::string name(callee);
  if (arguments.positional.size() > parameters.size()) {
    fail("\"" + name + "\" takes " + std::to_string(parameters.size()) + " arguments, not " +
         std::to_string(arguments.positional.size()));
  }
  for (size_t i = 0; i < arguments.positional.size(); ++i) found_[i] = &arguments.positional[i];
  for (const auto& [key, value] : arguments.named) {
    const auto at = std::find(parameters.begin(), parameters.end(), key);
    const auto index = static_cast<size_t>(at - parameters.begin());
    if (at == parameters.end() || found_[index]) {
      fail("\"" + name + "\" takes no argument \"" + std::string(key) + "\" here");
    }
    found_[index] = &value;
  }
  for (size_t i = 0; i < required; ++i) {
    if (!found_[i]) {
      fail("\"" + name + "\" needs an argument \"" + std::string(*(parameters.begin() + i)) + "\"");
    }
  }
}

void Bound::wrong(size_t i, const char* wanted) const {
  fail("\"" + std::string(callee_) + "\" takes " + wanted + " as argument " +
       std::to_string(i + 1) + ", not " + type_name(found_[i]->kind()));
}

bool Bound::truth(size_t i, bool otherwise) const {
  return found_[i] ? jinja::truth(*found_[i]) : otherwise;
}

int64_t Bound::integer(size_t i, int64_t otherwise) const {
  if (!found_[i]) return otherwise;
  if (!found_[i]->is_integral()) wrong(i, "an integer");
  return found_[i]->as_integer();
}

const std::string& Bound::text(size_t i) const {
  if (!found_[i]->is_text()) wrong(i, "a text");
  return found_[i]->bytes();
}

const Value* Bound::unless_none(size_t i) const {
  return found_[i] && !found_[i]->is(Kind::none) ? found_[i] : nullptr;
}

}  // namespace loupe::tokenize::jinja
