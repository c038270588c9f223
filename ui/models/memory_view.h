// SPDX-License-Identifier: GPL-3.0-or-later
// What scoring with a model and training it take in memory, at a length and a batch, against what
// the device has.
#pragma once

#include <QWidget>

#include "ui/models/asker.h"

class QLabel;
class QSpinBox;
class QTableView;

namespace loupe::ui {

class FailureView;
class MemoryTableModel;

class MemoryView : public QWidget {
  Q_OBJECT
 public:
  explicit MemoryView(EngineClient* client, QWidget* parent = nullptr);
  // context: the longest text it was made for; 0: not known.
  void show_model(qint64 model, qint64 context);
  bool settled() const { return !asker_->busy(); }

 signals:
  void save_failed(const QString& path, const QString& reason);

 protected:
  void showEvent(QShowEvent*) override;
  void changeEvent(QEvent*) override;

 private:
  QWidget* make_top();
  void make_table();
  void ask(bool at_once);
  void take(const api::json& result);
  void fit();
  void fill_legend();
  void export_table();

  QSpinBox* length_;
  QSpinBox* batch_;
  QLabel* device_;
  QLabel* legend_;
  QLabel* too_long_;
  FailureView* failure_;
  MemoryTableModel* memory_;
  QTableView* table_;
  Asker* asker_;
  qint64 model_ = 0, asked_of_ = 0, context_ = 0;
};

}  // namespace loupe::ui
