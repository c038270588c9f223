// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTemporaryDir>
#include <QtTest>
#include <fstream>
#include <set>

#include "core/data/persona.h"
#include "core/data/project.h"
#include "core/data/source.h"

using namespace loupe;
using namespace loupe::data;

class TestSource : public QObject {
  Q_OBJECT

  QTemporaryDir folder_;
  const std::string statements_ = LOUPE_SOURCE_DIR "/projects/persona/statements.jsonl";

  std::string path(const char* name) const { return folder_.filePath(name).toStdString(); }
  std::string made(const char* name) const {
    std::ofstream(path(name)) << R"({"prompt": "p", "chosen": "c", "rejected": "r"})"
                              << "\n";
    return path(name);
  }

 private slots:
  void each_kind_is_described() {
    std::set<std::string_view> ids;
    for (const Source* kind : sources()) {
      const SourceInfo info = kind->info();
      QVERIFY(ids.insert(info.id).second);
      QCOMPARE(source(info.id), kind);
      QVERIFY(!info.title.empty() && !info.why.empty() && !info.file_key.empty());
      for (const std::string_view ending : info.endings) {
        QVERIFY(ending.starts_with('.'));
        QCOMPARE(source_of_file("folder/x" + std::string(ending)), kind);
      }
      for (const SourceOption& option : info.options)
        QVERIFY(!option.key.empty() && !option.title.empty() && !option.standard.is_null());
    }
    QVERIFY(source("no-such-kind") == nullptr);
    QVERIFY(source_of_file("model.gguf") == nullptr);
  }

  void a_file_is_a_spec() {
    const std::string file = made("pairs.jsonl");
    json spec = file_spec("test", path("x/../pairs.jsonl"));
    QCOMPARE(spec, (json{{"kind", "jsonl"}, {"name", "test"}, {"path", file}}));
    QVERIFY(std::filesystem::path(file_of(file_spec("a", "b.jsonl"))).is_absolute());
    // A file that none knows by its ending is JSONL.
    QCOMPARE(file_spec("a", "/x/pairs.txt").at("kind"), "jsonl");
    const auto loaded = load_spec(spec);
    QVERIFY2(loaded, loaded ? "" : loaded.error().text().c_str());
    QCOMPARE(loaded->pairs.size(), size_t(1));
    QCOMPARE(loaded->name, std::string("test"));
    QCOMPARE(file_of(spec), file);
    QCOMPARE(label_of(spec), std::string("pairs.jsonl"));
    QCOMPARE(group_of(spec), std::string());
    spec["sha256"] = loaded->sha256;
    QVERIFY(load_spec(spec).ok());
    QVERIFY(is_plain_file(spec));
    spec["sha256"] = "of other pairs";
    QCOMPARE(load_spec(spec).error().code, ErrorCode::corrupt);
    QCOMPARE(load_spec(spec).error().where, file);
    QCOMPARE(load_spec(file_spec("t", path("none"))).error().code, ErrorCode::not_found);
  }

  void a_damaged_spec_is_refused() {
    for (const json& damaged :
         {json::object(), json::array(), json(nullptr), json("jsonl"),
          json{{"kind", "jsonl"}, {"name", "x"}}, json{{"kind", "jsonl"}, {"path", "x"}},
          json{{"kind", "jsonl"}, {"name", 5}, {"path", "x"}},
          json{{"kind", "jsonl"}, {"name", "x"}, {"path", 5}},
          json{{"kind", "other"}, {"name", "x"}}, json{{"kind", "persona"}, {"name", "train"}},
          json{{"kind", "persona"}, {"name", "train"}, {"statements", statements_}, {"seed", "1"}},
          json{{"kind", "persona"}, {"name", "tset"}, {"statements", statements_}}}) {
      const auto result = load_spec(damaged);
      QVERIFY2(!result && result.error().code == ErrorCode::invalid_input, damaged.dump().c_str());
      QVERIFY(!result.error().what.empty());
      file_of(damaged);  // of what a damaged row holds, nothing but ""
      QVERIFY(label_of(damaged).size() < 20);
    }
  }

  void the_sets_of_the_persona_experiment() {
    const auto specs = persona_specs(statements_, {12, 6, 3});
    const std::vector<std::pair<std::string, size_t>> want{
        {"train", 12}, {"test", 6}, {"reworded_train", 12}, {"reworded_test", 6}};
    QCOMPARE(specs.size(), want.size());
    for (size_t i = 0; i < specs.size(); ++i) {
      const auto set = load_spec(specs[i]);
      QVERIFY2(set, set ? "" : set.error().text().c_str());
      QCOMPARE(set->name, want[i].first);
      // Rewordings share their statement's cluster.
      std::set<int64_t> clusters;
      for (const auto& pair : set->pairs) clusters.insert(pair.cluster);
      QCOMPARE(clusters.size(), want[i].second);
      QCOMPARE(load_spec(specs[i])->sha256, set->sha256);
      QCOMPARE(label_of(specs[i]), "persona/" + want[i].first);
      QCOMPARE(group_of(specs[i]), std::string("persona"));
      QCOMPARE(file_of(specs[i]), statements_);
      QVERIFY(!is_plain_file(specs[i]));
    }
    // What a spec does not say is as the options' standard.
    json short_spec{{"kind", "persona"}, {"name", "test"}, {"statements", statements_}};
    const auto standard = load_spec(short_spec);
    QVERIFY(standard);
    QCOMPARE(standard->sha256, load_spec(persona_specs(statements_, PersonaOptions())[1])->sha256);
  }

  void what_a_project_names() {
    Project project;
    QVERIFY(!project_data(project, ""));
    project.train = "/data/train.jsonl";
    project.eval = {{"a", "/data/a.jsonl"}, {"b", "/data/b.jsonl"}};
    const auto files = project_data(project, "");
    QVERIFY(files);
    QCOMPARE(files->train.at("path"), "/data/train.jsonl");
    QCOMPARE(files->eval.size(), size_t(2));
    QCOMPARE(files->eval[1].at("name"), "b");
    const auto replaced = project_data(project, "/data/statements.jsonl");
    QVERIFY(replaced);
    QCOMPARE(replaced->train.at("kind"), "persona");
    QCOMPARE(replaced->eval.size(), size_t(4));
    QCOMPARE(replaced->eval.front(), replaced->train);
  }
};

QTEST_APPLESS_MAIN(TestSource)
#include "test_source.moc"
