// SPDX-License-Identifier: GPL-3.0-or-later
// What each use of a model takes in memory, part by part.
#pragma once

#include <QColor>
#include <array>

#include "core/api/models.h"
#include "ui/widgets/column_table.h"

namespace loupe::ui {

class MemoryTableModel : public ColumnTable<api::MemoryRow> {
  Q_OBJECT
 public:
  enum Column { use, share, weights, gradients, optimizer, activations, total, column_count };
  static constexpr int parts = 4;  // weights to activations

  explicit MemoryTableModel(QObject* parent = nullptr);
  void set_table(api::MemoryTable table);
  // Its rows are the model's.
  const api::MemoryTable& table() const { return table_; }
  // Bytes of the parts of a row.
  std::array<double, parts> parts_of(int row) const;
  // What the whole width of a bar stands for.
  double full() const;
  // Of a part, in the bars and in their legend.
  static QColor colour_of(int part);

 private:
  api::MemoryTable table_;
};

}  // namespace loupe::ui
