// SPDX-License-Identifier: GPL-3.0-or-later
// Going about in the window: pages, back and forward, the command palette, menus, help, the start
// page, workspaces.
#include <QApplication>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QMenu>
#include <QMenuBar>
#include <QMessageBox>
#include <QPushButton>
#include <QStandardPaths>
#include <QTableView>
#include <QTemporaryDir>
#include <QTextBrowser>
#include <QToolButton>
#include <QtTest>

#include "tests/ui/window_driver.h"
#include "ui/frame/help_viewer.h"
#include "ui/frame/start_page.h"
#include "ui/runs/runs_page.h"
#include "ui/train/train_page.h"
#include "ui/widgets/banner.h"
#include "ui/widgets/engine_file_dialog.h"
#include "ui/widgets/theme.h"

using namespace loupe;
using namespace loupe::ui;

namespace {

QAction* find_action(QWidget* menu, const QString& text) {
  for (QAction* action : menu->actions()) {
    if (action->menu() != nullptr) {
      if (QAction* found = find_action(action->menu(), text)) return found;
    } else if (action->text().remove(QLatin1Char('&')) == text) {
      return action;
    }
  }
  return nullptr;
}

std::string page_of(const Place& place) {
  return place.at("page").get<std::string>();
}

}  // namespace

class TestFrameNavigation : public QObject {
  Q_OBJECT
 private slots:
  void initTestCase() {
    QStandardPaths::setTestModeEnabled(true);
    theme::initialise();
  }

  void every_page_has_a_key_and_a_place_on_the_rail() {
    Window window;
    QVERIFY(window.settle());
    QCOMPARE(window->page_names(), (QStringList{"home", "models", "train", "runs", "inspect", "shift"}));
    for (int i = 0; i < window->page_names().size(); ++i) {
      window.key(Qt::Key_0 + i, Qt::ControlModifier);
      QCOMPARE(window->page(), window->page_names()[i]);
    }
  }

  void back_and_forward_by_keys_mouse_and_buttons() {
    Window window;
    QVERIFY(window.settle());
    QCOMPARE(window->page(), MainWindow::runs_page);
    window.key(Qt::Key_4, Qt::ControlModifier);
    window.key(Qt::Key_5, Qt::ControlModifier);
    window.key(Qt::Key_Left, Qt::AltModifier);
    QCOMPARE(window->page(), MainWindow::inspect_page);
    window.click<QToolButton>("go-back");
    QCOMPARE(window->page(), MainWindow::runs_page);
    QVERIFY(!window.find<QToolButton>("go-back")->isEnabled());
    QTest::mouseClick(window->runs(), Qt::ForwardButton);
    QCOMPARE(window->page(), MainWindow::inspect_page);
    window.key(Qt::Key_Right, Qt::AltModifier);
    QCOMPARE(window->page(), MainWindow::shift_page);
    QTest::mouseClick(window->runs(), Qt::BackButton);
    QCOMPARE(window->page(), MainWindow::inspect_page);
  }

  void back_returns_to_the_runs_that_were_chosen() {
    Window window;
    QVERIFY(window.settle());
    auto* table = window.find<QTableView>("runs-table");
    table->setFocus();
    QTest::mouseClick(table->viewport(), Qt::LeftButton, Qt::NoModifier,
                      table->visualRect(table->model()->index(0, 0)).center());
    const QSet<qint64> chosen = window->runs()->selected();
    QCOMPARE(chosen.size(), 1);
    QVERIFY(window.settle());
    QTest::keyClick(table, Qt::Key_Return);
    QCOMPARE(window->page(), MainWindow::inspect_page);
    QVERIFY(window.settle());
    window.key(Qt::Key_3, Qt::ControlModifier);
    window->runs()->select({});
    window.key(Qt::Key_Left, Qt::AltModifier);
    QCOMPARE(window->page(), MainWindow::inspect_page);
    window.key(Qt::Key_Left, Qt::AltModifier);
    QCOMPARE(window->page(), MainWindow::runs_page);
    QCOMPARE(window->runs()->selected(), chosen);
  }

