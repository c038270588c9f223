// SPDX-License-Identifier: GPL-3.0-or-later
// What the verbs say and refuse on the command line.
#include <QtTest>
#include <memory>

#include "tests/engine/engine_driver.h"

using namespace loupe::test;

class TestEngineVerbs : public QObject {
  Q_OBJECT
 private slots:
  void init() {
    place_ = std::make_unique<Place>();
    QCOMPARE(place_->import_tiny().code, 0);
    data_ = place_->write_pairs("train.jsonl", 8);
    test_ = place_->write_pairs("test.jsonl", 4, 50);
  }

  void a_stopped_training_is_no_success_and_resume_tells_only_its_own_news() {
    QProcess train;
    train.setProcessEnvironment(engine_environment());
    train.start(QStringLiteral(LOUPE_ENGINE),
                {"--workspace", place_->workspace(), "--json", "train", "--type", "ex", "--model",
                 "tiny", "--data", data_, "--eval", "test=" + test_, "--epochs", "400", "--threads",
                 "1", "--eval-every", "100"});
    QVERIFY(wait_until([&] {
      const Said runs = place_->run({"runs", "list"});
      return !runs.first().empty() && runs.first()[0].value("epochs_done", 0.0) > 2;
    }));
    QCOMPARE(place_->run({"jobs", "stop", "1"}).code, 0);
    QVERIFY(train.waitForFinished(30000));
    QCOMPARE(train.exitCode(), 130);
    const QList<QByteArray> lines = train.readAllStandardOutput().trimmed().split('\n');
    const json last = json::parse(lines.back().toStdString());
    QCOMPARE(last["error"]["code"], "cancelled");
    QVERIFY(text_of(last["error"]["hint"]).contains("--resume 1"));

    const int stopped_at = place_->run({"runs", "list"}).first()[0]["epochs_done"];
    const Said resumed = place_->run({"train", "--resume", "1"});
    QVERIFY2(resumed.code == 0, resumed.described());
    const auto steps = resumed.events("step");
    QCOMPARE(steps.front()["step"].get<int>(), stopped_at + 1);  // a step an epoch
    QCOMPARE(steps.back()["step"].get<int>(), 400);
    for (const auto& e : resumed.events("eval")) QVERIFY(e["step"].get<int>() > stopped_at);
  }

  void an_evaluation_prints_its_own_result_only() {
    train({});
    const Said said = place_->run(
        {"eval", "--run", "1", "--eval", "more=" + place_->write_pairs("m.jsonl", 3, 90)});
    QVERIFY2(said.code == 0, said.described());
    QCOMPARE(said.events("step").size(), size_t(0));
    const auto evals = said.events("eval");
    QCOMPARE(evals.size(), size_t(1));
    QCOMPARE(evals[0]["set"], "more");
    QCOMPARE(evals[0]["n"].get<int>(), 3);
  }

  void a_set_needs_a_place_in_it() {
    train({});
    const Said said = place_->run({"attribute", "--run", "1", "--set", "test"});
    QVERIFY(said.code != 0);
    QVERIFY(text_of(said.error()["what"]).contains("--index"));
  }

  void a_text_longer_than_the_context_is_refused_everywhere() {
    std::string text;
    for (int i = 0; i < 5000; ++i) text += "statement ";
    const Said log_probs = place_->run(
        {"logprobs", "--model", "tiny", "--prompt", text_of(text), "--response", "yes"});
    QVERIFY(log_probs.code != 0);
    QVERIFY(text_of(log_probs.error()["what"]).contains("can read"));
    json pair = Place::pair(1);
    pair["prompt"] = text;
    const QString only_long = place_->write("long.jsonl", QByteArray::fromStdString(pair.dump()));
    // No limit of one's own: the model's still holds.
    const Said said = train(
        {"--eval", "long=" + only_long, "--max-prompt-tokens", "0", "--max-response-tokens", "0"},
        false);
    QVERIFY(said.code != 0);
    QCOMPARE(said.error()["what"], "no pair of \"long\" is left");
  }

  void a_project_may_name_its_model_by_its_files() {
    QDir().mkpath(place_->path("p"));
    QFile::copy(data_, place_->path("p/pairs.jsonl"));
    place_->copy_model("p/model");
    place_->write("p/mine.rlproj", R"({"name": "mine", "model": "./model", "train": "pairs.jsonl",
      "eval": {"a": "pairs.jsonl", "b": "pairs.jsonl"}, "recipe": {"epochs": 1, "threads": 1}})");
    const Said said = place_->run(
        {"train", "--type", "im", "--project", place_->path("p/mine.rlproj"), "--set", "b"});
    QVERIFY2(said.code == 0, said.described());
    QCOMPARE(said.last()["run"]["model"], "model");
    QCOMPARE(said.last()["run"]["last_evals"].size(), size_t(1));
    QCOMPARE(said.last()["run"]["last_evals"][0]["set"], "b");
    // The second time it is the same model, not a second one.
    QCOMPARE(place_->run({"train", "--project", place_->path("p/mine.rlproj")}).code, 0);
    QCOMPARE(place_->run({"model", "list"}).first().size(), size_t(2));
    const Said wrong =
        place_->run({"train", "--project", place_->path("p/mine.rlproj"), "--set", "c"});
    QVERIFY(text_of(wrong.error()["hint"]).contains("a, b"));
  }

 private:
  Said train(const QStringList& more, bool must = true) {
    const Said said =
        place_->run(QStringList{"train", "--type", "ex", "--model", "tiny", "--data", data_,
                                "--eval", "test=" + test_, "--epochs", "1", "--threads", "1"} +
                    more);
    if (must) QTest::qVerify(said.code == 0, "train", said.described(), __FILE__, __LINE__);
    return said;
  }

  std::unique_ptr<Place> place_;
  QString data_, test_;
};

QTEST_GUILESS_MAIN(TestEngineVerbs)
#include "test_engine_verbs.moc"
