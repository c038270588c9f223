// SPDX-License-Identifier: GPL-3.0-or-later
// The hand-written scanners against ICU's reading of the same expressions; byte alphabet; invalid
// UTF-8.
#include <QtTest>

#include "core/tokenize/byte_level.h"
#include "core/tokenize/pre_tokenizer.h"
#include "core/tokenize/regex.h"
#include "core/tokenize/scanners.h"
#include "core/tokenize/text.h"
#include "tests/tokenize/golden.h"

using namespace loupe::tokenize;

class TestPreTokenizer : public QObject {
  Q_OBJECT
 private slots:
  void scanners_are_their_expressions();
  void contractions();
  void byte_alphabet();
  void sanitised();
  void unsupported_kinds();
};

void TestPreTokenizer::scanners_are_their_expressions() {
  const auto cases = golden_lines(golden_folder() / "smollm2.jsonl");
  for (const auto expression : {kGpt2Regex, kLlama3Regex, kQwen2Regex}) {
    const auto regex = Regex::compile(std::string(expression), "test");
    QVERIFY(regex.ok());
    const Scanner scan = scanner_for(expression);
    QVERIFY(scan);
    for (const auto& line : cases) {
      const auto text = line[0].get<std::string>();
      std::vector<std::string> want, got;
      for (const Span& match : regex->find_all(text)) {
        want.push_back(text.substr(match.begin, match.end - match.begin));
      }
      for (size_t at = 0; at < text.size();) {
        const size_t end = scan(text.data(), at, text.size());
        got.push_back(text.substr(at, end - at));
        at = end;
      }
      QVERIFY2(got == want, (line[0].dump() + "\nwant " + nlohmann::json(want).dump() + "\ngot  " +
                             nlohmann::json(got).dump())
                                .c_str());
    }
  }
  QVERIFY(!scanner_for("\\w+"));
}

void TestPreTokenizer::contractions() {
  const std::string text = "'LL'll'\u017F'Ve'x";
  std::vector<size_t> gpt2, llama3;
  for (size_t at = 0; at < text.size(); at = gpt2.back()) {
    gpt2.push_back(scan_gpt2(text.data(), at, text.size()));
  }
  for (size_t at = 0; at < text.size(); at = llama3.back()) {
    llama3.push_back(scan_llama3(text.data(), at, text.size()));
  }
  QCOMPARE(gpt2, (std::vector<size_t>{1, 3, 6, 7, 9, 10, 12, 13, 14}));
  QCOMPARE(llama3, (std::vector<size_t>{3, 6, 9, 12, 14}));
}

void TestPreTokenizer::byte_alphabet() {
  std::string all;
  for (int byte = 0; byte < 256; ++byte) all += static_cast<char>(byte);
  const std::string name = bytes_to_alphabet(all);
  QCOMPARE(*bytes_from_alphabet(name), all);
  QCOMPARE(bytes_to_alphabet(" \n\xFF"), std::string("\u0120\u010a\u00ff"));
  QVERIFY(!bytes_from_alphabet("a b").has_value());
  QVERIFY(!bytes_from_alphabet("\u0144").has_value());
  QVERIFY(!bytes_from_alphabet("\xFF").has_value());
}

void TestPreTokenizer::sanitised() {
  const MappedText clean = sanitise("a\xE2\x82z");
  QCOMPARE(clean.text, std::string("a\uFFFDz"));
  const Span replaced = clean.original(1, 4), last = clean.original(4, 5);
  QCOMPARE(replaced.begin, 1u);
  QCOMPARE(replaced.end, 3u);
  QCOMPARE(last.begin, 3u);
  QCOMPARE(last.end, 4u);
  QVERIFY(sanitise("\u00e9").identity());
  QVERIFY(sanitise("").text.empty());
}

void TestPreTokenizer::unsupported_kinds() {
  const auto refused = [](const char* spec) {
    const auto result = PreTokenizer::parse(nlohmann::json::parse(spec), "file");
    return result.ok() ? std::string() : result.error().text();
  };
  // moc does not read raw strings inside macros.
  const std::vector<std::pair<const char*, const char*>> bad = {
      {R"({"type":"UnicodeScripts"})", "UnicodeScripts"},
      {R"({"type":"Split","pattern":{"Regex":"[b"},"behavior":"Isolated"})", "[b"},
      {R"({"type":"Split","pattern":{"Regex":"a"},"behavior":"Odd"})", "Odd"},
      {R"({"type":"Split","behavior":"Isolated"})", "no pattern"},
      {R"([1])", "not an object"}};
  for (const auto& [spec, named] : bad) {
    QVERIFY2(refused(spec).find(named) != std::string::npos, spec);
  }
  for (const char* spec : {R"({"type":"Digits"})", "null"}) QVERIFY(refused(spec).empty());
}

QTEST_GUILESS_MAIN(TestPreTokenizer)
#include "test_pre_tokenizer.moc"
