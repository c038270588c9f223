// SPDX-License-Identifier: GPL-3.0-or-later
// How every table of the window looks: whole rows, striped, no grid, one line a row, no row
// numbers.
#pragma once

#include "ui/widgets/theme.h"

class QTableView;

namespace loupe::ui {

// `padding`: of a row's height, beyond the text's. Tab leaves the table.
void dress_table(QTableView* table, int padding = theme::grid);

}  // namespace loupe::ui
