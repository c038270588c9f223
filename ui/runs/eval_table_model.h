// SPDX-License-Identifier: GPL-3.0-or-later
// The last evaluation of the selected runs: one row a run and set, with the interval, the margins,
// ties and the number of pairs.
#pragma once

#include "core/api/messages.h"
#include "ui/widgets/column_table.h"

namespace loupe::ui {

struct EvalRow : api::EvalSummary {
  std::string run, type;
  qint64 id = 0;  // the same for the same run and set
};

class EvalTableModel : public ColumnTable<EvalRow> {
  Q_OBJECT
 public:
  enum Column {
    run,
    type,
    set,
    epoch,
    accuracy,
    interval,
    margin,
    margin_sd,
    normalised_margin,
    loss,
    ties,
    pairs
  };

  explicit EvalTableModel(QObject* parent = nullptr);

  void set_runs(const std::vector<api::Run>& runs);

 private:
  qint64 id_of(const EvalRow& row) const override { return row.id; }
};

}  // namespace loupe::ui
