// SPDX-License-Identifier: GPL-3.0-or-later
// JinjaInput as the variables of a rendering.
#pragma once

#include "core/tokenize/jinja.h"
#include "core/tokenize/jinja/machine.h"

namespace loupe::tokenize::jinja {

class InputVariables : public Variables {
 public:
  explicit InputVariables(const JinjaInput& input) : input_(input) {}
  bool find(Budget& budget, std::string_view name, Value& value) const override;
  // As Python's date.strftime in the C locale.
  std::string format_date(const std::string& format) const override;

 private:
  const JinjaInput& input_;
};

}  // namespace loupe::tokenize::jinja
