// SPDX-License-Identifier: GPL-3.0-or-later
// The alphabet of byte-level BPE: every byte has a printable character of its own ("Ġ" is the
// space).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace loupe::tokenize {

// "Ġyes" -> " yes"; nothing when a character is outside the alphabet.
std::optional<std::string> bytes_from_alphabet(std::string_view name);
// " yes" -> "Ġyes"
std::string bytes_to_alphabet(std::string_view bytes);

}  // namespace loupe::tokenize
