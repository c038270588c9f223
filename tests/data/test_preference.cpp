// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTemporaryDir>
#include <QtTest>
#include <nlohmann/json.hpp>

#include "core/base/file.h"
#include "core/data/preference.h"

using namespace loupe;
using namespace loupe::data;
using nlohmann::json;

class TestPreference : public QObject {
  Q_OBJECT

  QTemporaryDir folder_;

  std::filesystem::path file(const std::string& text) {
    const std::filesystem::path path =
        std::filesystem::path(folder_.path().toStdString()) / "pairs.jsonl";
    const Result<void> written = write_text_file(path, text);
    if (!written) qFatal("%s", written.error().text().c_str());
    return path;
  }

  Result<PreferenceDataset> load(const std::string& text) { return load_jsonl(file(text)); }

  PreferencePair one(const std::string& line) {
    const Result<PreferenceDataset> dataset = load(line + "\n");
    if (!dataset) {
      QTest::qFail(dataset.error().text().c_str(), __FILE__, __LINE__);
      return {};
    }
    return dataset->pairs.at(0);
  }

  // A chat list of one user turn and the assistant's answer.
  static json chat(const std::string& user, const std::string& assistant) {
    return {{{"role", "user"}, {"content", user}}, {{"role", "assistant"}, {"content", assistant}}};
  }

  // The pairs that the hash tests change one part of.
  static std::vector<PreferencePair> two_pairs() {
    return {{{{"user", "p"}}, "yes", "no", 1, 0},
            {{{"system", "s"}, {"user", "q"}}, "a", "b", 2, 1}};
  }

 private slots:
  void text_prompt() {
    const PreferencePair pair =
        one(R"({"prompt": "Hi\n", "chosen": "yes", "rejected": "no", "x": 1})");
    QCOMPARE(pair.prompt.size(), size_t{1});
    QCOMPARE(pair.prompt[0].role, std::string("user"));
    QCOMPARE(pair.prompt[0].content, std::string("Hi\n"));
    QCOMPARE(pair.chosen, std::string("yes"));
    QCOMPARE(pair.rejected, std::string("no"));
    QCOMPARE(pair.row, int64_t{1});
    QCOMPARE(pair.cluster, int64_t{0});
  }

  void list_prompt() {
    const PreferencePair pair =
        one(R"({"prompt": [{"role": "system", "content": "Be brief"},)"
            R"( {"role": "user", "content": "Hi"}],)"
            R"( "chosen": "yes", "rejected": [{"role": "assistant", "content": "no"}]})");
    QCOMPARE(pair.prompt.size(), size_t{2});
    QCOMPARE(pair.prompt[0].role, std::string("system"));
    QCOMPARE(pair.prompt[1].content, std::string("Hi"));
    QCOMPARE(pair.rejected, std::string("no"));
  }

  void chat_lists() {
    json row = {{"chosen", chat("Hi", "yes")}, {"rejected", chat("Hi", "no")}};
    for (const bool repeats_the_prompt : {false, true}) {
      if (repeats_the_prompt) row["prompt"] = "Hi";
      const PreferencePair pair = one(row.dump());
      QCOMPARE(pair.prompt.size(), size_t{1});
      QCOMPARE(pair.prompt[0].role, std::string("user"));
      QCOMPARE(pair.prompt[0].content, std::string("Hi"));
      QCOMPARE(pair.chosen, std::string("yes"));
      QCOMPARE(pair.rejected, std::string("no"));
    }
  }

  void rows_and_clusters() {
    const auto plain = load(
        "\xEF\xBB\xBF{\"prompt\":\"a\",\"chosen\":\"b\",\"rejected\":\"c\"}\r\n\n"
        "{\"prompt\":\"d\",\"chosen\":\"e\",\"rejected\":\"f\"}");
    QVERIFY2(plain.ok(), plain ? "" : plain.error().text().c_str());
    QCOMPARE(plain->pairs.size(), size_t{2});
    QCOMPARE(plain->pairs[1].row, int64_t{3});
    QCOMPARE(plain->pairs[1].cluster, int64_t{1});
    QCOMPARE(plain->name, std::string("pairs"));
    QVERIFY(std::filesystem::path(plain->path).is_absolute());

    const auto mixed = load(
        "{\"prompt\":\"a\",\"chosen\":\"b\",\"rejected\":\"c\"}\n"
        "{\"prompt\":\"a\",\"chosen\":\"b\",\"rejected\":\"c\",\"cluster\":0}\n"
        "{\"prompt\":\"a\",\"chosen\":\"b\",\"rejected\":\"c\",\"cluster\":0}\n"
        "{\"prompt\":\"a\",\"chosen\":\"b\",\"rejected\":\"c\"}\n");
    QVERIFY(mixed.ok());
    QCOMPARE(mixed->pairs[0].cluster, int64_t{1});
    QCOMPARE(mixed->pairs[1].cluster, int64_t{0});
    QCOMPARE(mixed->pairs[2].cluster, int64_t{0});
    QCOMPARE(mixed->pairs[3].cluster, int64_t{2});
    QCOMPARE(load_jsonl(mixed->path, "mine")->name, std::string("mine"));
  }

