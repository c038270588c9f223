// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>

#include "core/tokenize/jinja/parser.h"
#include "core/tokenize/jinja/parser_depth.h"

namespace loupe::tokenize::jinja {
namespace {

// Ours to refuse by name; anything else is a tag that Jinja does not know either.
bool known_elsewhere(std::string_view name) {
  for (const char* tag : {"block", "extends", "include", "from", "import", "with", "autoescape",
                          "print", "do", "trans", "debug"}) {
    if (name == tag) return true;
  }
  return false;
}

}  // namespace

Tree Parser::parse(std::string_view source) {
  Parser parser;
  parser.tree_.source = normalise_source(source);
  parser.symbol("loop");
  parser.symbol("caller");
  parser.tokens_ = lex(parser.tree_.source);
  parser.tree_.body = parser.statements({});
  return std::move(parser.tree_);
}

void Parser::stop(std::string what, uint32_t at, bool refused) {
  throw Failure{std::move(what), at, refused};
}

void Parser::unexpected() const {
  if (now().kind == TokenKind::end) stop("the template ends too early", now().at);
  stop("an unexpected \"" + std::string(now().bytes.substr(0, 40)) + "\"", now().at);
}

bool Parser::skip_sign(std::string_view bytes) {
  if (!is_sign(bytes)) return false;
  ++next_;
  return true;
}

bool Parser::skip_name(std::string_view bytes) {
  if (!is_name(bytes)) return false;
  ++next_;
  return true;
}

void Parser::expect_sign(std::string_view bytes) {
  if (!skip_sign(bytes)) unexpected();
}

void Parser::expect_name(std::string_view bytes) {
  if (!skip_name(bytes)) unexpected();
}

void Parser::expect_block_end() {
  if (now().kind != TokenKind::block_end) unexpected();
  ++next_;
}

Symbol Parser::symbol(std::string_view name) {
  const auto found = symbols_.find(name);
  if (found != symbols_.end()) return found->second;
  const auto made = static_cast<Symbol>(tree_.names.size());
  tree_.names.emplace_back(name);
  // `name` lies in the source, which outlives the parser.
  symbols_.emplace(name, made);
  return made;
}

// Up to a tag named in `ends`, whose name is the next token then; without `ends`, to the end.
Body Parser::statements(std::initializer_list<std::string_view> ends) {
  const Deeper deeper(*this);
  if (ends.size() > 0) expect_block_end();
  Body body;
  for (;;) {
    const Token token = now();
    switch (token.kind) {
      case TokenKind::end:
        if (ends.size() > 0) {
          stop("the template ends before \"" + std::string(*(ends.end() - 1)) + "\"", token.at);
        }
        return body;
      case TokenKind::data:
        body.push_back({});
        body.back().at = token.at;
        body.back().text = token.bytes;
        ++next_;
        break;
      case TokenKind::variable_begin: {
        ++next_;
        Statement output;
        output.kind = StatementKind::output;
        output.at = token.at;
        output.expression = tuple();
        if (now().kind != TokenKind::variable_end) unexpected();
        ++next_;
        body.push_back(std::move(output));
        break;
      }
      case TokenKind::block_begin:
        ++next_;
        if (now().kind == TokenKind::name &&
            std::find(ends.begin(), ends.end(), now().bytes) != ends.end()) {
          return body;
        }
        tag(body);
        break;
      default:
        unexpected();
    }
  }
}

void Parser::tag(Body& body) {
  const Token token = now();
  if (token.kind != TokenKind::name) unexpected();
  const std::string_view name = token.bytes;
  ++next_;
  if (name == "if") {
    body.push_back(if_statement(token.at));
  } else if (name == "for") {
    body.push_back(for_statement(token.at));
  } else if (name == "set") {
    body.push_back(set_statement(token.at));
  } else if (name == "macro") {
    body.push_back(macro_statement(token.at));
  } else if (name == "call") {
    body.push_back(call_statement(token.at));
  } else if (name == "filter") {
    body.push_back(filter_statement(token.at));
  } else if (name == "generation") {
    Statement made;
    made.kind = StatementKind::generation;
    made.at = token.at;
    const unsigned loops = std::exchange(loops_, 0);
    made.body = statements({"endgeneration"});
    loops_ = loops;
    ++next_;
    body.push_back(std::move(made));
  } else if (name == "break" || name == "continue") {
    if (loops_ == 0) stop("\"" + std::string(name) + "\" outside of a loop", token.at);
    Statement made;
    made.kind = name == "break" ? StatementKind::stop : StatementKind::next;
    made.at = token.at;
    body.push_back(std::move(made));
  } else {
    const std::string tag = "the tag \"" + std::string(name.substr(0, 40)) + "\"";
    if (known_elsewhere(name)) stop(tag + " is not supported", token.at, true);
    stop(tag + (name.starts_with("end") || name.starts_with("el") ? " has no beginning"
                                                                  : " is not known"),
         token.at);
  }
  expect_block_end();
}

Statement Parser::if_statement(uint32_t at) {
  Statement made;
  made.kind = StatementKind::branch;
  made.at = at;
  for (;;) {
    Branch branch;
    branch.test = tuple(false);
    branch.body = statements({"elif", "else", "endif"});
    made.branches.push_back(std::move(branch));
    if (!skip_name("elif")) break;
  }
  if (skip_name("else")) {
    Branch branch;
    branch.body = statements({"endif"});
    made.branches.push_back(std::move(branch));
  }
  ++next_;
  return made;
}

Statement Parser::for_statement(uint32_t at) {
  Statement made;
  made.kind = StatementKind::loop;
  made.at = at;
  made.target = target(true, false);
  expect_name("in");
  made.expression = tuple(false);
  if (skip_name("if")) made.condition = expression();
  if (is_name("recursive")) stop("recursive loops are not supported", now().at, true);
  ++loops_;
  made.body = statements({"endfor", "else"});
  --loops_;
  if (skip_name("else")) made.otherwise = statements({"endfor"});
  ++next_;
  return made;
}

Statement Parser::set_statement(uint32_t at) {
  Statement made;
  made.at = at;
  made.target = target(true, true);
  if (skip_sign("=")) {
    made.kind = StatementKind::set;
    made.expression = tuple();
    return made;
  }
  made.kind = StatementKind::block_set;
  if (skip_sign("|")) made.expression = filter_chain();
  const unsigned loops = std::exchange(loops_, 0);
  made.body = statements({"endset"});
  loops_ = loops;
  ++next_;
  return made;
}

Target Parser::one_target(bool attributes) {
  Target made;
  made.at = now().at;
  if (skip_sign("(")) {
    made = target(true, attributes);
    expect_sign(")");
    return made;
  }
  if (now().kind != TokenKind::name) unexpected();
  for (const char* word : {"true", "True", "false", "False", "none", "None"}) {
    if (now().bytes == word) stop("nothing can be assigned to a constant", made.at);
  }
  made.name = symbol(now().bytes);
  ++next_;
  if (attributes && skip_sign(".")) {
    if (now().kind != TokenKind::name) unexpected();
    made.attribute = symbol(now().bytes);
    ++next_;
  }
  return made;
}

Target Parser::target(bool several, bool attributes) {
  const Deeper deeper(*this);
  Target first = one_target(attributes);
  if (!several || !is_sign(",")) return first;
  Target made;
  made.at = first.at;
  made.several = true;
  made.parts.push_back(std::move(first));
  while (skip_sign(",")) {
    if (at_tuple_end()) break;
    made.parts.push_back(one_target(attributes));
  }
  return made;
}

std::vector<Parameter> Parser::parameters() {
  std::vector<Parameter> made;
  expect_sign("(");
  while (!is_sign(")")) {
    if (!made.empty()) expect_sign(",");
    const uint32_t at = now().at;
    Parameter parameter;
    parameter.name = one_target(false).name;
    for (const Parameter& other : made) {
      if (other.name == parameter.name) stop("a macro has two parameters of one name", at);
    }
    if (skip_sign("=")) {
      parameter.otherwise = expression();
    } else if (!made.empty() && made.back().otherwise) {
      stop("a parameter without a default follows one that has one", at);
    }
    made.push_back(std::move(parameter));
  }
  expect_sign(")");
  return made;
}

Statement Parser::macro_statement(uint32_t at) {
  Statement made;
  made.kind = StatementKind::macro;
  made.at = at;
  made.target = one_target(false);
  made.macro = std::make_unique<MacroDefinition>();
  made.macro->name = tree_.names[made.target.name];
  const bool seen = std::exchange(caller_seen_, false);
  made.macro->parameters = parameters();
  const unsigned loops = std::exchange(loops_, 0);
  made.macro->body = statements({"endmacro"});
  loops_ = loops;
  made.macro->uses_caller = caller_seen_;
  caller_seen_ = caller_seen_ || seen;
  ++next_;
  return made;
}

Statement Parser::call_statement(uint32_t at) {
  Statement made;
  made.kind = StatementKind::call;
  made.at = at;
  made.macro = std::make_unique<MacroDefinition>();
  made.macro->name = "caller";
  if (is_sign("(")) made.macro->parameters = parameters();
  made.expression = expression();
  if (made.expression->kind != ExpressionKind::call) stop("a call is missing", at);
  const unsigned loops = std::exchange(loops_, 0);
  made.macro->body = statements({"endcall"});
  loops_ = loops;
  ++next_;
  return made;
}

Statement Parser::filter_statement(uint32_t at) {
  Statement made;
  made.kind = StatementKind::filter;
  made.at = at;
  made.expression = filter_chain();
  const unsigned loops = std::exchange(loops_, 0);
  made.body = statements({"endfilter"});
  loops_ = loops;
  ++next_;
  return made;
}

}  // namespace loupe::tokenize::jinja
