// SPDX-License-Identifier: GPL-3.0-or-later
// Texts as Python sees them: indexed by code point, with Python's classes and methods. All take and
// give valid UTF-8.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace loupe::tokenize::jinja {

bool is_space(char32_t c);  // str.isspace, and \s
bool is_printable(char32_t c);

size_t count_code_points(std::string_view text);
// The byte where code point `index` begins; the end where there are fewer.
size_t byte_of(std::string_view text, size_t index);
// Bytes of the code point that begins with `lead`.
size_t code_point_bytes(char lead);

enum class Side : uint8_t { both, left, right };
// Without `characters`: white space.
std::string_view strip(std::string_view text, std::optional<std::string_view> characters,
                       Side side);

// `most`: cuts at most so many times; negative for any number. No separator: runs of white space.
std::vector<std::string_view> split(std::string_view text,
                                    std::optional<std::string_view> separator, int64_t most);
std::vector<std::string_view> split_right(std::string_view text,
                                          std::optional<std::string_view> separator, int64_t most);
std::vector<std::string_view> split_lines(std::string_view text, bool keep_ends);

// `most` as in split. The caller bounds the size of the result.
std::string replace(std::string_view text, std::string_view old, std::string_view replacement,
                    int64_t most);
size_t count(std::string_view text, std::string_view part);

std::string to_upper(std::string_view text);
std::string to_lower(std::string_view text);
std::string to_title(std::string_view text);    // str.title
std::string capitalize(std::string_view text);  // str.capitalize
bool is_upper(std::string_view text);
bool is_lower(std::string_view text);
bool all_digits(std::string_view text);
bool all_space(std::string_view text);
size_t count_words(std::string_view text);  // runs of \w

std::string escape_html(std::string_view text);

}  // namespace loupe::tokenize::jinja
