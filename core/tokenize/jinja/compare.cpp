// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/tokenize/jinja/compare.h"

#include <cmath>
#include <functional>

#include "core/tokenize/jinja/dict.h"

namespace loupe::tokenize::jinja {
namespace {

void walk(Budget& budget, unsigned nesting) {
  budget.step();
  if (nesting > kMaxNesting) fail("a value is nested too deeply");
}

bool equal_items(Budget& budget, const std::vector<Value>& a, const std::vector<Value>& b,
                 unsigned nesting) {
  if (a.size() != b.size()) return false;
  for (size_t i = 0; i < a.size(); ++i) {
    if (!equal(budget, a[i], b[i], nesting + 1)) return false;
  }
  return true;
}

bool equal_dicts(Budget& budget, const Dict& a, const Dict& b, unsigned nesting) {
  if (a.entries.size() != b.entries.size()) return false;
  for (const auto& [key, value] : a.entries) {
    const Value* other = b.find(budget, key);
    if (!other || !equal(budget, value, *other, nesting + 1)) return false;
  }
  return true;
}

bool equal_ranges(const Range& a, const Range& b) {
  if (a.length() != b.length()) return false;
  if (a.length() == 0) return true;
  return a.start == b.start && (a.length() == 1 || a.step == b.step);
}

std::partial_ordering order_items(Budget& budget, const std::vector<Value>& a,
                                  const std::vector<Value>& b, unsigned nesting) {
  for (size_t i = 0; i < a.size() && i < b.size(); ++i) {
    if (!equal(budget, a[i], b[i], nesting + 1)) return order(budget, a[i], b[i], nesting + 1);
  }
  return a.size() <=> b.size();
}

bool in_items(Budget& budget, const std::vector<Value>& items, const Value& item) {
  for (const Value& other : items) {
    if (equal(budget, other, item)) return true;
  }
  return false;
}

bool in_view(Budget& budget, const View& view, const Value& item) {
  const Dict& dict = view.dict.as_dict();
  switch (view.of) {
    case View::Of::keys:
      return dict.find(budget, item) != nullptr;
    case View::Of::values:
      for (const auto& [key, value] : dict.entries) {
        if (equal(budget, value, item)) return true;
      }
      return false;
    case View::Of::items:
      break;
  }
  if (!item.is(Kind::tuple) || item.items().size() != 2) return false;
  const Value* value = dict.find(budget, item.items()[0]);
  return value && equal(budget, *value, item.items()[1]);
}

bool in_range(const Range& range, const Value& item) {
  if (!item.is_number()) return false;
  const double wanted = item.as_real();
  if (wanted != std::floor(wanted) || std::abs(wanted) > 9e15) return false;
  const auto i = static_cast<int64_t>(wanted);
  if (range.step > 0 ? i < range.start || i >= range.stop : i > range.start || i <= range.stop) {
    return false;
  }
  return (i - range.start) % range.step == 0;
}

}  // namespace

bool truth(const Value& value) {
  switch (value.kind()) {
    case Kind::undefined:
    case Kind::none:
      return false;
    case Kind::boolean:
    case Kind::integer:
      return value.as_integer() != 0;
    case Kind::real:
      return value.as_real() != 0;
    case Kind::text:
      return !value.bytes().empty();
    case Kind::list:
    case Kind::tuple:
      return !value.items().empty();
    case Kind::dict:
      return !value.as_dict().entries.empty();
    case Kind::range:
      return value.as_range().length() != 0;
    case Kind::view:
      return !value.as_view().dict.as_dict().entries.empty();
    default:
      return true;
  }
}

bool equal(Budget& budget, const Value& a, const Value& b, unsigned nesting) {
  walk(budget, nesting);
  if (a.is_number() && b.is_number()) {
    if (a.is_integral() && b.is_integral()) return a.as_integer() == b.as_integer();
    return a.as_real() == b.as_real();
  }
  if (a.kind() != b.kind()) return false;
  switch (a.kind()) {
    case Kind::undefined:
    case Kind::none:
      return true;
    case Kind::function:
      return a.as_function() == b.as_function();
    case Kind::text:
      budget.step(a.bytes().size() / 1024);
      return a.bytes() == b.bytes();
    default:
      break;
  }
  if (a.identity() == b.identity()) return true;
  switch (a.kind()) {
    case Kind::list:
    case Kind::tuple:
      return equal_items(budget, a.items(), b.items(), nesting);
    case Kind::dict:
      return equal_dicts(budget, a.as_dict(), b.as_dict(), nesting);
    case Kind::range:
      return equal_ranges(a.as_range(), b.as_range());
    case Kind::view:
      refuse("views of dicts are not compared");
    case Kind::method:
      refuse("methods are not compared");
    default:
      return false;
  }
}

std::partial_ordering order(Budget& budget, const Value& a, const Value& b, unsigned nesting) {
  walk(budget, nesting);
  if (a.is_integral() && b.is_integral()) return a.as_integer() <=> b.as_integer();
  if (a.is_number() && b.is_number()) return a.as_real() <=> b.as_real();
  if (a.is_text() && b.is_text()) {
    budget.step(a.bytes().size() / 1024);
    return a.bytes() <=> b.bytes();
  }
  if (a.kind() == b.kind() && a.is_list_or_tuple()) {
    return order_items(budget, a.items(), b.items(), nesting);
  }
  fail(std::string("there is no order between ") + type_name(a.kind()) + " and " +
       type_name(b.kind()));
}

bool less(Budget& budget, const Value& a, const Value& b) {
  return order(budget, a, b) == std::partial_ordering::less;
}

bool contains(Budget& budget, const Value& container, const Value& item) {
  switch (container.kind()) {
    case Kind::undefined:
      return false;
    case Kind::text:
      if (!item.is_text()) {
        fail(std::string("only a text can be in a text, not ") + type_name(item.kind()));
      }
      budget.step(container.bytes().size() / 256);
      return container.bytes().find(item.bytes()) != std::string::npos;
    case Kind::list:
    case Kind::tuple:
      return in_items(budget, container.items(), item);
    case Kind::dict:
      return container.as_dict().find(budget, item) != nullptr;
    case Kind::view:
      return in_view(budget, container.as_view(), item);
    case Kind::range:
      return in_range(container.as_range(), item);
    case Kind::generator: {
      Generator& generator = container.as_generator();
      while (generator.next < generator.items.size()) {
        if (equal(budget, generator.items[generator.next++], item)) return true;
      }
      return false;
    }
    default:
      fail(std::string("nothing can be in ") + type_name(container.kind()));
  }
}

size_t hash_text(std::string_view text) {
  return std::hash<std::string_view>{}(text);
}

size_t hash(Budget& budget, const Value& value, unsigned nesting) {
  walk(budget, nesting);
  switch (value.kind()) {
    case Kind::undefined:
      return 1;
    case Kind::none:
      return 2;
    case Kind::boolean:
    case Kind::integer:
      // As the equal float.
    case Kind::real:
      return std::hash<double>{}(value.as_real());
    case Kind::text:
      budget.step(value.bytes().size() / 256);
      return hash_text(value.bytes());
    case Kind::tuple: {
      size_t code = 3;
      for (const Value& item : value.items()) code = code * 31 + hash(budget, item, nesting + 1);
      return code;
    }
    case Kind::function:
      return static_cast<size_t>(value.as_function());
    case Kind::range:
      return value.as_range().length();
    case Kind::list:
    case Kind::dict:
    case Kind::view:
    case Kind::method:
      fail(std::string(type_name(value.kind())) + " cannot be a key of a dict");
    default:
      return std::hash<const void*>{}(value.identity());
  }
}

}  // namespace loupe::tokenize::jinja
