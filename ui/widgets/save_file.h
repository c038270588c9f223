// SPDX-License-Identifier: GPL-3.0-or-later
// Exports: ask where, write whole or not at all.
#pragma once

#include <QByteArray>
#include <QString>

class QWidget;

namespace loupe::ui {

// Empty when the user thought better of it. filter as in QFileDialog; its first ending is added
// where none was typed.
QString ask_save_path(QWidget* parent, const QString& title, const QString& suggested,
                      const QString& filter);
// Writes through a temporary file in the same folder. The reason when it failed, empty when it is
// done.
QString save_bytes(const QString& path, const QByteArray& bytes);

}  // namespace loupe::ui
