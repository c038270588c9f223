// SPDX-License-Identifier: GPL-3.0-or-later
// A template as a tree. Built once, then only read; its depth is bounded by kMaxTreeDepth.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/tokenize/jinja/value.h"

namespace loupe::tokenize::jinja {

struct Filter;
struct Test;

enum class ExpressionKind : uint8_t {
  constant,
  name,
  captured,   // what a filter block or a block set has rendered
  list,       // operands
  tuple,      // operands
  dict,       // operands: key, value, key, value
  condition,  // operands: test, then, else (may be null)
  either,     // or
  both,       // and
  negation,   // not
  compare,    // operands, and a comparison between each two
  concat,     // ~
  arithmetic,
  minus,
  plus,
  attribute,  // operands: object
  item,       // operands: object, key
  slice,      // operands: object, start, stop, step (each but the first may be null)
  call,       // operands: callee, arguments
  filter,     // operands: subject, arguments
  test,       // operands: subject, arguments
};

enum class Comparison : uint8_t { eq, ne, lt, le, gt, ge, in, not_in };

struct Expression;
using ExpressionPtr = std::unique_ptr<Expression>;

struct Keyword {
  std::string name;
  ExpressionPtr value;
};

struct Expression {
  ExpressionKind kind = ExpressionKind::constant;
  uint8_t operation = 0;  // Arithmetic, of an arithmetic
  bool inverted = false;  // of a test: is not
  unsigned depth = 1;
  uint32_t at = 0;
  Symbol symbol = kNoSymbol;  // of a name or an attribute
  Value value;                // of a constant
  std::vector<ExpressionPtr> operands;
  std::vector<Keyword> keywords;
  std::vector<Comparison> comparisons;
  const Filter* filter = nullptr;
  const Test* test = nullptr;
};

// What a value is bound to: a name, an attribute of a namespace, or several of them.
struct Target {
  uint32_t at = 0;
  bool several = false;
  Symbol name = kNoSymbol;
  Symbol attribute = kNoSymbol;
  std::vector<Target> parts;
};

enum class StatementKind : uint8_t {
  text,
  output,
  branch,
  loop,
  set,
  block_set,
  macro,
  call,
  filter,
  generation,
  stop,  // break
  next,  // continue
};

struct Statement;
using Body = std::vector<Statement>;

struct Branch {
  ExpressionPtr test;  // null for else
  Body body;
};

struct Parameter {
  Symbol name = kNoSymbol;
  ExpressionPtr otherwise;  // its default; null for none
};

struct MacroDefinition {
  std::string name;
  std::vector<Parameter> parameters;
  Body body;
  bool uses_caller = false;
};

struct Statement {
  StatementKind kind = StatementKind::text;
  uint32_t at = 0;
  std::string text;
  ExpressionPtr expression;  // output and set: the value; loop: what is walked; filters; the call
  ExpressionPtr condition;   // of a loop: which items
  Target target;
  std::vector<Branch> branches;
  Body body, otherwise;
  std::unique_ptr<MacroDefinition> macro;
};

// Names that the interpreter itself knows.
inline constexpr Symbol kLoopSymbol = 0;
inline constexpr Symbol kCallerSymbol = 1;

struct Tree {
  std::string source;              // normalised
  std::vector<std::string> names;  // by Symbol
  Body body;
};

}  // namespace loupe::tokenize::jinja
