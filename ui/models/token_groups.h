// SPDX-License-Identifier: GPL-3.0-or-later
// The tokens of a text as they are shown: those that share a character, which no token holds whole,
// belong together.
#pragma once

#include <QString>
#include <vector>

#include "core/api/models.h"

namespace loupe::ui {

struct TokenGroup {
  int first = 0, count = 1;  // tokens
  QString text;              // printable
  QString ids;               // "240 159"
  bool special = false;
  bool ends_line = false;
};

std::vector<TokenGroup> token_groups(const std::vector<api::PlayToken>& tokens,
                                     const std::string& text);
// Control characters as symbols, spaces alone as ␣; never empty.
QString visible_text(const QString& text);
// base64 -> "f0 9f 98 80"
QString hex_bytes(const std::string& base64);

}  // namespace loupe::ui
