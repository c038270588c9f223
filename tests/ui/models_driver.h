// SPDX-License-Identifier: GPL-3.0-or-later
// The Models page over a fake engine, for tests that drive it.
#pragma once

#include <QLineEdit>
#include <QTabBar>
#include <QTabWidget>
#include <QTableView>

#include "tests/ui/page_driver.h"
#include "ui/models/model_table_model.h"
#include "ui/models/models_page.h"
#include "ui/widgets/engine_file_dialog.h"

namespace loupe::ui {

class Models : public PageWindow<ModelsPage> {
 public:
  // Without options: models of every kind and state.
  explicit Models(const QStringList& options = {QStringLiteral("--models"), QStringLiteral("0")})
      : PageWindow(QStringList{QStringLiteral(LOUPE_FAKE_ENGINE)} + options +
                   QStringList{QStringLiteral("serve")}) {}

  ModelsPage* page() const { return operator->(); }
  QTableView* table() const { return find<QTableView>("models-table"); }
  int rows() const { return table()->model()->rowCount(); }
  QString cell(int row, int column) const {
    return table()->model()->index(row, column).data().toString();
  }
  int row_of(const QString& name) const {
    for (int row = 0; row < rows(); ++row) {
      if (cell(row, ModelTableModel::name) == name) return row;
    }
    return -1;
  }
  void choose(const QString& name) const {
    table()->scrollTo(table()->model()->index(row_of(name), 0));
    click_row(table(), row_of(name));
  }
  // Types into the editor that is open in the table.
  void type_in_cell(const QString& text) const {
    auto* editor = table()->findChild<QLineEdit*>();
    if (editor == nullptr) throw std::runtime_error("no editor in the table");
    editor->selectAll();
    QTest::keyClicks(editor, text);
    QTest::keyClick(editor, Qt::Key_Return);
    QTest::qWait(20);  // the view takes the text from its event loop
  }
  // Shows a tab by a click on it; whether it has what it shows.
  bool tab(const QString& title) const {
    QTabBar* bar = find<QTabWidget>("model-details")->tabBar();
    for (int i = 0; i < bar->count(); ++i) {
      if (bar->tabText(i) != title) continue;
      QTest::mouseClick(bar, Qt::LeftButton, {}, bar->tabRect(i).center());
      return settle();
    }
    return false;
  }
  // In the picker that is open.
  bool pick_path(const QString& path) {
    auto* dialog = window().findChild<EngineFileDialog*>();
    if (dialog == nullptr || !QTest::qWaitFor([&] { return !dialog->loading(); })) return false;
    emit dialog->picked(path);
    dialog->close();
    delete dialog;
    return settle();
  }
  // Looks at a path as if it had been dropped.
  bool look_at(const QString& path) const {
    page()->go({{"import", path.toStdString()}});
    return settle();
  }
};

}  // namespace loupe::ui
