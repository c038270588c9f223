// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>

#include "core/tokenize/jinja/number.h"
#include "core/tokenize/jinja/parser.h"
#include "core/tokenize/jinja/parser_depth.h"

namespace loupe::tokenize::jinja {
namespace {

std::optional<Arithmetic> arithmetic_of(std::string_view sign) {
  if (sign == "+") return Arithmetic::add;
  if (sign == "-") return Arithmetic::subtract;
  if (sign == "*") return Arithmetic::multiply;
  if (sign == "/") return Arithmetic::divide;
  if (sign == "//") return Arithmetic::floor_divide;
  if (sign == "%") return Arithmetic::modulo;
  if (sign == "**") return Arithmetic::power;
  return {};
}

std::optional<Comparison> comparison_of(std::string_view sign) {
  if (sign == "==") return Comparison::eq;
  if (sign == "!=") return Comparison::ne;
  if (sign == "<") return Comparison::lt;
  if (sign == "<=") return Comparison::le;
  if (sign == ">") return Comparison::gt;
  if (sign == ">=") return Comparison::ge;
  return {};
}

}  // namespace

ExpressionPtr Parser::node(ExpressionKind kind, uint32_t at) const {
  auto made = std::make_unique<Expression>();
  made->kind = kind;
  made->at = at;
  return made;
}

ExpressionPtr Parser::constant(Value value, uint32_t at) {
  auto made = std::make_unique<Expression>();
  made->at = at;
  made->value = std::move(value);
  return made;
}

void Parser::adopt(Expression& parent, ExpressionPtr child) {
  if (child) {
    parent.depth = std::max(parent.depth, child->depth + 1);
    if (parent.depth > kMaxTreeDepth) stop("the expression is nested too deeply", parent.at, true);
  }
  parent.operands.push_back(std::move(child));
}

bool Parser::at_tuple_end() const {
  return now().kind == TokenKind::variable_end || now().kind == TokenKind::block_end ||
         is_sign(")") || is_name("in") || is_name("recursive");
}

ExpressionPtr Parser::tuple(bool conditions, bool parentheses) {
  const uint32_t at = now().at;
  auto made = node(ExpressionKind::tuple, at);
  bool comma = false;
  while (made->operands.empty() || skip_sign(",")) {
    comma = comma || !made->operands.empty();
    if (at_tuple_end()) break;
    adopt(*made, expression(conditions));
  }
  if (comma) return made;
  if (!made->operands.empty()) return std::move(made->operands[0]);
  if (!parentheses) stop("an expression is missing", at);
  return made;
}

ExpressionPtr Parser::expression(bool conditions) {
  const Deeper deeper(*this);
  auto left = either();
  if (!conditions) return left;
  while (is_name("if")) {
    auto made = node(ExpressionKind::condition, now().at);
    ++next_;
    adopt(*made, either());
    adopt(*made, std::move(left));
    adopt(*made, skip_name("else") ? expression() : nullptr);
    left = std::move(made);
  }
  return left;
}

ExpressionPtr Parser::either() {
  auto left = both();
  while (is_name("or")) {
    auto made = node(ExpressionKind::either, now().at);
    ++next_;
    adopt(*made, std::move(left));
    adopt(*made, both());
    left = std::move(made);
  }
  return left;
}

ExpressionPtr Parser::both() {
  auto left = negation();
  while (is_name("and")) {
    auto made = node(ExpressionKind::both, now().at);
    ++next_;
    adopt(*made, std::move(left));
    adopt(*made, negation());
    left = std::move(made);
  }
  return left;
}

ExpressionPtr Parser::negation() {
  if (!is_name("not")) return compare();
  const Deeper deeper(*this);
  auto made = node(ExpressionKind::negation, now().at);
  ++next_;
  adopt(*made, negation());
  return made;
}

ExpressionPtr Parser::compare() {
  auto first = sum();
  ExpressionPtr made;
  for (;;) {
    const uint32_t at = now().at;
    std::optional<Comparison> comparison;
    if (now().kind == TokenKind::sign) {
      comparison = comparison_of(now().bytes);
    } else if (is_name("in")) {
      comparison = Comparison::in;
    } else if (is_name("not") && ahead().kind == TokenKind::name && ahead().bytes == "in") {
      comparison = Comparison::not_in;
      ++next_;
    }
    if (!comparison) break;
    ++next_;
    if (!made) {
      made = node(ExpressionKind::compare, at);
      adopt(*made, std::move(first));
    }
    adopt(*made, sum());
    made->comparisons.push_back(*comparison);
  }
  return made ? std::move(made) : std::move(first);
}

ExpressionPtr Parser::sum() {
  auto left = concat();
  while (is_sign("+") || is_sign("-")) {
    auto made = node(ExpressionKind::arithmetic, now().at);
    made->operation = static_cast<uint8_t>(*arithmetic_of(now().bytes));
    ++next_;
    adopt(*made, std::move(left));
    adopt(*made, concat());
    left = std::move(made);
  }
  return left;
}

ExpressionPtr Parser::concat() {
  auto first = product();
  if (!is_sign("~")) return first;
  auto made = node(ExpressionKind::concat, now().at);
  adopt(*made, std::move(first));
  while (skip_sign("~")) adopt(*made, product());
  return made;
}

ExpressionPtr Parser::product() {
  auto left = power();
  while (is_sign("*") || is_sign("/") || is_sign("//") || is_sign("%")) {
    auto made = node(ExpressionKind::arithmetic, now().at);
    made->operation = static_cast<uint8_t>(*arithmetic_of(now().bytes));
    ++next_;
    adopt(*made, std::move(left));
    adopt(*made, power());
    left = std::move(made);
  }
  return left;
}

ExpressionPtr Parser::power() {
  auto left = unary();
  while (is_sign("**")) {
    auto made = node(ExpressionKind::arithmetic, now().at);
    made->operation = static_cast<uint8_t>(Arithmetic::power);
    ++next_;
    adopt(*made, std::move(left));
    adopt(*made, unary());
    left = std::move(made);
  }
  return left;
}

ExpressionPtr Parser::unary(bool with_filters) {
  const Deeper deeper(*this);
  ExpressionPtr made;
  if (is_sign("-") || is_sign("+")) {
    made = node(is_sign("-") ? ExpressionKind::minus : ExpressionKind::plus, now().at);
    ++next_;
    adopt(*made, unary(false));
  } else {
    made = primary();
  }
  made = postfix(std::move(made));
  return with_filters ? filters(std::move(made)) : std::move(made);
}

ExpressionPtr Parser::primary() {
  const Token token = now();
  switch (token.kind) {
    case TokenKind::name: {
      ++next_;
      const std::string_view name = token.bytes;
      if (name == "true" || name == "True") return constant(Value::boolean(true), token.at);
      if (name == "false" || name == "False") return constant(Value::boolean(false), token.at);
      if (name == "none" || name == "None") return constant(Value::none(), token.at);
      auto made = node(ExpressionKind::name, token.at);
      made->symbol = symbol(name);
      if (made->symbol == kCallerSymbol) caller_seen_ = true;
      return made;
    }
    case TokenKind::text: {
      std::string bytes;
      while (now().kind == TokenKind::text) {
        bytes += literal_value(now().bytes, now().at).bytes();
        ++next_;
      }
      return constant(Value::text(std::move(bytes)), token.at);
    }
    case TokenKind::integer:
    case TokenKind::real:
      ++next_;
      return constant(number_value(token), token.at);
    default:
      break;
  }
  if (skip_sign("(")) {
    auto made = tuple(true, true);
    expect_sign(")");
    return made;
  }
  if (is_sign("[")) return list();
  if (is_sign("{")) return dict();
  unexpected();
}

ExpressionPtr Parser::list() {
  auto made = node(ExpressionKind::list, now().at);
  expect_sign("[");
  while (!is_sign("]")) {
    if (!made->operands.empty()) expect_sign(",");
    if (is_sign("]")) break;
    adopt(*made, expression());
  }
  expect_sign("]");
  return made;
}

ExpressionPtr Parser::dict() {
  auto made = node(ExpressionKind::dict, now().at);
  expect_sign("{");
  while (!is_sign("}")) {
    if (!made->operands.empty()) expect_sign(",");
    if (is_sign("}")) break;
    adopt(*made, expression());
    expect_sign(":");
    adopt(*made, expression());
  }
  expect_sign("}");
  return made;
}

}  // namespace loupe::tokenize::jinja
