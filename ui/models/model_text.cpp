// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/model_text.h"

#include <QCoreApplication>

#include "ui/client/text.h"
#include "ui/widgets/icons.h"
#include "ui/widgets/theme.h"

namespace loupe::ui {
namespace {

QString tr(const char* text) {
  return QCoreApplication::translate("loupe::ui::Models", text);
}

}  // namespace

QString kind_of(const api::Model& model) {
  return model.kind.empty() ? QStringLiteral("LM") : qstr(model.kind);
}

QString kind_words(const QString& kind) {
  if (kind == QLatin1String("LM")) return tr("language model");
  if (kind == QLatin1String("EX")) return tr("explicit reward model");
  if (kind == QLatin1String("IM")) return tr("implicit reward model");
  if (kind == QLatin1String("adapter")) return tr("low-rank adapter");
  return kind;
}

QString status_word_of(const std::string& status) {
  return qstr(status).section(QLatin1Char(':'), 0, 0).trimmed();
}

QString status_path_of(const std::string& status) {
  return qstr(status).section(QLatin1Char(':'), 1).trimmed();
}

QString status_file_of(const std::string& status) {
  return status_path_of(status).section(QLatin1Char('/'), -1);
}

QString status_text(const std::string& status) {
  const QString word = status_word_of(status), file = status_file_of(status);
  QString said = word;
  if (word.isEmpty() || word == QLatin1String("ok")) said = tr("ok");
  if (word == QLatin1String("changed")) said = tr("changed");
  if (word == QLatin1String("missing")) said = tr("missing");
  return file.isEmpty() ? said : QStringLiteral("%1: %2").arg(said, file);
}

QIcon status_sign(const std::string& status) {
  const QString word = status_word_of(status);
  if (word == QLatin1String("missing")) return icon(QStringLiteral("error"), theme::error());
  if (word == QLatin1String("changed")) return icon(QStringLiteral("warning"), theme::warning());
  return {};
}

QString status_trouble(const api::Model& model) {
  const QString word = status_word_of(model.status), file = status_file_of(model.status);
  if (word == QLatin1String("missing")) {
    return file.isEmpty() ? tr("The files of %1 are not where they were.").arg(qstr(model.name))
                          : tr("%2 of %1 is not where it was.").arg(qstr(model.name), file);
  }
  if (word == QLatin1String("changed")) {
    return file.isEmpty()
               ? tr("The files of %1 are not the ones that were imported.").arg(qstr(model.name))
               : tr("%2 of %1 is not the one that was imported.").arg(qstr(model.name), file);
  }
  return {};
}

}  // namespace loupe::ui
