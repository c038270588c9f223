// SPDX-License-Identifier: GPL-3.0-or-later
// Sorts the table of models by value and keeps the rows in which every typed word occurs and which
// are of the chosen kind.
#pragma once

#include <QSortFilterProxyModel>
#include <QStringList>

namespace loupe::ui {

class ModelFilter : public QSortFilterProxyModel {
  Q_OBJECT
 public:
  explicit ModelFilter(QObject* parent = nullptr);
  void set_words(const QString& typed);
  // Empty: all.
  void set_kind(const QString& kind);
  const QString& kind() const { return kind_; }

 protected:
  bool filterAcceptsRow(int row, const QModelIndex& parent) const override;

 private:
  QStringList words_;
  QString kind_;
};

}  // namespace loupe::ui
