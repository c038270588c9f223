// SPDX-License-Identifier: GPL-3.0-or-later
// The Jobs panel: one line, all jobs, their logs; and the badge that says what the engine is at.
#include <QApplication>
#include <QClipboard>
#include <QLabel>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QStandardPaths>
#include <QTableView>
#include <QToolButton>
#include <QtTest>

#include "tests/ui/window_driver.h"
#include "ui/client/workspace_mirror.h"
#include "ui/frame/job_table_model.h"
#include "ui/frame/jobs_panel.h"
#include "ui/runs/runs_page.h"
#include "ui/widgets/banner.h"
#include "ui/widgets/engine_badge.h"
#include "ui/widgets/theme.h"

using namespace loupe;
using namespace loupe::ui;

class TestFrameJobs : public QObject {
  Q_OBJECT
 private slots:
  void initTestCase() {
    QStandardPaths::setTestModeEnabled(true);
    theme::initialise();
  }

  void one_line_says_what_runs() {
    Window window({"--live"});
    QVERIFY(window.settle());
    QTRY_COMPARE(window.find<QLabel>("jobs-count")->text(), QStringLiteral("Jobs (1)"));
    QVERIFY(window.find<QPushButton>("stop-job-9")->isVisible());
    QVERIFY(!window.find<QTableView>("jobs-table")->isVisible());
  }

  void f8_opens_and_closes_it() {
    Window window({"--live"});
    QVERIFY(window.settle());
    auto* table = window.find<QTableView>("jobs-table");
    window.key(Qt::Key_F8);
    QTRY_VERIFY(table->isVisible());
    QVERIFY(window->jobs()->height() > 150);
    window.key(Qt::Key_F8);
    QTRY_VERIFY(!table->isVisible());
    QTRY_VERIFY(window->jobs()->height() < 60);
    // The room is the page's again: the line lies at the window's lower edge.
    const auto lower_edge = [&] {
      const QWidget* jobs = window->jobs();
      return jobs->mapTo(window.get(), QPoint(0, jobs->height())).y();
    };
    QTRY_COMPARE(lower_edge(), window->height());
    window.click<QToolButton>("jobs-toggle");
    QTRY_VERIFY(table->isVisible());
    QTest::mouseClick(window.find<QWidget>("job-line"), Qt::LeftButton);
    QTRY_VERIFY(!table->isVisible());
  }

  void stop_resume_and_show_run() {
    Window window({"--live"});
    QVERIFY(window.settle());
    window.key(Qt::Key_F8);
    auto* table = window.find<QTableView>("jobs-table");
    QTRY_VERIFY(table->isVisible() && table->currentIndex().isValid());
    auto* stop = window.find<QPushButton>("jobs-stop");
    auto* resume = window.find<QPushButton>("jobs-resume");
    QVERIFY(stop->isEnabled());
    QVERIFY(!resume->isEnabled());
    QTest::mouseClick(window.find<QPushButton>("jobs-show-run"), Qt::LeftButton);
    QCOMPARE(window->page(), MainWindow::runs_page);
    QCOMPARE(window->runs()->selected(), (QSet<qint64>{2}));
    QTest::mouseClick(stop, Qt::LeftButton);
    QTRY_VERIFY(resume->isEnabled());
    QVERIFY(!stop->isEnabled());
    QCOMPARE(table->model()->index(0, JobTableModel::status).data().toString(),
             QStringLiteral("stopped"));
  }

  void a_log_is_followed_and_copied() {
    Window window({"--live"});
    QVERIFY(window.settle());
    window.key(Qt::Key_F8);
    auto* log = window.find<QPushButton>("jobs-log");
    QTRY_VERIFY(log->isVisible() && log->isEnabled());
    QTest::mouseClick(log, Qt::LeftButton);
    auto* text = window.find<QPlainTextEdit>("jobs-log-text");
    QTRY_VERIFY(text->toPlainText().contains(QStringLiteral("80 pairs")));
    window.click<QPushButton>("jobs-log-copy");
    QCOMPARE(QApplication::clipboard()->text(), text->toPlainText());
  }

  void a_job_that_fails_is_a_banner() {
    Window window;
    QVERIFY(window.settle());
    api::Job job;
    job.id = 12;
    job.title = "IM-RM im-persona-s7";
    job.error =
        R"({"code":"io","what":"the disk is full","where":"artifacts/12","hint":"Make room."})";
    job.log_tail = "step 7\nno space left";
    emit window->jobs()->job_failed(job);
    QVERIFY(window->banner()->message().text.contains(QStringLiteral("the disk is full")));
    QVERIFY(window->banner()->message().details.contains(QStringLiteral("no space left")));
    QVERIFY(window->banner()->message().hint.contains(QStringLiteral("Make room")));
    QTest::mouseClick(window.find<QPushButton>("banner-details"), Qt::LeftButton);
    QVERIFY(window.find<QPlainTextEdit>("banner-details-text")->isVisible());
  }

  void the_badge_says_what_the_engine_is_at() {
    Window window({"--slow", "attribute", "700"});
    QVERIFY(window.settle());
    window.key(Qt::Key_4, Qt::ControlModifier);  // nothing is computed for a page that is not seen
    QTRY_COMPARE(window->badge()->state(), EngineBadge::State::busy);
    QTRY_VERIFY2(window->badge()->text().contains(QStringLiteral("rewards of")) &&
                     window->badge()->text().contains(QStringLiteral("persona-s")),
                 qPrintable(window->badge()->text()));
    QTRY_COMPARE(window->badge()->state(), EngineBadge::State::ready);
  }

  void an_engine_that_hangs_is_said_to() {
    Window window({"--slow", "ping", "700"});
    QVERIFY(window.settle());
    window->client()->set_ping_interval(100);
    QTRY_COMPARE(window->badge()->state(), EngineBadge::State::silent);
    QVERIFY(window.find<QPushButton>("engine-restart")->isVisible());
  }
};

QTEST_MAIN(TestFrameJobs)
#include "test_frame_jobs.moc"
