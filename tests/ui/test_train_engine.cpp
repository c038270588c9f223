// SPDX-License-Identifier: GPL-3.0-or-later
// The Train page over the real engine on a tiny model: everything chosen by mouse and keys, both
// types trained, one stopped and resumed.
#include <QCheckBox>
#include <QLabel>
#include <QPushButton>
#include <QSettings>
#include <QSpinBox>
#include <QStandardPaths>
#include <QToolButton>

#include "tests/engine/engine_driver.h"
#include "tests/ui/train_driver.h"
#include "ui/train/live_curves.h"
#include "ui/train/recipe_fields.h"
#include "ui/widgets/engine_file_dialog.h"
#include "ui/widgets/line_chart.h"

using namespace loupe;
using namespace loupe::ui;

class TestTrainEngine : public QObject {
  Q_OBJECT
 private slots:
  void initTestCase() {
    QStandardPaths::setTestModeEnabled(true);
    QCoreApplication::setOrganizationName("RewardLoupe");
    QCoreApplication::setApplicationName("test_train_engine");
    QSettings().clear();
    theme::initialise();
    qputenv("OMP_NUM_THREADS", "1");
    train_ = place_.write_pairs("pairs.jsonl", 24);
    held_out_ = place_.write_pairs("held_out.jsonl", 6, 70);
  }

  void from_an_empty_workspace_to_two_trained_models() {
    TrainWindow window(
        QStringList{QStringLiteral(LOUPE_ENGINE), "--workspace", place_.workspace(), "serve"});
    QTRY_VERIFY_WITH_TIMEOUT(window.find<QWidget>("train-empty-import")->isVisible(), 20000);
    window.click("train-empty-import");
    pick(window, place_.model());
    auto* model = window.find<QComboBox>("train-model");
    QTRY_VERIFY_WITH_TIMEOUT(model->isVisible() && model->currentIndex() >= 0, 10000);

    auto* data = window.find<QComboBox>("train-data");
    QTRY_VERIFY_WITH_TIMEOUT(data->count() > 2, 5000);
    // The last entry is a file of one's own.
    data->setFocus();
    QTest::keyClick(data, Qt::Key_End);
    pick(window, train_);
    QTRY_COMPARE(data->currentText(), QStringLiteral("pairs.jsonl"));

    QVERIFY(window.add_set("JSONL file…"));
    pick(window, held_out_);
    QTRY_VERIFY(window.find<QWidget>("train-set-name")->isVisible());
    window.type("train-set-name", "reworded");
    QTest::keyClick(window.find<QWidget>("train-set-name"), Qt::Key_Return);
    QVERIFY(window.find<QCheckBox>("train-set-reworded")->isChecked());

    window.click("train-type-both");
    window.type("train-epochs", "80");
    window.type("train-batch_size", "4");
    window.open_group(0);
    // A head alone is no choice for an implicit model: the engine says so at the field.
    window.choose("train-tuning", 2);
    QTRY_VERIFY_WITH_TIMEOUT(
        window.find<QLabel>("train-error-tuning")->text().contains("only an explicit"), 10000);
    window.choose("train-tuning", 1);
    window.type("train-lora_rank", "4");
    window.open_group(2);
    window.type("train-threads", "1");
    window.choose("train-compute_dtype", 0);
    QVERIFY(window.settle(20000));
    QTRY_VERIFY(window.find<QLabel>("train-error-tuning")->text().isEmpty());
    auto* error = window.find<QLabel>("train-error-lr");
    window.type("train-lr", "-1");
    QTRY_VERIFY_WITH_TIMEOUT(error->text().contains("Learning rate is -1; it must be more than 0"),
                             10000);
    window.type("train-lr", "1e-3");
    auto* start = window.find<QPushButton>("train-start");
    QVERIFY(window.settle(20000));
    QTRY_VERIFY(start->isEnabled() && !error->isVisible());
    QCOMPARE(window.find<QLabel>("train-estimate-pairs")->text(),
             QStringLiteral("24 to train on, 6 to evaluate"));
    QCOMPARE(window.find<QLabel>("train-estimate-time")->text(),
             QStringLiteral("no run measured yet"));
    window.open_group(2);
    window.shoot("train-engine-filled");

    QTest::keyClick(window.find<QWidget>("train-lr"), Qt::Key_Return, Qt::ControlModifier);
    QTRY_COMPARE_WITH_TIMEOUT(window->live()->runs().size(), 2, 10000);
    const qint64 ex = window->live()->runs()[0], im = window->live()->runs()[1];
    auto* loss = window.find<LineChart>("train-loss-chart");
    const auto points = [&](size_t run) {
      return loss->series().size() > run ? loss->series()[run].x.size() : 0;
    };
    // Asked for more often than the window does: so small a model is done in a second or two.
    const auto status = [&](qint64 run) {
      window.mirror().refresh();
      const api::Run* known = window.mirror().run(run);
      return known != nullptr ? known->status : std::string();
    };
    // Which of the two waits for the other is the engine's business.
    QTRY_COMPARE_WITH_TIMEOUT(status(im), std::string("running"), 60000);
    QTRY_VERIFY(window.find<QWidget>(QStringLiteral("stop-run-%1").arg(im))->isEnabled());
    window.click(QStringLiteral("stop-run-%1").arg(im));
    QTRY_COMPARE_WITH_TIMEOUT(status(im), std::string("stopped"), 20000);
    window.shoot("train-engine-stopped");
    QVERIFY(points(1) < 80 * 6);
    window.click(QStringLiteral("resume-run-%1").arg(im));
    QTRY_COMPARE_WITH_TIMEOUT(status(im), std::string("done"), 60000);
    QTRY_COMPARE_WITH_TIMEOUT(status(ex), std::string("done"), 60000);
    QTRY_COMPARE_WITH_TIMEOUT(points(0), 80 * 6, 10000);
    QTRY_COMPARE_WITH_TIMEOUT(points(1), 80 * 6, 10000);
    QVERIFY(window.settle(10000));

    const QVector<double>& x = loss->series()[1].x;
    QVERIFY(std::adjacent_find(x.begin(), x.end(), std::greater_equal<>()) == x.end());
    auto* accuracy = window.find<LineChart>("train-accuracy-chart");
    QCOMPARE(accuracy->series().size(), size_t(2));
    QCOMPARE(accuracy->series()[0].x.size(), 81);
    // The form knows every value of the engine's recipe.
    std::set<std::string> keys{"type", "seed"}, of_run;
    for (const RecipeField& field : recipe_fields()) keys.insert(field.key);
    for (const auto& [key, value] : window.mirror().run(ex)->recipe.items()) of_run.insert(key);
    QCOMPARE(keys, of_run);
    for (const qint64 run : {ex, im}) {
      QCOMPARE(window.mirror().run(run)->epochs, 80.0);
      QCOMPARE(window.mirror().run(run)->recipe["lr"].get<double>(), 1e-3);
      QVERIFY(window.find<QWidget>(QStringLiteral("inspect-run-%1").arg(run))->isEnabled());
    }
    // Measured now: the next run's time is known.
    window.type("train-epochs", "10");
    QTRY_VERIFY_WITH_TIMEOUT(window.find<QLabel>("train-estimate-time")->text().startsWith("about"),
                             10000);
    window.shoot("train-engine-done");
  }

