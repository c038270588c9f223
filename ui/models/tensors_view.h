// SPDX-License-Identifier: GPL-3.0-or-later
// The tensors of a model's files: a table that is read as one scrolls, with a filter on the names.
#pragma once

#include <QTimer>
#include <QWidget>

#include "ui/client/engine_client.h"

class QLabel;
class QLineEdit;
class QPushButton;
class QTableView;

namespace loupe::ui {

class FailureView;
class TensorTableModel;

class TensorsView : public QWidget {
  Q_OBJECT
 public:
  explicit TensorsView(EngineClient* client, QWidget* parent = nullptr);
  void show_model(qint64 model);
  bool settled() const;

 signals:
  void save_failed(const QString& path, const QString& reason);

 protected:
  void showEvent(QShowEvent*) override;

 private:
  void make_table();
  void ask();
  void say_count();
  void export_all();
  void save();

  QLineEdit* filter_;
  QLabel* count_;
  QPushButton* export_;
  FailureView* failure_;
  TensorTableModel* tensors_;
  QTableView* table_;
  QTimer pause_;
  QString export_path_;
  qint64 model_ = 0, asked_of_ = 0;
};

}  // namespace loupe::ui
