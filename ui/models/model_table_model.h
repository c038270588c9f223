// SPDX-License-Identifier: GPL-3.0-or-later
// The table of models. Names and notes are edited in place.
#pragma once

#include "core/api/models.h"
#include "ui/widgets/column_table.h"

namespace loupe::ui {

class ModelTableModel : public ColumnTable<api::Model> {
  Q_OBJECT
 public:
  // Words first, numbers behind them.
  enum Column {
    name,
    kind,
    architecture,
    dtype,
    source,
    status,
    parameters,
    context,
    size,
    runs,
    note,
    column_count
  };

  explicit ModelTableModel(QObject* parent = nullptr);

  void set_models(const std::vector<api::Model>& models) { update_rows(models); }
  const api::Model& model(int row) const { return row_at(row); }

 signals:
  // Typed into the table; the row shows it already.
  void renamed(qint64 model, const QString& name);
  void note_written(qint64 model, const QString& note);

 private:
  qint64 id_of(const api::Model& model) const override { return model.id; }
  void typed(const api::Model& model, int column) override;
  QString kind_hint(const api::Model& model) const;
};

}  // namespace loupe::ui