  void the_palette_by_keys_alone() {
    Window window;
    QVERIFY(window.settle());
    auto* table = window.find<QTableView>("runs-table");
    table->setFocus();
    window.key(Qt::Key_K, Qt::ControlModifier);
    auto* typed = window.find<QLineEdit>("palette-typed");
    auto* list = window.find<QListView>("palette-list");
    QVERIFY(window->palette_list()->isVisible());
    QCOMPARE(QApplication::focusWidget(), typed);
    QVERIFY(list->model()->rowCount() > 20);
    // Esc gives the focus back.
    QTest::keyClick(typed, Qt::Key_Escape);
    QVERIFY(!window->palette_list()->isVisible());
    QCOMPARE(QApplication::focusWidget(), table);
    // A page by a few letters.
    window.key(Qt::Key_K, Qt::ControlModifier);
    QTest::keyClicks(typed, QStringLiteral("shif"));
    QTest::keyClick(typed, Qt::Key_Return);
    QCOMPARE(window->page(), MainWindow::shift_page);
    // A run, in Inspect; and in Runs with Shift.
    window.key(Qt::Key_K, Qt::ControlModifier);
    QCOMPARE(list->model()->index(0, 0).data().toString(), QStringLiteral("Shift"));  // used last
    QTest::keyClicks(typed, QStringLiteral("exp1"));
    QCOMPARE(list->currentIndex().data().toString(), QStringLiteral("ex-persona-s1"));
    QTest::keyClick(typed, Qt::Key_Return);
    QCOMPARE(window->page(), MainWindow::inspect_page);
    window.key(Qt::Key_K, Qt::ControlModifier);
    QTest::keyClicks(typed, QStringLiteral("exp1"));
    QTest::keyClick(typed, Qt::Key_Return, Qt::ShiftModifier);
    QCOMPARE(window->page(), MainWindow::runs_page);
    QCOMPARE(window->runs()->selected(), (QSet<qint64>{3}));
    // Arrows go round; nothing found does no harm.
    window.key(Qt::Key_K, Qt::ControlModifier);
    QTest::keyClick(typed, Qt::Key_Up);
    QCOMPARE(list->currentIndex().row(), list->model()->rowCount() - 1);
    QTest::keyClick(typed, Qt::Key_Down);
    QCOMPARE(list->currentIndex().row(), 0);
    QTest::keyClicks(typed, QStringLiteral("zzzz qqqq"));
    QTest::keyClick(typed, Qt::Key_Return);
    QVERIFY(window->palette_list()->isVisible());
  }

  void the_palette_finds_models_data_projects_and_actions() {
    Window window;
    QVERIFY(window.settle());
    auto* typed = window.find<QLineEdit>("palette-typed");
    auto* list = window.find<QListView>("palette-list");
    const auto kinds_of = [&](const QString& text) {
      window->open_palette();
      QTest::keyClicks(typed, text);
      QStringList kinds;
      for (int row = 0; row < list->model()->rowCount(); ++row) {
        kinds << list->model()->index(row, 0).data(PaletteModel::kind_role).toString();
      }
      QTest::keyClick(typed, Qt::Key_Escape);
      return kinds;
    };
    QVERIFY(kinds_of("SmolLM2-135M").contains("Model"));
    QVERIFY(kinds_of("persona").contains("Run"));
    QCOMPARE(kinds_of("Settings").value(0), QStringLiteral("Action"));
    if (!window->mirror()->projects().empty()) {
      QVERIFY(kinds_of(qstr(window->mirror()->projects()[0].title)).contains("Project"));
    }
    if (!window->mirror()->datasets().empty()) {
      QVERIFY(kinds_of(qstr(window->mirror()->datasets()[0].name)).contains("Data"));
    }
    // With its shortcut beside it.
    window->open_palette();
    QTest::keyClicks(typed, QStringLiteral("settings"));
    QCOMPARE(list->currentIndex().data(PaletteModel::shortcut_role).toString(),
             QKeySequence(Qt::CTRL | Qt::Key_Comma).toString(QKeySequence::NativeText));
  }

  void the_search_button_opens_the_palette() {
    Window window;
    window.click<QPushButton>("search-everything");
    QVERIFY(window->palette_list()->isVisible());
    // A click beside it closes it.
    QTest::mouseClick(window.find<QLabel>("engine-state"), Qt::LeftButton);
    QVERIFY(!window->palette_list()->isVisible());
  }

