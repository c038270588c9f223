// SPDX-License-Identifier: GPL-3.0-or-later
// The template interpreter against transformers' Jinja2: each feature alone, the templates that
// models ship with, and whatever an untrusted template may try.
#include <QElapsedTimer>
#include <QtTest>
#include <atomic>
#include <map>
#include <span>
#include <thread>

#include "core/base/sha256.h"
#include "core/tokenize/jinja.h"
#include "tests/tokenize/golden.h"

using namespace loupe;
using namespace loupe::tokenize;

namespace {

using Json = nlohmann::ordered_json;

Json golden_file(const char* name) {
  std::ifstream in(golden_folder() / name);
  return Json::parse(in);
}

JinjaInput input_of(const Json& variables) {
  JinjaInput input;
  input.bos_token = "<bos>";
  input.eos_token = "</eos>";
  input.date = "2024-07-26";
  for (const auto& [name, value] : variables.items()) input.variables.emplace_back(name, value);
  return input;
}

std::string sha256(const std::string& text) {
  Sha256 sum;
  sum.add(std::as_bytes(std::span(text)));
  return sum.hex();
}

Result<std::string> render(const std::string& source, const JinjaInput& input) {
  LOUPE_TRY(const JinjaTemplate parsed, JinjaTemplate::parse(source));
  return parsed.render(input);
}

// "" when `got` is what `want` asks for, or what is wrong.
std::string difference(const Json& want, const Result<std::string>& got) {
  if (want.contains("error")) {
    if (got.ok()) return "no error, but " + *got;
    const bool refused = got.error().code == ErrorCode::unsupported;
    if (want.contains("refused") && !refused) return "not refused: " + got.error().text();
    if (got.error().where.find("line ") == std::string::npos) return "no place";
    const auto message = want["error"].get<std::string>();
    return got.error().what.find(message) == std::string::npos ? got.error().text() : "";
  }
  if (!got) return got.error().text();
  if (want.contains("text")) {
    return *got == want["text"].get<std::string>()
               ? ""
               : "want " + want["text"].dump() + "\ngot  " + Json(*got).dump();
  }
  const bool same = got->size() == want["bytes"].get<size_t>() &&
                    sha256(*got).starts_with(want["hash"].get<std::string>());
  return same ? "" : "another text: " + Json(*got).dump();
}

std::map<std::string, JinjaInput> conversations() {
  std::map<std::string, JinjaInput> inputs;
  const Json golden = golden_file("chat_conversations.json");
  for (const auto& row : golden["rows"]) {
    inputs[row["name"]] = input_of(row["variables"]);
  }
  return inputs;
}

// Every case that differs, by name.
std::string differences(const std::string& source, const Json& cases) {
  static const auto inputs = conversations();
  const auto parsed = JinjaTemplate::parse(source);
  if (!parsed) return parsed.error().text();
  std::string all;
  for (const auto& [name, want] : cases.items()) {
    const std::string one = difference(want, parsed->render(inputs.at(name)));
    if (!one.empty()) all += "\n" + name + ": " + one;
  }
  return all;
}

}  // namespace

class TestJinja : public QObject {
  Q_OBJECT
 private slots:
  void features();
  void own_templates();
  void shipped_templates_data();
  void shipped_templates();
  void errors_say_where();
  void limits_data();
  void limits();
  void deep_values_are_freed();
  void one_template_in_many_threads();
  void ill_formed_text();
};

void TestJinja::features() {
  const Json golden = golden_file("chat_features.json");
  const JinjaInput input = input_of(golden["input"]);
  int wrong = 0;
  for (const auto& row : golden["rows"]) {
    const auto source = row["source"].get<std::string>();
    const std::string found = difference(row, render(source, input));
    if (found.empty()) continue;
    ++wrong;
    qWarning("%s\n%s", source.c_str(), found.c_str());
  }
  QCOMPARE(wrong, 0);
  QVERIFY(golden["rows"].size() > 300);
}

void TestJinja::own_templates() {
  const Json sources = golden_file("chat_templates.json");
  const Json golden = golden_file("chat_own.json");
  for (const auto& row : golden["rows"]) {
    const auto name = row["name"].get<std::string>();
    const std::string found = differences(sources[name].get<std::string>(), row["cases"]);
    QVERIFY2(found.empty(), (name + found).c_str());
  }
}

