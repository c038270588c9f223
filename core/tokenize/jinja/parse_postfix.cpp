// SPDX-License-Identifier: GPL-3.0-or-later
// What follows a value: subscripts, calls, filters and tests.
#include <algorithm>

#include "core/tokenize/jinja/filters.h"
#include "core/tokenize/jinja/parser.h"
#include "core/tokenize/jinja/tests.h"

namespace loupe::tokenize::jinja {

ExpressionPtr Parser::postfix(ExpressionPtr made) {
  for (;;) {
    if (is_sign(".") || is_sign("[")) {
      made = subscript(std::move(made));
    } else if (is_sign("(")) {
      made = call(std::move(made));
    } else {
      return made;
    }
  }
}

ExpressionPtr Parser::filters(ExpressionPtr made) {
  for (;;) {
    if (is_sign("|")) {
      ++next_;
      made = filter(std::move(made));
    } else if (is_name("is")) {
      ++next_;
      made = test(std::move(made));
    } else if (is_sign("(")) {
      made = call(std::move(made));
    } else {
      return made;
    }
  }
}

std::string Parser::dotted_name() {
  if (now().kind != TokenKind::name) unexpected();
  std::string name(now().bytes);
  ++next_;
  while (skip_sign(".")) {
    if (now().kind != TokenKind::name) unexpected();
    name.append(".").append(now().bytes);
    ++next_;
  }
  return name;
}

ExpressionPtr Parser::filter(ExpressionPtr subject) {
  auto made = node(ExpressionKind::filter, now().at);
  const std::string name = dotted_name();
  made->filter = find_filter(name);
  if (!made->filter) stop("the filter \"" + name + "\" is not supported", made->at, true);
  adopt(*made, std::move(subject));
  if (is_sign("(")) arguments(*made);
  return made;
}

ExpressionPtr Parser::filter_chain() {
  auto made = filter(node(ExpressionKind::captured, now().at));
  while (skip_sign("|")) made = filter(std::move(made));
  return made;
}

ExpressionPtr Parser::test(ExpressionPtr subject) {
  auto made = node(ExpressionKind::test, now().at);
  made->inverted = skip_name("not");
  const std::string name = dotted_name();
  made->test = find_test(name);
  if (!made->test) stop("the test \"" + name + "\" is not supported", made->at, true);
  adopt(*made, std::move(subject));
  if (is_sign("(")) {
    arguments(*made);
    return made;
  }
  const TokenKind kind = now().kind;
  const bool begins = kind == TokenKind::name || kind == TokenKind::text ||
                      kind == TokenKind::integer || kind == TokenKind::real || is_sign("[") ||
                      is_sign("{");
  if (begins && !is_name("else") && !is_name("or") && !is_name("and")) {
    if (is_name("is")) stop("tests with \"is\" cannot be chained", now().at);
    adopt(*made, postfix(primary()));
  }
  return made;
}

ExpressionPtr Parser::subscript(ExpressionPtr object) {
  const uint32_t at = now().at;
  if (skip_sign(".")) {
    const Token token = now();
    if (token.kind == TokenKind::name) {
      ++next_;
      auto made = node(ExpressionKind::attribute, token.at);
      made->symbol = symbol(token.bytes);
      adopt(*made, std::move(object));
      return made;
    }
    if (token.kind != TokenKind::integer) unexpected();
    ++next_;
    auto made = node(ExpressionKind::item, token.at);
    adopt(*made, std::move(object));
    adopt(*made, constant(number_value(token), token.at));
    return made;
  }
  expect_sign("[");
  const auto bound = [this]() -> ExpressionPtr {
    if (is_sign(":") || is_sign("]")) return nullptr;
    return expression();
  };
  if (is_sign("]")) unexpected();
  ExpressionPtr made;
  ExpressionPtr first = bound();
  if (is_sign(":")) {
    made = node(ExpressionKind::slice, at);
    adopt(*made, std::move(object));
    adopt(*made, std::move(first));
    for (int i = 0; i < 2; ++i) adopt(*made, skip_sign(":") ? bound() : nullptr);
  } else {
    if (!first) unexpected();
    made = node(ExpressionKind::item, at);
    adopt(*made, std::move(object));
    adopt(*made, std::move(first));
  }
  if (is_sign(",")) stop("subscripts of several parts are not supported", now().at, true);
  expect_sign("]");
  return made;
}

ExpressionPtr Parser::call(ExpressionPtr callee) {
  auto made = node(ExpressionKind::call, now().at);
  adopt(*made, std::move(callee));
  arguments(*made);
  return made;
}

void Parser::arguments(Expression& made) {
  expect_sign("(");
  for (bool first = true; !is_sign(")"); first = false) {
    if (!first) {
      expect_sign(",");
      if (is_sign(")")) break;
    }
    if (is_sign("*") || is_sign("**")) {
      stop("arguments out of a list (* and **) are not supported", now().at, true);
    }
    const bool keyword =
        now().kind == TokenKind::name && ahead().kind == TokenKind::sign && ahead().bytes == "=";
    if (!keyword) {
      if (!made.keywords.empty()) stop("a positional argument after a named one", now().at);
      adopt(made, expression());
      continue;
    }
    std::string name(now().bytes);
    for (const Keyword& other : made.keywords) {
      if (other.name == name) stop("the argument \"" + name + "\" is given twice", now().at);
    }
    next_ += 2;
    auto value = expression();
    made.depth = std::max(made.depth, value->depth + 1);
    if (made.depth > kMaxTreeDepth) stop("the expression is nested too deeply", made.at, true);
    made.keywords.push_back({std::move(name), std::move(value)});
  }
  expect_sign(")");
}

}  // namespace loupe::tokenize::jinja
