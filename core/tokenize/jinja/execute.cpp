// SPDX-License-Identifier: GPL-3.0-or-later
// Statements.
#include "core/tokenize/jinja/compare.h"
#include "core/tokenize/jinja/machine.h"
#include "core/tokenize/jinja/print.h"

namespace loupe::tokenize::jinja {

Machine::Machine(const Tree& tree, const Variables& variables)
    : tree_(tree), variables_(variables), scope_(scopes_.take(nullptr)) {}

Machine::~Machine() {
  for (const Value& space : spaces_) space.as_space().entries.clear();
  for (const Value& loop : loops_) loop.as_loop().last_changed.clear();
}

std::string Machine::run() {
  return captured(tree_.body);
}

std::string Machine::captured(const Body& body) {
  std::string text;
  std::string* const before = std::exchange(out_, &text);
  execute(body);
  out_ = before;
  return text;
}

Machine::Flow Machine::execute(const Body& body) {
  for (const Statement& statement : body) {
    if (statement.kind == StatementKind::text) {
      budget.bytes(statement.text.size());
      if (out_->size() + statement.text.size() > kMaxText) fail("the output grows too long");
      out_->append(statement.text);
      continue;
    }
    const Level level(budget);
    const Flow flow = execute(statement);
    if (flow != Flow::on) return flow;
  }
  return Flow::on;
}

Machine::Flow Machine::execute(const Statement& statement) {
  switch (statement.kind) {
    case StatementKind::text:
      break;
    case StatementKind::output: {
      const Value value = evaluate(*statement.expression);
      at_ = statement.at;
      print(budget, value, *out_);
      break;
    }
    case StatementKind::branch:
      return execute_branch(statement);
    case StatementKind::loop:
      return execute_loop(statement);
    case StatementKind::set:
      assign(statement.target, evaluate(*statement.expression));
      break;
    case StatementKind::macro: {
      for (Scope* scope = scope_; scope && !scope->kept; scope = scope->outer) scope->kept = true;
      budget.bytes(sizeof(Macro));
      scope_->set(statement.target.name,
                  Value::object(Kind::macro, new Macro(statement.macro.get(), scope_)));
      break;
    }
    case StatementKind::call:
      execute_call(statement);
      break;
    case StatementKind::block_set:
    case StatementKind::filter:
      execute_capture(statement);
      break;
    case StatementKind::generation:
      execute_generation(statement);
      break;
    case StatementKind::stop:
      return Flow::stop;
    case StatementKind::next:
      return Flow::next;
  }
  return Flow::on;
}

Machine::Flow Machine::execute_branch(const Statement& statement) {
  for (const Branch& branch : statement.branches) {
    if (!branch.test || truth(evaluate(*branch.test))) return execute(branch.body);
  }
  return Flow::on;
}

Machine::Flow Machine::execute_loop(const Statement& statement) {
  Value source = evaluate(*statement.expression);
  at_ = statement.at;
  budget.bytes(sizeof(Loop));
  auto* const loop = new Loop;
  const Value made = Value::object(Kind::loop, loop);
  if (!source.is_list_or_tuple() && !source.is(Kind::generator)) source = list(items_of(source));
  loop->statement = &statement;
  loop->source = std::move(source);
  loop->outer = scope_;
  Scope* const scope = scopes_.take(scope_);
  scope_ = scope;
  Value value;
  while (advance(*loop, value)) {
    budget.step();
    scope->names.clear();
    scope->set(kLoopSymbol, made);
    assign(statement.target, value);
    loop->previous = std::move(loop->current);
    loop->current = std::move(value);
    ++loop->index0;
    if (execute(statement.body) == Flow::stop) break;
  }
  scope->names.clear();
  loop->over = true;
  Flow flow = Flow::on;
  if (loop->index0 < 0) flow = execute(statement.otherwise);
  scope_ = scope->outer;
  scopes_.give_back(scope);
  return flow;
}

void Machine::execute_call(const Statement& statement) {
  const Expression& node = *statement.expression;
  const Value callee = evaluate(*node.operands[0]);
  Arguments given = arguments(node);
  for (Scope* scope = scope_; scope && !scope->kept; scope = scope->outer) scope->kept = true;
  budget.bytes(sizeof(Macro));
  given.named.emplace_back("caller",
                           Value::object(Kind::macro, new Macro(statement.macro.get(), scope_)));
  at_ = node.operands[0]->at;
  const Value value = call(callee, given);
  print(budget, value, *out_);
}

// A block set, or a filter block. Names set inside are gone after it.
void Machine::execute_capture(const Statement& statement) {
  Scope* const scope = scopes_.take(scope_);
  scope_ = scope;
  Value value = text(captured(statement.body));
  if (statement.expression) {
    const Value before = std::exchange(captured_, std::move(value));
    value = evaluate(*statement.expression);
    captured_ = before;
  }
  scope_ = scope->outer;
  scopes_.give_back(scope);
  if (statement.kind == StatementKind::block_set) {
    assign(statement.target, value);
  } else {
    print(budget, value, *out_);
  }
}

// As the call block that transformers makes of it: names set inside are gone after it.
void Machine::execute_generation(const Statement& statement) {
  Scope* const scope = scopes_.take(scope_);
  scope_ = scope;
  execute(statement.body);
  scope_ = scope->outer;
  scopes_.give_back(scope);
}

void Machine::assign(const Target& target, const Value& value) {
  if (target.several) return assign_several(target, value);
  if (target.attribute == kNoSymbol) {
    scope_->set(target.name, value);
    return;
  }
  at_ = target.at;
  const Value* space = scope_->find(target.name);
  if (!space || !space->is(Kind::space)) {
    fail("\"" + tree_.names[target.name] + "\" is no namespace, so nothing is assigned in it");
  }
  if (space->as_space().entries.size() >= kMaxTreeDepth) fail("a namespace has too many names");
  budget.bytes(sizeof(Value));
  space->as_space().set(tree_.names[target.attribute], value);
}

void Machine::assign_several(const Target& target, const Value& value) {
  at_ = target.at;
  const std::vector<Value> items = items_of(value);
  if (items.size() != target.parts.size()) {
    fail(std::to_string(items.size()) + " values for " + std::to_string(target.parts.size()) +
         " names");
  }
  for (size_t i = 0; i < items.size(); ++i) assign(target.parts[i], items[i]);
}

bool Machine::pull(Loop& loop, Value& value) {
  if (loop.source.is(Kind::generator)) {
    Generator& generator = loop.source.as_generator();
    if (generator.next >= generator.items.size()) return false;
    value = generator.items[generator.next++];
    return true;
  }
  const auto& items = loop.source.items();
  if (loop.next >= items.size()) return false;
  value = items[loop.next++];
  return true;
}

// The inline `if`, which sees the item but not the loop's own names.
bool Machine::passes(Loop& loop, const Value& value) {
  if (!loop.statement->condition) return true;
  const Level level(budget);
  Scope* const before = scope_;
  Scope* const scope = scopes_.take(loop.outer);
  scope_ = scope;
  assign(loop.statement->target, value);
  const bool pass = truth(evaluate(*loop.statement->condition));
  scope_ = before;
  scopes_.give_back(scope);
  return pass;
}

bool Machine::advance(Loop& loop, Value& value) {
  if (!loop.ahead.empty()) {
    value = std::move(loop.ahead.front());
    loop.ahead.pop_front();
    return true;
  }
  while (!loop.over && pull(loop, value)) {
    if (passes(loop, value)) return true;
  }
  return false;
}

}  // namespace loupe::tokenize::jinja
