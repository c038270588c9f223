// SPDX-License-Identifier: GPL-3.0-or-later
// What people bring beside plain models, from files to rewards of texts, against transformers and
// peft: tests/golden/brought/texts.json.
#include <QtTest>
#include <memory>

#include "tests/engine/brought_driver.h"

using namespace loupe::test;

class TestEngineBrought : public QObject {
  Q_OBJECT
 private slots:
  void initTestCase() {
    place_ = std::make_unique<Place>();
    brought_ = std::make_unique<Brought>(*place_);
    import("models/gqa-untied", {"--name", "policy"});
    import("models/llama3-rope", {"--name", "reference"});
  }

  void language_model() { QVERIFY(follows({"--model", "policy"}, "policy")); }

  void policy_and_reference() {
    const json row = import("models/gqa-untied",
                            {"--name", "pair", "--reference", "reference", "--beta", "0.25"});
    QCOMPARE(row["kind"].get<std::string>(), "IM");
    QCOMPARE(row["beta"].get<double>(), 0.25);
    QVERIFY(follows({"--model", "pair"}, "pair"));
  }

  void classifier() {
    const json row = import("brought/classifiers/llama-chat", {"--name", "classifier"});
    QCOMPARE(row["kind"].get<std::string>(), "EX");
    QVERIFY(follows({"--model", "classifier"}, "classifier"));
  }

  void adapter_data() {
    QTest::addColumn<QString>("folder");
    QTest::addColumn<QStringList>("options");
    QTest::addColumn<QString>("key");
    QTest::newRow("beside") << "all-linear" << QStringList{} << "adapted";
    QTest::newRow("merged") << "all-linear" << QStringList{"--merge"} << "adapted";
    QTest::newRow("implicit") << "all-linear" << QStringList{"--beta", "0.25"} << "adapted_pair";
    QTest::newRow("implicit, merged")
        << "all-linear" << QStringList{"--beta", "0.25", "--merge"} << "adapted_pair";
    QTest::newRow("head") << "classifier" << QStringList{} << "adapted_classifier";
  }
  void adapter() {
    QFETCH(QString, folder);
    QFETCH(QStringList, options);
    QFETCH(QString, key);
    const QString name = QString::fromUtf8(QTest::currentDataTag());
    const json row = import("brought/adapters/" + folder,
                            QStringList{"--base", "policy", "--name", name} + options);
    QCOMPARE(row["kind"].get<std::string>(), "adapter");
    QVERIFY(follows({"--model", name}, key.toUtf8().constData()));
    // The text parts are the base's.
    const QStringList tokenize{"tokenize", "In my view ✓", "--model"};
    QCOMPARE(place_->run(tokenize + QStringList{name}).first(),
             place_->run(tokenize + QStringList{"policy"}).first());
  }

  void attributed_and_shifted() {
    for (const QString model : {"pair", "classifier", "implicit"}) {
      const Said said = place_->run({"attribute", "--model", model, "--prompt", "hi", "--chosen",
                                     "yes", "--rejected", "my view"});
      QVERIFY2(said.code == 0, said.described());
      const json chosen = said.first()["chosen"];
      QVERIFY(std::abs(sum_of(chosen) - chosen["reward"].get<double>()) < 1e-5);
      QVERIFY(std::abs(chosen["reward"].get<double>() -
                       brought_->rewards({"--model", model}).front()) < 1e-5);
    }
    const Said said = place_->run({"shift", "--model", "pair", "--model", "classifier", "--prompt",
                                   "hi", "--response", "yes", "--edited", "sure"});
    QVERIFY2(said.code == 0, said.described());
    QCOMPARE(said.first().size(), size_t(2));
    QCOMPARE(said.first()[0]["type"].get<std::string>(), "IM");
    QCOMPARE(said.first()[1]["type"].get<std::string>(), "EX");
  }

  void what_does_not_fit_is_refused() {
    const auto refused = [&](const QStringList& words, const char* word) {
      const Said said = place_->run(QStringList{"model", "import"} + words);
      const bool is = said.code > 0 && said.err.find(word) != std::string::npos;
      if (!is) qWarning("%s", said.described().constData());
      return is;
    };
    const QString adapter = Brought::golden("brought/adapters/rslora-patterns");
    QVERIFY(refused({adapter}, "models/gqa-bias"));  // the base that it names is not there
    QVERIFY(refused({adapter, "--base", "policy"}, "shape"));
    QVERIFY(refused({adapter, "--base", "pair"}, "pair"));
    QVERIFY(refused(
        {Brought::golden("brought/adapters/classifier"), "--base", "policy", "--beta", "0.1"},
        "head"));
    QVERIFY(refused({Brought::golden("brought/classifiers/llama-chat"), "--name", "x",
                     "--reference", "reference"},
                    "language model"));
    const QStringList edit{"shift", "--prompt", "hi", "--response", "yes", "--edited", "sure"};
    const Said of_nothing = place_->run(edit);
    QVERIFY2(of_nothing.code > 0 && of_nothing.err.find("--run") != std::string::npos,
             of_nothing.described());
    const Said both = place_->run({"score", "--model", "pair", "--run", "1", "--data", "x"});
    QVERIFY(both.code > 0);
    const QString data = place_->write_pairs("pairs.jsonl", 2);
    const Said train = place_->run({"train", "--model", "implicit", "--data", data});
    QVERIFY2(train.code > 0 && train.err.find("reward model") != std::string::npos,
             train.described());
  }

 private:
  // Row of the model; the test fails where it cannot be imported.
  json import(const QString& folder, const QStringList& options) {
    const Said said =
        place_->run(QStringList{"model", "import", Brought::golden(folder)} + options);
    if (said.code != 0) {
      QTest::qFail(said.described().constData(), __FILE__, __LINE__);
      return json::object();
    }
    return said.first();
  }
  // To 1e-4, or to 1e-6 of the number where that is more: sums over up to forty tokens in fp32.
  bool follows(const QStringList& of, const char* key) {
    const auto want = brought_->want(key);
    const double off = Brought::apart(brought_->rewards(of), want);
    qInfo("%s is off by %.2g", key, off);
    return off < 1e-4;
  }

  std::unique_ptr<Place> place_;
  std::unique_ptr<Brought> brought_;
};

QTEST_GUILESS_MAIN(TestEngineBrought)
#include "test_engine_brought.moc"
