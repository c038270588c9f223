// SPDX-License-Identifier: GPL-3.0-or-later
// Tokens to a tree, by Jinja's grammar and precedence. What lies outside the subset is refused by
// name.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/tokenize/jinja/ast.h"
#include "core/tokenize/jinja/lexer.h"
#include "core/tokenize/jinja/limits.h"

namespace loupe::tokenize::jinja {

class Parser {
 public:
  // `source`: valid UTF-8. Throws Failure.
  static Tree parse(std::string_view source);

 private:
  // Statements.
  Body statements(std::initializer_list<std::string_view> ends);
  void tag(Body& body);
  Statement if_statement(uint32_t at);
  Statement for_statement(uint32_t at);
  Statement set_statement(uint32_t at);
  Statement macro_statement(uint32_t at);
  Statement call_statement(uint32_t at);
  Statement filter_statement(uint32_t at);
  std::vector<Parameter> parameters();
  Target target(bool several, bool attributes);
  Target one_target(bool attributes);

  // Expressions, from the loosest binding to the tightest.
  ExpressionPtr tuple(bool conditions = true, bool parentheses = false);
  ExpressionPtr expression(bool conditions = true);
  ExpressionPtr either();
  ExpressionPtr both();
  ExpressionPtr negation();
  ExpressionPtr compare();
  ExpressionPtr sum();
  ExpressionPtr concat();
  ExpressionPtr product();
  ExpressionPtr power();
  ExpressionPtr unary(bool filters = true);
  ExpressionPtr primary();
  ExpressionPtr list();
  ExpressionPtr dict();
  ExpressionPtr postfix(ExpressionPtr node);
  ExpressionPtr filters(ExpressionPtr node);
  ExpressionPtr filter(ExpressionPtr subject);
  ExpressionPtr filter_chain();
  ExpressionPtr test(ExpressionPtr subject);
  ExpressionPtr subscript(ExpressionPtr object);
  ExpressionPtr call(ExpressionPtr callee);
  void arguments(Expression& node);
  std::string dotted_name();

  // Tokens.
  const Token& now() const { return tokens_[next_]; }
  const Token& ahead() const { return tokens_[std::min(next_ + 1, tokens_.size() - 1)]; }
  bool is_sign(std::string_view bytes) const {
    return now().kind == TokenKind::sign && now().bytes == bytes;
  }
  bool is_name(std::string_view bytes) const {
    return now().kind == TokenKind::name && now().bytes == bytes;
  }
  bool skip_sign(std::string_view bytes);
  bool skip_name(std::string_view bytes);
  void expect_sign(std::string_view bytes);
  void expect_name(std::string_view bytes);
  void expect_block_end();
  bool at_tuple_end() const;
  [[noreturn]] void unexpected() const;
  [[noreturn]] static void stop(std::string what, uint32_t at, bool refused = false);

  // Nodes.
  ExpressionPtr node(ExpressionKind kind, uint32_t at) const;
  static ExpressionPtr constant(Value value, uint32_t at);
  void adopt(Expression& parent, ExpressionPtr child);
  Symbol symbol(std::string_view name);

  class Deeper;

  std::vector<Token> tokens_;
  size_t next_ = 0;
  unsigned depth_ = 0, loops_ = 0;
  bool caller_seen_ = false;
  std::unordered_map<std::string_view, Symbol> symbols_;
  Tree tree_;
};

// The values of literals.
Value number_value(const Token& token);
Value literal_value(std::string_view quoted, uint32_t at);

}  // namespace loupe::tokenize::jinja