  void errors_name_file_line_and_field_data() {
    QTest::addColumn<QByteArray>("line");
    QTest::addColumn<QByteArray>("what");
    const auto row = [](const char* name, const char* line, const char* what) {
      QTest::newRow(name) << QByteArray(line) << QByteArray(what);
    };
    row("no object", "[1]", "not an object");
    row("no chosen", R"({"prompt": "a", "rejected": "c"})", "missing field `chosen`");
    row("no rejected", R"({"prompt": "a", "chosen": "c"})", "missing field `rejected`");
    row("no prompt", R"({"chosen": "a", "rejected": "c"})", "missing field `prompt`");
    row("no prompt beside lists",
        R"({"chosen": [{"role": "assistant", "content": "a"}], "rejected": "c"})",
        "missing field `prompt`");
    row("number", R"({"prompt": 3, "chosen": "a", "rejected": "c"})",
        "field `prompt` is a number, expected a string or a list of turns");
    row("null", R"({"prompt": "a", "chosen": null, "rejected": "c"})",
        "field `chosen` is null, expected a string or a list of turns");
    row("object", R"({"prompt": "a", "chosen": {}, "rejected": "c"})",
        "field `chosen` is an object, expected a string or a list of turns");
    row("empty list", R"({"prompt": [], "chosen": "a", "rejected": "c"})",
        "field `prompt` is an empty list");
    row("turn is no object", R"({"prompt": ["a"], "chosen": "a", "rejected": "c"})",
        "field `prompt[0]` is a string, expected an object");
    row("no content", R"({"prompt": [{"role": "user"}], "chosen": "a", "rejected": "c"})",
        "missing field `prompt[0].content`");
    row("content is a number",
        R"({"prompt": "x", "chosen": [{"role": "assistant", "content": 1}], "rejected": "c"})",
        "field `chosen[0].content` is a number, expected a string");
    row("unknown role",
        R"({"prompt": [{"role": "bot", "content": "x"}], "chosen": "a", "rejected": "c"})",
        "field `prompt[0].role` is `bot`");
    row("ends with the user",
        R"({"prompt": "x", "chosen": [{"role": "user", "content": "a"}], "rejected": "c"})",
        "field `chosen` ends with a user turn");
    row("two prompts",
        json{{"chosen", chat("a", "y")}, {"rejected", chat("b", "n")}}.dump().c_str(),
        "field `rejected` has other turns before the response than `chosen`");
    row("prompt contradicted",
        json{{"prompt", "b"}, {"chosen", chat("a", "y")}, {"rejected", "n"}}.dump().c_str(),
        "field `chosen` has earlier turns that differ from `prompt`");
    row("cluster is a text", R"({"prompt": "b", "chosen": "x", "rejected": "n", "cluster": "1"})",
        "field `cluster` is a string, expected an integer");
    row("cluster is a fraction",
        R"({"prompt": "b", "chosen": "x", "rejected": "n", "cluster": 1.5})",
        "field `cluster` is a number, expected an integer");
    row("cluster is too large",
        R"({"prompt": "b", "chosen": "x", "rejected": "n", "cluster": 9223372036854775808})",
        "field `cluster` does not fit 64 bits");
  }

  void errors_name_file_line_and_field() {
    QFETCH(QByteArray, line);
    QFETCH(QByteArray, what);
    const auto dataset = load("{\"prompt\":\"a\",\"chosen\":\"b\",\"rejected\":\"c\"}\n\n" +
                              line.toStdString() + "\n");
    QVERIFY(!dataset.ok());
    QCOMPARE(dataset.error().code, ErrorCode::invalid_input);
    QVERIFY2(dataset.error().what.starts_with(what.toStdString()), dataset.error().what.c_str());
    QVERIFY2(dataset.error().where.ends_with("pairs.jsonl:3"), dataset.error().where.c_str());
  }

  void a_prompt_by_itself() {
    QCOMPARE(parse_prompt("hi")->at(0).role, std::string("user"));
    const auto turns = parse_prompt(
        {{{"role", "system"}, {"content", "be brief"}}, {{"role", "user"}, {"content", "hi"}}});
    QVERIFY(turns);
    QCOMPARE(turns->size(), size_t(2));
    QCOMPARE(turns->at(1).content, std::string("hi"));
    for (const auto& [prompt, what] : std::vector<std::pair<nlohmann::json, std::string>>{
             {nullptr, "field `x` is null, expected a string or a list of turns"},
             {nlohmann::json::array(), "field `x` is an empty list"},
             {{{{"role", "critic"}, {"content", "a"}}}, "field `x[0].role` is `critic`"},
             {{{{"role", "user"}}}, "missing field `x[0].content`"}}) {
      const auto refused = parse_prompt(prompt, "x");
      QVERIFY(!refused);
      QCOMPARE(refused.error().what, what);
    }
  }

