// SPDX-License-Identifier: GPL-3.0-or-later
// The room of something that the engine is asked for: its content, or that it is on its way, or why
// it did not come.
#pragma once

#include <QStackedWidget>

#include "ui/client/engine_client.h"

class QLabel;

namespace loupe::ui {

class FailureView;

class AskedPane : public QStackedWidget {
  Q_OBJECT
 public:
  // Takes the content into its ownership.
  AskedPane(const QString& name, QWidget* content, QWidget* parent);
  void say(const QString& text);
  void fail(const Failure& failure);
  void show_content();
  bool shows_content() const;

 signals:
  void again_wanted();

 private:
  QLabel* said_;
  FailureView* failure_;
};

}  // namespace loupe::ui