  void menus_say_what_they_do() {
    Window window;
    QVERIFY(window.settle());
    QSet<QKeySequence> keys;
    std::function<void(QMenu*)> look = [&](QMenu* menu) {
      for (QAction* action : menu->actions()) {
        if (action->menu() != nullptr) {
          look(action->menu());
        } else if (!action->isSeparator()) {
          QVERIFY2(!action->text().isEmpty() && !action->toolTip().isEmpty(),
                   qPrintable(action->text()));
          if (action->shortcut().isEmpty()) continue;
          QVERIFY2(!keys.contains(action->shortcut()),
                   qPrintable(action->text() + action->shortcut().toString()));
          keys.insert(action->shortcut());
        }
      }
    };
    for (const QString& name : window->page_names()) {
      keys.clear();
      window->show_page(name);
      for (QAction* action : window->menuBar()->actions()) look(action->menu());
    }
  }

  void f1_opens_the_guide_at_the_page() {
    Window window;
    QVERIFY(window.settle());
    window->show_page(MainWindow::runs_page);
    QVERIFY(window.settle());
    window.key(Qt::Key_F1);
    QVERIFY(window->help() != nullptr && window->help()->isVisible());
    QTextBrowser* browser = window->help()->browser();
    QVERIFY(browser->source().fileName() == QLatin1String("runs.md"));
    QVERIFY(browser->toPlainText().contains(QStringLiteral("Runs")));
    // A relative link leads on, and Alt+Left back.
    browser->setSource(QUrl("inspect.md"));
    QVERIFY(browser->toPlainText().contains(QStringLiteral("Inspect")));
    window->help()->activateWindow();
    QVERIFY(QTest::qWaitForWindowActive(window->help()));
    QTest::keyClick(window->help(), Qt::Key_Left, Qt::AltModifier);
    QCOMPARE(browser->source().fileName(), QStringLiteral("runs.md"));
    // A page of which there is no guide yet: the first one.
    window->help()->show_page("no-such-page");
    QCOMPARE(browser->source().fileName(), QStringLiteral("README.md"));
  }

  void the_list_of_shortcuts_is_made_of_the_actions() {
    Window window;
    QVERIFY(window.settle());
    window.key(Qt::Key_F1, Qt::ControlModifier);
    const QString text = window->help()->browser()->toPlainText();
    for (const char* part : {"Ctrl+K", "F8", "Settings", "Ctrl+2"}) {
      QVERIFY2(text.contains(QLatin1String(part)), part);
    }
  }

  void about_says_the_versions() {
    Window window;
    QVERIFY(window.settle());
    find_action(window->menuBar(), "About RewardLoupe")->trigger();
    auto* box = window->findChild<QMessageBox*>("about");
    QVERIFY(box != nullptr && box->isVisible());
    QVERIFY(box->informativeText().contains(QStringLiteral("0.0-fake")));
    box->close();
  }

  void an_empty_workspace_begins_at_home() {
    Window window({"--empty"});
    QVERIFY(window.settle());
    QCOMPARE(window->page(), MainWindow::home_page);
    QVERIFY(window.find<QLabel>("start-models")->text().contains(QStringLiteral("No model yet")));
    QVERIFY(window.find<QPushButton>("start-fetch")->isVisible());
    // A sample project opens on the Train page.
    QTRY_VERIFY(!window->mirror()->projects().empty());
    const QString name = qstr(window->mirror()->projects()[0].name);
    QTest::qWait(50);
    auto* train = window->findChild<QPushButton*>("train-project-" + name);
    QVERIFY(train != nullptr && train->isVisible());
    QTest::mouseClick(train, Qt::LeftButton);
    QCOMPARE(window->page(), MainWindow::train_page);
    window.key(Qt::Key_Left, Qt::AltModifier);
    QCOMPARE(window->page(), MainWindow::home_page);
  }

  void where_the_user_went_is_not_undone_by_the_first_answer() {
    Window window({"--empty", "--slow", "runs/list", "300"});
    window.key(Qt::Key_3, Qt::ControlModifier);
    QVERIFY(window.settle());
    QCOMPARE(window->page(), MainWindow::runs_page);
  }

  void the_demo_model_is_a_job() {
    Window window({"--empty"});
    QVERIFY(window.settle());
    window.click<QPushButton>("start-fetch");
    QVERIFY(window.find<QWidget>("start-progress")->isVisible());
    QTRY_VERIFY_WITH_TIMEOUT(!window->mirror()->models().empty(), 10000);
    QTRY_VERIFY(!window.find<QPushButton>("start-fetch")->isVisible());
  }

