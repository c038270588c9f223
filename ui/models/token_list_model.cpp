// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/token_list_model.h"

#include <QColor>

#include "ui/client/text.h"
#include "ui/widgets/theme.h"

namespace loupe::ui {
using Row = TokenRow;

TokenListModel::TokenListModel(QObject* parent) : ColumnTable(parent) {
  const auto grey = [](const Row&) { return theme::secondary_text(); };
  auto number = count_column<Row>("number", tr("#"), {}, &Row::number);
  number.colour_of = grey;
  auto text = text_column<Row>("text", tr("Text"), {}, [](const Row& row) {
    const QString shown = visible_text(qstr(row.text));
    return row.share.isEmpty() ? shown : QStringLiteral("%1  (%2)").arg(shown, row.share);
  });
  text.exact = [](const Row& row) { return qstr(row.text); };
  auto place = text_column<Row>(
      "place", tr("Place"), tr("In bytes of the text"),
      [](const Row& row) { return QStringLiteral("%1–%2").arg(row.begin).arg(row.end); });
  place.align = Qt::AlignRight;
  place.colour_of = grey;
  std::vector<TableColumn<Row>> columns{
      number,
      text,
      count_column<Row>("id", tr("Id"), {}, &Row::id),
      text_column<Row>("vocabulary", tr("In the vocabulary"), {}, &Row::name),
      text_column<Row>("bytes", tr("Bytes"), {},
                       [](const Row& row) { return hex_bytes(row.bytes); }),
      on_screen(place),
      in_file(count_column<Row>("begin", {}, {}, &Row::begin)),
      in_file(count_column<Row>("end", {}, {}, &Row::end)),
      in_file(count_column<Row>("group", {}, {}, &Row::group)),
      in_file(count_column<Row>("special", {}, {}, &Row::special))};
  for (auto& column : columns) {
    const bool is_text = column.key == QLatin1String("text");
    column.hint = [is_text, text = column.text](const Row& row) {
      if (row.special) return tr("%1: a special token").arg(text(row));
      if (is_text && !row.share.isEmpty()) return tr("Part %1 of one character").arg(row.share);
      return text(row);
    };
  }
  put(std::move(columns));
}

void TokenListModel::set_tokens(std::vector<api::PlayToken> tokens,
                                const std::vector<TokenGroup>& groups) {
  std::vector<Row> rows;
  for (api::PlayToken& token : tokens) {
    rows.push_back({std::move(token), static_cast<int64_t>(rows.size()), {}});
  }
  for (const TokenGroup& group : groups) {
    for (int i = 0; group.count > 1 && i < group.count; ++i) {
      rows[static_cast<size_t>(group.first + i)].share = tr("%1 of %2").arg(i + 1).arg(group.count);
    }
  }
  reset_rows(std::move(rows));
}

}  // namespace loupe::ui
