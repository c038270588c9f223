// SPDX-License-Identifier: GPL-3.0-or-later
// Models, datasets, jobs and runs come back as they were put in.
#include <SQLiteCpp/SQLiteCpp.h>

#include <cmath>
#include <limits>

#include "core/store/json_text.h"
#include "tests/store/store_testing.h"

using namespace loupe;
using namespace loupe::store;
using namespace loupe::store::testing;

namespace {

const std::string kStrange = "Größe 模型 🙂 \"quoted\"'; DROP TABLE runs; --\n\ttab";
constexpr double kInf = std::numeric_limits<double>::infinity();

ModelRow sample_model(const std::string& name) {
  ModelRow row;
  row.name = name;
  row.path = "/models/" + kStrange;
  row.format = "gguf";
  row.architecture = "llama";
  row.parameters = 8'000'000'000;
  row.files = json::array({{{"path", kStrange}, {"size", 93000000}, {"sha256", "ab"}}});
  row.details = json{{"chat_template", "{{ x }}"}, {"eps", 1e-5}, {"nothing", nullptr}};
  row.created = 1234567890.125;
  return row;
}

}  // namespace

class TestStoreRows : public QObject {
  Q_OBJECT

 private slots:
  void init() { dir_.emplace(); }

  void model_round_trip() {
    Workspace w = open_or_die(path_of(*dir_));
    const ModelRow in = sample_model(kStrange);
    const auto id = w.add_model(in);
    VERIFY_OK(id);
    // Through another connection: out of the file, not out of a cache.
    Workspace reader = open_or_die(path_of(*dir_));
    for (const auto& out : {reader.model(*id), reader.model(kStrange)}) {
      VERIFY_OK(out);
      QCOMPARE(out->id, *id);
      QCOMPARE(out->name, in.name);
      QCOMPARE(out->path, in.path);
      QCOMPARE(out->format, in.format);
      QCOMPARE(out->architecture, in.architecture);
      QCOMPARE(out->parameters, in.parameters);
      QVERIFY(out->files == in.files);
      QVERIFY(out->details == in.details);
      QCOMPARE(out->created, in.created);
    }
    QCOMPARE(reader.models()->size(), size_t{1});
  }

  void model_names_are_unique() {
    Workspace w = open_or_die(path_of(*dir_));
    VERIFY_OK(w.add_model(sample_model("a")));
    VERIFY_OK(w.add_model(sample_model("b")));
    VERIFY_FAILS(w.add_model(sample_model("a")), ErrorCode::invalid_input);
    VERIFY_FAILS(w.add_model(sample_model("")), ErrorCode::invalid_input);
    QCOMPARE(w.models()->size(), size_t{2});
    const auto missing = w.model("c");
    VERIFY_FAILS(missing, ErrorCode::not_found);
    QVERIFY(missing.error().hint.find("a, b") != std::string::npos);
    VERIFY_FAILS(w.model(99), ErrorCode::not_found);
  }

  void models_change_are_removed_and_come_back() {
    Workspace w = open_or_die(path_of(*dir_));
    const int64_t base = *w.add_model(sample_model("base"));
    ModelRow row = *w.model(*w.add_model(sample_model("policy")));
    row.kind = "IM";
    row.base_id = base;
    row.note = "tuned by DPO";
    row.path = "/elsewhere";
    VERIFY_OK(w.change_model(row));
    const ModelRow out = *w.model(row.id);
    QCOMPARE(out.kind, std::string("IM"));
    QCOMPARE(out.base_id, base);
    QCOMPARE(out.note, std::string("tuned by DPO"));
    QCOMPARE(out.path, std::string("/elsewhere"));
    row.name = "base";
    VERIFY_FAILS(w.change_model(row), ErrorCode::invalid_input);
    QCOMPARE(w.model(row.id)->name, std::string("policy"));

    row.name = "policy";
    row.removed = true;
    VERIFY_OK(w.change_model(row));
    QCOMPARE(w.models()->size(), size_t{1});
    QCOMPARE(w.models(true)->size(), size_t{2});
    VERIFY_FAILS(w.model("policy"), ErrorCode::not_found);
    QVERIFY(w.model(row.id)->removed);
    // Its name is free again; coming back it needs another one.
    VERIFY_OK(w.add_model(sample_model("policy")));
    row.removed = false;
    VERIFY_FAILS(w.change_model(row), ErrorCode::invalid_input);
    row = *w.model(row.id);
    row.removed = false;
    VERIFY_OK(w.change_model(row));
    QCOMPARE(w.models()->size(), size_t{3});
    row.id = 999;
    row.name = "nobody";
    VERIFY_FAILS(w.change_model(row), ErrorCode::not_found);
  }

