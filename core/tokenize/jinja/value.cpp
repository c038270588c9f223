// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/tokenize/jinja/value.h"

#include <algorithm>

#include "core/tokenize/jinja/dict.h"
#include "core/tokenize/jinja/machine.h"

namespace loupe::tokenize::jinja {

void bury(Object* object) {
  thread_local Object* dead = nullptr;
  thread_local bool digging = false;
  object->next_dead = dead;
  dead = object;
  if (digging) return;
  digging = true;
  while (dead) {
    Object* next = dead;
    dead = next->next_dead;
    delete next;
  }
  digging = false;
}

Text::Text(std::string b, bool m) : bytes(std::move(b)), markup(m) {
  length = static_cast<size_t>(
      std::count_if(bytes.begin(), bytes.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

size_t Range::length() const {
  if (step > 0 ? start >= stop : start <= stop) return 0;
  const uint64_t distance = step > 0 ? static_cast<uint64_t>(stop) - static_cast<uint64_t>(start)
                                     : static_cast<uint64_t>(start) - static_cast<uint64_t>(stop);
  const uint64_t stride = step > 0 ? static_cast<uint64_t>(step) : -static_cast<uint64_t>(step);
  return static_cast<size_t>((distance - 1) / stride + 1);
}

const Value* Space::find(std::string_view name) const {
  for (const auto& [key, value] : entries) {
    if (key == name) return &value;
  }
  return nullptr;
}

void Space::set(std::string_view name, Value value) {
  for (auto& [key, old] : entries) {
    if (key == name) {
      old = std::move(value);
      return;
    }
  }
  entries.emplace_back(std::string(name), std::move(value));
}

Value Value::text(std::string bytes, bool markup) {
  return object(Kind::text, new Text(std::move(bytes), markup));
}

Value Value::list(std::vector<Value> items) {
  return object(Kind::list, new Sequence(std::move(items)));
}

Value Value::tuple(std::vector<Value> items) {
  return object(Kind::tuple, new Sequence(std::move(items)));
}

const Dict& Value::as_dict() const {
  return static_cast<const Dict&>(*object_);
}

const Macro& Value::as_macro() const {
  return static_cast<const Macro&>(*object_);
}

const Method& Value::as_method() const {
  return static_cast<const Method&>(*object_);
}

Loop& Value::as_loop() const {
  return static_cast<Loop&>(*object_);
}

const char* type_name(Kind kind) {
  switch (kind) {
    case Kind::undefined:
      return "undefined";
    case Kind::none:
      return "None";
    case Kind::boolean:
      return "bool";
    case Kind::integer:
      return "int";
    case Kind::real:
      return "float";
    case Kind::function:
      return "function";
    case Kind::text:
      return "str";
    case Kind::list:
      return "list";
    case Kind::tuple:
      return "tuple";
    case Kind::dict:
      return "dict";
    case Kind::range:
      return "range";
    case Kind::view:
      return "dict view";
    case Kind::generator:
      return "generator";
    case Kind::space:
      return "namespace";
    case Kind::macro:
      return "macro";
    case Kind::method:
      return "method";
    case Kind::loop:
      return "loop";
  }
  return "";
}

}  // namespace loupe::tokenize::jinja
