// SPDX-License-Identifier: GPL-3.0-or-later
// The recipes of the selected runs side by side, a run a column: first what differs between them,
// then, in a group of its own, what is alike.
#pragma once

#include <QAbstractItemModel>
#include <QStringList>
#include <vector>

#include "core/api/messages.h"

namespace loupe::ui {

class RecipeModel : public QAbstractItemModel {
  Q_OBJECT
 public:
  explicit RecipeModel(QObject* parent = nullptr);

  void set_runs(const std::vector<api::Run>& runs);
  // Rows of the top level: what differs, what is alike. -1: there is no such group.
  int differing_group() const;
  int alike_group() const;
  // key, then one column a run; the differing keys first.
  QByteArray csv() const;

  QModelIndex index(int row, int column, const QModelIndex& parent = {}) const override;
  QModelIndex parent(const QModelIndex& index) const override;
  int rowCount(const QModelIndex& parent = {}) const override;
  int columnCount(const QModelIndex& parent = {}) const override;
  QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
  QVariant headerData(int section, Qt::Orientation orientation,
                      int role = Qt::DisplayRole) const override;

 private:
  struct Entry {
    QString key, title;
    QStringList values;  // one a run
  };
  struct Group {
    bool differs = false;
    std::vector<Entry> entries;
  };
  QString title_of(const Group& group) const;

  std::vector<Group> groups_;
  QStringList names_;
};

}  // namespace loupe::ui