  void dataset_round_trip_and_identity() {
    Workspace w = open_or_die(path_of(*dir_));
    DatasetRow in;
    in.name = kStrange;
    in.sha256 = "cafe";
    in.rows = 80;
    in.details = json{{"project", "persona"}};
    const auto id = w.add_dataset(in);
    VERIFY_OK(id);
    const auto out = w.dataset(*id);
    VERIFY_OK(out);
    QCOMPARE(out->name, in.name);
    QCOMPARE(out->path, in.path);
    QCOMPARE(out->sha256, in.sha256);
    QCOMPARE(out->rows, in.rows);
    QVERIFY(out->details == in.details);
    QVERIFY(out->created > 1.7e9);
    QCOMPARE(*w.add_dataset(in), *id);
    in.sha256 = "beef";
    QVERIFY(*w.add_dataset(in) != *id);
    QCOMPARE(w.datasets()->size(), size_t{2});
    VERIFY_FAILS(w.dataset(99), ErrorCode::not_found);
  }

  void job_life() {
    Workspace w = open_or_die(path_of(*dir_));
    const int64_t run = *w.add_run(sample_run("r"));
    const json request{{"text", kStrange}, {"beta", 0.01}};
    const auto id = w.add_job("train", request, run);
    VERIFY_OK(id);
    JobRow job = *w.job(*id);
    QCOMPARE(job.kind, std::string("train"));
    QVERIFY(job.status == JobStatus::queued);
    QVERIFY(job.request == request);
    QCOMPARE(job.run_id, run);
    QVERIFY(!job.host.empty());
    QVERIFY(job.created > 1.7e9);
    QCOMPARE(job.started, 0.0);

    VERIFY_OK(w.set_job_status(*id, JobStatus::running));
    VERIFY_OK(w.set_job_progress(*id, json{{"done", 3}, {"seconds_left", kInf}}));
    job = *w.job(*id);
    QVERIFY(job.started >= job.created);
    QCOMPARE(job.ended, 0.0);
    QCOMPARE(job.progress.at("seconds_left").get<double>(), kInf);

    VERIFY_OK(w.set_job_status(*id, JobStatus::failed, "{\"what\":\"ü\"}"));
    const double first_start = job.started;
    job = *w.job(*id);
    QVERIFY(job.status == JobStatus::failed);
    QCOMPARE(job.error, std::string("{\"what\":\"ü\"}"));
    QVERIFY(job.ended >= job.started);

    VERIFY_OK(w.set_job_status(*id, JobStatus::running));  // resumed
    job = *w.job(*id);
    QCOMPARE(job.started, first_start);
    QCOMPARE(job.ended, 0.0);
    QCOMPARE(job.error, std::string());

    VERIFY_FAILS(w.add_job("eval", json{}, 77), ErrorCode::not_found);
    VERIFY_FAILS(w.job(99), ErrorCode::not_found);
    VERIFY_FAILS(w.set_job_status(99, JobStatus::done), ErrorCode::not_found);
    VERIFY_FAILS(w.set_job_progress(99, json{}), ErrorCode::not_found);
  }

  void a_queued_job_begins_once() {
    Workspace w = open_or_die(path_of(*dir_));
    const int64_t run = *w.add_run(sample_run("r"));
    const int64_t id = *w.add_job("train", json{}, run);
    VERIFY_OK(w.set_job_device(id, "cuda:0 cuda:1"));
    QCOMPARE(w.job(id)->device, std::string("cuda:0 cuda:1"));
    QVERIFY(*w.begin_job(id, "cuda:1"));
    const JobRow job = *w.job(id);
    QVERIFY(job.status == JobStatus::running);
    QCOMPARE(job.device, std::string("cuda:1"));
    QCOMPARE(job.run_name, std::string("r"));
    QVERIFY(job.started >= job.created);
    QVERIFY(!*w.begin_job(id, "cpu"));
    QVERIFY(!*w.begin_job(99, "cpu"));
    QCOMPARE(w.job(id)->device, std::string("cuda:1"));
  }

  void stop_is_a_control_row_for_what_runs() {
    Workspace w = open_or_die(path_of(*dir_));
    const int64_t a = *w.add_job("train", json{});
    const int64_t b = *w.add_job("train", json{});
    QVERIFY(*w.begin_job(a, "cpu"));
    QVERIFY(!*w.stop_requested(a));
    VERIFY_OK(w.request_stop(a));
    VERIFY_OK(w.request_stop(a));  // twice is once
    Workspace other = open_or_die(path_of(*dir_));
    QVERIFY(*other.stop_requested(a));
    QVERIFY(w.job(a)->status == JobStatus::running);
    QVERIFY(!*other.stop_requested(b));
    VERIFY_FAILS(w.request_stop(99), ErrorCode::not_found);
  }

