// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/table_style.h"

#include <QHeaderView>
#include <QTableView>

namespace loupe::ui {

void dress_table(QTableView* table, int padding) {
  table->setSelectionBehavior(QAbstractItemView::SelectRows);
  table->setAlternatingRowColors(true);
  table->setShowGrid(false);
  table->setWordWrap(false);
  table->setTabKeyNavigation(false);
  table->verticalHeader()->hide();
  table->verticalHeader()->setDefaultSectionSize(table->fontMetrics().height() + padding);
  table->horizontalHeader()->setHighlightSections(false);
}

}  // namespace loupe::ui
