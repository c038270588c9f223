// SPDX-License-Identifier: GPL-3.0-or-later
// How the state of a run is said and drawn: a word, and a small sign whose shape differs as well as
// its colour.
#pragma once

#include <QIcon>
#include <QString>
#include <string>

namespace loupe::ui {

QString status_word(const std::string& status);
// Of the present theme.
QIcon status_icon(const std::string& status);

}  // namespace loupe::ui