  void what_waits_is_stopped_at_once() {
    Workspace w = open_or_die(path_of(*dir_));
    const int64_t run = *w.add_run(sample_run("r"));
    const int64_t done = *w.add_run(sample_run("done"));
    VERIFY_OK(w.set_run_status(done, "done"));
    const int64_t trains = *w.add_job("train", json{}, run);
    const int64_t evaluates = *w.add_job("eval", json{}, run);
    const int64_t evaluates_done = *w.add_job("eval", json{}, done);
    VERIFY_OK(w.request_stop(evaluates_done));
    QVERIFY(w.job(evaluates_done)->status == JobStatus::stopped);
    QVERIFY(w.job(evaluates_done)->ended > 1.7e9);
    QCOMPARE(w.run(done)->status, std::string("done"));
    VERIFY_OK(w.request_stop(evaluates));
    QCOMPARE(w.run(run)->status, std::string("queued"));  // its training still waits
    VERIFY_OK(w.request_stop(trains));
    QVERIFY(w.job(trains)->status == JobStatus::stopped);
    QCOMPARE(w.run(run)->status, std::string("stopped"));
    QVERIFY(!*w.begin_job(trains, "cpu"));
  }

  void no_list_ends_at_500() {
    Workspace w = open_or_die(path_of(*dir_));
    const int64_t model = *w.add_model(sample_model("m"));
    RunRow first = sample_run("first");
    first.model_id = model;
    const int64_t run = *w.add_run(first);
    const int64_t job = *w.add_job("train", json{}, run);
    const int64_t second = *w.add_job("eval", json{}, run);
    {
      SQLite::Database raw((path_of(*dir_) / "workspace.sqlite").string(), SQLite::OPEN_READWRITE);
      raw.exec(many_runs(600) +
               "INSERT INTO jobs (kind, status, request, progress, error, host, run_id, created, "
               "started, ended) SELECT 'train', 'queued', '{}', 'null', '', '', id, 1, 0, 0 "
               "FROM runs WHERE name LIKE 'other %'");
    }
    QCOMPARE(w.jobs()->size(), size_t{602});
    QCOMPARE(w.runs()->size(), size_t{601});
    QCOMPARE(w.living_jobs()->size(), size_t{602});
    QCOMPARE(w.living_jobs()->front().id, job);
    const auto of_run = *w.jobs_of_run(run);
    QCOMPARE(of_run.size(), size_t{2});
    QCOMPARE(of_run[0].id, second);
    QCOMPARE(of_run[1].id, job);
    QCOMPARE(w.runs_named("first")->at(0).id, run);
    QVERIFY(w.runs_named("nobody")->empty());
    QCOMPARE(w.runs_of_model(model)->size(), size_t{1});
    VERIFY_OK(w.set_run_deleted(run, true));
    QVERIFY(w.runs_named("first")->empty());
    QVERIFY(w.runs_of_model(model)->empty());
  }

  void jobs_are_paged_newest_first() {
    Workspace w = open_or_die(path_of(*dir_));
    for (int i = 0; i < 7; ++i) VERIFY_OK(w.add_job("eval", json{{"i", i}}));
    const auto page = w.jobs(3, 2);
    VERIFY_OK(page);
    QCOMPARE(page->size(), size_t{3});
    QCOMPARE(page->at(0).request.at("i").get<int>(), 4);
    QCOMPARE(page->at(2).request.at("i").get<int>(), 2);
    QCOMPARE(w.jobs(10, 6)->size(), size_t{1});
    QVERIFY(w.jobs(10, 7)->empty());
    QVERIFY(w.jobs(0)->empty());
    QCOMPARE(w.jobs(-1)->size(), size_t{7});
  }

