// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/tensor_table_model.h"

#include <utility>

#include "ui/models/asker.h"

namespace loupe::ui {
namespace {

using Row = api::TensorRow;

QString shape_text(const std::vector<int64_t>& shape, const QString& between) {
  QStringList sizes;
  for (const int64_t size : shape) sizes << QString::number(size);
  return sizes.isEmpty() ? QStringLiteral("1") : sizes.join(between);
}

}  // namespace

TensorTableModel::TensorTableModel(EngineClient* client, QObject* parent)
    : ColumnTable(parent), client_(client) {
  auto shape = text_column<Row>("shape", tr("Shape"), {}, [](const Row& row) {
    return shape_text(row.shape, QStringLiteral(" × "));
  });
  shape.exact = [](const Row& row) { return shape_text(row.shape, QStringLiteral("x")); };
  shape.hint = shape.text;
  auto parameters = count_column<Row>("parameters", tr("Parameters"), {}, &Row::parameters);
  parameters.exact = parameters.text;
  parameters.text = parameters.hint = [](const Row& row) { return grouped(row.parameters); };
  auto bytes = number_column<Row>("bytes", tr("Size"), {}, &Row::bytes, byte_size);
  bytes.hint = [](const Row& row) {
    return tr("%1 bytes").arg(grouped(static_cast<qint64>(row.bytes)));
  };
  put({text_column<Row>("name", tr("Tensor"), {}, &Row::name),
       text_column<Row>("dtype", tr("Type"), {}, &Row::dtype), shape, parameters, bytes});
}

void TensorTableModel::show_model(qint64 model, const QString& filter) {
  client_->cancel(std::exchange(request_, 0));
  model_ = model;
  filter_ = filter;
  total_ = model == 0 ? 0 : -1;
  wants_all_ = false;
  reset_rows({});
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
      {{"id", model_}, {"filter", stdstr(filter_)}, {"offset", rowCount()}, {"limit", page}}, this,
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
    total_ = rowCount();
    wants_all_ = false;
    emit failed(failure);
    return;
  }
  const qint64 there = rowCount() + static_cast<qint64>(rows.size());
  const auto total = result.find("total");
  total_ = total != result.end() && total->is_number_integer() ? total->get<qint64>() : there;
  if (rows.empty()) total_ = there;  // whatever was said, there is no more
  insert_rows(rowCount(), std::move(rows));
  emit changed();
  if (wants_all_) fetch_all();
}

}  // namespace loupe::ui
