// SPDX-License-Identifier: GPL-3.0-or-later
// JSON lines, read one record at a time; errors name file, line number and field.
#pragma once

#include <filesystem>
#include <functional>
#include <nlohmann/json.hpp>
#include <string>

#include "core/base/result.h"

namespace loupe::io {

// Calls `record(value, line_number)` (from 1) for every non-blank line. Lines end in \n or \r\n; a
// UTF-8 byte order mark at the start is skipped. Bad UTF-8 and bad JSON stop with an Error whose
// `where` is "file:line" (and the byte column); an Error returned by `record` stops too and gets
// the same `where`.
Result<void> read_jsonl(
    const std::filesystem::path& path,
    const std::function<Result<void>(const nlohmann::json&, size_t line)>& record);

// The string under `field`, or an Error saying "missing field" / "field is a number, expected a
// string".
Result<std::string> string_field(const nlohmann::json& object, const std::string& field);

}  // namespace loupe::io