void TestJinja::shipped_templates_data() {
  QTest::addColumn<QString>("file");
  const Json golden = golden_file("chat_files.json");
  for (const auto& row : golden["rows"]) {
    const auto file = row["file"].get<std::string>();
    QTest::newRow(file.c_str()) << QString::fromStdString(file);
  }
}

void TestJinja::shipped_templates() {
  QFETCH(QString, file);
  const auto path =
      std::filesystem::path(LOUPE_SOURCE_DIR) / ".deps/templates" / file.toStdString();
  if (!std::filesystem::exists(path)) QSKIP("scripts/setup --templates fetches these templates");
  std::ifstream in(path, std::ios::binary);
  const std::string source(std::istreambuf_iterator<char>(in), {});
  static const Json golden = golden_file("chat_files.json");
  for (const auto& row : golden["rows"]) {
    if (row["file"] != file.toStdString()) continue;
    QCOMPARE(sha256(source), row["sha256"].get<std::string>());
    const std::string found = differences(source, row["cases"]);
    QVERIFY2(found.empty(), found.c_str());
  }
}

void TestJinja::errors_say_where() {
  const auto refused = JinjaTemplate::parse("a\n{{ 'ü' }} {{ 'x' | urlize }}");
  QVERIFY(!refused.ok());
  QCOMPARE(refused.error().code, ErrorCode::unsupported);
  QVERIFY(refused.error().what.find("\"urlize\"") != std::string::npos);
  QCOMPARE(refused.error().where, std::string("chat template, line 2:20, `{{ 'ü' }} {{ 'x' | "
                                              "urlize }}`"));
  QCOMPARE(refused.error().hint, std::string("use the plain template"));
  const auto late = render("\n\n  {{ messages.append(1) }}", {});
  QVERIFY(!late.ok());
  QCOMPARE(late.error().code, ErrorCode::unsupported);
  QVERIFY(late.error().what.find("\"append\"") != std::string::npos);
  QCOMPARE(late.error().where, std::string("chat template, line 3:15, `{{ messages.append(1) }}`"));
  const auto raised = render("{{ raise_exception('Roles\nmust alternate') }}", {});
  QVERIFY(!raised.ok());
  QCOMPARE(raised.error().code, ErrorCode::invalid_input);
  QCOMPARE(raised.error().what, std::string("the chat template fails: Roles must alternate"));
  // Of a long line, what follows the place.
  const auto far = render(std::string(5000, 'x') + "{{ nothing.at.all }}", {});
  QCOMPARE(far.error().where, std::string("chat template, line 1:5012, `at.all }}`"));
  QVERIFY(far.error().what.find("\"nothing\" is undefined") != std::string::npos);
}

