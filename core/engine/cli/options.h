// SPDX-License-Identifier: GPL-3.0-or-later
// The command line's options out of a description: --learning-rate for learning_rate, --flag and
// --no-flag, older names too.
#pragma once

#include <CLI/CLI.hpp>
#include <algorithm>
#include <set>
#include <string>

#include "core/api/describe.h"

namespace loupe::engine {

// The keys that the command line named.
using Said = std::set<std::string>;

inline std::string option_name(std::string_view key, const char* front = "--") {
  std::string out(key);
  std::replace(out.begin(), out.end(), '_', '-');
  return front + out;
}

// Values go into `value`, which must outlive the parsing; ranges are checked where it is read.
// Fields in `without` get no option.
template <api::Described T>
void add_options(CLI::App& verb, T& value, Said& said, const std::set<std::string_view>& without) {
  api::each_field<T>([&](const auto& field) {
    if (without.contains(field.key)) return;
    auto& member = value.*field.member;
    using V = std::remove_reference_t<decltype(member)>;
    std::string why(field.doc.why.substr(0, field.doc.why.find('\n')));
    if (!field.doc.zero.empty()) why += " 0: " + std::string(field.doc.zero) + ".";
    std::string names = option_name(field.key);
    const auto note = [&said, key = std::string(field.key)] { said.insert(key); };
    if constexpr (std::is_same_v<V, bool>) {
      names += ",!" + option_name(field.key, "--no-");
      verb.add_flag_callback(
          option_name(field.key), [&member, note] { member = true, note(); }, why);
      verb.add_flag_callback(option_name(field.key, "--no-"),
                             [&member, note] { member = false, note(); })
          ->group("");
    } else {
      auto* option = verb.add_option_function<V>(
          names, [&member, note](const V& given) { member = given, note(); }, why);
      option->default_function([&member] {
        std::ostringstream text;
        text << member;
        return text.str();
      });
      option->capture_default_str();
      if (!field.doc.was.empty())
        verb.add_option_function<V>(option_name(field.doc.was),
                                    [&member, note](const V& given) { member = given, note(); })
            ->group("");
      if constexpr (std::is_same_v<V, std::string>)
        if (!field.doc.choices.empty())
          option->check(CLI::IsMember(
              std::vector<std::string>(field.doc.choices.begin(), field.doc.choices.end())));
    }
  });
}

}  // namespace loupe::engine
