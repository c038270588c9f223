// SPDX-License-Identifier: GPL-3.0-or-later
// What there is to know of the chosen model, a tab each. The engine is asked for what is looked at.
#pragma once

#include <QWidget>
#include <array>

#include "ui/models/asker.h"

class QLabel;
class QStackedWidget;
class QTabWidget;
class QToolButton;

namespace loupe::ui {

class AskedPane;
class FailureView;
class MemoryView;
class OverviewView;
class TemplateView;
class TensorsView;
class TextView;
class TokenizerView;

class ModelDetails : public QWidget {
  Q_OBJECT
 public:
  explicit ModelDetails(EngineClient* client, QWidget* parent = nullptr);

  // nullptr: none is chosen. base: the name of its reference or base model.
  void show_model(const api::Model* model, const QString& base);
  // Above the tabs, until another model is shown: why its files were not found there.
  void show_locate_failure(const Failure& failure);
  // What can be done with the model, beside the tabs.
  void set_actions(const QList<QAction*>& actions);
  // "overview", "config", "template", "tokenizer", "tensors", "memory"
  QString tab() const;
  void set_tab(const QString& name);
  bool settled() const;

 signals:
  void run_wanted(qint64 run);
  void locate_wanted();
  void save_failed(const QString& path, const QString& reason);

 protected:
  void showEvent(QShowEvent*) override;

 private:
  void make_tabs();
  void ask();
  void take(const api::json& result);
  void show_trouble();

  EngineClient* client_;
  QStackedWidget* stack_;
  FailureView* trouble_;
  QTabWidget* tabs_;
  OverviewView* overview_;
  TextView* config_;
  TemplateView* template_;
  TokenizerView* tokenizer_;
  TensorsView* tensors_;
  MemoryView* memory_;
  std::array<AskedPane*, 3> panes_;  // of what models/show answers
  Asker* asker_;
  api::Model model_;
  QString base_;
  api::json shown_, asked_;  // the row of the table that was answered, and that was asked for
};

}  // namespace loupe::ui