void TestJinja::limits_data() {
  QTest::addColumn<QString>("source");
  const auto row = [](const char* name, const QString& source) { QTest::newRow(name) << source; };
  const QString grow = "{% set n = namespace(x=%1) %}{% for i in range(90000) %}%2{% endfor %}";
  row("steps", "{% for a in range(9999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}");
  row("steps of a macro",
      "{% macro f(n) %}{% if n %}{{ f(n - 1) }}{{ f(n - 1) }}{% endif %}{% endmacro %}{{ f(60) }}");
  row("text", grow.arg("'ab'", "{% set n.x = n.x ~ n.x %}"));
  row("text by a filter", grow.arg("'ab'", "{% set n.x = n.x | replace('', 'abcdef') %}"));
  row("text by a method", grow.arg("'ab'", "{% set n.x = n.x.replace('', 'abcdef') %}"));
  row("list", grow.arg("[1]", "{% set n.x = n.x + n.x %}"));
  row("list repeated", "{{ [1] * 9223372036854775807 }}");
  row("text repeated", "{{ 'abc' * 9223372036854775807 }}");
  row("output", "{% for i in range(99999) %}{{ 'a' * 1000 }}{% endfor %}");
  row("deep list", grow.arg("[]", "{% set n.x = [n.x] %}") + "{{ n.x }}");
  row("deep list as JSON", grow.arg("[]", "{% set n.x = [n.x] %}") + "{{ n.x | tojson }}");
  row("deep lists compared",
      grow.arg("[]", "{% set n.x = [n.x] %}{% set n.y = [n.y] %}") + "{{ n.x == n.y }}");
  row("deep keys", grow.arg("1", "{% set n.x = (n.x,) %}") + "{{ {n.x: 1} }}");
  row("wide value", grow.arg("'abcdefgh'", "{% set n.x = [n.x, n.x] %}") + "{{ n.x | tojson }}");
  row("zeros", "{{ '1'.zfill(99999999999) }}");
  row("wide format", "{{ '%99999999999s' % 'x' }}");
  row("batch", "{{ [1] | batch(9999999999, 'x') | list }}");
  row("range of big steps",
      "{% set n = namespace(x=range(0, 1, 999999999999)) %}{% for i in range(99) %}"
      "{% set n.x = n.x[::9223372036854775807] %}{% endfor %}{{ n.x[1] + 1 }}");
  row("sum", "{{ range(100000) | map('string') | map('list') | sum(start=[]) }}");
  row("calls", "{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}");
  row("calls by a call block",
      "{% macro f() %}{% call f() %}{{ caller() }}{% endcall %}{% endmacro %}{{ f() }}");
  row("calls in a default", "{% macro f(a=f()) %}{% endmacro %}{{ f() }}");
  row("conditions within", "{{ " + QString("1 if 1 else ").repeated(5000) + "1 }}");
  row("signs", "{{ " + QString("-").repeated(50000) + "1 }}");
  row("subscripts", "{{ x" + QString("[0]").repeated(20000) + " }}");
  row("calls of calls", "{{ x" + QString("()").repeated(20000) + " }}");
  row("lists within lists", "{{ " + QString("[").repeated(40000) + QString("]").repeated(40000));
  row("targets", "{% set " + QString("(").repeated(40000));
  row("tests", "{{ 1" + QString(" is eq 1").repeated(9000) + " }}");
  row("loops", QString("{% for a in [1] %}").repeated(4000));
  row("macros", QString("{% macro a() %}").repeated(4000));
  row("else of else",
      QString("{% if 0 %}{% else %}").repeated(2000) + QString("{% endif %}").repeated(2000));
}

void TestJinja::limits() {
  QFETCH(QString, source);
  QElapsedTimer timer;
  timer.start();
  const auto text = render(source.toStdString(), {});
  QVERIFY2(!text.ok(), text.ok() ? text->substr(0, 200).c_str() : "");
  QVERIFY(text.error().text().size() < 1000);
  QVERIFY2(timer.elapsed() < 5000, std::to_string(timer.elapsed()).c_str());
}

void TestJinja::deep_values_are_freed() {
  const auto text = render(
      "{% set n = namespace(x=[]) %}{% for i in range(99999) %}{% set n.x = [n.x] %}{% endfor %}"
      "{% set n.self = n %}{{ loop is defined }}ok",
      {});
  QVERIFY2(text.ok(), text.ok() ? "" : text.error().text().c_str());
  QCOMPARE(*text, std::string("Falseok"));
}

void TestJinja::one_template_in_many_threads() {
  const Json sources = golden_file("chat_templates.json");
  const auto parsed = JinjaTemplate::parse(sources["kitchen_sink"].get<std::string>());
  QVERIFY(parsed.ok());
  const auto inputs = conversations();
  const auto want = parsed->render(inputs.at("turns +"));
  QVERIFY(want.ok());
  std::atomic<int> wrong = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int j = 0; j < 200; ++j) {
        const auto text = parsed->render(inputs.at("turns +"));
        if (!text || *text != *want) ++wrong;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  QCOMPARE(wrong.load(), 0);
}

void TestJinja::ill_formed_text() {
  JinjaInput input;
  input.messages = {{"user", "a\xFF\xC3z"}};
  input.variables.emplace_back("more", Json("\xE2\x82"));
  const auto text =
      render("\xC3{{ messages[0].content[1:] }}{{ more | length }}{{ '\xF0\x9F' }}", input);
  QVERIFY2(text.ok(), text.ok() ? "" : text.error().text().c_str());
  QCOMPARE(*text, std::string("\uFFFD\uFFFD\uFFFDz1\uFFFD"));
}

QTEST_GUILESS_MAIN(TestJinja)
#include "test_jinja.moc"
