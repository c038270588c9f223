// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/token_list_model.h"

#include "ui/client/text.h"
#include "ui/widgets/format.h"
#include "ui/widgets/theme.h"

namespace loupe::ui {

void TokenListModel::set_tokens(std::vector<api::PlayToken> tokens,
                                const std::vector<TokenGroup>& groups) {
  beginResetModel();
  tokens_ = std::move(tokens);
  shares_.assign(tokens_.size(), QString());
  for (const TokenGroup& group : groups) {
    for (int i = 0; group.count > 1 && i < group.count; ++i) {
      shares_[static_cast<size_t>(group.first + i)] = tr("%1 of %2").arg(i + 1).arg(group.count);
    }
  }
  endResetModel();
}

int TokenListModel::rowCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : static_cast<int>(tokens_.size());
}

int TokenListModel::columnCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : static_cast<int>(column_count);
}

QString TokenListModel::cell(int row, int column) const {
  const api::PlayToken& token = tokens_[static_cast<size_t>(row)];
  switch (column) {
    case number:
      return QString::number(row);
    case text: {
      const QString& share = shares_[static_cast<size_t>(row)];
      const QString shown = visible_text(qstr(token.text));
      return share.isEmpty() ? shown : QStringLiteral("%1  (%2)").arg(shown, share);
    }
    case id:
      return QString::number(token.id);
    case vocabulary:
      return qstr(token.name);
    case bytes:
      return hex_bytes(token.bytes);
    case place:
      return QStringLiteral("%1–%2").arg(token.begin).arg(token.end);
    default:
      return {};
  }
}

QVariant TokenListModel::data(const QModelIndex& index, int role) const {
  if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid)) {
    return {};
  }
  const int column = index.column();
  const api::PlayToken& token = tokens_[static_cast<size_t>(index.row())];
  const QString& share = shares_[static_cast<size_t>(index.row())];
  switch (role) {
    case Qt::DisplayRole:
      return cell(index.row(), column);
    case Qt::ToolTipRole:
      if (token.special) return tr("%1: a special token").arg(cell(index.row(), column));
      if (column == text && !share.isEmpty()) return tr("Part %1 of one character").arg(share);
      return cell(index.row(), column);
    case Qt::TextAlignmentRole:
      return static_cast<int>(
          (column == number || column == id || column == place ? Qt::AlignRight : Qt::AlignLeft) |
          Qt::AlignVCenter);
    case Qt::ForegroundRole:
      return column == number || column == place ? QVariant(theme::secondary_text()) : QVariant();
    default:
      return {};
  }
}

QVariant TokenListModel::headerData(int section, Qt::Orientation orientation, int role) const {
  if (orientation != Qt::Horizontal || section < 0 || section >= column_count) {
    return QAbstractTableModel::headerData(section, orientation, role);
  }
  static constexpr const char* heads[] = {QT_TR_NOOP("#"),     QT_TR_NOOP("Text"),
                                          QT_TR_NOOP("Id"),    QT_TR_NOOP("In the vocabulary"),
                                          QT_TR_NOOP("Bytes"), QT_TR_NOOP("Place")};
  if (role == Qt::DisplayRole) return tr(heads[section]);
  if (role == Qt::ToolTipRole && section == place) return tr("In bytes of the text");
  if (role == Qt::TextAlignmentRole) {
    const bool right = section == number || section == id || section == place;
    return static_cast<int>((right ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
  }
  return {};
}

QByteArray TokenListModel::csv() const {
  QStringList lines{QStringLiteral("number,text,id,vocabulary,bytes,begin,end,group,special")};
  for (size_t row = 0; row < tokens_.size(); ++row) {
    const api::PlayToken& token = tokens_[row];
    lines << QStringList{QString::number(row),
                         csv_field(qstr(token.text)),
                         QString::number(token.id),
                         csv_field(qstr(token.name)),
                         hex_bytes(token.bytes),
                         QString::number(token.begin),
                         QString::number(token.end),
                         QString::number(token.group),
                         token.special ? QStringLiteral("1") : QStringLiteral("0")}
                 .join(QLatin1Char(','));
  }
  return (lines.join(QLatin1Char('\n')) + QLatin1Char('\n')).toUtf8();
}

}  // namespace loupe::ui
