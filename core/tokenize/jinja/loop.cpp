// SPDX-License-Identifier: GPL-3.0-or-later
// The variable `loop`.
#include "core/tokenize/jinja/compare.h"
#include "core/tokenize/jinja/machine.h"

namespace loupe::tokenize::jinja {

Value Machine::loop_attribute(const Value& value, std::string_view name, Symbol symbol) {
  Loop& loop = value.as_loop();
  const auto peek = [&] {
    Value next;
    if (!loop.ahead.empty()) return true;
    if (!advance(loop, next)) return false;
    loop.ahead.push_back(std::move(next));
    return true;
  };
  const auto length = [&] {
    if (!loop.statement->condition && loop.source.is_list_or_tuple()) {
      return static_cast<int64_t>(loop.source.items().size());
    }
    std::deque<Value> rest = std::move(loop.ahead);
    loop.ahead.clear();
    Value next;
    while (advance(loop, next)) rest.push_back(std::move(next));
    loop.ahead = std::move(rest);
    return loop.index0 + 1 + static_cast<int64_t>(loop.ahead.size());
  };
  if (name == "index") return Value::integer(loop.index0 + 1);
  if (name == "index0") return Value::integer(loop.index0);
  if (name == "first") return Value::boolean(loop.index0 == 0);
  if (name == "last") return Value::boolean(!peek());
  if (name == "length") return Value::integer(length());
  if (name == "revindex") return Value::integer(length() - loop.index0);
  if (name == "revindex0") return Value::integer(length() - loop.index0 - 1);
  if (name == "depth") return Value::integer(1);
  if (name == "depth0") return Value::integer(0);
  if (name == "previtem") return loop.index0 > 0 ? loop.previous : Value::undefined(symbol);
  if (name == "nextitem") return peek() ? loop.ahead.front() : Value::undefined(symbol);
  if (name == "cycle" || name == "changed") {
    budget.bytes(sizeof(Method));
    auto* method = new Method(value, nullptr);
    method->cycle = name == "cycle";
    return Value::object(Kind::method, method);
  }
  return Value::undefined(symbol, Kind::loop);
}

Value Machine::loop_method(const Method& method, const Arguments& arguments) {
  Loop& loop = method.self.as_loop();
  if (!arguments.named.empty()) fail("loop's methods take no named arguments");
  if (method.cycle) {
    if (arguments.positional.empty()) fail("there is nothing to cycle through");
    const auto at = static_cast<size_t>(std::max<int64_t>(loop.index0, 0));
    return arguments.positional[at % arguments.positional.size()];
  }
  bool same = loop.changed_called && loop.last_changed.size() == arguments.positional.size();
  for (size_t i = 0; same && i < arguments.positional.size(); ++i) {
    same = equal(budget, loop.last_changed[i], arguments.positional[i]);
  }
  if (same) return Value::boolean(false);
  if (!loop.changed_called) loops_.push_back(method.self);
  loop.changed_called = true;
  loop.last_changed = arguments.positional;
  return Value::boolean(true);
}

}  // namespace loupe::tokenize::jinja
