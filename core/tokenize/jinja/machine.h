// SPDX-License-Identifier: GPL-3.0-or-later
// Walks a tree and writes what it renders. One machine renders once.
#pragma once

#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/tokenize/jinja/arguments.h"
#include "core/tokenize/jinja/ast.h"
#include "core/tokenize/jinja/limits.h"
#include "core/tokenize/jinja/methods.h"
#include "core/tokenize/jinja/scope.h"
#include "core/tokenize/jinja/value.h"

namespace loupe::tokenize::jinja {

struct Macro : Object {
  Macro(const MacroDefinition* d, Scope* s) : definition(d), scope(s) {}
  const MacroDefinition* definition;
  Scope* scope;  // where it was defined
};

struct Method : Object {
  Method(Value s, const MethodEntry* e) : self(std::move(s)), entry(e) {}
  Value self;
  const MethodEntry* entry;  // null for the two of `loop`
  bool cycle = false;        // of `loop`: cycle, not changed
};

struct Loop : Object {
  const Statement* statement = nullptr;
  Value source;             // a list, tuple or generator
  size_t next = 0;          // in `source`
  std::deque<Value> ahead;  // taken from `source` before their turn
  Scope* outer = nullptr;
  int64_t index0 = -1;
  bool over = false;
  Value previous, current;
  std::vector<Value> last_changed;
  bool changed_called = false;
};

// What a template sees beside its own names; values are made when they are first read.
class Variables {
 public:
  virtual ~Variables() = default;
  // False for no such variable.
  virtual bool find(Budget& budget, std::string_view name, Value& value) const = 0;
  virtual std::string format_date(const std::string& format) const = 0;
};

class Machine {
 public:
  Machine(const Tree& tree, const Variables& variables);
  ~Machine();
  Machine(const Machine&) = delete;
  Machine& operator=(const Machine&) = delete;

  // Throws Failure; failed_at() says where.
  std::string run();
  uint32_t failed_at() const { return at_; }

  // For filters, tests and methods.
  Budget budget;
  Value text(std::string bytes, bool markup = false);
  Value list(std::vector<Value> items);
  Value tuple(std::vector<Value> items);
  Value generator(std::vector<Value> items);
  std::string to_text(const Value& value);
  // What iterating over `value` gives; reads a generator to its end.
  std::vector<Value> items_of(const Value& value);
  size_t length_of(const Value& value);
  Value attribute(const Value& object, std::string_view name, Symbol symbol = kNoSymbol);
  Value item(const Value& object, const Value& key);
  Value slice(const Value& object, const Value& start, const Value& stop, const Value& step);
  Value call(const Value& callee, const Arguments& arguments);
  Value arithmetic(uint8_t operation, const Value& a, const Value& b);
  [[noreturn]] void undefined_used(const Value& value) const;
  std::string missing(const Value& value) const;

 private:
  enum class Flow : uint8_t { on, stop, next };

  Value evaluate(const Expression& node);
  Value evaluate_name(const Expression& node);
  Value evaluate_compare(const Expression& node);
  Value evaluate_concat(const Expression& node);
  Value evaluate_list(const Expression& node);
  Value evaluate_dict(const Expression& node);
  Value evaluate_arithmetic(const Expression& node);
  Value evaluate_attribute(const Expression& node);
  Value evaluate_item(const Expression& node);
  Value evaluate_slice(const Expression& node);
  Value evaluate_condition(const Expression& node);
  Value evaluate_call(const Expression& node);
  Value evaluate_method(const Expression& node);
  Value evaluate_filter(const Expression& node);
  Value evaluate_test(const Expression& node);
  Value evaluate_sign(const Expression& node);
  Arguments arguments(const Expression& node);
  bool compare(Comparison comparison, const Value& a, const Value& b);

  Flow execute(const Body& body);
  Flow execute(const Statement& statement);
  Flow execute_branch(const Statement& statement);
  Flow execute_loop(const Statement& statement);
  void execute_call(const Statement& statement);
  void execute_capture(const Statement& statement);
  void execute_generation(const Statement& statement);
  void assign(const Target& target, const Value& value);
  void assign_several(const Target& target, const Value& value);
  std::string captured(const Body& body);

  bool pull(Loop& loop, Value& value);
  bool passes(Loop& loop, const Value& value);
  bool advance(Loop& loop, Value& value);
  Value loop_attribute(const Value& loop, std::string_view name, Symbol symbol);
  Value loop_method(const Method& method, const Arguments& arguments);

  Value call_macro(const Macro& macro, const Arguments& arguments);
  Value call_function(Function function, const Arguments& arguments);
  Value method_of(const Value& object, std::string_view name, bool& found);

  const Tree& tree_;
  const Variables& variables_;
  ScopePool scopes_;
  Scope* scope_;
  std::string* out_ = nullptr;
  Value captured_;
  uint32_t at_ = 0;
  // These can hold themselves: they are emptied at the end.
  std::vector<Value> spaces_, loops_;
};

}  // namespace loupe::tokenize::jinja
