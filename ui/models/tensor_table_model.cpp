// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/tensor_table_model.h"

#include <QLocale>
#include <utility>

#include "ui/models/asker.h"
#include "ui/widgets/format.h"

namespace loupe::ui {
namespace {

QString grouped(qint64 number) {
  static const QLocale locale(QLocale::English, QLocale::UnitedStates);
  return locale.toString(number);
}

QString shape_text(const std::vector<int64_t>& shape, const QString& between) {
  QStringList sizes;
  for (const int64_t size : shape) sizes << QString::number(size);
  return sizes.isEmpty() ? QStringLiteral("1") : sizes.join(between);
}

}  // namespace

TensorTableModel::TensorTableModel(EngineClient* client, QObject* parent)
    : QAbstractTableModel(parent), client_(client) {}

void TensorTableModel::show_model(qint64 model, const QString& filter) {
  client_->cancel(std::exchange(request_, 0));
  beginResetModel();
  model_ = model;
  filter_ = filter;
  rows_.clear();
  total_ = model == 0 ? 0 : -1;
  wants_all_ = false;
  endResetModel();
  if (model != 0) {
    fetchMore({});
  } else {
    emit changed();
  }
}

void TensorTableModel::fetch_all() {
  wants_all_ = true;
  if (canFetchMore({})) {
    fetchMore({});
  } else if (request_ == 0) {
    wants_all_ = false;
    emit complete();
  }
}

bool TensorTableModel::canFetchMore(const QModelIndex& parent) const {
  return !parent.isValid() && model_ != 0 && request_ == 0 && total_ > rowCount();
}

void TensorTableModel::fetchMore(const QModelIndex& parent) {
  if (parent.isValid() || model_ == 0 || request_ != 0) return;
  request_ = client_->request(
      api::method::models_tensors,
      {{"id", model_}, {"filter", stdstr(filter_)}, {"offset", rows_.size()}, {"limit", page}},
      this,
      [this](const api::json& result) {
        request_ = 0;
        take(result);
      },
      [this](const Failure& failure) {
        request_ = 0;
        wants_all_ = false;
        if (total_ < 0) total_ = 0;
        emit failed(failure);
      },
      QLatin1String(api::method::models_tensors));
  emit changed();
}

void TensorTableModel::take(const api::json& result) {
  std::vector<api::TensorRow> rows;
  Failure failure;
  const auto list = result.is_object() ? result.find("rows") : result.end();
  if (!read_result(list != result.end() ? *list : api::json(), &rows, &failure)) {
    total_ = static_cast<qint64>(rows_.size());
    wants_all_ = false;
    emit failed(failure);
    return;
  }
  const qint64 there = static_cast<qint64>(rows_.size() + rows.size());
  const auto total = result.find("total");
  total_ = total != result.end() && total->is_number_integer() ? total->get<qint64>() : there;
  if (rows.empty()) {
    total_ = there;  // whatever was said, there is no more
  } else {
    beginInsertRows({}, rowCount(), static_cast<int>(there) - 1);
    std::move(rows.begin(), rows.end(), std::back_inserter(rows_));
    endInsertRows();
  }
  emit changed();
  if (wants_all_) fetch_all();
}

int TensorTableModel::rowCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : static_cast<int>(rows_.size());
}

int TensorTableModel::columnCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : static_cast<int>(column_count);
}

QString TensorTableModel::cell(const api::TensorRow& row, int column) const {
  switch (column) {
    case name:
      return qstr(row.name);
    case dtype:
      return qstr(row.dtype);
    case shape:
      return shape_text(row.shape, QStringLiteral(" × "));
    case parameters:
      return grouped(row.parameters);
    case bytes:
      return byte_size(row.bytes);
    default:
      return {};
  }
}

QVariant TensorTableModel::data(const QModelIndex& index, int role) const {
  if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid)) {
    return {};
  }
  const api::TensorRow& row = rows_[static_cast<size_t>(index.row())];
  const int column = index.column();
  if (role == Qt::DisplayRole) return cell(row, column);
  if (role == Qt::ToolTipRole) {
    return column == bytes ? tr("%1 bytes").arg(grouped(static_cast<qint64>(row.bytes)))
                           : cell(row, column);
  }
  if (role == Qt::TextAlignmentRole) {
    return static_cast<int>((column >= parameters ? Qt::AlignRight : Qt::AlignLeft) |
                            Qt::AlignVCenter);
  }
  return {};
}

QVariant TensorTableModel::headerData(int section, Qt::Orientation orientation, int role) const {
  if (orientation != Qt::Horizontal || section < 0 || section >= column_count) {
    return QAbstractTableModel::headerData(section, orientation, role);
  }
  static constexpr const char* heads[] = {QT_TR_NOOP("Tensor"), QT_TR_NOOP("Type"),
                                          QT_TR_NOOP("Shape"), QT_TR_NOOP("Parameters"),
                                          QT_TR_NOOP("Size")};
  if (role == Qt::DisplayRole) return tr(heads[section]);
  if (role == Qt::TextAlignmentRole) {
    return static_cast<int>((section >= parameters ? Qt::AlignRight : Qt::AlignLeft) |
                            Qt::AlignVCenter);
  }
  return {};
}

QByteArray TensorTableModel::csv() const {
  QStringList lines{QStringLiteral("name,dtype,shape,parameters,bytes")};
  for (const api::TensorRow& row : rows_) {
    lines << QStringList{csv_field(qstr(row.name)), qstr(row.dtype),
                         shape_text(row.shape, QStringLiteral("x")),
                         QString::number(row.parameters), full_precision(row.bytes)}
                 .join(QLatin1Char(','));
  }
  return (lines.join(QLatin1Char('\n')) + QLatin1Char('\n')).toUtf8();
}

}  // namespace loupe::ui
