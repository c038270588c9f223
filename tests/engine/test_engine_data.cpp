// SPDX-License-Identifier: GPL-3.0-or-later
// Training data that cannot be read: the message says where, and nothing is started.
#include <QtTest>
#include <memory>

#include "tests/engine/engine_driver.h"

using namespace loupe::test;

class TestEngineData : public QObject {
  Q_OBJECT
 private slots:
  void initTestCase() {
    place_ = std::make_unique<Place>();
    QCOMPARE(place_->import_tiny().code, 0);
  }

  void broken_rows_data() {
    QTest::addColumn<QByteArray>("row");
    QTest::addColumn<QString>("said");
    QTest::newRow("bad UTF-8")
        << QByteArray("{\"prompt\": \"a\", \"chosen\": \"\xC3\x28\", \"rejected\": \"c\"}")
        << "UTF-8";
    QTest::newRow("missing field") << QByteArray(R"({"prompt": "a", "chosen": "b"})") << "rejected";
    QTest::newRow("wrong type") << QByteArray(R"({"prompt": "a", "chosen": 5, "rejected": "c"})")
                                << "chosen";
    QTest::newRow("no role")
        << QByteArray(R"({"prompt": [{"content": "a"}], "chosen": "b", "rejected": "c"})")
        << "prompt[0].role";
    QTest::newRow("no JSON") << QByteArray(R"({"prompt": "a", )") << "";
  }
  void broken_rows() {
    QFETCH(QByteArray, row);
    QFETCH(QString, said);
    const QByteArray good = QByteArray::fromStdString(Place::pair(0).dump());
    const QString file = place_->write("broken.jsonl", good + "\n\n" + row + "\n" + good + "\n");
    const QString fine = place_->write_pairs("fine.jsonl", 2);
    for (const QStringList& where :
         {QStringList{"--data", file}, QStringList{"--data", fine, "--eval", "test=" + file}}) {
      const Said trained =
          place_->run(QStringList{"train", "--model", "tiny", "--epochs", "1"} + where);
      QVERIFY2(trained.code > 0, trained.described());
      QVERIFY2(text_of(trained.err).contains(file + ":3"), trained.described());
      QVERIFY2(text_of(trained.err).contains(said), trained.described());
      QVERIFY(trained.only_json);
      QCOMPARE(trained.error()["code"].get<std::string>(), "invalid_input");
    }
    QCOMPARE(place_->run({"runs", "list"}).first(), json::array());
    QCOMPARE(place_->run({"jobs", "list"}).first(), json::array());
  }

  void absent_and_empty_files() {
    const Said absent =
        place_->run({"train", "--model", "tiny", "--data", place_->path("nowhere.jsonl")});
    QVERIFY(absent.code > 0);
    QVERIFY2(absent.err.find("nowhere.jsonl") != std::string::npos, absent.described());
    const Said empty =
        place_->run({"train", "--model", "tiny", "--data", place_->write("empty.jsonl", "\n\n")});
    QVERIFY(empty.code > 0);
    QVERIFY2(empty.err.find("empty.jsonl") != std::string::npos, empty.described());
    const Said model =
        place_->run({"train", "--model", "huge", "--data", place_->write_pairs("p.jsonl", 1)});
    QVERIFY(model.code > 0);
    QVERIFY2(model.err.find("huge") != std::string::npos, model.described());
    QCOMPARE(place_->run({"runs", "list"}).first(), json::array());
  }

  // Nothing is left of pairs that are all too long: the run says so.
  void pairs_over_the_length_limit() {
    const Said said =
        place_->run({"train", "--model", "tiny", "--data", place_->write_pairs("long.jsonl", 3),
                     "--max-response-tokens", "2", "--epochs", "1", "--threads", "1"});
    QVERIFY2(said.code > 0, said.described());
    QVERIFY2(said.err.find("length limit") != std::string::npos, said.described());
    QCOMPARE(place_->run({"runs", "list"}).first()[0]["status"].get<std::string>(), "failed");
  }

 private:
  std::unique_ptr<Place> place_;
};

QTEST_GUILESS_MAIN(TestEngineData)
#include "test_engine_data.moc"
