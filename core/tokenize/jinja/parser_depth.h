// SPDX-License-Identifier: GPL-3.0-or-later
// One level of the parser's recursion.
#pragma once

#include "core/tokenize/jinja/parser.h"

namespace loupe::tokenize::jinja {

class Parser::Deeper {
 public:
  explicit Deeper(Parser& parser) : parser_(parser) {
    if (++parser_.depth_ > 2 * kMaxTreeDepth) {
      stop("the template is nested too deeply", parser_.now().at, true);
    }
  }
  ~Deeper() { --parser_.depth_; }
  Deeper(const Deeper&) = delete;
  Deeper& operator=(const Deeper&) = delete;

 private:
  Parser& parser_;
};

}  // namespace loupe::tokenize::jinja
