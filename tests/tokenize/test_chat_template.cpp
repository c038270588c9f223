// SPDX-License-Identifier: GPL-3.0-or-later
// Chat templates rendered as transformers renders them, cut into prompt and response, and bad ones
// survived.
#include <QElapsedTimer>
#include <QtTest>

#include "core/tokenize/chat_template.h"
#include "tests/tokenize/golden.h"

using namespace loupe;
using namespace loupe::tokenize;

namespace {

Result<ChatTemplate> make(const std::string& source) {
  return ChatTemplate::jinja(source, "<bos>", "</eos>", "2024-07-26");
}

std::vector<Turn> turns_of(const nlohmann::json& list) {
  std::vector<Turn> turns;
  for (const auto& turn : list) turns.push_back({turn[0], turn[1]});
  return turns;
}

const std::vector<Turn> kHello = {{"user", "Hello"}};

// What the template renders for kHello, or its error.
std::string rendered(const std::string& source) {
  const auto chat = make(source);
  std::string error = "error: ";
  if (!chat) return error.append(chat.error().what);
  const auto text = chat->render(kHello, false);
  return text.ok() ? *text : error.append(text.error().what);
}

}  // namespace

class TestChatTemplate : public QObject {
  Q_OBJECT
 private slots:
  void golden_data();
  void golden();
  void expressions_data();
  void expressions();
  void date();
  void raise_exception();
  void bad_templates_data();
  void bad_templates();
  void plain();
  void pair();
  void pair_whose_content_changes();
  void pair_without_prefix();
  void long_content();
};

void TestChatTemplate::golden_data() {
  QTest::addColumn<QString>("name");
  for (const char* name : {"smollm2", "llama3", "mistral", "gemma", "reasoning", "zephyr",
                           "kitchen_sink", "generation"}) {
    QTest::newRow(name) << QString(name);
  }
}

void TestChatTemplate::golden() {
  QFETCH(QString, name);
  std::ifstream in(golden_folder() / "chat_templates.json");
  const auto sources = nlohmann::json::parse(in);
  const auto chat = make(sources[name.toStdString()].get<std::string>());
  QVERIFY2(chat.ok(), chat.ok() ? "" : chat.error().text().c_str());
  int seen = 0;
  for (const auto& line : golden_lines(golden_folder() / "chat.jsonl")) {
    if (line["name"] != name.toStdString()) continue;
    ++seen;
    const auto text = chat->render(turns_of(line["turns"]), line["add"].get<bool>());
    if (line.contains("error")) {
      QVERIFY2(!text.ok(), line.dump().c_str());
      QVERIFY2(text.error().what.find(line["error"].get<std::string>()) != std::string::npos,
               text.error().what.c_str());
      continue;
    }
    QVERIFY2(text.ok(), text.ok() ? "" : text.error().text().c_str());
    if (*text != line["text"].get<std::string>()) {
      qWarning("want %s\ngot  %s", line["text"].dump().c_str(),
               nlohmann::json(*text).dump().c_str());
    }
    QVERIFY(*text == line["text"].get<std::string>());
  }
  QVERIFY(seen >= 10);
}

// Wanted values are Jinja2's.
void TestChatTemplate::expressions_data() {
  QTest::addColumn<QString>("source");
  QTest::addColumn<QString>("want");
  const std::vector<std::pair<const char*, const char*>> cases = {
      {"{{ 'b' in 'abc' }} {{ 'x' not in 'abc' }} {{ 'role' in messages[0] }}", "True True True"},
      {"{{ [0, '', 5][1:] == ['', 5] }} {{ 0 in [0] }}", "True True"},
      {"{{ 'añb'[1] }}{{ 'añb'[-1] }}{{ 'añb'[::-1] }}{{ 'añb'|length }}", "ñbbña3"},
      {"{{ [1,2,3,4][1:3] }} {{ [1,2,3,4][::2] }} {{ [1,2,3][5:] }} {{ 'abc'[2:1] }}",
       "[2, 3] [1, 3] [] "},
      {"{{ -7 // 2 }} {{ -7 % 3 }} {{ 7 / 2 }} {{ 2 ** 3 }}", "-4 2 3.5 8"},
      {"{{ 'x' or 'y' }} {{ '' or 'y' }} {{ 'x' and 'z' }}", "x y z"},
      {"{% if {} %}a{% else %}b{% endif %}", "b"},
      {"{{ 'a' ~ 1 ~ 'b' == 'a1b' }}", "True"},
      {"{{ '\u3000 x\u00a0'.strip() }}|{{ ' x ' | trim }}|{{ 'xxaxx'.strip('x') }}", "x|x|a"},
      {"{% for m in messages if m.role == 'user' %}{{ m.content }}{% endfor %}{{ m is defined }}",
       "HelloFalse"},
      {"{% set x = 1 %}{% for i in range(2) %}{% set x = 2 %}{% endfor %}{{ x }}", "1"},
      {"{% macro f(a, b='d') %}{{ a }}{{ b }}{% endmacro %}{{ f('1') }}{{ f('1', '2') }}{{ f('3') "
       "}}",
       "1d123d"},
      {"{{ 'ÄB'.lower() }} {{ 'äb' | upper }} {{ 'straße'|upper }}", "äb ÄB STRASSE"},
      {"{{ strftime_now is defined }} {{ nothing is not defined }}", "True True"},
      {"a\n  {{ 'b' }}\n  {% if true %}\nc\n  {% endif %}\nd\n", "a\n  b\nc\nd"},
      {"{{ [1, 'a', true, none] }} {{ {'a': 1} | tojson }}", "[1, 'a', True, None] {\"a\": 1}"},
      {"{{ messages | selectattr('role', 'ne', 'user') | list | length }}", "0"},
      {"{% for k, v in {'a': 1, 'b': 2}.items() %}{{ k }}{{ v }}{% endfor %}", "a1b2"},
      {"{% for c in 'añ' %}<{{ c }}>{% endfor %}", "<a><ñ>"},
      {"{% set ns = namespace(n=0) %}{% for i in range(4) %}{% set ns.n = ns.n + i %}{% endfor "
       "%}{{ ns.n }}",
       "6"}};
  int number = 0;
  for (const auto& [source, want] : cases) {
    QTest::addRow("%d", number++) << QString(source) << QString(want);
  }
}

