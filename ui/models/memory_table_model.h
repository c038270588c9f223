// SPDX-License-Identifier: GPL-3.0-or-later
// What each use of a model takes in memory, part by part.
#pragma once

#include <QAbstractTableModel>
#include <QColor>
#include <array>

#include "core/api/models.h"

namespace loupe::ui {

class MemoryTableModel : public QAbstractTableModel {
  Q_OBJECT
 public:
  enum Column { use, share, weights, gradients, optimizer, activations, total, column_count };
  static constexpr int parts = 4;  // weights to activations

  using QAbstractTableModel::QAbstractTableModel;
  void set_table(api::MemoryTable table);
  const api::MemoryTable& table() const { return table_; }
  // Bytes of the parts of a row.
  std::array<double, parts> parts_of(int row) const;
  // What the whole width of a bar stands for.
  double full() const;
  // Of a part, in the bars and in their legend.
  static QColor colour_of(int part);
  QByteArray csv() const;

  int rowCount(const QModelIndex& parent = {}) const override;
  int columnCount(const QModelIndex& parent = {}) const override;
  QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
  QVariant headerData(int section, Qt::Orientation orientation,
                      int role = Qt::DisplayRole) const override;

 private:
  static double bytes_of(const api::MemoryRow& row, int column);

  api::MemoryTable table_;
};

}  // namespace loupe::ui
