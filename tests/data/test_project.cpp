// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTemporaryDir>
#include <QtTest>

#include "core/base/file.h"
#include "core/data/persona.h"
#include "core/data/project.h"

using namespace loupe;
using namespace loupe::data;

class TestProject : public QObject {
  Q_OBJECT

  QTemporaryDir folder_;

  std::filesystem::path root() const { return folder_.path().toStdString(); }

  void write(const std::filesystem::path& path, const std::string& text) {
    const Result<void> written = write_text_file(path, text);
    if (!written) qFatal("%s", written.error().text().c_str());
  }

  Result<Project> load(const std::string& text) {
    write(root() / "a.rlproj", text);
    return load_project(root() / "a.rlproj");
  }

 private slots:
  void initTestCase() {
    write(root() / "s.jsonl", "{\"statement\": \"a\"}\n");
    std::filesystem::create_directory(root() / "sets");
    write(root() / "sets/test.jsonl", "");
  }

  void persona_sample() {
    const auto project =
        load_project(std::filesystem::path(LOUPE_SOURCE_DIR) / "projects/persona/persona.rlproj");
    QVERIFY2(project.ok(), project ? "" : project.error().text().c_str());
    QCOMPARE(project->name, std::string("persona"));
    QVERIFY(!project->title.empty() && !project->description.empty());
    QCOMPARE(project->model, std::string("SmolLM2-135M-Instruct"));
    QCOMPARE(project->persona_train, int64_t{80});
    QCOMPARE(project->persona_test, int64_t{40});
    QCOMPARE(project->persona_seed, uint64_t{0});
    QCOMPARE(project->recipe, nlohmann::json::parse(R"({"epochs": 4, "lr": 3e-5, "batch_size": 8,
      "gradient_accumulation": 1, "beta": 0.01, "compute_dtype": "bf16", "weight_decay": 0})"));
    QCOMPARE(project->seeds, (std::vector<uint64_t>{0, 1, 2}));
    const auto statements = load_statements(project->statements);
    QVERIFY(statements.ok());
    QVERIFY(make_persona(*statements,
                         {project->persona_train, project->persona_test, project->persona_seed})
                .ok());
  }

  void paths_are_relative_to_the_file() {
    const auto project = load(R"({"name": "n", "model": "../m", "train": "s.jsonl",
      "eval": {"test": "./sets/test.jsonl"}, "recipe": {"lr": 1e-6},
      "seeds": [18446744073709551615]})");
    QVERIFY2(project.ok(), project ? "" : project.error().text().c_str());
    QCOMPARE(project->train, (root() / "s.jsonl").string());
    QCOMPARE(project->eval.at("test"), (root() / "sets/test.jsonl").string());
    QCOMPARE(project->model, (root().parent_path() / "m").string());
    QCOMPARE(project->path, root() / "a.rlproj");
    QCOMPARE(project->title, std::string("n"));
    QCOMPARE(project->seeds, (std::vector<uint64_t>{UINT64_MAX}));
    QVERIFY(project->statements.empty());
  }

  void left_out_fields_have_their_defaults() {
    const auto project = load(R"({"name": "n", "model": "maker/model", "statements": "s.jsonl"})");
    QVERIFY2(project.ok(), project ? "" : project.error().text().c_str());
    QCOMPARE(project->model, std::string("maker/model"));
    QCOMPARE(project->persona_train, int64_t{80});
    QCOMPARE(project->recipe, nlohmann::json::object());
    QCOMPARE(project->seeds, std::vector<uint64_t>{0});
  }

  void errors_name_file_and_field_data() {
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QByteArray>("what");
    const auto row = [](const char* name, const char* text, const char* what) {
      QTest::newRow(name) << QByteArray(text) << QByteArray(what);
    };
    const auto with = [&row](const char* name, const char* more, const char* what) {
      const std::string text =
          std::string(R"({"name": "n", "model": "m", "statements": "s.jsonl", )") + more + "}";
      row(name, text.c_str(), what);
    };
    row("no object", "[]", "a project is a JSON object");
    row("no name", R"({"model": "m", "statements": "s.jsonl"})", "field `name` is missing");
    row("no model", R"({"name": "n", "statements": "s.jsonl"})", "field `model` is missing");
    row("no data", R"({"name": "n", "model": "m"})", "field `train` is missing");
    row("name is a number", R"({"name": 1, "model": "m", "statements": "s.jsonl"})",
        "field `name` is no text");
    row("name is empty", R"({"name": "", "model": "m", "statements": "s.jsonl"})",
        "field `name` is empty");
    row("no such file", R"({"name": "n", "model": "m", "statements": "t.jsonl"})",
        "field `statements` names a file that is not there");
    row("a folder", R"({"name": "n", "model": "m", "train": "sets"})",
        "field `train` names a file that is not there");
    row("eval is a list", R"({"name": "n", "model": "m", "train": "s.jsonl", "eval": []})",
        "field `eval` is no object");
    row("eval file", R"({"name": "n", "model": "m", "train": "s.jsonl", "eval": {"x": "y"}})",
        "field `eval.x` names a file that is not there");
    row("eval number", R"({"name": "n", "model": "m", "train": "s.jsonl", "eval": {"x": 1}})",
        "field `eval.x` is no text");
    row("persona beside train",
        R"({"name": "n", "model": "m", "train": "s.jsonl", "persona_seed": 1})",
        "field `persona_seed` has no meaning beside `train`");
    with("typo", R"("sedes": [1])", "field `sedes` is unknown");
    with("twice", R"("seeds": [1], "seeds": [2])", "field `seeds` is there twice");
    with("twice inside", R"("recipe": {"lr": 1, "lr": 2})", "field `lr` is there twice");
    with("train beside statements", R"("train": "s.jsonl")", "field `train` has no meaning beside");
    with("train is none", R"("persona_train": 0)", "field `persona_train` is 0, expected");
    with("test is negative", R"("persona_test": -1)", "field `persona_test` is -1, expected");
    with("train is a fraction", R"("persona_train": 1.5)",
         "field `persona_train` is 1.5, expected");
    with("train is too large", R"("persona_train": 9223372036854775808)",
         "field `persona_train` is 9223372036854775808, expected");
    with("recipe is a list", R"("recipe": [])", "field `recipe` is no object");
    with("seeds is a number", R"("seeds": 1)", "field `seeds` is no list");
    with("no seeds", R"("seeds": [])", "field `seeds` is no list");
    with("seed is negative", R"("seeds": [-1])", "field `seeds` holds -1");
    with("seed is there twice", R"("seeds": [1, 1])", "field `seeds` holds 1 twice");
  }

  void errors_name_file_and_field() {
    QFETCH(QByteArray, text);
    QFETCH(QByteArray, what);
    const auto project = load(text.toStdString());
    QVERIFY(!project.ok());
    QVERIFY2(project.error().what.starts_with(what.toStdString()), project.error().what.c_str());
    QCOMPARE(project.error().where, (root() / "a.rlproj").string());
  }

  void bad_json_names_the_line() {
    const auto project = load("{\n\"name\": \"n\",\n oops}");
    QVERIFY(!project.ok());
    QVERIFY2(project.error().where.starts_with((root() / "a.rlproj").string() + ":3"),
             project.error().where.c_str());
    QVERIFY(!load("").ok());
    QVERIFY(!load("\xff").ok());
    const auto absent = load_project(root() / "absent.rlproj");
    QVERIFY(!absent.ok());
    QCOMPARE(absent.error().code, ErrorCode::not_found);
  }
};

QTEST_APPLESS_MAIN(TestProject)
#include "test_project.moc"
