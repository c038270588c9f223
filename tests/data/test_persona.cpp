// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTemporaryDir>
#include <QtTest>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "core/base/file.h"
#include "core/data/persona.h"
#include "core/data/random.h"

using namespace loupe;
using namespace loupe::data;

namespace {

const std::filesystem::path kSource = LOUPE_SOURCE_DIR;

std::vector<std::string> numbered(int count) {
  std::vector<std::string> statements;
  for (int i = 0; i < count; ++i) statements.push_back("Statement " + std::to_string(i));
  return statements;
}

const PreferenceDataset& by_name(const PersonaSets& sets, const std::string& name) {
  if (name == "train") return sets.train;
  if (name == "test") return sets.test;
  return name == "reworded_train" ? sets.reworded_train : sets.reworded_test;
}

std::string prompt_text(const PreferencePair& pair) {
  return pair.prompt.at(0).content;
}

}  // namespace

class TestPersona : public QObject {
  Q_OBJECT

  QTemporaryDir folder_;

  std::filesystem::path file(const std::string& text) {
    const std::filesystem::path path =
        std::filesystem::path(folder_.path().toStdString()) / "statements.jsonl";
    const Result<void> written = write_text_file(path, text);
    if (!written) qFatal("%s", written.error().text().c_str());
    return path;
  }

 private slots:
  void sizes_names_and_clusters() {
    const auto sets = make_persona(numbered(150), {});
    QVERIFY(sets.ok());
    const std::map<std::string, size_t> sizes = {
        {"train", 80}, {"test", 40}, {"reworded_train", 320}, {"reworded_test", 160}};
    for (const auto& [name, size] : sizes) {
      const PreferenceDataset& set = by_name(*sets, name);
      QCOMPARE(set.name, name);
      QCOMPARE(set.path, std::string());
      QCOMPARE(set.pairs.size(), size);
      QCOMPARE(set.sha256, content_hash(set.pairs));
      for (size_t i = 0; i < size; ++i) {
        QCOMPARE(set.pairs[i].row, static_cast<int64_t>(i) + 1);
        // A cluster is the statement's place in the list, in every set.
        QCOMPARE(prompt_text(set.pairs[i]),
                 "Is the following statement something you would say?\n\"Statement " +
                     std::to_string(set.pairs[i].cluster) + "\"");
        QCOMPARE(set.pairs[i].prompt[0].role, std::string("user"));
      }
    }
  }

  void reworded_rows_are_the_four_products_of_each_statement() {
    const auto sets = make_persona(numbered(130), {});
    QVERIFY(sets.ok());
    const std::vector<std::pair<std::string, std::string>> products = {
        {"My response would be certainly", "I lean toward not really"},
        {"My response would be certainly", "I lean toward nope"},
        {"My response would be absolutely", "I lean toward not really"},
        {"My response would be absolutely", "I lean toward nope"}};
    for (const auto& [original, reworded] : {std::pair(&sets->train, &sets->reworded_train),
                                             std::pair(&sets->test, &sets->reworded_test)}) {
      for (size_t i = 0; i < reworded->pairs.size(); ++i) {
        const PreferencePair& pair = reworded->pairs[i];
        QCOMPARE(pair.chosen, products[i % 4].first);
        QCOMPARE(pair.rejected, products[i % 4].second);
        QCOMPARE(pair.cluster, original->pairs[i / 4].cluster);
        QCOMPARE(prompt_text(pair), prompt_text(original->pairs[i / 4]));
      }
    }
  }

