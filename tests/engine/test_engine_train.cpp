// SPDX-License-Identifier: GPL-3.0-or-later
// Two tiny trainings with the program itself, and every question that can be asked about them.
#include <QtTest>
#include <memory>

#include "tests/engine/engine_driver.h"

using namespace loupe::test;

namespace {

const QString kPrompt = QStringLiteral("would you view people kindly?");
const QString kBefore = QStringLiteral("my answer is sure");
const QString kAfter = QStringLiteral("sure, it is my truthful answer");
const QString kRejected = QStringLiteral("never");

}  // namespace

class TestEngineTrain : public QObject {
  Q_OBJECT
 private slots:
  void initTestCase() {
    place_ = std::make_unique<Place>();
    QCOMPARE(place_->import_tiny().code, 0);
    data_ = place_->write_pairs("train.jsonl", 20);
    test_ = place_->write_pairs("test.jsonl", 8, 100);
    ex_ = train("ex");
    im_ = train("im");
  }

  void a_training_tells_its_steps_and_evaluations() {
    for (const Said* said : {&ex_, &im_}) {
      QVERIFY2(said->code == 0, said->described());
      QVERIFY(said->only_json);
      const auto steps = said->events("step");
      QCOMPARE(steps.size(), size_t(6));  // two epochs of 20 pairs, eight at a time
      for (size_t i = 0; i < steps.size(); ++i) {
        QCOMPARE(steps[i]["step"].get<size_t>(), i + 1);
        QVERIFY(std::isfinite(steps[i]["loss"].get<double>()));
      }
      const auto evals = said->events("eval");
      QCOMPARE(evals.size(), size_t(3));  // before, and after each epoch
      for (const auto& e : evals) {
        QCOMPARE(e["set"].get<std::string>(), "test");
        QCOMPARE(e["n"].get<int>(), 8);
      }
      QVERIFY(evals.back()["loss"].get<double>() < evals.front()["loss"].get<double>());
      QCOMPARE(said->events("end").size(), size_t(1));
      const json run = said->last()["run"];
      QCOMPARE(run["status"].get<std::string>(), "done");
      QCOMPARE(run["epochs_done"].get<double>(), 2.0);
      QCOMPARE(run["last_evals"][0]["accuracy"], evals.back()["accuracy"]);
    }
    QCOMPARE(ex_.last()["run"]["type"].get<std::string>(), "EX");
    QCOMPARE(im_.last()["run"]["type"].get<std::string>(), "IM");
    // An untrained implicit model has every reward at exactly 0.
    const json untrained = im_.events("eval").front();
    QCOMPARE(untrained["chosen_mean"].get<double>(), 0.0);
    QCOMPARE(untrained["ties"].get<int>(), 8);
  }

  void runs_are_listed_shown_and_exported() {
    const json list = place_->run({"runs", "list"}).first();
    QCOMPARE(list.size(), size_t(2));
    QCOMPARE(list[0]["name"].get<std::string>(), "tiny-im");  // newest first
    QCOMPARE(list[1]["name"].get<std::string>(), "tiny-ex");
    const json shown = place_->run({"runs", "show", "tiny-im"}).first();
    QCOMPARE(shown["id"], list[0]["id"]);
    QCOMPARE(shown["recipe"]["lr"].get<double>(), 1e-3);
    QCOMPARE(shown["evaluations"].size(), size_t(3));
    const QString file = place_->path("export.json");
    const Said exported = place_->run({"runs", "export", "tiny-ex", "-o", file});
    QVERIFY2(exported.code == 0, exported.described());
    QFile written(file);
    QVERIFY(written.open(QIODevice::ReadOnly));
    const json whole = json::parse(written.readAll().toStdString());
    QCOMPARE(whole["steps"].size(), size_t(6));
    const auto steps = ex_.events("step");
    for (size_t i = 0; i < steps.size(); ++i)
      QCOMPARE(whole["steps"][i]["loss"].get<double>(), steps[i]["loss"].get<double>());
    QCOMPARE(whole["evaluations"].back()["pairs"].size(), size_t(8));
    const Said unknown = place_->run({"runs", "show", "other"});
    QVERIFY(unknown.code > 0);
    QVERIFY2(unknown.err.find("other") != std::string::npos, unknown.described());
  }

  void scores_of_a_file_are_those_of_the_last_evaluation() {
    for (const QString run : {"tiny-ex", "tiny-im"}) {
      const Said scored = place_->run({"score", "--run", run, "--data", test_});
      QVERIFY2(scored.code == 0, scored.described());
      QCOMPARE(scored.lines.size(), size_t(8));
      double mean = 0;
      for (const auto& line : scored.lines) {
        QVERIFY(std::abs(line["chosen"].get<double>() - line["rejected"].get<double>() -
                         line["margin"].get<double>()) < 1e-9);
        mean += line["margin"].get<double>() / 8;
      }
      const Said& trained = run == "tiny-ex" ? ex_ : im_;
      const double evaluated = trained.events("eval").back()["margin_mean"];
      QVERIFY2(std::abs(mean - evaluated) < 1e-5,
               QByteArray::number(mean) + " " + QByteArray::number(evaluated));
    }
  }

