// SPDX-License-Identifier: GPL-3.0-or-later
// The frame over the real engine: a first start, a model taken in through the picker, another
// workspace, settings, a job's log, and training that was stopped and goes on.
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QStandardPaths>
#include <QTableView>
#include <QTemporaryDir>
#include <QtTest>
#include <memory>

#include "tests/engine/engine_driver.h"
#include "ui/client/workspace_mirror.h"
#include "ui/frame/jobs_panel.h"
#include "ui/main_window.h"
#include "ui/widgets/banner.h"
#include "ui/widgets/engine_badge.h"
#include "ui/widgets/engine_file_dialog.h"
#include "ui/widgets/theme.h"

using namespace loupe;
using namespace loupe::ui;

class TestFrameReal : public QObject {
  Q_OBJECT
 private slots:
  void initTestCase() {
    QStandardPaths::setTestModeEnabled(true);
    theme::initialise();
    qputenv("OMP_NUM_THREADS", "1");
    place_ = std::make_unique<test::Place>();
    EngineSetup setup;
    setup.built_in = {QStringLiteral(LOUPE_ENGINE)};
    setup.workspace = place_->path("first");
    window_ = std::make_unique<MainWindow>(setup);
    window_->use_session(place_->path("session.json"));
    window_->show();
    QVERIFY(QTest::qWaitForWindowExposed(window_.get()));
    window_->start();
    QVERIFY(settle());
  }
  void cleanupTestCase() { window_.reset(); }

  void a_first_start_is_at_home() {
    QCOMPARE(window_->page(), MainWindow::home_page);
    QTRY_VERIFY(!window_->mirror()->projects().empty());
    QVERIFY(window_->findChild<QLabel*>("start-models")->text().contains("No model yet"));
  }

  void a_model_is_imported_through_the_picker() {
    QTest::mouseClick(window_->findChild<QPushButton*>("start-import"), Qt::LeftButton);
    auto* dialog = window_->findChild<EngineFileDialog*>();
    QVERIFY(dialog != nullptr);
    QTRY_VERIFY(!dialog->loading());
    const QFileInfo model(place_->model());
    auto* path = dialog->findChild<QLineEdit*>("picker-path");
    path->setFocus();
    path->selectAll();
    QTest::keyClicks(path, model.path());
    QTest::keyClick(path, Qt::Key_Return);
    QTRY_COMPARE(dialog->folder(), model.path());
    auto* table = dialog->findChild<QTableView*>("picker-table");
    table->setFocus();
    QTest::keyClicks(table, model.fileName());
    QTest::keyClick(dialog->findChild<QLineEdit*>("picker-filter"), Qt::Key_Return);
    QTRY_COMPARE_WITH_TIMEOUT(window_->mirror()->models().size(), size_t(1), 20000);
    QTRY_VERIFY(window_->findChild<QLabel*>("start-models")->text().contains(model.fileName()));
  }

  void threads_are_those_of_the_settings() {
    Settings settings = window_->settings();
    settings.threads = 1;
    settings.device = "cpu";
    settings.cache_gb = 1.5;
    window_->apply_settings(settings);
    QVERIFY(settle());
    QCOMPARE(window_->client()->server().threads, int64_t(1));
    QCOMPARE(window_->client()->server().cache_limit, 1.5e9);
  }

  void training_is_stopped_and_goes_on() {
    const QString data = place_->write_pairs("train.jsonl", 16);
    const std::string model = window_->mirror()->models().at(0).name;
    bool started = false;
    QString refused;
    window_->client()->request(
        api::method::train_start,
        {{"model", model},
         {"data", data.toStdString()},
         {"eval", {{"held_out", data.toStdString()}}},
         {"name", "slow"},
         {"recipe", {{"type", "EX"}, {"epochs", 4000}, {"lr", 1e-4}, {"threads", 1}}}},
        this, [&](const api::json&) { started = true; },
        [&](const Failure& failure) { refused = failure.details(); });
    QVERIFY2(QTest::qWaitFor([&] { return started || !refused.isEmpty(); }, 20000) && started,
             qPrintable(refused));
    window_->activateWindow();
    QVERIFY(QTest::qWaitForWindowActive(window_.get()));
    QTest::keyClick(window_.get(), Qt::Key_F8);
    auto* stop = window_->findChild<QPushButton*>("jobs-stop");
    auto* resume = window_->findChild<QPushButton*>("jobs-resume");
    QTRY_VERIFY_WITH_TIMEOUT(stop->isVisible() && stop->isEnabled(), 20000);
    QTRY_VERIFY_WITH_TIMEOUT(job_status() == "running", 20000);
    QTest::mouseClick(window_->findChild<QPushButton*>("jobs-log"), Qt::LeftButton);
    QTRY_VERIFY_WITH_TIMEOUT(
        !window_->findChild<QPlainTextEdit*>("jobs-log-text")->toPlainText().isEmpty(), 20000);
    QTest::mouseClick(stop, Qt::LeftButton);
    QTRY_VERIFY_WITH_TIMEOUT(resume->isEnabled(), 30000);
    QCOMPARE(job_status(), std::string("stopped"));
    QTest::mouseClick(resume, Qt::LeftButton);
    QTRY_VERIFY_WITH_TIMEOUT(job_status() == "running", 30000);
    // The one that goes on is another job of the same run.
    QTRY_VERIFY_WITH_TIMEOUT(window_->mirror()->jobs().size() == 2, 10000);
    for (const api::Job& job : window_->mirror()->jobs()) {
      if (job.status == "running") window_->mirror()->stop_job(job.id);
    }
    QTRY_VERIFY_WITH_TIMEOUT(job_status() != "running", 30000);
    QVERIFY2(!window_->banner()->isVisible(), qPrintable(window_->banner()->message().details));
  }

  void another_workspace_is_made_and_left_again() {
    const QString first = window_->setup().workspace;
    window_->switch_workspace(place_->path("second"));
    QVERIFY(settle());
    QCOMPARE(window_->setup().workspace, place_->path("second"));
    QVERIFY(window_->mirror()->models().empty() && window_->mirror()->runs().empty());
    QVERIFY(QFile::exists(place_->path("second/workspace.sqlite")));
    // The first is listed and still there: open, not grey.
    auto* row = window_->findChild<QPushButton*>("recent-0");
    QVERIFY(row != nullptr);
    QTest::qWait(300);
    QVERIFY(row->isEnabled());
    QTest::mouseClick(row, Qt::LeftButton);
    QVERIFY(settle());
    QCOMPARE(window_->setup().workspace, first);
    QCOMPARE(window_->mirror()->models().size(), size_t(1));
  }

 private:
  bool settle() const {
    return QTest::qWaitFor(
        [this] {
          return window_->client()->state() == EngineClient::State::ready && window_->settled();
        },
        30000);
  }
  // Of the newest job.
  std::string job_status() const {
    const api::Job* newest = nullptr;
    for (const api::Job& job : window_->mirror()->jobs()) {
      if (newest == nullptr || job.id > newest->id) newest = &job;
    }
    return newest == nullptr ? std::string() : newest->status;
  }

  std::unique_ptr<test::Place> place_;
  std::unique_ptr<MainWindow> window_;
};

QTEST_MAIN(TestFrameReal)
#include "test_frame_real.moc"
