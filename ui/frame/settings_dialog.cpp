// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/frame/settings_dialog.h"

#include <QComboBox>
#include <QDoubleSpinBox>
#include <QFormLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSpinBox>
#include <QVBoxLayout>

#include "ui/client/text.h"

namespace loupe::ui {

bool needs_restart(const Settings& before, const Settings& after) {
  return before.threads != after.threads || before.device != after.device ||
         before.cache_gb != after.cache_gb || before.engine != after.engine;
}

SettingsDialog::SettingsDialog(QWidget* parent) : QDialog(parent) {
  setObjectName(QStringLiteral("settings-dialog"));
  setWindowTitle(tr("Settings"));
  setModal(false);
  threads_ = new QSpinBox(this);
  threads_->setObjectName(QStringLiteral("settings-threads"));
  threads_->setRange(0, 4096);
  threads_->setSpecialValueText(tr("all"));
  threads_->setToolTip(tr("CPU threads that the engine computes with; 0: all"));
  device_ = new QComboBox(this);
  device_->setObjectName(QStringLiteral("settings-device"));
  device_->setToolTip(tr("Where rewards are computed; a training run chooses its own"));
  cache_ = new QDoubleSpinBox(this);
  cache_->setObjectName(QStringLiteral("settings-cache"));
  cache_->setRange(0, 1e4);
  cache_->setDecimals(1);
  cache_->setSuffix(tr(" GB"));
  cache_->setSpecialValueText(tr("automatic"));
  cache_->setToolTip(tr("Memory for models that stay loaded; 0: as the engine thinks fit"));
  theme_ = new QComboBox(this);
  theme_->setObjectName(QStringLiteral("settings-theme"));
  theme_->addItems({tr("As the system"), tr("Light"), tr("Dark")});
  engine_ = new QLineEdit(this);
  engine_->setObjectName(QStringLiteral("settings-engine"));
  engine_->setMinimumWidth(360);
  engine_->setPlaceholderText(tr("the engine that came with this window"));
  engine_->setToolTip(
      tr("A command that starts an engine elsewhere, e.g. ssh host rewardloupe-engine.\n"
         "Its models, data and workspaces are then those of that machine."));

  auto* form = new QFormLayout;
  form->setSpacing(theme::grid);
  form->setLabelAlignment(Qt::AlignRight | Qt::AlignVCenter);
  form->addRow(tr("T&heme"), theme_);
  form->addRow(tr("CPU &threads"), threads_);
  form->addRow(tr("&Device"), device_);
  form->addRow(tr("Models kept &loaded"), cache_);
  form->addRow(tr("&Engine command"), engine_);
  note_ = new QLabel(this);
  note_->setObjectName(QStringLiteral("settings-note"));
  note_->setWordWrap(true);
  note_->setMinimumHeight(2 * fontMetrics().lineSpacing());
  theme::make_secondary(note_);
  apply_ = new QPushButton(tr("Apply"), this);
  apply_->setObjectName(QStringLiteral("settings-apply"));
  apply_->setDefault(true);
  auto* close = new QPushButton(tr("Close"), this);
  close->setObjectName(QStringLiteral("settings-close"));
  auto* buttons = new QHBoxLayout;
  buttons->addStretch(1);
  buttons->addWidget(close);
  buttons->addWidget(apply_);
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(3 * theme::grid, 3 * theme::grid, 3 * theme::grid, 2 * theme::grid);
  layout->setSpacing(2 * theme::grid);
  layout->addLayout(form);
  layout->addWidget(note_);
  layout->addLayout(buttons);

  connect(threads_, &QSpinBox::valueChanged, this, &SettingsDialog::update_note);
  connect(device_, &QComboBox::currentIndexChanged, this, &SettingsDialog::update_note);
  connect(cache_, &QDoubleSpinBox::valueChanged, this, &SettingsDialog::update_note);
  connect(theme_, &QComboBox::currentIndexChanged, this, &SettingsDialog::update_note);
  connect(engine_, &QLineEdit::textChanged, this, &SettingsDialog::update_note);
  connect(close, &QPushButton::clicked, this, &QDialog::close);
  connect(apply_, &QPushButton::clicked, this, [this] {
    before_ = entered();
    update_note();
    emit applied(before_);
  });
}

void SettingsDialog::show_settings(const Settings& settings, const api::ServerInfo& server,
                                   const QString& fixed_engine) {
  before_ = settings;
  threads_->setValue(settings.threads);
  threads_->setMaximum(server.cores > 0 ? static_cast<int>(server.cores) : 4096);
  if (server.cores > 0) threads_->setSpecialValueText(tr("all %1").arg(server.cores));
  device_->clear();
  device_->addItem(tr("automatic"), QString());
  for (const std::string& device : server.devices) {
    device_->addItem(qstr(device), qstr(device).section(QLatin1Char(' '), 0, 0));
  }
  if (device_->findData(settings.device) < 0) device_->addItem(settings.device, settings.device);
  device_->setCurrentIndex(device_->findData(settings.device));
  if (server.memory > 0) cache_->setMaximum(server.memory / 1e9);
  cache_->setSpecialValueText(server.cache_limit > 0 && settings.cache_gb <= 0
                                  ? tr("automatic, %1 GB").arg(server.cache_limit / 1e9, 0, 'f', 1)
                                  : tr("automatic"));
  cache_->setValue(settings.cache_gb);
  theme_->setCurrentIndex(static_cast<int>(settings.theme));
  engine_->setText(fixed_engine.isEmpty() ? settings.engine : fixed_engine);
  engine_->setEnabled(fixed_engine.isEmpty());
  engine_->setCursorPosition(0);
  update_note();
  show();
  raise();
  activateWindow();
  theme_->setFocus();
}

Settings SettingsDialog::entered() const {
  Settings settings = before_;
  settings.threads = threads_->value();
  settings.device = device_->currentData().toString();
  settings.cache_gb = cache_->value();
  settings.theme = static_cast<theme::Mode>(theme_->currentIndex());
  if (engine_->isEnabled()) settings.engine = engine_->text().trimmed();
  return settings;
}

void SettingsDialog::update_note() {
  const Settings now = entered();
  const bool restart = needs_restart(before_, now);
  apply_->setEnabled(restart || now.theme != before_.theme);
  note_->setText(
      restart ? tr("Applying this starts the engine anew. Training jobs go on; models are "
                   "loaded again when they are next looked at.")
      : engine_->isEnabled()
          ? tr("Threads, device, memory and command take effect with a new start of the engine.")
          : tr("The engine's command was given when the window was started."));
}

}  // namespace loupe::ui
