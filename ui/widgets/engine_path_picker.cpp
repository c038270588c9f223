// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/engine_path_picker.h"

#include <utility>

#include "ui/widgets/engine_file_dialog.h"

namespace loupe::ui {

void pick_engine_path(QWidget* parent, EngineClient* client, const PickOptions& options,
                      std::function<void(const QString& path)> picked) {
  auto* dialog = new EngineFileDialog(client, options, parent);
  // In the parent's context: a parent that is gone is not called.
  QObject::connect(dialog, &EngineFileDialog::picked, parent,
                   [picked = std::move(picked)](const QString& path) { picked(path); });
  dialog->open();
}

}  // namespace loupe::ui
