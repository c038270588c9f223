// SPDX-License-Identifier: GPL-3.0-or-later
// Steps, evaluations and checkpoints: round trips, replacing, forgetting, counting.
#include <SQLiteCpp/SQLiteCpp.h>

#include <cmath>
#include <limits>

#include "tests/store/store_testing.h"

using namespace loupe;
using namespace loupe::store;
using namespace loupe::store::testing;

namespace {

constexpr double kInf = std::numeric_limits<double>::infinity();
const double kNan = std::nan("");

EvalMetric sample_eval(int64_t step, const std::string& set, double accuracy) {
  EvalMetric metric;
  metric.step = step;
  metric.epoch = 0.5;
  metric.set = set;
  metric.measures = json{{"accuracy", accuracy}};
  return metric;
}

}  // namespace

class TestStoreMetrics : public QObject {
  Q_OBJECT

 private slots:
  void init() {
    dir_.emplace();
    workspace_.emplace(open_or_die(path_of(*dir_)));
    run_ = *workspace_->add_run(sample_run("r"));
  }
  void cleanup() { workspace_.reset(); }

  void steps_round_trip() {
    const StepMetric in{1, 0.25, kNan, 0.5, -kInf, kInf, 5e-324, 1e-6, 1e308};
    VERIFY_OK(workspace_->add_steps(run_, {in}));
    const auto steps = workspace_->steps(run_);
    VERIFY_OK(steps);
    QCOMPARE(steps->size(), size_t{1});
    const StepMetric& out = steps->front();
    QCOMPARE(out.step, in.step);
    QCOMPARE(out.epoch, in.epoch);
    QVERIFY(std::isnan(out.loss));
    QVERIFY(out.accuracy == in.accuracy);
    QVERIFY(out.chosen_reward == -kInf);
    QVERIFY(out.rejected_reward == kInf);
    QVERIFY(out.grad_norm == in.grad_norm);
    QVERIFY(out.lr == in.lr);
    QVERIFY(out.seconds == in.seconds);
  }

  void steps_replace_page_and_belong_to_a_run() {
    std::vector<StepMetric> steps;
    for (int i = 1; i <= 10; ++i) steps.push_back({.step = i, .loss = i * 1.0});
    VERIFY_OK(workspace_->add_steps(run_, steps));
    VERIFY_OK(workspace_->add_steps(run_, {{.step = 5, .loss = -5}, {.step = 11, .loss = 11}}));
    const int64_t other = *workspace_->add_run(sample_run("other"));
    VERIFY_OK(workspace_->add_steps(other, {{.step = 5, .loss = 99}}));
    QCOMPARE(workspace_->steps(run_)->size(), size_t{11});
    const auto page = workspace_->steps(run_, 4, 3);
    QCOMPARE(page->size(), size_t{3});
    QCOMPARE(page->at(0).step, int64_t{5});
    QCOMPARE(page->at(0).loss, -5.0);
    QCOMPARE(page->at(2).step, int64_t{7});
    VERIFY_FAILS(workspace_->add_steps(999, steps), ErrorCode::not_found);
    QVERIFY(workspace_->steps(999)->empty());
  }

  void a_refused_batch_leaves_nothing() {
    std::vector<EvalPair> pairs = {{.index = 0}, {.index = 1}, {.index = 1}};
    VERIFY_FAILS(workspace_->add_eval(run_, sample_eval(1, "train", 1), pairs),
                 ErrorCode::invalid_input);
    QVERIFY(workspace_->evals(run_)->empty());
    VERIFY_FAILS(workspace_->add_eval(999, sample_eval(1, "train", 1), {}), ErrorCode::not_found);
  }

  void evals_round_trip_and_replace() {
    const std::vector<EvalPair> pairs = {{0, 7, 1.5, -2.5}, {1, 7, kNan, kInf}};
    const auto first = workspace_->add_eval(run_, sample_eval(4, "tést", kNan), pairs);
    VERIFY_OK(first);
    VERIFY_OK(workspace_->add_eval(run_, sample_eval(4, "train", 0.25), {{.index = 9}}));
    auto out = *workspace_->evals(run_);
    QCOMPARE(out.size(), size_t{2});
    QCOMPARE(out[0].id, *first);
    QCOMPARE(out[0].step, int64_t{4});
    QCOMPARE(out[0].epoch, 0.5);
    QCOMPARE(out[0].set, std::string("tést"));
    QVERIFY(std::isnan(out[0].measures.at("accuracy").get<double>()));
    const auto read = *workspace_->eval_pairs(*first);
    QCOMPARE(read.size(), size_t{2});
    QCOMPARE(read[0].cluster, int64_t{7});
    QCOMPARE(read[0].chosen_reward, 1.5);
    QCOMPARE(read[0].rejected_reward, -2.5);
    QCOMPARE(read[1].index, int64_t{1});
    QVERIFY(std::isnan(read[1].chosen_reward));
    QVERIFY(read[1].rejected_reward == kInf);

    const auto again = workspace_->add_eval(run_, sample_eval(4, "tést", 0.75), {{.index = 3}});
    VERIFY_OK(again);
    out = *workspace_->evals(run_);
    QCOMPARE(out.size(), size_t{2});
    QCOMPARE(out[1].measures.at("accuracy").get<double>(), 0.75);
    QCOMPARE(workspace_->eval_pairs(*again)->size(), size_t{1});
    // The old id stands for nothing: a window that holds it sees no other evaluation's pairs.
    QVERIFY(*again != *first);
    QVERIFY(workspace_->eval_pairs(*first)->empty());
    SQLite::Database raw((path_of(*dir_) / "workspace.sqlite").string());
    QCOMPARE(raw.execAndGet("SELECT count(*) FROM eval_pairs").getInt(), 2);
  }