  void a_model_that_cannot_be_imported_says_why() {
    QTemporaryDir folder;
    QFile file(folder.filePath("m.gguf"));
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.close();
    Window window({"--empty", "--fail", "models/import"});
    QVERIFY(window.settle());
    window.click<QPushButton>("start-import");
    auto* dialog = window->findChild<EngineFileDialog*>();
    QVERIFY(dialog != nullptr);
    auto* path = dialog->findChild<QLineEdit*>("picker-path");
    QTRY_VERIFY(!dialog->loading());
    path->setFocus();
    path->selectAll();
    QTest::keyClicks(path, file.fileName());
    QTest::keyClick(path, Qt::Key_Return);
    auto* trouble = window.find<QLabel>("start-failure-what");
    QTRY_VERIFY(trouble->isVisible());
    QVERIFY(trouble->text().contains(QStringLiteral("checkpoint of this run is missing")));
  }

  void a_project_file_opens_on_the_train_page() {
    Window window;
    window->open_project_file("/fake/some.rlproj");
    QCOMPARE(window->page(), MainWindow::train_page);
    QVERIFY(window.settle());
    QCOMPARE(window->page(), MainWindow::train_page);
    QCOMPARE(window->train()->place().value("project", ""), std::string("/fake/some.rlproj"));
  }

  void another_workspace_without_another_window() {
    QTemporaryDir folder;
    const QString record = folder.filePath("record");
    Window window({"--record", record}, folder.filePath("session.json"));
    QVERIFY(window.settle());
    window->show_page(MainWindow::inspect_page);
    QVERIFY(window.settle());
    QVERIFY(window->history().can_go_back());
    const int generation = window->client()->generation();
    window->switch_workspace("/fake/empty.rlws");
    QCOMPARE(window->page(), MainWindow::home_page);
    QVERIFY(window->mirror()->runs().empty());
    QVERIFY(!window->history().can_go_back());
    QVERIFY(window.settle());
    QCOMPARE(window->client()->generation(), generation + 1);
    QCOMPARE(window->setup().workspace, QStringLiteral("/fake/empty.rlws"));
    QVERIFY(window->windowTitle().contains(QStringLiteral("empty.rlws")));
    QVERIFY(!window->banner()->isVisible());
    // The first one is in the menu, and leads back.
    auto* menu = window.find<QMenu>("workspace-menu");
    emit menu->aboutToShow();
    QAction* back = find_action(menu, "place.rlws");
    QVERIFY(back != nullptr);
    back->trigger();
    QVERIFY(window.settle());
    QCOMPARE(window->mirror()->runs().size(), size_t(3));
    QCOMPARE(page_of(window->history().places()[0]), std::string("runs"));
  }

  void a_recent_workspace_that_is_gone_can_be_taken_off() {
    QTemporaryDir folder;
    Window window(QStringList(), folder.filePath("session.json"));
    QVERIFY(window.settle());
    window->switch_workspace("/fake/empty.rlws");
    QVERIFY(window.settle());
    auto* row = window.find<QPushButton>("recent-0");
    auto* remove = window.find<QPushButton>("recent-remove-0");
    QTRY_VERIFY(remove->isVisible());  // the fake engine's folders are not there
    QVERIFY(!row->isEnabled());
    QTest::mouseClick(remove, Qt::LeftButton);
    QTRY_VERIFY(window->findChild<QPushButton*>("recent-0") == nullptr);
  }

  void a_new_workspace_is_a_place_and_a_name() {
    QTemporaryDir folder;
    QVERIFY(QDir(folder.path()).mkdir("taken"));
    Window window;
    QVERIFY(window.settle());
    window.key(Qt::Key_N, Qt::ControlModifier | Qt::ShiftModifier);
    auto* dialog = window->findChild<EngineFileDialog*>();
    QVERIFY(dialog != nullptr && dialog->isVisible());
    QTRY_VERIFY(!dialog->loading());
    auto* path = dialog->findChild<QLineEdit*>("picker-path");
    path->setFocus();
    path->selectAll();
    QTest::keyClicks(path, folder.path());
    QTest::keyClick(path, Qt::Key_Return);
    QTRY_COMPARE(dialog->folder(), folder.path());
    auto* name = dialog->findChild<QLineEdit*>("picker-new-name");
    auto* choose = dialog->findChild<QPushButton*>("picker-choose");
    name->setText("taken");
    QVERIFY(!choose->isEnabled());
    name->setText("a/b");
    QVERIFY(!choose->isEnabled());
    name->setText("fresh-empty");
    QTest::mouseClick(choose, Qt::LeftButton);
    QCOMPARE(window->setup().workspace, folder.filePath("fresh-empty"));
  }
};

QTEST_MAIN(TestFrameNavigation)
#include "test_frame_navigation.moc"
