// SPDX-License-Identifier: GPL-3.0-or-later
// Sorts the table of runs by value and keeps the rows in which every typed word occurs somewhere
// and which have the chosen type, status and data.
#pragma once

#include <QMap>
#include <QSortFilterProxyModel>
#include <QStringList>

namespace loupe::ui {

class RunTableModel;

class RunFilter : public QSortFilterProxyModel {
  Q_OBJECT
 public:
  explicit RunFilter(QObject* parent = nullptr);
  void set_words(const QString& typed);
  // column: type, status or data_set of RunTableModel; an empty value keeps all.
  void set_value(int column, const QString& value);
  QString value(int column) const { return values_.value(column); }
  bool is_filtering() const { return !words_.isEmpty() || !values_.isEmpty(); }

 protected:
  bool filterAcceptsRow(int row, const QModelIndex& parent) const override;

 private:
  QStringList words_;
  QMap<int, QString> values_;
};

}  // namespace loupe::ui