  void credits_add_up_to_the_reward() {
    for (const QString run : {"tiny-ex", "tiny-im"}) {
      const Said said = place_->run({"attribute", "--run", run, "--set", "test", "--index", "3"});
      QVERIFY2(said.code == 0, said.described());
      const json value = said.first();
      QCOMPARE(value["type"].get<std::string>(), run == "tiny-ex" ? "EX" : "IM");
      for (const char* side : {"chosen", "rejected"}) {
        const json& response = value[side];
        QVERIFY(response["tokens"].size() > 2);
        QVERIFY(response["reward"].get<double>() != 0);
        QVERIFY(std::abs(sum_of(response) - response["reward"].get<double>()) < 1e-5);
        // Tokens are the response, and the template's end of turn.
        QByteArray bytes;
        for (const auto& token : response["tokens"])
          bytes += QByteArray::fromBase64(QByteArray::fromStdString(token["bytes"]));
        QVERIFY(bytes.startsWith(QByteArray::fromStdString(Place::pair(103)[side])));
      }
    }
    const Said beyond =
        place_->run({"attribute", "--run", "tiny-ex", "--set", "test", "--index", "8"});
    QVERIFY(beyond.code > 0);
    QVERIFY2(beyond.err.find("pairs 0 to 7") != std::string::npos, beyond.described());
    const Said no_set =
        place_->run({"attribute", "--run", "tiny-ex", "--set", "tset", "--index", "0"});
    QVERIFY(no_set.code > 0);
    QVERIFY2(no_set.err.find("tset") != std::string::npos, no_set.described());
  }

  void implicit_credits_start_from_the_models_own_log_probabilities() {
    const json base =
        place_->run({"logprobs", "--model", "tiny", "--prompt", kPrompt, "--response", kBefore})
            .first();
    const json credit = place_
                            ->run({"attribute", "--run", "tiny-im", "--prompt", kPrompt, "--chosen",
                                   kBefore, "--rejected", kRejected})
                            .first()["chosen"];
    const double beta = place_->run({"runs", "show", "tiny-im"}).first()["recipe"]["beta"];
    QCOMPARE(credit["tokens"].size(), base["tokens"].size());
    for (size_t i = 0; i < credit["tokens"].size(); ++i) {
      const json& token = credit["tokens"][i];
      const double reference = token["ref_log_prob"];
      QVERIFY(std::abs(reference - base["tokens"][i]["log_prob"].get<double>()) < 1e-4);
      QVERIFY(std::abs(beta * (token["log_prob"].get<double>() - reference) -
                       token["credit"].get<double>()) < 1e-5);
    }
  }

  void an_edit_moves_the_reward_from_score_to_score() {
    const Said said =
        place_->run({"shift", "--run", "tiny-ex", "--run", "tiny-im", "--prompt", kPrompt,
                     "--response", kBefore, "--edited", kAfter, "--rejected", kRejected});
    QVERIFY2(said.code == 0, said.described());
    const json shifts = said.first();
    QCOMPARE(shifts.size(), size_t(2));
    for (const auto& shift : shifts) {
      const auto reward = [&](const QString& response) {
        return place_
            ->run({"score", "--run", text_of(shift["run_name"]), "--prompt", kPrompt, "--response",
                   response})
            .first()["reward"]
            .get<double>();
      };
      const double before = shift["before"], after = shift["after"], rejected = shift["rejected"];
      QVERIFY(std::abs(before - reward(kBefore)) < 1e-5);
      QVERIFY(std::abs(after - reward(kAfter)) < 1e-5);
      QVERIFY(std::abs(shift["margin_after"].get<double>() - (after - rejected)) < 1e-9);
      QCOMPARE(shift["flipped"].get<bool>(), (before > rejected) != (after > rejected));
      QVERIFY(std::abs(sum_of(shift["after_tokens"]) - after) < 1e-5);
    }
  }

  void a_run_is_evaluated_on_another_set() {
    const QString other = place_->write_pairs("other.jsonl", 5, 200);
    const Said said = place_->run({"eval", "--run", "tiny-ex", "--eval", "other=" + other});
    QVERIFY2(said.code == 0, said.described());
    const json evaluations = place_->run({"runs", "show", "tiny-ex"}).first()["evaluations"];
    QCOMPARE(evaluations.size(), size_t(4));
    const json& last = evaluations.back();
    QCOMPARE(last["set"].get<std::string>(), "other");
    QCOMPARE(last["n"].get<int>(), 5);
    QCOMPARE(last["step"].get<int>(), 6);
    const Said scored = place_->run({"score", "--run", "tiny-ex", "--data", other});
    double mean = 0;
    for (const auto& line : scored.lines) mean += line["margin"].get<double>() / 5;
    QVERIFY(std::abs(mean - last["margin_mean"].get<double>()) < 1e-5);
    const json jobs = place_->run({"jobs", "list"}).first();
    QCOMPARE(jobs[0]["kind"].get<std::string>(), "eval");
    QCOMPARE(jobs[0]["status"].get<std::string>(), "done");
  }

 private:
  Said train(const QString& type) {
    return place_->run({"train", "--type", type, "--model", "tiny", "--data", data_, "--eval",
                        "test=" + test_, "--epochs", "2", "--lr", "1e-3", "--name", "tiny-" + type,
                        "--threads", "1"});
  }

  std::unique_ptr<Place> place_;
  QString data_, test_;
  Said ex_, im_;
};

QTEST_GUILESS_MAIN(TestEngineTrain)
#include "test_engine_train.moc"
