// SPDX-License-Identifier: GPL-3.0-or-later
// A folder of the engine's machine as a table, and the part of it that may be chosen from.
#pragma once

#include <QAbstractTableModel>
#include <QSortFilterProxyModel>
#include <QStringList>

#include "core/api/messages.h"

namespace loupe::ui {

class EngineFolderModel : public QAbstractTableModel {
  Q_OBJECT
 public:
  enum Column { name, kind, size, modified, column_count };

  using QAbstractTableModel::QAbstractTableModel;
  void set_listing(api::FolderListing listing);
  const api::FolderListing& listing() const { return listing_; }
  const api::FolderEntry& entry(int row) const { return listing_.entries.at(size_t(row)); }
  // The icons follow the theme.
  void restyle();

  int rowCount(const QModelIndex& parent = {}) const override;
  int columnCount(const QModelIndex& parent = {}) const override;
  QVariant data(const QModelIndex& index, int role) const override;
  QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

 private:
  api::FolderListing listing_;
};

// Folders, what may be chosen, and of these what contains every typed word. Folders stay first.
class EngineFolderFilter : public QSortFilterProxyModel {
  Q_OBJECT
 public:
  explicit EngineFolderFilter(QObject* parent = nullptr);
  void set_kinds(const QStringList& kinds);
  void set_words(const QString& typed);
  void set_all(bool all);
  bool may_choose(const api::FolderEntry& entry) const;

 protected:
  bool filterAcceptsRow(int row, const QModelIndex& parent) const override;
  bool lessThan(const QModelIndex& left, const QModelIndex& right) const override;

 private:
  QStringList kinds_, words_;
  bool all_ = false;
};

}  // namespace loupe::ui