void TestChatTemplate::expressions() {
  QFETCH(QString, source);
  QFETCH(QString, want);
  QCOMPARE(QString::fromStdString(rendered(source.toStdString())), want);
}

void TestChatTemplate::date() {
  QCOMPARE(rendered("{{ strftime_now('%d %b %Y, %A, day %j') }}"),
           std::string("26 Jul 2024, Friday, day 208"));
  const auto chat = ChatTemplate::jinja("{{ strftime_now('%Y') }}", "", "", "yesterday");
  QVERIFY(chat.ok());
  const auto text = chat->render(kHello, false);
  QVERIFY(!text.ok());
  QVERIFY(text.error().what.find("yesterday") != std::string::npos);
}

void TestChatTemplate::raise_exception() {
  const auto chat = make("\n\n{{ raise_exception('roles at row 7') }}");
  QVERIFY(chat.ok());
  const auto text = chat->render(kHello, false);
  QVERIFY(!text.ok());
  QCOMPARE(text.error().code, ErrorCode::invalid_input);
  QCOMPARE(text.error().what, std::string("the chat template fails: roles at row 7"));
  QVERIFY2(text.error().where.starts_with("chat template, line 3:4,"), text.error().where.c_str());
}

void TestChatTemplate::bad_templates_data() {
  QTest::addColumn<QString>("source");
  const auto row = [](const char* name, const QString& source) { QTest::newRow(name) << source; };
  row("unclosed", "{{ messages");
  row("unclosed block", "{% if x %}");
  row("unclosed comment", "{# x");
  row("stray end", "{% endif %}");
  row("unknown block", "{% include 'x' %}");
  row("unknown filter", "{{ 'a' | no_such_filter }}");
  row("unknown method", "{{ 'a'.no_such_method() }}");
  row("empty subscript", "{{ messages[] }}");
  row("modulo zero", "{{ 1 % 0 }}");
  row("divide by zero", "{{ 1 // 0 }}{{ 1 / 0 }}");
  row("smallest by minus one", "{{ (-9223372036854775807 - 1) // -1 }}");
  row("attribute of undefined", "{{ nothing.else }}");
  row("text plus undefined", "{{ 'a' + nothing }}");
  row("text plus number", "{{ 'a' + 1 }}");
  row("endless recursion", "{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}");
  row("recursive loop", "{% for a in [[1]] recursive %}{{ loop(a) }}{% endfor %}");
  row("huge range", "{{ range(1000000000000) }}");
  row("range by zero", "{{ range(1, 2, 0) }}");
  row("range of four", "{{ range(1, 2, 3, 4) }}");
  row("huge repeat", "{{ 'a' * 1000000000000 }}");
  row("doubling",
      "{% set ns = namespace(x='ab') %}{% for i in range(60) %}{% set ns.x = ns.x ~ ns.x %}{% "
      "endfor %}{{ ns.x }}");
  row("nested loops",
      "{% for a in range(9999) %}{% for b in range(9999) %}{% for c in range(9999) %}{% endfor "
      "%}{% endfor %}{% endfor %}");
  row("value that holds itself", "{% set ns = namespace() %}{% set ns.x = ns %}{{ ns }}");
  row("appending while looping",
      "{% for m in messages if messages.append(m) is none %}{% endfor %}");
  row("deep parentheses", "{{ " + QString("(").repeated(40000) + "1");
  row("deep not", "{{ " + QString("not ").repeated(20000) + "1 }}");
  row("deep blocks", QString("{% if true %}").repeated(7000));
  row("long sum", "{{ 1" + QString("+1").repeated(40000) + " }}");
  row("long filter chain", "{{ 'a'" + QString("|trim").repeated(15000) + " }}");
  row("long name", "{{ " + QString("a").repeated(90000) + ".b }}");
  row("too long", QString("a").repeated(200000));
  row("wide indent", "{{ 'a\nb' | indent(100000000000) }}");
  row("wide json", "{{ messages | tojson(indent=1000000000) }}");
}

