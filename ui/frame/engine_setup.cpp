// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/frame/engine_setup.h"

#include <QFileInfo>
#include <QRegularExpression>
#include <algorithm>

namespace loupe::ui {
namespace {

bool is_ssh(const QStringList& command) {
  return QFileInfo(command.value(0)).fileName() == QLatin1String("ssh");
}

// ssh hands its words to a shell, joined by spaces.
QString for_shell(const QString& word) {
  static const QRegularExpression plain(QStringLiteral("^[A-Za-z0-9_./:=,@%+-]+$"));
  if (plain.match(word).hasMatch()) return word;
  QString quoted = word;
  quoted.replace(QLatin1Char('\''), QStringLiteral("'\\''"));
  return QLatin1Char('\'') + quoted + QLatin1Char('\'');
}

// Replaces the value of an option that is there, or adds it at the end.
void set_option(QStringList* command, const QStringList& names, const QString& value, bool shell) {
  const QString word = shell ? for_shell(value) : value;
  for (qsizetype i = 0; i < command->size(); ++i) {
    for (const QString& name : names) {
      if (command->at(i) == name && i + 1 < command->size()) {
        (*command)[i + 1] = word;
        return;
      }
      if (command->at(i).startsWith(name + QLatin1Char('='))) {
        (*command)[i] = name + QLatin1Char('=') + word;
        return;
      }
    }
  }
  *command << names.first() << word;
}

}  // namespace

bool is_remote(const EngineSetup& setup) {
  return !setup.given.isEmpty();
}

QStringList command_of(const EngineSetup& setup) {
  QStringList command = is_remote(setup) ? setup.given : setup.built_in;
  const bool ssh = is_ssh(command);
  const bool batch = std::any_of(command.cbegin(), command.cend(), [](const QString& word) {
    return word.contains(QLatin1String("BatchMode"), Qt::CaseInsensitive);
  });
  if (ssh && !batch) {
    command.insert(1, QStringLiteral("-o"));
    command.insert(2, QStringLiteral("BatchMode=yes"));
  }
  if (!command.contains(QStringLiteral("serve"))) command << QStringLiteral("serve");
  if (!setup.workspace.isEmpty()) {
    set_option(&command, {QStringLiteral("--workspace"), QStringLiteral("-w")}, setup.workspace,
               ssh);
  }
  if (setup.threads > 0) {
    set_option(&command, {QStringLiteral("--threads")}, QString::number(setup.threads), ssh);
  }
  if (!setup.device.isEmpty()) {
    set_option(&command, {QStringLiteral("--device")}, setup.device, ssh);
  }
  if (setup.cache_gb > 0) {
    set_option(&command, {QStringLiteral("--cache-gb")}, QString::number(setup.cache_gb), ssh);
  }
  return command;
}

}  // namespace loupe::ui
