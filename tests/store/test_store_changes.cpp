// SPDX-License-Identifier: GPL-3.0-or-later
// Lists that are asked for what changed since the last time.
#include <SQLiteCpp/SQLiteCpp.h>

#include <set>

#include "tests/store/store_testing.h"

using namespace loupe;
using namespace loupe::store;
using namespace loupe::store::testing;

namespace {

template <class Row>
std::vector<int64_t> ids(const Changes<Row>& changes) {
  std::vector<int64_t> out;
  for (const Row& row : changes.rows) out.push_back(row.id);
  return out;
}

using Ids = std::vector<int64_t>;

ModelRow model_row(const std::string& name) {
  ModelRow row;
  row.name = name;
  row.files = json::array();
  row.details = json::object();
  return row;
}

}  // namespace

class TestStoreChanges : public QObject {
  Q_OBJECT

 private slots:
  void init() {
    dir_.emplace();
    workspace_.emplace(open_or_die(path_of(*dir_)));
  }

  void an_idle_refresh_reads_no_row() {
    {
      SQLite::Database raw((path_of(*dir_) / "workspace.sqlite").string(), SQLite::OPEN_READWRITE);
      raw.exec(many_runs(2000));
    }
    int64_t since = 0;
    std::set<int64_t> seen;
    int pages = 0;
    for (bool more = true; more; ++pages) {
      const auto page = workspace_->run_changes(since, 500);
      VERIFY_OK(page);
      QVERIFY(page->rows.size() <= 500);
      for (const int64_t id : ids(*page)) QVERIFY(seen.insert(id).second);
      since = page->change;
      more = page->more;
    }
    QCOMPARE(seen.size(), size_t{2000});
    QVERIFY(pages <= 5);
    const auto idle = *workspace_->run_changes(since, 500);
    QVERIFY(idle.rows.empty());
    QVERIFY(!idle.more);
    QCOMPARE(idle.change, since);
    // Not even looked at: the index says that there is none.
    SQLite::Database raw((path_of(*dir_) / "workspace.sqlite").string(), SQLite::OPEN_READONLY);
    SQLite::Statement plan(
        raw, "EXPLAIN QUERY PLAN SELECT id FROM runs WHERE changed > 1 ORDER BY changed LIMIT 500");
    QVERIFY(plan.executeStep());
    QVERIFY2(plan.getColumn(3).getString().find("runs_by_change") != std::string::npos,
             plan.getColumn(3).getText());
  }

  void every_way_to_write_a_run_is_a_change() {
    const int64_t run = add_run("a"), other = add_run("b");
    const auto changes_it = [&](const auto& write) {
      const int64_t since = workspace_->run_changes(0, -1)->change;
      if (!write().ok()) return false;
      return ids(*workspace_->run_changes(since, -1)) == Ids{run};
    };
    Workspace& w = *workspace_;
    QVERIFY(changes_it([&] { return w.set_run_note(run, "x"); }));
    QVERIFY(changes_it([&] { return w.rename_run(run, "c"); }));
    QVERIFY(changes_it([&] { return w.set_run_summary(run, json{{"loss", 1}}); }));
    QVERIFY(changes_it([&] { return w.set_run_status(run, "running"); }));
    QVERIFY(changes_it([&] { return w.set_run_started(run, "cpu", "h", json{}); }));
    QVERIFY(changes_it([&] { return w.add_eval(run, {.step = 1, .set = "s"}, {}); }));
    QVERIFY(changes_it([&] { return w.forget_after(run, 0); }));
    QVERIFY(changes_it([&] { return w.set_run_deleted(run, true); }));
    QVERIFY(workspace_->run_changes(workspace_->run(other)->changed, -1)->rows.front().deleted);
    // Steps are no change of the run's row; its summary goes with them.
    const int64_t since = w.run_changes(1, -1)->change;
    VERIFY_OK(w.add_steps(run, {{.step = 1}}));
    QVERIFY(w.run_changes(since, -1)->rows.empty());
    // Whoever asks for the first time has no use for what is deleted.
    QCOMPARE(ids(*w.run_changes(0, -1)), Ids{other});
  }

