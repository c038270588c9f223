// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/runs/run_filter.h"

#include <algorithm>

#include "ui/client/text.h"
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

void RunFilter::set_value(int column, const QString& value) {
  if (value == values_.value(column)) return;
  if (value.isEmpty()) {
    values_.remove(column);
  } else {
    values_[column] = value;
  }
  invalidateFilter();
}

bool RunFilter::filterAcceptsRow(int row, const QModelIndex& parent) const {
  if (!is_filtering()) return true;
  const auto text = [&](int column) {
    return sourceModel()->index(row, column, parent).data().toString();
  };
  for (auto it = values_.cbegin(); it != values_.cend(); ++it) {
    if (text(it.key()) != it.value()) return false;
  }
  if (words_.isEmpty()) return true;
  QString searched;
  for (int column = 0; column <= RunTableModel::status; ++column) {
    searched += text(column) + QLatin1Char('\n');
  }
  if (const auto* runs = qobject_cast<const RunTableModel*>(sourceModel())) {
    searched += qstr(runs->run(row).note);
  }
  return std::all_of(words_.begin(), words_.end(), [&](const QString& word) {
    return searched.contains(word, Qt::CaseInsensitive);
  });
}

}  // namespace loupe::ui
