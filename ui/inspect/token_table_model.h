// SPDX-License-Identifier: GPL-3.0-or-later
// The numbers behind the heatmaps: one row a token of the chosen and then of the rejected response,
// the models side by side. Where two models cut the text differently, each has its own token
// column.
#pragma once

#include <optional>

#include "core/api/messages.h"
#include "ui/widgets/column_table.h"

namespace loupe::ui {

struct TokenPlace {
  bool chosen = true;
  int token = -1;  // position in that response, from 0
};

// A place in a response, and what each model says of it; a model may have no token there.
struct TokenCells {
  TokenPlace place;
  std::vector<std::optional<api::TokenCredit>> of_model;
};

class TokenTableModel : public ColumnTable<TokenCells> {
  Q_OBJECT
 public:
  using Place = TokenPlace;

  explicit TokenTableModel(QObject* parent = nullptr) : ColumnTable(parent, Heads::titles) {}

  // At most three; the table keeps copies.
  void set_attributions(const std::vector<api::Attribution>& attributions);
  Place place_of(int row) const;
  // -1 when there is no such token.
  int row_of(bool chosen, int token) const;

 private:
  int chosen_rows_ = 0;
};

}  // namespace loupe::ui
