// SPDX-License-Identifier: GPL-3.0-or-later
// The numbers behind the heatmaps: one row a token of the chosen and then of the rejected response,
// the models side by side. Where two models cut the text differently, each has its own token
// column.
#pragma once

#include <QAbstractTableModel>
#include <optional>
#include <vector>

#include "core/api/messages.h"

namespace loupe::ui {

class TokenTableModel : public QAbstractTableModel {
  Q_OBJECT
 public:
  struct Place {
    bool chosen = true;
    int token = -1;  // position in that response, from 0
  };

  explicit TokenTableModel(QObject* parent = nullptr);

  // At most three; the table keeps copies.
  void set_attributions(std::vector<api::Attribution> attributions);
  Place place_of(int row) const;
  // The given rows with a header line, full precision.
  QByteArray csv(const QList<int>& rows) const;
  // -1 when there is no such token.
  int row_of(bool chosen, int token) const;

  int rowCount(const QModelIndex& parent = {}) const override;
  int columnCount(const QModelIndex& parent = {}) const override;
  QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
  QVariant headerData(int section, Qt::Orientation orientation,
                      int role = Qt::DisplayRole) const override;

 private:
  enum class What { response, position, token, id, credit, log_prob, ref_log_prob };
  struct Column {
    What what;
    size_t model = 0;
    QString title, tooltip;
  };
  const api::TokenCredit* token(size_t model, int row) const;
  void make_columns();
  QVariant value(const Column& column, int row, bool exact) const;

  std::vector<api::Attribution> attributions_;
  std::vector<Column> columns_;
  int chosen_rows_ = 0, rejected_rows_ = 0;
};

}  // namespace loupe::ui
