// SPDX-License-Identifier: GPL-3.0-or-later
// Bytes, errors and progress in the form that travels.
#pragma once

#include <optional>
#include <string>

#include <nlohmann/json.hpp>
#include "core/base/progress.h"
#include "core/base/result.h"

namespace loupe::engine {

// Bytes made printable: invalid UTF-8 as U+FFFD, a line end as ⏎, a tab as ⇥, other control
// characters as their pictures (U+2400 …).
std::string printable(const std::string& bytes);

std::string format_number(double value);  // four significant figures

// {code, what, where, hint}: the data of a JSON-RPC error and of --json failures.
nlohmann::json error_json(const Error& error);
// Back from its text, as a job's row keeps it; nullopt when the text is none.
std::optional<Error> error_from_text(const std::string& text);
nlohmann::json progress_json(const Progress& progress);
// Dump that survives bytes that are not UTF-8 (a path may hold anything).
std::string dump(const nlohmann::json& value, int indent = -1);

}  // namespace loupe::engine
