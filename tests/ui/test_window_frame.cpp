// SPDX-License-Identifier: GPL-3.0-or-later
// The frame of the window: engine state, banners, restart, empty pages, what is remembered,
// screenshots.
#include <QApplication>
#include <QClipboard>
#include <QLabel>
#include <QPushButton>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QToolButton>
#include <QtTest>

#include "tests/ui/window_driver.h"
#include "ui/inspect/attribution_view.h"
#include "ui/inspect/inspect_page.h"
#include "ui/screenshots.h"
#include "ui/widgets/banner.h"
#include "ui/widgets/engine_badge.h"
#include "ui/widgets/theme.h"

using namespace loupe;
using namespace loupe::ui;

class TestWindowFrame : public QObject {
  Q_OBJECT
 private slots:
  void initTestCase() {
    QStandardPaths::setTestModeEnabled(true);
    theme::initialise();
  }

  void is_usable_before_the_engine_answers() {
    Window window({"--silent"});
    QCOMPARE(window->badge()->state(), EngineBadge::State::starting);
    window.key(Qt::Key_4, Qt::ControlModifier);
    QCOMPARE(window->page(), MainWindow::inspect_page);
    window.key(Qt::Key_3, Qt::ControlModifier);
    QCOMPARE(window->page(), MainWindow::runs_page);
    QVERIFY(!window->banner()->isVisible());
  }

  void long_work_shows_as_busy() {
    Window window({"--slow", "attribute", "600"});
    window->show_page(MainWindow::inspect_page);
    QTRY_COMPARE(window->badge()->state(), EngineBadge::State::busy);
    QVERIFY(window->badge()->text().contains(QStringLiteral("busy")));
    QTRY_COMPARE(window->badge()->state(), EngineBadge::State::ready);
  }

  void a_refusal_is_a_banner_with_details_and_copy() {
    Window window({"--fail", "attribute"});
    window->show_page(MainWindow::inspect_page);
    QTRY_VERIFY(window->banner()->isVisible());
    QCOMPARE(window->banner()->message().text,
             QStringLiteral("the checkpoint of this run is missing"));
    QTest::mouseClick(window.find<QPushButton>("banner-copy"), Qt::LeftButton);
    QVERIFY(QApplication::clipboard()->text().contains(QStringLiteral("model.safetensors")));
    QTest::mouseClick(window.find<QToolButton>("banner-close"), Qt::LeftButton);
    QVERIFY(!window->banner()->isVisible());
    QVERIFY(window.find<QLabel>("inspect-verdict-0")
                ->text()
                .contains(QStringLiteral("checkpoint of this run is missing")));
  }

  void an_engine_that_dies_once_is_started_again() {
    QTemporaryDir folder;
    Window window({"--die-once", folder.filePath("died")});
    window->show_page(MainWindow::inspect_page);
    QTRY_COMPARE(window->client()->generation(), 2);
    QTRY_VERIFY(window.settle() && window->client()->state() == EngineClient::State::ready);
    QVERIFY(window->banner()->isVisible());
    QVERIFY(window->banner()->message().details.contains(QStringLiteral("out of memory")));
    QTRY_VERIFY(window->inspect()->view()->attribution(1) != nullptr);
  }

  void an_engine_that_keeps_dying_is_left_to_the_user() {
    Window window({"--die-on", "attribute"});
    window->show_page(MainWindow::inspect_page);
    QTRY_COMPARE(window->client()->generation(), 2);
    QTRY_COMPARE(window->badge()->state(), EngineBadge::State::dead);
    QTest::qWait(300);
    QCOMPARE(window->client()->generation(), 2);
    QVERIFY(window->banner()->message().text.contains(QStringLiteral("out of memory")));
    auto* restart = window.find<QPushButton>("engine-restart");
    QVERIFY(restart->isVisible());
    QTest::mouseClick(restart, Qt::LeftButton);
    QCOMPARE(window->client()->generation(), 3);
  }

  void every_button_and_field_has_a_name() {
    Window window({"--live"});
    QVERIFY(window.settle());
    for (const QWidget* widget : window->findChildren<QWidget*>()) {
      const auto* button = qobject_cast<const QAbstractButton*>(widget);
      if (button == nullptr || !button->isVisibleTo(window.get()) ||
          button->focusPolicy() == Qt::NoFocus)
        continue;
      QVERIFY2(!button->accessibleName().isEmpty() || !button->text().isEmpty(),
               qPrintable(button->objectName() + QLatin1String(button->metaObject()->className())));
    }
  }

  void fits_a_small_screen() {
    Window window({"--live"});
    QVERIFY(window.settle());
    QVERIFY2(window->minimumSizeHint().width() <= 1280 && window->minimumSizeHint().height() <= 720,
             qPrintable(QStringLiteral("%1 x %2")
                            .arg(window->minimumSizeHint().width())
                            .arg(window->minimumSizeHint().height())));
  }

  void screenshots_of_every_page_in_both_themes() {
    QTemporaryDir folder;
    Window window;
    Screenshots screenshots(window.get(), folder.filePath("new/folder"));
    QString message = QStringLiteral("not finished");
    connect(&screenshots, &Screenshots::finished, this, [&](const QString& m) { message = m; });
    screenshots.start();
    QTRY_COMPARE_WITH_TIMEOUT(message, QString(), 10000);
    for (const char* name : {"home", "train", "runs", "inspect", "shift", "home-dark", "train-dark",
                             "runs-dark", "inspect-dark", "shift-dark"}) {
      const QImage image(folder.filePath(QStringLiteral("new/folder/%1.png").arg(name)));
      QCOMPARE(image.size(), QSize(1280, 720));
      QCOMPARE(image.pixelColor(640, 300).lightness() < 128, QString(name).endsWith("dark"));
    }
  }
};

QTEST_MAIN(TestWindowFrame)
#include "test_window_frame.moc"
