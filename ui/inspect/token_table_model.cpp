// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/inspect/token_table_model.h"

#include <QBrush>
#include <algorithm>

#include "ui/client/text.h"
#include "ui/inspect/credit_text.h"
#include "ui/widgets/format.h"
#include "ui/widgets/theme.h"

namespace loupe::ui {
namespace {

bool same_tokens(const api::ResponseCredit& a, const api::ResponseCredit& b) {
  return std::equal(a.tokens.begin(), a.tokens.end(), b.tokens.begin(), b.tokens.end(),
                    [](const api::TokenCredit& s, const api::TokenCredit& t) {
                      return s.id == t.id && s.bytes == t.bytes;
                    });
}

}  // namespace

TokenTableModel::TokenTableModel(QObject* parent) : QAbstractTableModel(parent) {}

void TokenTableModel::set_attributions(std::vector<api::Attribution> attributions) {
  beginResetModel();
  attributions_ = std::move(attributions);
  chosen_rows_ = rejected_rows_ = 0;
  for (const api::Attribution& attribution : attributions_) {
    chosen_rows_ = std::max(chosen_rows_, static_cast<int>(attribution.chosen.tokens.size()));
    rejected_rows_ = std::max(rejected_rows_, static_cast<int>(attribution.rejected.tokens.size()));
  }
  make_columns();
  endResetModel();
}

void TokenTableModel::make_columns() {
  columns_.clear();
  if (attributions_.empty()) return;
  columns_.push_back({What::response, 0, tr("Response"), {}});
  columns_.push_back({What::position, 0, tr("#"), tr("Position in the response, from 1")});
  const api::Attribution& first = attributions_.front();
  const bool shared =
      std::all_of(attributions_.begin(), attributions_.end(), [&](const api::Attribution& other) {
        return same_tokens(first.chosen, other.chosen) &&
               same_tokens(first.rejected, other.rejected);
      });
  for (size_t model = 0; model < attributions_.size(); ++model) {
    const api::Attribution& attribution = attributions_[model];
    const QString type = qstr(attribution.type), name = qstr(attribution.run_name);
    // Two models of a type are told apart by name.
    const bool alone =
        std::count_if(attributions_.begin(), attributions_.end(),
                      [&](const auto& a) { return a.type == attribution.type; }) == 1;
    const QString whose = alone ? QString() : QStringLiteral("  ") + name;
    if (model == 0 || !shared) {
      columns_.push_back({What::token, model, tr("Token"), tr("As printed, of %1").arg(name)});
      columns_.push_back({What::id, model, tr("Id"), tr("In the vocabulary of %1").arg(name)});
    }
    if (type == QLatin1String("IM")) {
      columns_.push_back(
          {What::log_prob, model, tr("IM log π") + whose, tr("Of %1, in nats").arg(name)});
      columns_.push_back({What::ref_log_prob, model, tr("log π_ref") + whose,
                          tr("Of the model before training, in nats")});
      columns_.push_back(
          {What::credit, model, tr("IM β × diff") + whose,
           tr("beta (log π − log π_ref): the token's credit, reward units of %1").arg(name)});
    } else if (is_language_model(type)) {
      columns_.push_back({What::credit, model, tr("LM log p") + whose,
                          tr("Log-probability of the token under %1, in nats").arg(name)});
    } else {
      columns_.push_back(
          {What::credit, model, tr("%1 c_t").arg(type) + whose,
           tr("u·h_t − u·h_(t−1): the token's credit, reward units of %1").arg(name)});
    }
  }
}

QByteArray TokenTableModel::csv(const QList<int>& rows) const {
  QStringList fields;
  for (const Column& column : columns_) fields << csv_field(column.title);
  QString text = fields.join(QLatin1Char(',')) + QLatin1Char('\n');
  for (const int row : rows) {
    fields.clear();
    for (const Column& column : columns_) {
      fields << csv_field(value(column, row, true).toString());
    }
    text += fields.join(QLatin1Char(',')) + QLatin1Char('\n');
  }
  return text.toUtf8();
}

TokenTableModel::Place TokenTableModel::place_of(int row) const {
  if (row < 0 || row >= rowCount()) return {};
  return row < chosen_rows_ ? Place{true, row} : Place{false, row - chosen_rows_};
}

int TokenTableModel::row_of(bool chosen, int token) const {
  const int rows = chosen ? chosen_rows_ : rejected_rows_;
  if (token < 0 || token >= rows) return -1;
  return chosen ? token : chosen_rows_ + token;
}

int TokenTableModel::rowCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : chosen_rows_ + rejected_rows_;
}

int TokenTableModel::columnCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : static_cast<int>(columns_.size());
}

const api::TokenCredit* TokenTableModel::token(size_t model, int row) const {
  const Place place = place_of(row);
  const api::Attribution& attribution = attributions_[model];
  const auto& tokens = (place.chosen ? attribution.chosen : attribution.rejected).tokens;
  const auto at = static_cast<size_t>(place.token);
  return at < tokens.size() ? &tokens[at] : nullptr;
}

QVariant TokenTableModel::value(const Column& column, int row, bool exact) const {
  const Place place = place_of(row);
  if (column.what == What::response) return place.chosen ? tr("chosen") : tr("rejected");
  if (column.what == What::position) return place.token + 1;
  const api::TokenCredit* found = token(column.model, row);
  if (found == nullptr) return {};
  const auto number = [exact](double v) { return exact ? full_precision(v) : signed_number(v); };
  switch (column.what) {
    case What::token:
      return token_text(*found);
    case What::id:
      return static_cast<qint64>(found->id);
    case What::credit:
      return number(found->credit);
    case What::log_prob:
      return number(found->log_prob);
    case What::ref_log_prob:
      return number(found->ref_log_prob);
    default:
      return {};
  }
}

QVariant TokenTableModel::data(const QModelIndex& index, int role) const {
  if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid)) {
    return {};
  }
  const Column& column = columns_[static_cast<size_t>(index.column())];
  const bool is_text = column.what == What::response || column.what == What::token;
  switch (role) {
    case Qt::DisplayRole:
      return value(column, index.row(), false);
    case Qt::ToolTipRole:
      return value(column, index.row(), true).toString();
    case Qt::TextAlignmentRole:
      return static_cast<int>((is_text ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter);
    case Qt::ForegroundRole:
      if (column.what == What::response) return QBrush(theme::secondary_text());
      return {};
    default:
      return {};
  }
}

QVariant TokenTableModel::headerData(int section, Qt::Orientation orientation, int role) const {
  if (orientation != Qt::Horizontal || section < 0 || section >= columnCount()) {
    return QAbstractTableModel::headerData(section, orientation, role);
  }
  const Column& column = columns_[static_cast<size_t>(section)];
  if (role == Qt::DisplayRole) return column.title;
  if (role == Qt::ToolTipRole && !column.tooltip.isEmpty()) return column.tooltip;
  if (role == Qt::TextAlignmentRole) {
    const bool is_text = column.what == What::response || column.what == What::token;
    return static_cast<int>((is_text ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter);
  }
  return {};
}

}  // namespace loupe::ui
