// SPDX-License-Identifier: GPL-3.0-or-later
// A disk that is full, and a workspace of a newer program.
#include <QtTest>

#include "tests/engine/engine_driver.h"

using namespace loupe::test;

namespace {

QByteArray contents(const QString& path) {
  QFile file(path);
  return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

}  // namespace

class TestEngineLimits : public QObject {
  Q_OBJECT
 private slots:
  // A checkpoint with its optimiser is three times the model's 171 KiB.
  void a_checkpoint_that_does_not_fit() {
    Place place;
    QCOMPARE(place.import_tiny().code, 0);
    const QString data = place.write_pairs("train.jsonl", 16);
    const QStringList train{"train", "--model",  "tiny", "--data",    data, "--name",
                            "full",  "--epochs", "2",    "--threads", "1"};
    const Said said = place.run_limited(500, train);
    QVERIFY2(said.code > 0, said.described());
    QVERIFY2(said.error().value("code", "") == "disk_full", said.described());
    const QString where = text_of(said.error()["where"]);
    QVERIFY2(where.startsWith(place.artifacts(1) + "/checkpoint-"), said.described());
    QVERIFY(text_of(said.err).contains(where));
    QCOMPARE(QDir(place.artifacts(1)).entryList(QDir::Files | QDir::Hidden | QDir::NoDotAndDotDot),
             (QStringList{"lock", "log"}));

    const json run = place.run({"runs", "show", "full"}).first();
    QCOMPARE(run["status"].get<std::string>(), "failed");
    QVERIFY(text_of(run["error"]).contains(where));
    const json job = place.run({"jobs", "list"}).first()[0];
    QCOMPARE(job["status"].get<std::string>(), "failed");
    QVERIFY(text_of(job["log_tail"]).contains(where));

    // With room it goes on.
    const Said resumed = place.run({"train", "--resume", "full"});
    QVERIFY2(resumed.code == 0, resumed.described());
    QCOMPARE(resumed.last()["run"]["status"].get<std::string>(), "done");
    QCOMPARE(resumed.last()["run"]["error"].get<std::string>(), "");
  }

  void a_database_that_cannot_grow() {
    Place place;
    QCOMPARE(place.import_tiny().code, 0);
    const QString data = place.write_pairs("train.jsonl", 16);
    const Said said = place.run_limited(
        8, {"train", "--model", "tiny", "--data", data, "--epochs", "1", "--threads", "1"});
    QVERIFY2(said.code > 0, said.described());
    QVERIFY2(said.error().value("code", "") == "disk_full", said.described());
    const Said list = place.run({"model", "list"});
    QVERIFY2(list.code == 0, list.described());
    QCOMPARE(list.first().size(), size_t(1));
    for (const auto& run : place.run({"runs", "list"}).first())
      QVERIFY(run["status"].get<std::string>() != "running");
  }

  void a_workspace_of_a_newer_program_is_left_alone() {
    Place place;
    QCOMPARE(place.import_tiny().code, 0);
    const QString path = place.workspace() + "/workspace.sqlite";
    QVERIFY(!QFile::exists(path + "-wal"));
    QByteArray bytes = contents(path);
    QVERIFY(bytes.startsWith("SQLite format 3"));
    bytes.replace(60, 4, QByteArray("\0\0\x03\xE7", 4));  // user_version, big-endian: 999
    place.write("ws/workspace.sqlite", bytes);
    const QString data = place.write_pairs("train.jsonl", 2);
    for (const QStringList& verb : {QStringList{"model", "list"}, QStringList{"runs", "list"},
                                    QStringList{"model", "import", place.model()},
                                    QStringList{"train", "--model", "tiny", "--data", data}}) {
      const Said said = place.run(verb);
      QVERIFY2(said.code > 0, said.described());
      QVERIFY2(said.err.find("newer") != std::string::npos, said.described());
      QVERIFY2(text_of(said.err).contains(path), said.described());
      QCOMPARE(said.error().value("code", ""), std::string("newer_version"));
    }
    QCOMPARE(contents(path), bytes);
  }

  void a_database_that_is_none() {
    Place place;
    QVERIFY(QDir().mkpath(place.workspace()));
    const QByteArray bytes = QByteArray("this is a letter, not a database\n").repeated(100);
    place.write("ws/workspace.sqlite", bytes);
    const Said said = place.run({"runs", "list"});
    QVERIFY2(said.code > 0, said.described());
    QVERIFY2(said.err.find("workspace.sqlite") != std::string::npos, said.described());
    QCOMPARE(contents(place.workspace() + "/workspace.sqlite"), bytes);
  }

  void no_workspace_at_all() {
    Place place;
    const Said said = place.run({"runs", "list"});
    QVERIFY2(said.code > 0, said.described());
    QVERIFY2(text_of(said.err).contains(place.workspace()), said.described());
    QVERIFY(!QFile::exists(place.workspace()));
  }
};

QTEST_GUILESS_MAIN(TestEngineLimits)
#include "test_engine_limits.moc"