  // A list that grows while it is paged shows each run, and none twice without having changed.
  void a_run_that_comes_or_changes_between_two_pages() {
    Ids all;
    for (int i = 0; i < 6; ++i) all.push_back(add_run(std::to_string(i)));
    const auto first = *workspace_->run_changes(0, 4);
    QCOMPARE(ids(first), Ids(all.begin(), all.begin() + 4));
    QVERIFY(first.more);
    const int64_t fresh = add_run("fresh");
    VERIFY_OK(workspace_->set_run_note(all[0], "again"));
    VERIFY_OK(workspace_->set_run_deleted(all[4], true));
    const auto second = *workspace_->run_changes(first.change, 4);
    QCOMPARE(ids(second), (Ids{all[5], fresh, all[0], all[4]}));
    QVERIFY(second.rows[3].deleted);
    QVERIFY(workspace_->run_changes(second.change, 4)->rows.empty());
  }

  void jobs_models_and_data_sets_too() {
    Workspace& w = *workspace_;
    const int64_t model = *w.add_model(model_row("m"));
    const int64_t unused = *w.add_model(model_row("unused"));
    DatasetRow data;
    data.name = "d";
    const int64_t dataset = *w.add_dataset(data);
    QCOMPARE(ids(*w.dataset_changes(0, 10)), Ids{dataset});
    QVERIFY(w.dataset_changes(w.dataset(dataset)->changed, 10)->rows.empty());
    VERIFY_OK(w.add_dataset(data));  // the same: no change
    QVERIFY(w.dataset_changes(w.dataset(dataset)->changed, 10)->rows.empty());

    // A model changes with the number of its runs, a run with its model's name.
    int64_t since = w.model_changes(0, 10)->change;
    RunRow row = sample_run("r");
    row.model_id = model;
    const int64_t run = *w.add_run(row);
    QCOMPARE(ids(*w.model_changes(since, 10)), Ids{model});
    since = w.model_changes(since, 10)->change;
    VERIFY_OK(w.set_run_deleted(run, true));
    QCOMPARE(ids(*w.model_changes(since, 10)), Ids{model});
    VERIFY_OK(w.set_run_deleted(run, false));
    const int64_t job = *w.add_job("train", json{}, run);
    since = w.run(run)->changed;
    ModelRow renamed = *w.model(model);
    renamed.name = "n";
    VERIFY_OK(w.change_model(renamed));
    QCOMPARE(ids(*w.run_changes(since, 10)), Ids{run});
    QCOMPARE(w.run_changes(since, 10)->rows[0].model_name, std::string("n"));
    since = w.run(run)->changed;
    renamed.note = "said";
    VERIFY_OK(w.change_model(renamed));
    QVERIFY(w.run_changes(since, 10)->rows.empty());
    // A removed model comes as such.
    ModelRow gone = *w.model(unused);
    since = gone.changed;
    gone.removed = true;
    VERIFY_OK(w.change_model(gone));
    QVERIFY(w.model_changes(w.model(model)->changed, 10)->rows.back().removed);
    QCOMPARE(ids(*w.model_changes(0, 10)), Ids{model});

    // A job changes with its run's name and with all that is written into it.
    since = w.job(job)->changed;
    VERIFY_OK(w.rename_run(run, "s"));
    QCOMPARE(w.job_changes(since, 10)->rows.at(0).run_name, std::string("s"));
    since = w.job(job)->changed;
    VERIFY_OK(w.set_job_progress(job, json{{"done", 1}}));
    QCOMPARE(ids(*w.job_changes(since, 10)), Ids{job});
    since = w.job(job)->changed;
    QVERIFY(*w.begin_job(job, "cpu"));
    QCOMPARE(ids(*w.job_changes(since, 10)), Ids{job});
    since = w.job(job)->changed;
    QCOMPARE(*w.reap_dead_jobs(), int64_t{1});
    QCOMPARE(ids(*w.job_changes(since, 10)), Ids{job});
  }

 private:
  int64_t add_run(const std::string& name) { return *workspace_->add_run(sample_run(name)); }

  std::optional<QTemporaryDir> dir_;
  std::optional<Workspace> workspace_;
};

QTEST_APPLESS_MAIN(TestStoreChanges)
#include "test_store_changes.moc"