void TestChatTemplate::bad_templates() {
  QFETCH(QString, source);
  QElapsedTimer timer;
  timer.start();
  const std::string text = rendered(source.toStdString());
  QVERIFY2(text.starts_with("error: "), text.substr(0, 200).c_str());
  QVERIFY2(text.size() < 2000, text.substr(0, 2000).c_str());
  QVERIFY(timer.elapsed() < 9000);
}

void TestChatTemplate::plain() {
  const auto chat = ChatTemplate::plain("<s>", "</s>");
  QCOMPARE(*chat.render(kHello, true), std::string("<s><|user|>\nHello\n<|assistant|>\n"));
  QCOMPARE(chat.source(), std::string());
  const auto pair = chat.render_pair(kHello, "Hi");
  QVERIFY(pair.ok());
  QCOMPARE(pair->prompt, std::string("<s><|user|>\nHello\n<|assistant|>\n"));
  QCOMPARE(pair->response, std::string("Hi</s>"));
  QCOMPARE(pair->content_begin, size_t{0});
  QCOMPARE(pair->content_end, size_t{2});
}

void TestChatTemplate::pair() {
  const auto chat = make(
      "{{ bos_token }}{% for m in messages %}[{{ m.role }}]{% if m.role == 'assistant' %} n: {% "
      "endif %}"
      "{{ m.content }}<end>\n{% endfor %}{% if add_generation_prompt %}[assistant]{% endif %}");
  QVERIFY(chat.ok());
  for (const std::string response : {"n", "", "<end>", "Überraschung\n"}) {
    const auto pair = chat->render_pair(kHello, response);
    QVERIFY(pair.ok());
    QCOMPARE(pair->prompt, std::string("<bos>[user]Hello<end>\n[assistant]"));
    std::string want = " n: ";
    want.append(response).append("<end>\n");
    QCOMPARE(pair->response, want);
    QCOMPARE(pair->content_begin, size_t{4});
    QCOMPARE(pair->content_end, 4 + response.size());
  }
}

void TestChatTemplate::pair_whose_content_changes() {
  const auto chat = make(
      "{% for m in messages %}[{{ m.role }}]{{ m.content | trim }}<end>{% endfor %}"
      "{% if add_generation_prompt %}[assistant]{% endif %}");
  QVERIFY(chat.ok());
  const auto pair = chat->render_pair(kHello, " yes ");
  QVERIFY(pair.ok());
  QCOMPARE(pair->response, std::string("yes<end>"));
  QCOMPARE(pair->content_begin, size_t{0});
  QCOMPARE(pair->content_end, size_t{0});
}

void TestChatTemplate::pair_without_prefix() {
  // The generation prompt opens a thought that the finished turn does not hold.
  const auto chat = make(
      "{% for m in messages %}[{{ m.role }}]{{ m.content }}{% endfor %}"
      "{% if add_generation_prompt %}[assistant]<think>{% endif %}");
  QVERIFY(chat.ok());
  const auto pair = chat->render_pair(kHello, "yes");
  QVERIFY(!pair.ok());
  QCOMPARE(pair.error().code, ErrorCode::unsupported);
  QVERIFY2(pair.error().what.find("byte 22") != std::string::npos, pair.error().what.c_str());
  QVERIFY2(pair.error().what.find("<think>") != std::string::npos, pair.error().what.c_str());
  QVERIFY2(pair.error().what.find("\"yes\"") != std::string::npos, pair.error().what.c_str());
  // And one that takes earlier turns away once there is an answer.
  const auto last = make("{{ messages[-1].content }}");
  QVERIFY(last.ok());
  QVERIFY(!last->render_pair(kHello, "yes").ok());
}

void TestChatTemplate::long_content() {
  std::ifstream in(golden_folder() / "chat_templates.json");
  const auto sources = nlohmann::json::parse(in);
  std::string content;
  while (content.size() < 1'000'000) content += "Many words, and ünïcode. ";
  for (const auto& [name, source] : sources.items()) {
    const auto chat = make(source.get<std::string>());
    QVERIFY(chat.ok());
    QElapsedTimer timer;
    timer.start();
    const auto text = chat->render({{"user", content}}, true);
    QVERIFY2(text.ok(), text.ok() ? "" : text.error().text().c_str());
    QVERIFY(timer.elapsed() < 3000);
  }
}

QTEST_GUILESS_MAIN(TestChatTemplate)
#include "test_chat_template.moc"
