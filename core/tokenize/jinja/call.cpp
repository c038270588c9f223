// SPDX-License-Identifier: GPL-3.0-or-later
// Calls, and the values that the rest of the interpreter is built from.
#include <algorithm>

#include "core/tokenize/jinja/dict.h"
#include "core/tokenize/jinja/machine.h"
#include "core/tokenize/jinja/number.h"
#include "core/tokenize/jinja/print.h"
#include "core/tokenize/jinja/python_text.h"

namespace loupe::tokenize::jinja {

Value Machine::text(std::string bytes, bool markup) {
  budget.bytes(bytes.size() + sizeof(Text));
  return Value::text(std::move(bytes), markup);
}

Value Machine::list(std::vector<Value> items) {
  if (items.size() > kMaxItems) fail("a list grows too long");
  budget.bytes(items.size() * sizeof(Value) + sizeof(Sequence));
  return Value::list(std::move(items));
}

Value Machine::tuple(std::vector<Value> items) {
  if (items.size() > kMaxItems) fail("a tuple grows too long");
  budget.bytes(items.size() * sizeof(Value) + sizeof(Sequence));
  return Value::tuple(std::move(items));
}

Value Machine::generator(std::vector<Value> items) {
  if (items.size() > kMaxItems) fail("a sequence grows too long");
  budget.bytes(items.size() * sizeof(Value) + sizeof(Generator));
  return Value::object(Kind::generator, new Generator(std::move(items)));
}

std::string Machine::to_text(const Value& value) {
  return jinja::to_text(budget, value);
}

std::vector<Value> Machine::items_of(const Value& value) {
  std::vector<Value> items;
  const auto room = [&](size_t count) {
    if (count > kMaxItems) fail("a sequence is too long");
    budget.bytes(count * sizeof(Value));
    items.reserve(count);
  };
  switch (value.kind()) {
    case Kind::undefined:
      break;
    case Kind::list:
    case Kind::tuple:
      room(value.items().size());
      return value.items();
    case Kind::generator: {
      Generator& generator = value.as_generator();
      room(generator.items.size() - generator.next);
      while (generator.next < generator.items.size()) {
        items.push_back(generator.items[generator.next++]);
      }
      break;
    }
    case Kind::text: {
      const std::string& bytes = value.bytes();
      room(value.as_text().length);
      for (size_t i = 0; i < bytes.size(); i += code_point_bytes(bytes[i])) {
        items.push_back(text(bytes.substr(i, code_point_bytes(bytes[i]))));
      }
      break;
    }
    case Kind::dict:
      room(value.as_dict().entries.size());
      for (const auto& [key, entry] : value.as_dict().entries) items.push_back(key);
      break;
    case Kind::view: {
      const View& view = value.as_view();
      room(view.dict.as_dict().entries.size());
      for (const auto& [key, entry] : view.dict.as_dict().entries) {
        items.push_back(view.of == View::Of::keys     ? key
                        : view.of == View::Of::values ? entry
                                                      : tuple({key, entry}));
      }
      break;
    }
    case Kind::range:
      room(value.as_range().length());
      for (size_t i = 0; i < value.as_range().length(); ++i) {
        items.push_back(Value::integer(value.as_range().at(i)));
      }
      break;
    case Kind::loop:
      refuse("looping over \"loop\" is not supported");
    default:
      fail(std::string(type_name(value.kind())) + " is nothing to loop over");
  }
  return items;
}

size_t Machine::length_of(const Value& value) {
  switch (value.kind()) {
    case Kind::undefined:
      return 0;
    case Kind::text:
      return value.as_text().length;
    case Kind::list:
    case Kind::tuple:
      return value.items().size();
    case Kind::dict:
      return value.as_dict().entries.size();
    case Kind::view:
      return value.as_view().dict.as_dict().entries.size();
    case Kind::range:
      return value.as_range().length();
    case Kind::loop:
      return static_cast<size_t>(loop_attribute(value, "length", kNoSymbol).as_integer());
    default:
      fail(std::string(type_name(value.kind())) + " has no length");
  }
}

Value Machine::arithmetic(uint8_t operation, const Value& a, const Value& b) {
  if (a.is_number() && b.is_number()) return calculate(static_cast<Arithmetic>(operation), a, b);
  // A text's own % takes anything.
  if (static_cast<Arithmetic>(operation) == Arithmetic::modulo && a.is_text()) {
    return percent_format(*this, a, b);
  }
  if (a.is_undefined()) undefined_used(a);
  if (b.is_undefined()) undefined_used(b);
  switch (static_cast<Arithmetic>(operation)) {
    case Arithmetic::add:
      if (a.is_text() && b.is_text()) {
        const bool markup = a.as_text().markup || b.as_text().markup;
        const auto part = [&](const Value& value) {
          return markup && !value.as_text().markup ? escape_html(value.bytes()) : value.bytes();
        };
        budget.bytes(a.bytes().size() + b.bytes().size());
        return text(part(a) + part(b), markup);
      }
      if (a.kind() == b.kind() && a.is_list_or_tuple()) {
        std::vector<Value> joined = items_of(a);
        budget.bytes((a.items().size() + b.items().size()) * sizeof(Value));
        joined.insert(joined.end(), b.items().begin(), b.items().end());
        return a.is(Kind::list) ? list(std::move(joined)) : tuple(std::move(joined));
      }
      break;
    case Arithmetic::multiply: {
      const Value& many = a.is_integral() ? b : a;
      const Value& times = a.is_integral() ? a : b;
      if (!times.is_integral()) break;
      const auto count = static_cast<size_t>(
          std::clamp<int64_t>(times.as_integer(), 0, static_cast<int64_t>(kMaxText) + 1));
      if (many.is_text()) {
        const std::string& bytes = many.bytes();
        if (bytes.empty()) return many;
        // Neither factor is large enough for the product to wrap.
        budget.bytes(bytes.size() * count);
        std::string repeated;
        repeated.reserve(bytes.size() * count);
        for (size_t i = 0; i < count; ++i) repeated += bytes;
        return text(std::move(repeated), many.as_text().markup);
      }
      if (many.is_list_or_tuple()) {
        const auto& items = many.items();
        if (items.empty()) return many;
        budget.bytes(items.size() * count * sizeof(Value));
        std::vector<Value> repeated;
        for (size_t i = 0; i < count; ++i) {
          repeated.insert(repeated.end(), items.begin(), items.end());
        }
        return many.is(Kind::list) ? list(std::move(repeated)) : tuple(std::move(repeated));
      }
      break;
    }
    default:
      break;
  }
  static constexpr const char* kSigns[] = {"+", "-", "*", "/", "//", "%", "**"};
  fail(std::string("\"") + kSigns[operation] + "\" does not go between " + type_name(a.kind()) +
       " and " + type_name(b.kind()));
}

Value Machine::call(const Value& callee, const Arguments& arguments) {
  switch (callee.kind()) {
    case Kind::undefined:
      undefined_used(callee);
    case Kind::function:
      return call_function(callee.as_function(), arguments);
    case Kind::macro:
      return call_macro(callee.as_macro(), arguments);
    case Kind::method: {
      const Method& method = callee.as_method();
      if (!method.entry) return loop_method(method, arguments);
      return method.entry->run(*this, method.self, arguments);
    }
    case Kind::loop:
      refuse("recursive loops are not supported");
    default:
      fail(std::string(type_name(callee.kind())) + " cannot be called");
  }
}

Value Machine::call_macro(const Macro& macro, const Arguments& arguments) {
  const Level level(budget);
  const MacroDefinition& definition = *macro.definition;
  const auto& parameters = definition.parameters;
  if (arguments.positional.size() > parameters.size()) {
    fail("the macro \"" + definition.name + "\" takes " + std::to_string(parameters.size()) +
         " arguments");
  }
  Scope* const scope = scopes_.take(macro.scope);
  for (size_t i = 0; i < arguments.positional.size(); ++i) {
    scope->set(parameters[i].name, arguments.positional[i]);
  }
  bool called_back = false;
  for (const auto& [name, value] : arguments.named) {
    const auto fits = [&, &name = name](const Parameter& p) { return tree_.names[p.name] == name; };
    const auto at = std::find_if(parameters.begin(), parameters.end(), fits);
    const bool caller = at == parameters.end() && name == "caller" && definition.uses_caller;
    const auto index = static_cast<size_t>(at - parameters.begin());
    if (!caller && (at == parameters.end() || index < arguments.positional.size())) {
      fail("the macro \"" + definition.name + "\" takes no argument \"" + std::string(name) +
           "\" here");
    }
    called_back = called_back || caller;
    scope->set(caller ? kCallerSymbol : at->name, value);
  }
  if (definition.uses_caller && !called_back && !scope->has(kCallerSymbol)) {
    scope->set(kCallerSymbol, Value::undefined(kCallerSymbol));
  }
  Scope* const before = std::exchange(scope_, scope);
  for (const Parameter& parameter : parameters) {
    if (scope->has(parameter.name)) continue;
    scope->set(parameter.name, parameter.otherwise ? evaluate(*parameter.otherwise)
                                                   : Value::undefined(parameter.name));
  }
  Value made = text(captured(definition.body));
  scope_ = before;
  scopes_.give_back(scope);
  return made;
}

}  // namespace loupe::tokenize::jinja
