// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/memory_table_model.h"

#include <algorithm>
#include <cmath>

#include "ui/client/text.h"
#include "ui/widgets/format.h"
#include "ui/widgets/theme.h"

namespace loupe::ui {

void MemoryTableModel::set_table(api::MemoryTable table) {
  beginResetModel();
  table_ = std::move(table);
  endResetModel();
}

std::array<double, MemoryTableModel::parts> MemoryTableModel::parts_of(int row) const {
  const api::MemoryRow& one = table_.rows[static_cast<size_t>(row)];
  return {one.weights, one.gradients, one.optimizer, one.activations};
}

double MemoryTableModel::full() const {
  double most = table_.available;
  for (const api::MemoryRow& row : table_.rows) most = std::max(most, row.total);
  return std::max(most, 1.0);
}

// One hue, from strong to pale: the parts of one whole.
QColor MemoryTableModel::colour_of(int part) {
  static constexpr const char* light[] = {"#2f6fce", "#6a99dd", "#9dbdea", "#cbdcf4"};
  static constexpr const char* dark[] = {"#6ea3ec", "#4c7fc2", "#3b6294", "#324d6b"};
  return QColor(theme::is_dark() ? dark[part] : light[part]);
}

int MemoryTableModel::rowCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : static_cast<int>(table_.rows.size());
}

int MemoryTableModel::columnCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : static_cast<int>(column_count);
}

double MemoryTableModel::bytes_of(const api::MemoryRow& row, int column) {
  switch (column) {
    case weights:
      return row.weights;
    case gradients:
      return row.gradients;
    case optimizer:
      return row.optimizer;
    case activations:
      return row.activations;
    default:
      return row.total;
  }
}

QVariant MemoryTableModel::data(const QModelIndex& index, int role) const {
  if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid)) {
    return {};
  }
  const api::MemoryRow& row = table_.rows[static_cast<size_t>(index.row())];
  const int column = index.column();
  switch (role) {
    case Qt::DisplayRole:
      if (column == use) return qstr(row.use);
      if (column == share) {
        return row.fits ? tr("fits") : tr("does not fit");
      }
      return bytes_of(row, column) > 0 ? byte_size(bytes_of(row, column)) : QStringLiteral("–");
    case Qt::ToolTipRole: {
      const QString against =
          tr("%1 of %2 available on %3")
              .arg(byte_size(row.total), byte_size(table_.available), qstr(table_.device));
      if (column == use) return qstr(row.use) + QLatin1Char('\n') + against;
      if (column == share || column == total) return against;
      return tr("%1 bytes").arg(full_precision(bytes_of(row, column)));
    }
    case Qt::TextAlignmentRole:
      return static_cast<int>((column >= weights ? Qt::AlignRight : Qt::AlignLeft) |
                              Qt::AlignVCenter);
    case Qt::ForegroundRole:
      return column == total && !row.fits ? QVariant(theme::error()) : QVariant();
    default:
      return {};
  }
}

QVariant MemoryTableModel::headerData(int section, Qt::Orientation orientation, int role) const {
  if (orientation != Qt::Horizontal || section < 0 || section >= column_count) {
    return QAbstractTableModel::headerData(section, orientation, role);
  }
  static constexpr const char* heads[] = {QT_TR_NOOP("Use"),       QT_TR_NOOP("Of what there is"),
                                          QT_TR_NOOP("Weights"),   QT_TR_NOOP("Gradients"),
                                          QT_TR_NOOP("Optimiser"), QT_TR_NOOP("Activations"),
                                          QT_TR_NOOP("Total")};
  switch (role) {
    case Qt::DisplayRole:
      return tr(heads[section]);
    case Qt::ToolTipRole:
      if (section == share) return tr("The line is what is available");
      return {};
    case Qt::TextAlignmentRole:
      return static_cast<int>((section >= weights ? Qt::AlignRight : Qt::AlignLeft) |
                              Qt::AlignVCenter);
    default:
      return {};
  }
}

QByteArray MemoryTableModel::csv() const {
  QStringList lines{QStringLiteral(
      "use,weights,gradients,optimizer,activations,total,fits,available,device,length,batch")};
  for (const api::MemoryRow& row : table_.rows) {
    QStringList fields{csv_field(qstr(row.use))};
    for (int column = weights; column <= total; ++column) {
      fields << full_precision(bytes_of(row, column));
    }
    fields << (row.fits ? QStringLiteral("1") : QStringLiteral("0"))
           << full_precision(table_.available) << csv_field(qstr(table_.device))
           << QString::number(table_.length) << QString::number(table_.batch);
    lines << fields.join(QLatin1Char(','));
  }
  return (lines.join(QLatin1Char('\n')) + QLatin1Char('\n')).toUtf8();
}

}  // namespace loupe::ui
