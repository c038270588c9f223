// SPDX-License-Identifier: GPL-3.0-or-later
// The chat template of a model: its source, and what it makes of an example that can be typed into:
// the prompt x and the response y as they are tokenised, the response's own words marked.
#pragma once

#include <QWidget>

#include "core/api/models.h"
#include "ui/models/asker.h"

class QLabel;
class QPlainTextEdit;

namespace loupe::ui {

class FailureView;
class TextView;

class TemplateView : public QWidget {
  Q_OBJECT
 public:
  explicit TemplateView(EngineClient* client, QWidget* parent = nullptr);
  void show_detail(const api::ModelDetail& detail);
  bool settled() const { return !asker_->busy(); }

 signals:
  void save_failed(const QString& path, const QString& reason);

 protected:
  void showEvent(QShowEvent*) override;
  void changeEvent(QEvent*) override;

 private:
  QWidget* make_example();
  QPlainTextEdit* make_edit(const QString& name, const QString& title, const QString& text);
  void ask(bool at_once);
  void take(const api::json& result);
  void paint();
  void restyle();

  QWidget* problem_;
  QLabel* problem_icon_;
  QLabel* problem_text_;
  TextView* source_;
  QPlainTextEdit* prompt_;
  QPlainTextEdit* response_;
  QLabel* counts_;
  QPlainTextEdit* rendered_;
  FailureView* failure_;
  Asker* asker_;
  qint64 model_ = 0;
  bool asked_ = false;  // of this model
  api::RenderedExample example_;
};

}  // namespace loupe::ui
