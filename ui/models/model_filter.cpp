// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/model_filter.h"

#include <algorithm>

#include "ui/models/model_table_model.h"

namespace loupe::ui {

ModelFilter::ModelFilter(QObject* parent) : QSortFilterProxyModel(parent) {
  setSortRole(ModelTableModel::sort_role);
  setSortCaseSensitivity(Qt::CaseInsensitive);
}

void ModelFilter::set_words(const QString& typed) {
  words_ = typed.split(QLatin1Char(' '), Qt::SkipEmptyParts);
  invalidateFilter();
}

void ModelFilter::set_kind(const QString& kind) {
  if (kind == kind_) return;
  kind_ = kind;
  invalidateFilter();
}

bool ModelFilter::filterAcceptsRow(int row, const QModelIndex& parent) const {
  const auto text = [&](int column) {
    return sourceModel()->index(row, column, parent).data().toString();
  };
  if (!kind_.isEmpty() && text(ModelTableModel::kind) != kind_) return false;
  if (words_.isEmpty()) return true;
  QString searched;
  for (const int column :
       {ModelTableModel::name, ModelTableModel::kind, ModelTableModel::architecture,
        ModelTableModel::dtype, ModelTableModel::source, ModelTableModel::status,
        ModelTableModel::note}) {
    searched += text(column) + QLatin1Char('\n');
  }
  return std::all_of(words_.begin(), words_.end(), [&](const QString& word) {
    return searched.contains(word, Qt::CaseInsensitive);
  });
}

}  // namespace loupe::ui