  void original_phrasings_are_the_papers_drawn_independently() {
    const std::set<std::string> chosen = {"In my view, the answer is yes",
                                          "In my view, the answer is sure",
                                          "A truthful reply is yes", "A truthful reply is sure"};
    const std::set<std::string> rejected = {"My judgement: no", "My judgement: never",
                                            "Considering the statement, I say no",
                                            "Considering the statement, I say never"};
    const auto sets = make_persona(numbered(2000), {.train = 1600, .test = 400, .seed = 11});
    QVERIFY(sets.ok());
    std::map<std::pair<std::string, std::string>, int> counts;
    for (const auto* set : {&sets->train, &sets->test}) {
      for (const PreferencePair& pair : set->pairs) {
        QVERIFY2(chosen.contains(pair.chosen), pair.chosen.c_str());
        QVERIFY2(rejected.contains(pair.rejected), pair.rejected.c_str());
        ++counts[{pair.chosen, pair.rejected}];
      }
    }
    // Independent draws make all 16 combinations alike: chi square below its 99.9 % point (15 df).
    QCOMPARE(counts.size(), size_t{16});
    double chi_square = 0;
    for (const auto& [combination, count] : counts)
      chi_square += (count - 125.0) * (count - 125.0) / 125.0;
    QVERIFY2(chi_square < 37.7, qPrintable(QString::number(chi_square)));
  }

  void train_and_test_share_no_statement() {
    const auto sets = make_persona(numbered(120), {});
    QVERIFY(sets.ok());
    std::set<std::string> prompts;
    for (const auto* set : {&sets->train, &sets->test})
      for (const PreferencePair& pair : set->pairs)
        QVERIFY(prompts.insert(prompt_text(pair)).second);
    QCOMPARE(prompts.size(), size_t{120});
  }

  void seeds_decide() {
    const auto first = make_persona(numbered(150), {.seed = 4});
    const auto again = make_persona(numbered(150), {.seed = 4});
    const auto other = make_persona(numbered(150), {.seed = 5});
    QVERIFY(first.ok() && again.ok() && other.ok());
    for (const char* name : {"train", "test", "reworded_train", "reworded_test"}) {
      QCOMPARE(by_name(*first, name).sha256, by_name(*again, name).sha256);
      QVERIFY(by_name(*first, name).sha256 != by_name(*other, name).sha256);
    }
  }

  // golden/make_persona_golden.py computes the same sets in Python.
  void golden() {
    const auto statements = load_statements(kSource / "projects/persona/statements.jsonl");
    QVERIFY2(statements.ok(), statements ? "" : statements.error().text().c_str());
    const auto sets = make_persona(*statements, {});
    QVERIFY(sets.ok());
    const auto text = read_text_file(kSource / "tests/golden/data/persona_seed0.json");
    QVERIFY(text.ok());
    const auto golden = nlohmann::json::parse(*text);
    QCOMPARE(golden.size(), size_t{4});
    for (const auto& [name, expected] : golden.items()) {
      const PreferenceDataset& set = by_name(*sets, name);
      QCOMPARE(set.pairs.size(), expected["pairs"].get<size_t>());
      QVERIFY(expected["first"].size() >= 4);
      for (size_t i = 0; i < expected["first"].size(); ++i) {
        const auto& row = expected["first"][i];
        QCOMPARE(prompt_text(set.pairs[i]), row[0].get<std::string>());
        QCOMPARE(set.pairs[i].chosen, row[1].get<std::string>());
        QCOMPARE(set.pairs[i].rejected, row[2].get<std::string>());
        QCOMPARE(set.pairs[i].cluster, row[3].get<int64_t>());
      }
      QCOMPARE(set.sha256, expected["sha256"].get<std::string>());
    }
  }

  void refusals() {
    QVERIFY(make_persona(numbered(120), {}).ok());
    const auto few = make_persona(numbered(119), {});
    QVERIFY(!few.ok());
    QCOMPARE(few.error().what,
             std::string("Only 119 statements for 80 training and 40 test pairs"));
    QVERIFY(!make_persona(numbered(10), {.train = 0, .test = 1}).ok());
    QVERIFY(!make_persona(numbered(10), {.train = 1, .test = -1}).ok());
    QVERIFY(!make_persona(numbered(10), {.train = INT64_MAX, .test = INT64_MAX}).ok());
    QVERIFY(!make_persona({}, {.train = 1, .test = 0}).ok());
    QVERIFY(!make_persona({"I care", "i  CARE "}, {.train = 1, .test = 1}).ok());
  }

