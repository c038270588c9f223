// SPDX-License-Identifier: GPL-3.0-or-later
// One response under one model: its reward, its tokens as a heatmap, and the sum that the credits
// make.
#pragma once

#include <QWidget>

#include "core/api/messages.h"

class QLabel;

namespace loupe::ui {

class TokenHeatmap;

class ResponseView : public QWidget {
  Q_OBJECT
 public:
  explicit ResponseView(bool is_chosen, QWidget* parent = nullptr);

  void show_credit(const api::ResponseCredit& response, const QString& type, double limit);
  // No tokens, and `text` in their place.
  void show_nothing(const QString& text);
  void set_limit(double limit);
  TokenHeatmap* heatmap() const { return heatmap_; }
  QString sum_text() const;

 private:
  bool is_chosen_;
  QString name_;
  QLabel* title_;
  TokenHeatmap* heatmap_;
  QLabel* sum_;
};

}  // namespace loupe::ui
