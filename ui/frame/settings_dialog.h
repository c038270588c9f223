// SPDX-License-Identifier: GPL-3.0-or-later
// What can be set of the window and its engine (Ctrl+,). Does not stand in the way of the window.
#pragma once

#include <QDialog>

#include "core/api/messages.h"
#include "ui/frame/session.h"

class QComboBox;
class QDoubleSpinBox;
class QLabel;
class QLineEdit;
class QPushButton;
class QSpinBox;

namespace loupe::ui {

class SettingsDialog : public QDialog {
  Q_OBJECT
 public:
  explicit SettingsDialog(QWidget* parent = nullptr);
  // server: of the engine that runs now, for what can be chosen from. fixed_engine: the command
  // given when the window was started, which the setting cannot change; or empty.
  void show_settings(const Settings& settings, const api::ServerInfo& server,
                     const QString& fixed_engine);

 signals:
  void applied(const loupe::ui::Settings& settings);

 private:
  Settings entered() const;
  void update_note();

  Settings before_;
  QSpinBox* threads_;
  QComboBox* device_;
  QDoubleSpinBox* cache_;
  QComboBox* theme_;
  QLineEdit* engine_;
  QLabel* note_;
  QPushButton* apply_;
};

// Whether going from one to the other takes a new engine process.
bool needs_restart(const Settings& before, const Settings& after);

}  // namespace loupe::ui
