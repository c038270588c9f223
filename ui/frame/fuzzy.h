// SPDX-License-Identifier: GPL-3.0-or-later
// How well what was typed fits a text: every typed word must occur in it, as it stands or with gaps
// ("imp0" fits "im-persona-s0").
#pragma once

#include <QString>
#include <optional>

namespace loupe::ui {

// Higher is better; nothing where a word does not occur. Nothing typed fits everything with 0.
std::optional<int> fuzzy_score(const QString& typed, const QString& text);

}  // namespace loupe::ui
