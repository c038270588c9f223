// SPDX-License-Identifier: GPL-3.0-or-later
// The tokenizer playground: text typed into it, cut into tokens as one types, as chips and as a
// table that point at each other.
#pragma once

#include <QWidget>

#include "ui/models/asker.h"

class QLabel;
class QPlainTextEdit;
class QTableView;

namespace loupe::ui {

class FailureView;
class TokenChips;
class TokenListModel;

class TokenizerView : public QWidget {
  Q_OBJECT
 public:
  explicit TokenizerView(EngineClient* client, QWidget* parent = nullptr);
  void show_model(qint64 model);
  bool settled() const { return !asker_->busy(); }
  TokenChips* chips() const { return chips_; }

 signals:
  void save_failed(const QString& path, const QString& reason);

 protected:
  void showEvent(QShowEvent*) override;

 private:
  QWidget* make_text();
  QWidget* make_table();
  void ask(bool at_once);
  void take(const api::json& result);
  void point_at_row(int group);
  void point_at_chip(int row);
  void export_tokens();

  QPlainTextEdit* text_;
  QLabel* count_;
  TokenChips* chips_;
  FailureView* failure_;
  TokenListModel* tokens_;
  QTableView* table_;
  Asker* asker_;
  std::string asked_text_;
  qint64 model_ = 0, asked_of_ = 0;
};

}  // namespace loupe::ui