  void files_without_pairs() {
    const auto empty = load("\n\n");
    QVERIFY(!empty.ok());
    QVERIFY(empty.error().where.ends_with("pairs.jsonl"));
    const auto broken = load("{\"prompt\": \"a\"\n");
    QVERIFY(!broken.ok());
    QVERIFY2(broken.error().where.find("pairs.jsonl:1") != std::string::npos,
             broken.error().where.c_str());
    const auto absent =
        load_jsonl(std::filesystem::path(folder_.path().toStdString()) / "absent.jsonl");
    QVERIFY(!absent.ok());
    QCOMPARE(absent.error().code, ErrorCode::not_found);
  }

  void saved_and_loaded_again_is_the_same() {
    PreferenceDataset dataset;
    dataset.pairs = two_pairs();
    dataset.pairs[0].chosen = "\"naïve\"\n\t\x01 𝄞";
    dataset.pairs[1].cluster = -7;
    const auto path = file("");
    QVERIFY(save_jsonl(dataset, path).ok());
    const auto loaded = load_jsonl(path);
    QVERIFY2(loaded.ok(), loaded ? "" : loaded.error().text().c_str());
    QCOMPARE(loaded->sha256, content_hash(dataset.pairs));
    QCOMPARE(loaded->pairs[0].chosen, dataset.pairs[0].chosen);
    QCOMPARE(loaded->pairs[1].prompt[0].role, std::string("system"));
    QCOMPARE(loaded->pairs[1].cluster, int64_t{-7});
  }

  void bad_utf8_is_refused_and_the_old_file_stays() {
    const auto path = file("old");
    PreferenceDataset dataset;
    dataset.pairs = two_pairs();
    dataset.pairs[1].rejected = "\xff";
    const auto saved = save_jsonl(dataset, path);
    QVERIFY(!saved.ok());
    QVERIFY2(saved.error().where.ends_with("pairs.jsonl:2"), saved.error().where.c_str());
    QCOMPARE(*read_text_file(path), std::string("old"));
  }

  // Python: hashlib.sha256 over struct.pack("<Q", ...) lengths and texts in the order of the
  // header.
  void content_hash_is_the_documented_one() {
    QCOMPARE(content_hash(two_pairs()),
             std::string("727f0b5a0e922871ec06566fc336aa1bda4b72d7968ab3389c05b63afe56af1b"));
    QCOMPARE(content_hash({}),
             std::string("af5570f5a1810b7af78caf4bc70a660f0df51e42baf91d4de5b2328de0e83dfc"));
  }

  void content_hash_sees_every_part_and_the_order() {
    const std::string hash = content_hash(two_pairs());
    auto pairs = two_pairs();
    std::swap(pairs[0], pairs[1]);
    QVERIFY(content_hash(pairs) != hash);
    const std::vector<std::function<void(std::vector<PreferencePair>&)>> changes = {
        [](auto& p) { p[0].prompt[0].content.pop_back(); },
        [](auto& p) { p[0].prompt[0].role.pop_back(); },
        [](auto& p) { p[0].chosen.pop_back(), p[0].rejected.insert(0, 1, 's'); },
        [](auto& p) { std::swap(p[0].chosen, p[0].rejected); },
        [](auto& p) { p[1].cluster = 0; },
        [](auto& p) { p.pop_back(); },
        [](auto& p) { p[1].prompt[0].role.swap(p[1].prompt[0].content); },
    };
    for (size_t i = 0; i < changes.size(); ++i) {
      auto changed = two_pairs();
      changes[i](changed);
      QVERIFY2(content_hash(changed) != hash, qPrintable(QString::number(i)));
    }
    auto elsewhere = two_pairs();
    elsewhere[0].row = 99;  // where a pair stands in a file is layout, not content
    QCOMPARE(content_hash(elsewhere), hash);
  }

  void real_files() {
    const auto path =
        std::filesystem::path(LOUPE_SOURCE_DIR) / "../shared/data/ultrafeedback_test.jsonl";
    if (!std::filesystem::exists(path)) QSKIP("no shared data here");
    const auto dataset = load_jsonl(path);
    QVERIFY2(dataset.ok(), dataset ? "" : dataset.error().text().c_str());
    QCOMPARE(dataset->pairs.size(), size_t{200});
  }
};

QTEST_APPLESS_MAIN(TestPreference)
#include "test_preference.moc"
