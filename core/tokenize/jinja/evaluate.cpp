// SPDX-License-Identifier: GPL-3.0-or-later
// Expressions.
#include "core/tokenize/jinja/compare.h"
#include "core/tokenize/jinja/dict.h"
#include "core/tokenize/jinja/filters.h"
#include "core/tokenize/jinja/machine.h"
#include "core/tokenize/jinja/number.h"
#include "core/tokenize/jinja/print.h"
#include "core/tokenize/jinja/tests.h"

namespace loupe::tokenize::jinja {

// Small, so that its frames are: each case has a function of its own.
Value Machine::evaluate(const Expression& node) {
  const Level level(budget);
  switch (node.kind) {
    case ExpressionKind::constant:
      return node.value;
    case ExpressionKind::name:
      return evaluate_name(node);
    case ExpressionKind::captured:
      return captured_;
    case ExpressionKind::list:
    case ExpressionKind::tuple:
      return evaluate_list(node);
    case ExpressionKind::dict:
      return evaluate_dict(node);
    case ExpressionKind::condition:
      return evaluate_condition(node);
    case ExpressionKind::either:
    case ExpressionKind::both: {
      Value left = evaluate(*node.operands[0]);
      if (truth(left) == (node.kind == ExpressionKind::either)) return left;
      return evaluate(*node.operands[1]);
    }
    case ExpressionKind::negation:
      return Value::boolean(!truth(evaluate(*node.operands[0])));
    case ExpressionKind::compare:
      return evaluate_compare(node);
    case ExpressionKind::concat:
      return evaluate_concat(node);
    case ExpressionKind::arithmetic:
      return evaluate_arithmetic(node);
    case ExpressionKind::minus:
    case ExpressionKind::plus:
      return evaluate_sign(node);
    case ExpressionKind::attribute:
      return evaluate_attribute(node);
    case ExpressionKind::item:
      return evaluate_item(node);
    case ExpressionKind::slice:
      return evaluate_slice(node);
    case ExpressionKind::call:
      return evaluate_call(node);
    case ExpressionKind::filter:
      return evaluate_filter(node);
    case ExpressionKind::test:
      return evaluate_test(node);
  }
  return {};
}

Value Machine::evaluate_name(const Expression& node) {
  if (const Value* found = scope_->find(node.symbol)) return *found;
  const std::string& name = tree_.names[node.symbol];
  Scope* root = scope_;
  while (root->outer) root = root->outer;
  Value value;
  if (variables_.find(budget, name, value)) {
    root->set(node.symbol, value);
    return value;
  }
  if (name == "range") return Value::function(Function::range);
  if (name == "dict") return Value::function(Function::dict);
  if (name == "namespace") return Value::function(Function::name_space);
  if (name == "raise_exception") return Value::function(Function::raise_exception);
  if (name == "strftime_now") return Value::function(Function::strftime_now);
  if (name == "lipsum" || name == "cycler" || name == "joiner" || name == "self") {
    at_ = node.at;
    refuse("\"" + name + "\" is not supported");
  }
  return Value::undefined(node.symbol);
}

Value Machine::evaluate_condition(const Expression& node) {
  const size_t branch = truth(evaluate(*node.operands[0])) ? 1 : 2;
  return node.operands[branch] ? evaluate(*node.operands[branch]) : Value();
}

Value Machine::evaluate_list(const Expression& node) {
  std::vector<Value> items;
  items.reserve(node.operands.size());
  for (const auto& operand : node.operands) items.push_back(evaluate(*operand));
  return node.kind == ExpressionKind::list ? list(std::move(items)) : tuple(std::move(items));
}

Value Machine::evaluate_dict(const Expression& node) {
  auto* dict = new Dict;
  Value made = dict_value(dict);
  for (size_t i = 0; i < node.operands.size(); i += 2) {
    Value key = evaluate(*node.operands[i]);
    Value value = evaluate(*node.operands[i + 1]);
    at_ = node.at;
    dict->set(budget, std::move(key), std::move(value));
  }
  return made;
}

bool Machine::compare(Comparison comparison, const Value& a, const Value& b) {
  switch (comparison) {
    case Comparison::eq:
      return equal(budget, a, b);
    case Comparison::ne:
      return !equal(budget, a, b);
    case Comparison::in:
      return contains(budget, b, a);
    case Comparison::not_in:
      return !contains(budget, b, a);
    default:
      break;
  }
  if (a.is_undefined()) undefined_used(a);
  if (b.is_undefined()) undefined_used(b);
  const auto order = jinja::order(budget, a, b);
  switch (comparison) {
    case Comparison::lt:
      return order < 0;
    case Comparison::le:
      return order <= 0;
    case Comparison::gt:
      return order > 0;
    default:
      return order >= 0;
  }
}

Value Machine::evaluate_compare(const Expression& node) {
  Value left = evaluate(*node.operands[0]);
  for (size_t i = 0; i < node.comparisons.size(); ++i) {
    Value right = evaluate(*node.operands[i + 1]);
    at_ = node.at;
    if (!compare(node.comparisons[i], left, right)) return Value::boolean(false);
    left = std::move(right);
  }
  return Value::boolean(true);
}

Value Machine::evaluate_concat(const Expression& node) {
  std::string joined;
  for (const auto& operand : node.operands) {
    const Value value = evaluate(*operand);
    at_ = node.at;
    print(budget, value, joined);
  }
  return text(std::move(joined));
}

Value Machine::evaluate_arithmetic(const Expression& node) {
  const Value a = evaluate(*node.operands[0]);
  const Value b = evaluate(*node.operands[1]);
  at_ = node.at;
  return arithmetic(node.operation, a, b);
}

Value Machine::evaluate_sign(const Expression& node) {
  const Value value = evaluate(*node.operands[0]);
  at_ = node.at;
  if (value.is_undefined()) undefined_used(value);
  if (!value.is_number()) fail(std::string("a sign before ") + type_name(value.kind()));
  if (node.kind == ExpressionKind::minus) return negative(value);
  return value.is(Kind::real) ? value : Value::integer(value.as_integer());
}

Value Machine::evaluate_attribute(const Expression& node) {
  const Value object = evaluate(*node.operands[0]);
  at_ = node.at;
  return attribute(object, tree_.names[node.symbol], node.symbol);
}

Value Machine::evaluate_item(const Expression& node) {
  const Value object = evaluate(*node.operands[0]);
  const Value key = evaluate(*node.operands[1]);
  at_ = node.at;
  return item(object, key);
}

Value Machine::evaluate_slice(const Expression& node) {
  const Value object = evaluate(*node.operands[0]);
  Value bounds[3];
  for (size_t i = 0; i < 3; ++i) {
    const auto& operand = node.operands[i + 1];
    bounds[i] = operand ? evaluate(*operand) : Value::none();
  }
  at_ = node.at;
  return slice(object, bounds[0], bounds[1], bounds[2]);
}

Arguments Machine::arguments(const Expression& node) {
  Arguments made;
  made.positional.reserve(node.operands.size() - 1);
  for (size_t i = 1; i < node.operands.size(); ++i) {
    made.positional.push_back(evaluate(*node.operands[i]));
  }
  for (const Keyword& keyword : node.keywords) {
    made.named.emplace_back(keyword.name, evaluate(*keyword.value));
  }
  return made;
}

Value Machine::evaluate_call(const Expression& node) {
  if (node.operands[0]->kind == ExpressionKind::attribute) return evaluate_method(node);
  const Value callee = evaluate(*node.operands[0]);
  const Arguments given = arguments(node);
  at_ = node.operands[0]->at;
  return call(callee, given);
}

// Without a method value in between.
Value Machine::evaluate_method(const Expression& node) {
  const Expression& callee = *node.operands[0];
  const Value object = evaluate(*callee.operands[0]);
  const std::string& name = tree_.names[callee.symbol];
  const MethodEntry* entry = find_method(object.kind(), name);
  at_ = callee.at;
  if (!entry || !entry->run) {
    const Value value = attribute(object, name, callee.symbol);
    const Arguments given = arguments(node);
    at_ = callee.at;
    return call(value, given);
  }
  const Arguments given = arguments(node);
  at_ = callee.at;
  return entry->run(*this, object, given);
}

Value Machine::evaluate_filter(const Expression& node) {
  const Value subject = evaluate(*node.operands[0]);
  const Arguments given = arguments(node);
  at_ = node.at;
  return node.filter->run(*this, subject, given);
}

Value Machine::evaluate_test(const Expression& node) {
  const Value subject = evaluate(*node.operands[0]);
  const Arguments given = arguments(node);
  at_ = node.at;
  if (given.positional.size() != node.test->arguments || !given.named.empty()) {
    fail("the test \"" + std::string(node.test->name) + "\" takes " +
         std::to_string(node.test->arguments) + " arguments");
  }
  const Value none;
  const bool holds =
      node.test->holds(*this, subject, given.positional.empty() ? none : given.positional[0]);
  return Value::boolean(holds != node.inverted);
}

}  // namespace loupe::tokenize::jinja
