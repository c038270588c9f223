// SPDX-License-Identifier: GPL-3.0-or-later
// Bytes as text.
#pragma once

#include <string>

namespace loupe::api {

std::string base64_encode(const std::string& bytes);
std::string base64_decode(const std::string& text);  // ignores what is not base64

}  // namespace loupe::api
