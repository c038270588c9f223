// SPDX-License-Identifier: GPL-3.0-or-later
// What filters look at in each item: the item itself, or what "a.b" or 0 finds in it.
#pragma once

#include <string>
#include <vector>

#include "core/tokenize/jinja/machine.h"

namespace loupe::tokenize::jinja {

class Getter {
 public:
  // `attribute` null or None: the item itself. `several`: always a list, of both for "a,b".
  Getter(Machine& machine, const Value* attribute, bool fold_case, bool several = false);

  Value operator()(const Value& item) const;
  // Stands in for what is undefined.
  void set_default(const Value& value) { default_ = value; }

 private:
  Value follow(const Value& item, const std::vector<Value>& path) const;

  Machine& machine_;
  bool fold_case_, several_;
  std::vector<std::vector<Value>> paths_;
  Value default_;
};

}  // namespace loupe::tokenize::jinja
