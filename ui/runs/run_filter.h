// SPDX-License-Identifier: GPL-3.0-or-later
// Sorts the table of runs by value and keeps the rows in which every typed word occurs somewhere.
#pragma once

#include <QSortFilterProxyModel>
#include <QStringList>

namespace loupe::ui {

class RunFilter : public QSortFilterProxyModel {
  Q_OBJECT
 public:
  explicit RunFilter(QObject* parent = nullptr);
  void set_words(const QString& typed);

 protected:
  bool filterAcceptsRow(int row, const QModelIndex& parent) const override;

 private:
  QStringList words_;
};

}  // namespace loupe::ui
