// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/tokenize/jinja/limits.h"

#include <utility>

namespace loupe::tokenize::jinja {

void fail(std::string what) {
  throw Failure{std::move(what)};
}

void refuse(std::string what) {
  throw Failure{std::move(what), kNoPlace, true};
}

void Budget::out_of_steps() {
  fail("it takes too many steps");
}

void Budget::out_of_bytes() {
  fail("a text or a list grows too long");
}

void Budget::too_deep() {
  // The level was not entered, and nobody will leave it.
  --depth_;
  fail("it nests too deeply");
}

}  // namespace loupe::tokenize::jinja
