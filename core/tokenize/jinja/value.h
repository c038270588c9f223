// SPDX-License-Identifier: GPL-3.0-or-later
// What a template computes with: Python's values, as far as templates see them. Values are
// immutable but for namespaces, generators and loops, which live within one rendering.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace loupe::tokenize::jinja {

enum class Kind : uint8_t {
  undefined,
  none,
  boolean,
  integer,
  real,
  function,  // a global one
  text,
  list,
  tuple,
  dict,
  range,
  view,       // of a dict: its keys, values or items
  generator,  // what map, select and others give: read once
  space,      // namespace()
  macro,
  method,  // a method and the value that it is of
  loop,
};

enum class Function : uint8_t { range, dict, name_space, raise_exception, strftime_now };

using Symbol = uint32_t;
inline constexpr Symbol kNoSymbol = UINT32_MAX;

// Counted; thread-safe, since a template's constants are shared.
struct Object {
  Object() = default;
  Object(const Object&) = delete;
  Object& operator=(const Object&) = delete;
  virtual ~Object() = default;

  std::atomic<uint32_t> references{0};
  Object* next_dead = nullptr;
};

// Deletes `object` without recursion, however deep what it holds is.
void bury(Object* object);

struct Text;
struct Sequence;
struct Dict;
struct Range;
struct View;
struct Generator;
struct Space;
struct Macro;
struct Method;
struct Loop;

class Value {
 public:
  Value() : integer_(0) {}  // undefined
  Value(const Value& other) : kind_(other.kind_), owner_(other.owner_), integer_(other.integer_) {
    if (counted()) object_->references.fetch_add(1, std::memory_order_relaxed);
  }
  Value(Value&& other) noexcept
      : kind_(other.kind_), owner_(other.owner_), integer_(other.integer_) {
    other.kind_ = Kind::undefined;
    other.integer_ = 0;
  }
  Value& operator=(Value other) noexcept {
    std::swap(kind_, other.kind_);
    std::swap(owner_, other.owner_);
    std::swap(integer_, other.integer_);
    return *this;
  }
  ~Value() {
    if (counted() && object_->references.fetch_sub(1, std::memory_order_acq_rel) == 1) {
      bury(object_);
    }
  }

  // `name`: what was looked for; `owner`: in what, undefined for a variable.
  static Value undefined(Symbol name, Kind owner = Kind::undefined) {
    Value value;
    value.owner_ = owner;
    value.integer_ = name == kNoSymbol ? 0 : int64_t{name} + 1;
    return value;
  }
  static Value none() { return Value(Kind::none, 0); }
  static Value boolean(bool b) { return Value(Kind::boolean, b ? 1 : 0); }
  static Value integer(int64_t i) { return Value(Kind::integer, i); }
  static Value real(double d) {
    Value value(Kind::real, 0);
    value.real_ = d;
    return value;
  }
  static Value function(Function f) { return Value(Kind::function, static_cast<int64_t>(f)); }
  static Value object(Kind kind, Object* object) {
    Value value(kind, 0);
    value.object_ = object;
    object->references.fetch_add(1, std::memory_order_relaxed);
    return value;
  }
  static Value text(std::string bytes, bool markup = false);
  static Value list(std::vector<Value> items);
  static Value tuple(std::vector<Value> items);

  Kind kind() const { return kind_; }
  bool is(Kind kind) const { return kind_ == kind; }
  bool is_undefined() const { return kind_ == Kind::undefined; }
  bool is_text() const { return kind_ == Kind::text; }
  // A bool is one of Python's integers.
  bool is_integral() const { return kind_ == Kind::integer || kind_ == Kind::boolean; }
  bool is_number() const { return is_integral() || kind_ == Kind::real; }
  bool is_list_or_tuple() const { return kind_ == Kind::list || kind_ == Kind::tuple; }

  int64_t as_integer() const { return integer_; }
  bool as_boolean() const { return integer_ != 0; }
  double as_real() const { return kind_ == Kind::real ? real_ : static_cast<double>(integer_); }
  Function as_function() const { return static_cast<Function>(integer_); }
  Symbol missing_name() const {
    return integer_ == 0 ? kNoSymbol : static_cast<Symbol>(integer_ - 1);
  }
  Kind missing_owner() const { return owner_; }

  const Text& as_text() const;
  const std::string& bytes() const;         // of a text
  const std::vector<Value>& items() const;  // of a list or tuple
  const Dict& as_dict() const;
  const Range& as_range() const;
  const View& as_view() const;
  Generator& as_generator() const;
  Space& as_space() const;
  const Macro& as_macro() const;
  const Method& as_method() const;
  Loop& as_loop() const;
  const Object* identity() const { return counted() ? object_ : nullptr; }

 private:
  Value(Kind kind, int64_t integer) : kind_(kind), integer_(integer) {}
  bool counted() const { return kind_ >= Kind::text; }

  Kind kind_ = Kind::undefined;
  Kind owner_ = Kind::undefined;
  union {
    int64_t integer_;
    double real_;
    Object* object_;
  };
};

// Valid UTF-8.
struct Text : Object {
  Text(std::string b, bool m);
  std::string bytes;
  size_t length;  // code points
  bool markup;    // Markup: what is added to it gets escaped
  bool ascii() const { return length == bytes.size(); }
};

struct Sequence : Object {
  explicit Sequence(std::vector<Value> v, bool g = false) : items(std::move(v)), group(g) {}
  std::vector<Value> items;
  bool group;  // a tuple of groupby, which has names for its two items
};

struct Range : Object {
  Range(int64_t a, int64_t b, int64_t s) : start(a), stop(b), step(s) {}
  int64_t start, stop, step;
  size_t length() const;
  int64_t at(size_t index) const { return start + static_cast<int64_t>(index) * step; }
};

struct View : Object {
  enum class Of : uint8_t { keys, values, items };
  View(Of o, Value d) : of(o), dict(std::move(d)) {}
  Of of;
  Value dict;
};

struct Generator : Object {
  explicit Generator(std::vector<Value> v) : items(std::move(v)) {}
  std::vector<Value> items;
  size_t next = 0;
};

struct Space : Object {
  std::vector<std::pair<std::string, Value>> entries;
  const Value* find(std::string_view name) const;
  void set(std::string_view name, Value value);
};

// "dict", "str", as Python calls the type.
const char* type_name(Kind kind);

inline const Text& Value::as_text() const {
  return static_cast<const Text&>(*object_);
}
inline const std::string& Value::bytes() const {
  return as_text().bytes;
}
inline const std::vector<Value>& Value::items() const {
  return static_cast<const Sequence&>(*object_).items;
}
inline const Range& Value::as_range() const {
  return static_cast<const Range&>(*object_);
}
inline const View& Value::as_view() const {
  return static_cast<const View&>(*object_);
}
inline Generator& Value::as_generator() const {
  return static_cast<Generator&>(*object_);
}
inline Space& Value::as_space() const {
  return static_cast<Space&>(*object_);
}

}  // namespace loupe::tokenize::jinja
