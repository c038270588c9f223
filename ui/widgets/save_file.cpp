// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/save_file.h"

#include <QFileDialog>
#include <QFileInfo>
#include <QRegularExpression>
#include <QSaveFile>

namespace loupe::ui {

QString ask_save_path(QWidget* parent, const QString& title, const QString& suggested,
                      const QString& filter) {
  QString path = QFileDialog::getSaveFileName(parent, title, suggested, filter);
  if (path.isEmpty() || !QFileInfo(path).suffix().isEmpty()) return path;
  static const QRegularExpression ending(QStringLiteral("\\*(\\.\\w+)"));
  return path + ending.match(filter).captured(1);
}

QString save_bytes(const QString& path, const QByteArray& bytes) {
  QSaveFile file(path);
  if (!file.open(QIODevice::WriteOnly)) return file.errorString();
  if (file.write(bytes) != bytes.size()) return file.errorString();
  return file.commit() ? QString() : file.errorString();
}

}  // namespace loupe::ui
