// SPDX-License-Identifier: GPL-3.0-or-later
// Names bound in one rendering. A macro sees the scope that it was defined in as it is when it is
// called.
#pragma once

#include <memory>
#include <utility>
#include <vector>

#include "core/tokenize/jinja/value.h"

namespace loupe::tokenize::jinja {

struct Scope {
  Scope* outer = nullptr;
  bool kept = false;  // a macro refers to it
  std::vector<std::pair<Symbol, Value>> names;

  void set(Symbol name, Value value) {
    for (auto& [other, old] : names) {
      if (other == name) {
        old = std::move(value);
        return;
      }
    }
    names.emplace_back(name, std::move(value));
  }
  // In this scope itself.
  bool has(Symbol name) const {
    for (const auto& [other, value] : names) {
      if (other == name) return true;
    }
    return false;
  }
  const Value* find(Symbol name) const {
    for (const Scope* scope = this; scope; scope = scope->outer) {
      for (const auto& [other, value] : scope->names) {
        if (other == name) return &value;
      }
    }
    return nullptr;
  }
};

class ScopePool {
 public:
  Scope* take(Scope* outer) {
    if (free_.empty()) {
      all_.push_back(std::make_unique<Scope>());
      free_.push_back(all_.back().get());
    }
    Scope* scope = free_.back();
    free_.pop_back();
    scope->outer = outer;
    return scope;
  }
  void give_back(Scope* scope) {
    if (scope->kept) return;
    scope->names.clear();
    free_.push_back(scope);
  }

 private:
  std::vector<std::unique_ptr<Scope>> all_;
  std::vector<Scope*> free_;
};

}  // namespace loupe::tokenize::jinja