  void forget_after_drops_the_later_ones() {
    std::vector<StepMetric> steps;
    for (int i = 1; i <= 6; ++i) steps.push_back({.step = i});
    const int64_t other = *workspace_->add_run(sample_run("other"));
    for (int64_t run : {run_, other}) {
      VERIFY_OK(workspace_->add_steps(run, steps));
      VERIFY_OK(workspace_->add_eval(run, sample_eval(3, "train", 0), {{.index = 0}}));
      VERIFY_OK(workspace_->add_eval(run, sample_eval(4, "train", 0), {{.index = 0}}));
    }
    const int64_t later = workspace_->evals(run_)->back().id;
    VERIFY_OK(workspace_->forget_after(run_, 3));
    QCOMPARE(workspace_->steps(run_)->size(), size_t{3});
    QCOMPARE(workspace_->evals(run_)->size(), size_t{1});
    QCOMPARE(workspace_->evals(run_)->front().step, int64_t{3});
    QVERIFY(workspace_->eval_pairs(later)->empty());
    QCOMPARE(workspace_->steps(other)->size(), size_t{6});
    QCOMPARE(workspace_->evals(other)->size(), size_t{2});
  }

  void checkpoints_round_trip() {
    CheckpointRow in;
    in.run_id = run_;
    in.step = 10;
    in.epoch = 1.5;
    in.path = "1/checkpoint-ü-10";
    in.has_optimizer = true;
    in.created = 100;
    const auto first = workspace_->add_checkpoint(in);
    VERIFY_OK(first);
    CheckpointRow second = in;
    second.path = "1/checkpoint-20";
    second.step = 20;
    second.created = 200;
    VERIFY_OK(workspace_->add_checkpoint(second));
    in.has_optimizer = false;
    QCOMPARE(*workspace_->add_checkpoint(in), *first);  // written again
    const auto out = *workspace_->checkpoints(run_);
    QCOMPARE(out.size(), size_t{2});
    QCOMPARE(out[0].id, *first);
    QCOMPARE(out[0].run_id, run_);
    QCOMPARE(out[0].step, int64_t{10});
    QCOMPARE(out[0].epoch, 1.5);
    QCOMPARE(out[0].path, in.path);
    QVERIFY(!out[0].has_optimizer);
    QVERIFY(out[1].has_optimizer);
    VERIFY_OK(workspace_->remove_checkpoint(*first));
    QCOMPARE(workspace_->checkpoints(run_)->size(), size_t{1});
    VERIFY_FAILS(workspace_->remove_checkpoint(*first), ErrorCode::not_found);
    for (const char* path : {"", "/etc", "../x", "1/../../x"}) {
      in.path = path;
      VERIFY_FAILS(workspace_->add_checkpoint(in), ErrorCode::invalid_input);
    }
  }

  void a_run_keeps_its_last_evaluations() {
    QVERIFY(workspace_->run(run_)->last_evals.empty());
    VERIFY_OK(workspace_->add_eval(run_, sample_eval(1, "z", 0.5), {}));
    VERIFY_OK(workspace_->add_eval(run_, sample_eval(2, "z", 0.1 + 0.2), {}));
    VERIFY_OK(workspace_->add_eval(run_, sample_eval(2, "a", kNan), {}));
    auto last = workspace_->run(run_)->last_evals;
    QCOMPARE(last.size(), size_t{2});
    QCOMPARE(last[0].set, std::string("z"));
    QCOMPARE(last[0].step, int64_t{2});
    QCOMPARE(last[0].epoch, workspace_->evals(run_)->at(1).epoch);
    QCOMPARE(last[0].measures.at("accuracy").get<double>(), 0.1 + 0.2);
    QVERIFY(std::isnan(last[1].measures.at("accuracy").get<double>()));
    QVERIFY(last[0].measures == workspace_->evals(run_)->at(1).measures);
    VERIFY_OK(workspace_->forget_after(run_, 1));
    last = workspace_->run(run_)->last_evals;
    QCOMPARE(last.size(), size_t{1});
    QCOMPARE(last[0].step, int64_t{1});
    VERIFY_OK(workspace_->forget_after(run_, -1));
    QVERIFY(workspace_->run(run_)->last_evals.empty());
  }

  void change_counter_grows_with_every_write() {
    Workspace other = open_or_die(path_of(*dir_));
    Workspace reader = open_or_die(path_of(*dir_));
    int64_t mine = *workspace_->change_counter();
    int64_t seen = *reader.change_counter();
    for (int i = 0; i < 3; ++i) {
      Workspace& writer = i == 1 ? *workspace_ : other;
      VERIFY_OK(writer.set_run_note(run_, std::to_string(i)));
      QVERIFY(*workspace_->change_counter() > mine);
      QVERIFY(*reader.change_counter() > seen);
      mine = *workspace_->change_counter();
      seen = *reader.change_counter();
    }
    QCOMPARE(*workspace_->change_counter(), mine);  // and stands still otherwise
    QCOMPARE(*reader.change_counter(), seen);
    VERIFY_FAILS(workspace_->set_run_note(999, "x"), ErrorCode::not_found);
    QCOMPARE(*workspace_->change_counter(), mine);
  }

 private:
  std::optional<QTemporaryDir> dir_;
  std::optional<Workspace> workspace_;
  int64_t run_ = 0;
};

QTEST_APPLESS_MAIN(TestStoreMetrics)
#include "test_store_metrics.moc"
