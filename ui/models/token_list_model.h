// SPDX-License-Identifier: GPL-3.0-or-later
// The tokens of a text as a table: what each is called, its id, its bytes, where it lies.
#pragma once

#include <QAbstractTableModel>
#include <vector>

#include "ui/models/token_groups.h"

namespace loupe::ui {

class TokenListModel : public QAbstractTableModel {
  Q_OBJECT
 public:
  enum Column { number, text, id, vocabulary, bytes, place, column_count };

  using QAbstractTableModel::QAbstractTableModel;
  void set_tokens(std::vector<api::PlayToken> tokens, const std::vector<TokenGroup>& groups);
  // Every row with a header line.
  QByteArray csv() const;

  int rowCount(const QModelIndex& parent = {}) const override;
  int columnCount(const QModelIndex& parent = {}) const override;
  QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
  QVariant headerData(int section, Qt::Orientation orientation,
                      int role = Qt::DisplayRole) const override;

 private:
  QString cell(int row, int column) const;

  std::vector<api::PlayToken> tokens_;
  std::vector<QString> shares_;  // "2 of 3", where a character is shared
};

}  // namespace loupe::ui
