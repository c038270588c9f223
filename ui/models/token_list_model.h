// SPDX-License-Identifier: GPL-3.0-or-later
// The tokens of a text as a table: what each is called, its id, its bytes, where it lies.
#pragma once

#include "ui/models/token_groups.h"
#include "ui/widgets/column_table.h"

namespace loupe::ui {

struct TokenRow : api::PlayToken {
  int64_t number = 0;
  QString share;  // "2 of 3", where a character is shared
};

class TokenListModel : public ColumnTable<TokenRow> {
  Q_OBJECT
 public:
  enum Column { number, text, id, vocabulary, bytes, place };

  explicit TokenListModel(QObject* parent = nullptr);
  void set_tokens(std::vector<api::PlayToken> tokens, const std::vector<TokenGroup>& groups);
};

}  // namespace loupe::ui