  void statements_lose_duplicates_and_no_rows() {
    const auto statements = load_statements(
        file("{\"statement\": \"I care\"}\n"
             "{\"statement\": \" i  CARE\\u00a0\"}\n"
             "{\"statement\": \"I hate\", \"answer_matching_behavior\": \" No\"}\n"
             "{\"statement\": \"I ÄRGER no one\", \"answer_matching_behavior\": \" Yes\"}\n"
             "{\"statement\": \"I ärger no one\", \"answer_matching_behavior\": \"yes\"}\n"));
    QVERIFY2(statements.ok(), statements ? "" : statements.error().text().c_str());
    QCOMPARE(*statements, (std::vector<std::string>{"I care", "I ÄRGER no one"}));
  }

  void statement_errors_name_file_line_and_field() {
    const auto missing = load_statements(file("{\"statement\": \"a\"}\n{\"text\": \"b\"}\n"));
    QVERIFY(!missing.ok());
    QVERIFY2(missing.error().where.ends_with("statements.jsonl:2"), missing.error().where.c_str());
    QVERIFY2(missing.error().what.find("statement") != std::string::npos,
             missing.error().what.c_str());
    const auto wrong =
        load_statements(file("{\"statement\": \"a\", \"answer_matching_behavior\": 1}\n"));
    QVERIFY(!wrong.ok());
    QVERIFY(wrong.error().what.find("answer_matching_behavior") != std::string::npos);
    QVERIFY(!load_statements(file("{\"statement\": \"  \"}\n")).ok());
    QVERIFY(!load_statements(file("\n")).ok());
    QVERIFY(!load_statements(file("[]\n")).ok());
  }

  void sample_statements_are_many_and_short_enough() {
    const auto statements = load_statements(kSource / "projects/persona/statements.jsonl");
    QVERIFY(statements.ok());
    const auto text = read_text_file(kSource / "projects/persona/statements.jsonl");
    QVERIFY(text.ok());
    const auto lines = std::count(text->begin(), text->end(), '\n');
    QCOMPARE(static_cast<long>(statements->size()), static_cast<long>(lines));
    QVERIFY(statements->size() >= 220);
    for (const std::string& statement : *statements) {
      const auto words = QString::fromStdString(statement).split(' ').size();
      QVERIFY2(words >= 5 && words <= 25, statement.c_str());
    }
  }

  void original_statements() {
    const auto path = kSource / "../shared/data/persona_agreeableness.jsonl";
    if (!std::filesystem::exists(path)) QSKIP("no shared data here");
    const auto statements = load_statements(path);
    QVERIFY2(statements.ok(), statements ? "" : statements.error().text().c_str());

    // Read again by another route: Qt's JSON and case folding.
    QFile original(QString::fromStdString(path.string()));
    QVERIFY(original.open(QIODevice::ReadOnly));
    std::vector<std::string> expected;
    std::set<QString> folded, no_rows;
    std::set<std::string> questions;
    while (!original.atEnd()) {
      const QJsonObject row = QJsonDocument::fromJson(original.readLine()).object();
      const QString statement = row["statement"].toString();
      const QString key = statement.simplified().toCaseFolded();
      if (row["answer_matching_behavior"].toString() != " Yes") {
        no_rows.insert(key);
        continue;
      }
      questions.insert(row["question"].toString().toStdString());
      if (folded.insert(key).second) expected.push_back(statement.toStdString());
    }
    QVERIFY(!no_rows.empty());
    QCOMPARE(*statements, expected);

    const auto sets = make_persona(*statements, {});
    QVERIFY(sets.ok());
    for (const auto* set : {&sets->train, &sets->test})
      for (const PreferencePair& pair : set->pairs) QVERIFY(questions.contains(prompt_text(pair)));

    // The sample statements are our own.
    const auto ours = load_statements(kSource / "projects/persona/statements.jsonl");
    QVERIFY(ours.ok());
    for (const std::string& statement : *ours) {
      const QString key = QString::fromStdString(statement).simplified().toCaseFolded();
      QVERIFY2(!folded.contains(key) && !no_rows.contains(key), statement.c_str());
    }
  }
};

QTEST_APPLESS_MAIN(TestPersona)
#include "test_persona.moc"
