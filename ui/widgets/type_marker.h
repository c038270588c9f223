// SPDX-License-Identifier: GPL-3.0-or-later
// A dot in the colour of a reward's type, for lists to choose from.
#pragma once

#include <QIcon>
#include <QString>

namespace loupe::ui {

// type: "EX", "IM", "LM"
QIcon type_marker(const QString& type);

}  // namespace loupe::ui
