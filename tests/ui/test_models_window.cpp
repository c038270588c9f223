// SPDX-License-Identifier: GPL-3.0-or-later
// The Models page in its window: the rail, the palette, what is dropped, the model of a run.
#include <QCheckBox>
#include <QDragEnterEvent>
#include <QDragLeaveEvent>
#include <QDropEvent>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QMimeData>
#include <QPushButton>
#include <QStandardPaths>
#include <QTableView>
#include <QUrl>

#include "tests/ui/window_driver.h"
#include "ui/frame/command_palette.h"
#include "ui/models/models_page.h"
#include "ui/runs/runs_page.h"
#include "ui/widgets/banner.h"
#include "ui/widgets/engine_file_dialog.h"
#include "ui/widgets/theme.h"

using namespace loupe;
using namespace loupe::ui;

namespace {

// Drags a path over a widget; then drops it, or leaves.
void drag(QWidget* over, const QString& path, bool drops = true) {
  QMimeData data;
  data.setUrls({QUrl::fromLocalFile(path)});
  const QPoint place = over->rect().center();
  QDragEnterEvent enter(place, Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
  QApplication::sendEvent(over, &enter);
  QVERIFY(enter.isAccepted());
  if (drops) {
    QDropEvent drop(place, Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
    QApplication::sendEvent(over, &drop);
    QVERIFY(drop.isAccepted());
  }
}

}  // namespace

class TestModelsWindow : public QObject {
  Q_OBJECT
 private slots:
  void initTestCase() {
    QStandardPaths::setTestModeEnabled(true);
    theme::initialise();
    theme::apply(theme::Mode::light);
  }

  void the_first_page_of_the_rail_after_home() {
    Window window({"--models", "0"});
    QVERIFY(window.settle());
    window.key(Qt::Key_1, Qt::ControlModifier);
    QCOMPARE(window->page(), MainWindow::models_page);
    QVERIFY(window.settle());
    window.key(Qt::Key_I, Qt::ControlModifier | Qt::ShiftModifier);
    auto* dialog = window->findChild<EngineFileDialog*>();
    QVERIFY(dialog != nullptr && dialog->isVisible());
    dialog->close();
  }

  void the_palette_opens_a_model() {
    Window window({"--models", "0"});
    QVERIFY(window.settle());
    window.key(Qt::Key_K, Qt::ControlModifier);
    QTest::keyClicks(window.find<QLineEdit>("palette-typed"), "dpo-policy");
    QTest::keyClick(window.find<QLineEdit>("palette-typed"), Qt::Key_Return);
    QCOMPARE(window->page(), MainWindow::models_page);
    QCOMPARE(window->models()->selected(), qint64(4));
    window.key(Qt::Key_Left, Qt::AltModifier);
    QVERIFY(window->page() != MainWindow::models_page);
    window.key(Qt::Key_Right, Qt::AltModifier);
    QCOMPARE(window->models()->selected(), qint64(4));
  }

  void a_folder_dropped_anywhere_is_looked_at() {
    Window window({"--models", "0"});
    QVERIFY(window.settle());
    window->show_page(MainWindow::runs_page);
    QVERIFY(window.settle());
    auto* target = window.find<QWidget>("drop-target");
    // Over a field of text as well, which would take it as words.
    auto* field = window.find<QLineEdit>("runs-filter");
    drag(field, "/fake/models/SmolLM2-360M", false);
    QVERIFY(target->isVisible());
    QVERIFY(window.find<QLabel>("drop-said")->text().contains("SmolLM2-360M"));
    QVERIFY(window->grab().save(QString::fromLocal8Bit(qgetenv("LOUPE_BINARY_DIR")) +
                                "/screenshots/models-drop.png"));
    QDragLeaveEvent leave;
    QApplication::sendEvent(field, &leave);
    QVERIFY(!target->isVisible());
    drag(field, "/fake/models/SmolLM2-360M");
    QVERIFY(!target->isVisible());
    QVERIFY(field->text().isEmpty());
    QCOMPARE(window->page(), MainWindow::models_page);
    QVERIFY(window.settle());
    QCOMPARE(window.find<QLineEdit>("import-name")->text(), QStringLiteral("SmolLM2-360M"));
    QVERIFY(!window->banner()->isVisible());
    // Words that are dragged are nobody's model.
    QMimeData words;
    words.setText("hello");
    QDragEnterEvent enter({5, 5}, Qt::CopyAction, &words, Qt::LeftButton, Qt::NoModifier);
    QApplication::sendEvent(window.get(), &enter);
    QVERIFY(!target->isVisible());
    // A project opens on the Train page.
    drag(window.get(), "/fake/persona.rlproj");
    QCOMPARE(window->page(), MainWindow::train_page);
  }

  void what_is_dropped_for_an_engine_elsewhere() {
    EngineSetup setup;
    setup.given = Window::fake({"--models", "0"});
    setup.workspace = QStringLiteral("/fake/place.rlws");
    Window window(setup);
    QVERIFY(window.settle());
    drag(window.get(), "/home/me/nothing");
    QVERIFY(window->banner()->isVisible());
    QVERIFY(window->banner()->message().text.contains("must be on the engine's"));
    QVERIFY(window.settle());
    QVERIFY(window.find<QWidget>("import-failure")->isVisible());
  }

  void the_model_of_a_run_is_exported() {
    // Two more runs, of which one has low-rank changes.
    Window window({"--models", "0", "--many", "2"});
    QVERIFY(window.settle());
    window->show_page(MainWindow::runs_page);
    QVERIFY(window.settle());
    auto* table = window.find<QTableView>("runs-table");
    const auto choose = [&](int row, const QString& path) {
      table->clearSelection();
      QTest::mouseClick(table->viewport(), Qt::LeftButton, {},
                        table->visualRect(table->model()->index(row, 0)).center());
      QAction* action = nullptr;
      for (QAction* one : window->runs()->actions()) {
        if (one->text() == "Export model…") action = one;
      }
      QVERIFY(action != nullptr && action->isEnabled());
      action->trigger();
      auto* dialog = window->findChild<EngineFileDialog*>();
      QVERIFY(dialog != nullptr);
      QVERIFY(QTest::qWaitFor([&] { return !dialog->loading(); }));
      emit dialog->picked(path);
      dialog->close();
      delete dialog;
    };
    auto* text = window.find<QLabel>("model-export-text");
    choose(0, "/fake/out/ex");
    QVERIFY(window.find<QWidget>("model-export-progress")->isVisible());
    QTRY_VERIFY(text->text().contains("AutoModelForSequenceClassification"));
    QVERIFY(text->text().contains("270.6 MB"));
    QVERIFY(shot(&window, "runs-exported"));
    // An implicit model leaves a choice.
    choose(1, "/fake/out/im");
    auto* reference = window.find<QWidget>("model-export-reference");
    QVERIFY(reference->isVisible());
    QVERIFY(shot(&window, "runs-export-im"));
    QTest::mouseClick(reference, Qt::LeftButton, {}, {8, reference->height() / 2});
    window.click<QPushButton>("model-export-start");
    QTRY_VERIFY(text->text().contains("5 files"));
    QVERIFY(text->text().contains("README"));
    // Low-rank changes leave as an adapter, whose reference is its base, or merged.
    auto* merged = window.find<QCheckBox>("model-export-merged");
    const auto low_rank = [&] {
      for (int row = 0; row < table->model()->rowCount(); ++row)
        for (int column = 0; column < table->model()->columnCount(); ++column)
          if (table->model()->index(row, column).data().toString() == "im-lora-s0") return row;
      return -1;
    }();
    QVERIFY(low_rank >= 0);
    choose(low_rank, "/fake/out/lora");
    QVERIFY(merged->isVisible() && !merged->isChecked());
    QVERIFY(!reference->isVisible());
    QTest::mouseClick(merged, Qt::LeftButton, {}, {8, merged->height() / 2});
    QVERIFY(reference->isVisible());
    QVERIFY(shot(&window, "runs-export-lora"));
    QTest::mouseClick(merged, Qt::LeftButton, {}, {8, merged->height() / 2});
    QVERIFY(!reference->isVisible());
    window.click<QPushButton>("model-export-start");
    QTRY_VERIFY(text->text().contains("PeftModel"));
    choose(0, "/fake/out/full");
    QTRY_VERIFY(window.find<QWidget>("model-export-failure")->isVisible());
    QVERIFY(window.find<QLabel>("model-export-failure-what")->text().contains("disk is full"));
    QVERIFY(shot(&window, "runs-export-failed"));
  }

 private:
  static bool shot(const Window* window, const char* name) {
    const QString folder =
        QString::fromLocal8Bit(qgetenv("LOUPE_BINARY_DIR")) + QStringLiteral("/screenshots/");
    return window->get()->grab().save(folder + QString::fromLatin1(name) + ".png");
  }
};

QTEST_MAIN(TestModelsWindow)
#include "test_models_window.moc"
