// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/runs/run_filter.h"

#include <algorithm>

#include "ui/runs/run_table_model.h"

namespace loupe::ui {

RunFilter::RunFilter(QObject* parent) : QSortFilterProxyModel(parent) {
  setSortRole(RunTableModel::sort_role);
  setSortCaseSensitivity(Qt::CaseInsensitive);
}

void RunFilter::set_words(const QString& typed) {
  words_ = typed.split(QLatin1Char(' '), Qt::SkipEmptyParts);
  invalidateFilter();
}

bool RunFilter::filterAcceptsRow(int row, const QModelIndex& parent) const {
  QString searched;
  for (int column = 0; column <= RunTableModel::status; ++column) {
    searched += sourceModel()->index(row, column, parent).data().toString() + QLatin1Char('\n');
  }
  return std::all_of(words_.begin(), words_.end(), [&](const QString& word) {
    return searched.contains(word, Qt::CaseInsensitive);
  });
}

}  // namespace loupe::ui
