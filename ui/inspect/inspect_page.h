// SPDX-License-Identifier: GPL-3.0-or-later
// The Inspect page: one pair under one or two models, its rewards taken apart token by token.
#pragma once

#include <QWidget>
#include <optional>

#include "ui/client/workspace_mirror.h"

class QLabel;
class QPlainTextEdit;
class QStackedWidget;
class QTableView;

namespace loupe::ui {

class AttributionView;
class Collapsible;
class EmptyState;
class PairBar;
class TokenTableModel;

class InspectPage : public QWidget {
  Q_OBJECT
 public:
  InspectPage(EngineClient* client, WorkspaceMirror* mirror, QWidget* parent = nullptr);

  // Puts a run on the side of its type and shows the pair under it.
  void inspect(qint64 run);
  // Nothing is on its way: the page shows a pair, an error, or why it is empty.
  bool settled() const;
  AttributionView* view() const { return view_; }
  PairBar* bar() const { return bar_; }
  TokenTableModel* tokens() const { return tokens_; }

 signals:
  void failed(const loupe::ui::Failure& failure);
  void succeeded();
  void export_failed(const QString& path, const QString& reason);

 protected:
  void changeEvent(QEvent*) override;

 private:
  QWidget* make_middle();
  void runs_changed();
  void reload();
  qint64 source_run() const;
  void ask_pair();
  void take_pair(const api::json& result);
  void ask_attributions();
  void ask_attribution(int side);
  void take_progress(const QString& method, const api::json& params);
  void refill_table();
  void show_prompt(const QString& text);
  void token_current(bool chosen, int token);
  void show_empty_or_pair();
  void typing_toggled(bool typed);
  void export_picture();
  void export_csv();

  EngineClient* client_;
  WorkspaceMirror* mirror_;
  PairBar* bar_;
  QPlainTextEdit* prompt_;
  AttributionView* view_;
  TokenTableModel* tokens_;
  QTableView* table_;
  Collapsible* table_area_;
  EmptyState* empty_;
  QStackedWidget* stack_;
  std::optional<api::Pair> pair_;
  qint64 pair_run_ = 0;  // whose sets pair_ was taken from
  bool asking_pair_ = false;
  bool asking_[2] = {false, false};
  EngineClient::RequestId attributing_[2] = {0, 0};
  bool tells_rows_ = true;  // false while a row is being picked because of a token
};

}  // namespace loupe::ui
