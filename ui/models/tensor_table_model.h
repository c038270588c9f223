// SPDX-License-Identifier: GPL-3.0-or-later
// The tensors of a model, page by page as the view scrolls: a large model has thousands.
#pragma once

#include "core/api/models.h"
#include "ui/client/engine_client.h"
#include "ui/widgets/column_table.h"

namespace loupe::ui {

class TensorTableModel : public ColumnTable<api::TensorRow> {
  Q_OBJECT
 public:
  enum Column { name, dtype, shape, parameters, bytes };
  static constexpr int page = 200;

  explicit TensorTableModel(EngineClient* client, QObject* parent = nullptr);

  // Those whose name contains `filter`; asked for anew. model 0: none.
  void show_model(qint64 model, const QString& filter);
  void ask_again() { show_model(model_, filter_); }
  // Asks until every row is there; complete() follows.
  void fetch_all();
  bool loading() const { return request_ != 0; }
  // Of the filter; -1: not known yet.
  qint64 total() const { return total_; }

  bool canFetchMore(const QModelIndex& parent) const override;
  void fetchMore(const QModelIndex& parent) override;

 signals:
  void changed();  // rows, total, or whether more are on their way
  void complete();
  void failed(const loupe::ui::Failure& failure);

 private:
  void take(const api::json& result);

  EngineClient* client_;
  qint64 model_ = 0, total_ = -1;
  QString filter_;
  EngineClient::RequestId request_ = 0;
  bool wants_all_ = false;
};

}  // namespace loupe::ui