  void run_round_trip() {
    Workspace w = open_or_die(path_of(*dir_));
    RunRow in = sample_run(kStrange);
    in.type = "IM";
    in.model_id = *w.add_model(sample_model("m"));
    DatasetRow dataset;
    dataset.name = "d";
    in.dataset_id = *w.add_dataset(dataset);
    in.note = kStrange;
    in.summary = json{{"loss", std::nan("")}, {"nested", json::array({-kInf, 1})}};
    const auto id = w.add_run(in);
    VERIFY_OK(id);
    RunRow out = *w.run(*id);
    QCOMPARE(out.name, in.name);
    QCOMPARE(out.type, in.type);
    QCOMPARE(out.model_id, in.model_id);
    QCOMPARE(out.dataset_id, in.dataset_id);
    QVERIFY(out.recipe == in.recipe);
    QCOMPARE(out.status, std::string("queued"));
    QCOMPARE(out.note, in.note);
    QVERIFY(!out.deleted);
    QVERIFY(std::isnan(out.summary.at("loss").get<double>()));
    QCOMPARE(out.summary.at("nested").at(0).get<double>(), -kInf);

    VERIFY_OK(w.set_run_started(*id, "cuda:0", "hôte", json{{"torch", "2.11.0"}}));
    VERIFY_OK(w.rename_run(*id, "neu"));
    VERIFY_OK(w.set_run_note(*id, "n"));
    VERIFY_OK(w.set_run_summary(*id, json{{"accuracy", 0.5}}));
    out = *w.run(*id);
    QCOMPARE(out.status, std::string("running"));
    QCOMPARE(out.device, std::string("cuda:0"));
    QCOMPARE(out.host, std::string("hôte"));
    QVERIFY((out.versions == json{{"torch", "2.11.0"}}));
    QVERIFY(out.started > 1.7e9);
    QCOMPARE(out.name, std::string("neu"));
    QCOMPARE(out.note, std::string("n"));
    QVERIFY((out.summary == json{{"accuracy", 0.5}}));
    VERIFY_OK(w.set_run_status(*id, "done"));
    QVERIFY(w.run(*id)->ended >= out.started);

    VERIFY_FAILS(w.set_run_status(*id, "great"), ErrorCode::invalid_input);
    VERIFY_FAILS(w.rename_run(*id, ""), ErrorCode::invalid_input);
    VERIFY_FAILS(w.rename_run(99, "x"), ErrorCode::not_found);
    VERIFY_FAILS(w.run(99), ErrorCode::not_found);
    in.model_id = 99;
    VERIFY_FAILS(w.add_run(in), ErrorCode::not_found);
  }

  void deleted_runs_can_be_undone() {
    Workspace w = open_or_die(path_of(*dir_));
    std::vector<int64_t> ids;
    for (int i = 0; i < 5; ++i) ids.push_back(*w.add_run(sample_run(std::to_string(i))));
    VERIFY_OK(w.add_steps(ids[2], {StepMetric{.step = 1}}));
    VERIFY_OK(w.set_run_deleted(ids[2], true));
    QCOMPARE(*w.run_count(), int64_t{4});
    QCOMPARE(*w.run_count(true), int64_t{5});
    QCOMPARE(w.runs()->size(), size_t{4});
    const auto page = w.runs(2, 1, true);
    QCOMPARE(page->at(0).id, ids[3]);
    QCOMPARE(page->at(1).id, ids[2]);
    QVERIFY(page->at(1).deleted);
    VERIFY_OK(w.run(ids[2]));
    VERIFY_OK(w.set_run_deleted(ids[2], false));
    QCOMPARE(*w.run_count(), int64_t{5});
    QCOMPARE(w.steps(ids[2])->size(), size_t{1});
  }

  void text_that_is_no_utf8_is_refused_in_json() {
    Workspace w = open_or_die(path_of(*dir_));
    const int64_t run = *w.add_run(sample_run("r"));
    const json bad{{"text", "\xff\xfe"}};
    VERIFY_FAILS(w.set_run_summary(run, bad), ErrorCode::invalid_input);
    VERIFY_FAILS(w.add_job("eval", bad), ErrorCode::invalid_input);
    VERIFY_FAILS(w.set_job_progress(1, bad), ErrorCode::invalid_input);
    VERIFY_OK(w.set_run_note(run, "still works"));
  }

  void json_numbers_survive() {
    const json in{{"a", kInf}, {"b", json::array({-kInf, 0.1, 1e300, -3, 18446744073709551615u})}};
    QVERIFY(json_from_text(json_to_text(in)) == in);
    QVERIFY(std::isnan(json_from_text(json_to_text(json(std::nan("")))).get<double>()));
    const json plain{{"$number", "seven"}, {"other", json{{"$number", 3}}}};
    QVERIFY(json_from_text(json_to_text(plain)) == plain);
  }

  void artifact_paths_stay_inside() {
    Workspace w = open_or_die(path_of(*dir_));
    const auto root = w.folder() / "artifacts";
    QVERIFY(w.artifact_path("3/model.safetensors") == root / "3" / "model.safetensors");
    QVERIFY(w.artifact_path("../../etc/passwd") == root / "etc" / "passwd");
    QVERIFY(w.artifact_path("/etc/passwd") == root / "etc" / "passwd");
    QVERIFY(std::filesystem::is_directory(w.artifacts(12)));
    QVERIFY(w.job_lock_path(12) == root / "12" / "lock");
  }

 private:
  std::optional<QTemporaryDir> dir_;
};

QTEST_APPLESS_MAIN(TestStoreRows)
#include "test_store_rows.moc"
