// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/api/ids.h"

#include <charconv>

#include "core/api/describe_json.h"

namespace loupe::api {

LOUPE_JSON(Turn)
LOUPE_JSON(PairText)
LOUPE_JSON(PairRef)

std::string ScorerId::text() const {
  if (kind == Kind::none) return "";
  return (is_run() ? "run:" : "model:") + std::to_string(id);
}

std::optional<ScorerId> ScorerId::of_text(std::string_view text) {
  if (text.empty()) return ScorerId();
  ScorerId out;
  for (const auto& [prefix, kind] :
       {std::pair(std::string_view("run:"), Kind::run), {"model:", Kind::model}}) {
    if (!text.starts_with(prefix)) continue;
    const auto number = text.substr(prefix.size());
    out.kind = kind;
    const auto end = std::from_chars(number.data(), number.data() + number.size(), out.id);
    if (!number.empty() && end.ec == std::errc() && end.ptr == number.data() + number.size())
      return out;
  }
  return std::nullopt;
}

}  // namespace loupe::api
