// SPDX-License-Identifier: GPL-3.0-or-later
// How a token is written in a box or a cell.
#pragma once

#include <QString>

#include "core/api/messages.h"

namespace loupe::ui {

// Printable, with line ends and other control characters as symbols, and spaces alone as ␣; never
// empty.
QString token_text(const api::TokenCredit& token);

}  // namespace loupe::ui
