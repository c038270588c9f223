// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/inspect/token_table_model.h"

#include <QColor>
#include <algorithm>

#include "ui/client/text.h"
#include "ui/inspect/credit_text.h"
#include "ui/widgets/theme.h"

namespace loupe::ui {
namespace {

bool same_tokens(const api::ResponseCredit& a, const api::ResponseCredit& b) {
  return std::equal(a.tokens.begin(), a.tokens.end(), b.tokens.begin(), b.tokens.end(),
                    [](const api::TokenCredit& s, const api::TokenCredit& t) {
                      return s.id == t.id && s.bytes == t.bytes;
                    });
}

using Row = TokenCells;

// What a model says of its token; nothing where it has none.
template <class Get>
auto of_token(size_t model, Get get) {
  return [model, get](const Row& row) {
    const auto& token = row.of_model[model];
    return token ? QString(get(*token)) : QString();
  };
}

TableColumn<Row> number(size_t model, const QString& title, const QString& tooltip,
                        double api::TokenCredit::*member) {
  TableColumn<Row> column{{title, title, tooltip, Qt::AlignRight}, {}};
  column.text =
      of_token(model, [member](const auto& token) { return signed_number(token.*member); });
  column.exact =
      of_token(model, [member](const auto& token) { return full_precision(token.*member); });
  return column;
}

void add_model(std::vector<TableColumn<Row>>* columns, size_t model, const api::Attribution& of,
               bool alone, bool own_tokens) {
  using Table = TokenTableModel;
  const QString type = qstr(of.type), name = qstr(of.run_name);
  // Two models of a type are told apart by name.
  const QString whose = alone ? QString() : QStringLiteral("  ") + name;
  if (own_tokens) {
    columns->push_back(
        text_column<Row>("token", Table::tr("Token"), Table::tr("As printed, of %1").arg(name),
                         of_token(model, [](const auto& token) { return token_text(token); })));
    columns->push_back(text_column<Row>(
        "id", Table::tr("Id"), Table::tr("In the vocabulary of %1").arg(name),
        of_token(model, [](const auto& token) { return QString::number(token.id); })));
    columns->back().align = Qt::AlignRight;
  }
  const auto add = [&](const QString& title, const QString& tooltip,
                       double api::TokenCredit::*member) {
    columns->push_back(number(model, title + whose, tooltip, member));
  };
  if (type == QLatin1String("IM")) {
    add(Table::tr("IM log π"), Table::tr("Of %1, in nats").arg(name), &api::TokenCredit::log_prob);
    add(Table::tr("log π_ref"), Table::tr("Of the model before training, in nats"),
        &api::TokenCredit::ref_log_prob);
    add(Table::tr("IM β × diff"),
        Table::tr("beta (log π − log π_ref): the token's attribution, reward units of %1").arg(name),
        &api::TokenCredit::credit);
  } else if (is_language_model(type)) {
    add(Table::tr("LM log p"),
        Table::tr("Log-probability of the token under %1, in nats").arg(name),
        &api::TokenCredit::credit);
  } else {
    add(Table::tr("%1 c_t").arg(type),
        Table::tr("u·h_t − u·h_(t−1): the token's attribution, reward units of %1").arg(name),
        &api::TokenCredit::credit);
  }
}

std::vector<TableColumn<Row>> columns_of(const std::vector<api::Attribution>& attributions) {
  if (attributions.empty()) return {};
  auto response =
      text_column<Row>("response", TokenTableModel::tr("Response"), {}, [](const Row& r) {
        return r.place.chosen ? TokenTableModel::tr("chosen") : TokenTableModel::tr("rejected");
      });
  response.colour_of = [](const Row&) { return theme::secondary_text(); };
  std::vector<TableColumn<Row>> columns{
      response, count_column<Row>("position", TokenTableModel::tr("#"),
                                  TokenTableModel::tr("Position in the response, from 1"),
                                  [](const Row& row) { return row.place.token + 1; })};
  const api::Attribution& first = attributions.front();
  const bool shared = std::all_of(attributions.begin(), attributions.end(), [&](const auto& other) {
    return same_tokens(first.chosen, other.chosen) && same_tokens(first.rejected, other.rejected);
  });
  for (size_t model = 0; model < attributions.size(); ++model) {
    const auto of_type =
        std::count_if(attributions.begin(), attributions.end(),
                      [&](const auto& other) { return other.type == attributions[model].type; });
    add_model(&columns, model, attributions[model], of_type == 1, model == 0 || !shared);
  }
  return columns;
}

}  // namespace

void TokenTableModel::set_attributions(const std::vector<api::Attribution>& attributions) {
  std::vector<Row> rows;
  for (const bool chosen : {true, false}) {
    const auto tokens = [&](const api::Attribution& of) -> const std::vector<api::TokenCredit>& {
      return (chosen ? of.chosen : of.rejected).tokens;
    };
    size_t most = 0;
    for (const api::Attribution& of : attributions) most = std::max(most, tokens(of).size());
    for (size_t at = 0; at < most; ++at) {
      Row row{{chosen, static_cast<int>(at)}, {}};
      for (const api::Attribution& of : attributions) {
        row.of_model.push_back(at < tokens(of).size() ? std::optional(tokens(of)[at])
                                                      : std::nullopt);
      }
      rows.push_back(std::move(row));
    }
    if (chosen) chosen_rows_ = static_cast<int>(rows.size());
  }
  reset(columns_of(attributions), std::move(rows));
}

TokenPlace TokenTableModel::place_of(int row) const {
  return row < 0 || row >= rowCount() ? TokenPlace() : row_at(row).place;
}

int TokenTableModel::row_of(bool chosen, int token) const {
  const int rows = chosen ? chosen_rows_ : rowCount() - chosen_rows_;
  if (token < 0 || token >= rows) return -1;
  return chosen ? token : chosen_rows_ + token;
}

}  // namespace loupe::ui