 private:
  // Types a path into the dialog for the engine's files.
  void pick(TrainWindow& window, const QString& path) {
    const auto dialog = [&] { return window->findChild<EngineFileDialog*>(); };
    QTRY_VERIFY_WITH_TIMEOUT(dialog() != nullptr && !dialog()->loading(), 10000);
    auto* line = dialog()->findChild<QLineEdit*>("picker-path");
    line->setFocus();
    QTest::keyClick(line, Qt::Key_A, Qt::ControlModifier);
    line->setText(path);
    QTest::keyClick(line, Qt::Key_Return);
    // A file is taken at once; a folder is gone into, and chosen there.
    const auto gone = [&] { return dialog() == nullptr || !dialog()->isVisible(); };
    QTRY_VERIFY_WITH_TIMEOUT(gone() || !dialog()->loading(), 10000);
    if (!gone()) {
      auto* choose = dialog()->findChild<QPushButton*>("picker-choose");
      QTRY_VERIFY(gone() || choose->isEnabled());
      if (!gone()) QTest::mouseClick(choose, Qt::LeftButton);
    }
    QTRY_VERIFY(dialog() == nullptr);
    // There is no window manager here to give the focus back.
    window.window().activateWindow();
    QVERIFY(QTest::qWaitForWindowActive(&window.window()));
  }

  test::Place place_;
  QString train_, held_out_;
};

QTEST_MAIN(TestTrainEngine)
#include "test_train_engine.moc"
