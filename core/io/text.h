// SPDX-License-Identifier: GPL-3.0-or-later
// Text from files that nobody has checked yet: UTF-8 validation, JSON with a place in every error,
// and names made safe to print.
#pragma once

#include <cstddef>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/result.h"

namespace loupe::io {

// Byte offset of the first byte that starts no valid UTF-8 sequence (overlong forms, surrogates and
// values above U+10FFFF are invalid); nullopt when all is well.
std::optional<size_t> first_bad_utf8(std::string_view text);

// `name` in backquotes, at most about 100 bytes, control characters and bad UTF-8 as \xNN.
std::string quote_name(std::string_view name);

// Parses one JSON document. An Error's `where` is "file:line:column" (bytes, from 1; `text` starts
// at first_line). Nesting beyond 200 levels is refused, as copying or writing such a value would
// recurse as deep.
Result<nlohmann::json> parse_json(std::string_view text, const std::string& file,
                                  size_t first_line = 1);

}  // namespace loupe::io
