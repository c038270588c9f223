// SPDX-License-Identifier: GPL-3.0-or-later
// Tokens that share a character are one group, whatever the tokenizer.
#include <QtTest>

#include "core/tokenize/tokenizer.h"
#include "tests/tokenize/golden.h"

using namespace loupe;
using namespace loupe::tokenize;

namespace {

using Groups = std::vector<std::pair<uint32_t, uint32_t>>;

Groups groups(const std::vector<Token>& tokens, std::string_view text) {
  Groups result;
  for (const Span& span : group_by_character(tokens, text))
    result.emplace_back(span.begin, span.end);
  return result;
}

// Consecutive tokens that end at these bytes.
std::vector<Token> ending_at(const std::vector<uint32_t>& ends) {
  std::vector<Token> tokens;
  uint32_t begin = 0;
  for (const uint32_t end : ends) {
    tokens.push_back({0, begin, end});
    begin = end;
  }
  return tokens;
}

}  // namespace

class TestGroups : public QObject {
  Q_OBJECT

 private slots:
  void cut_characters() {
    QCOMPARE(groups({}, ""), Groups{});
    QCOMPARE(groups(ending_at({1, 2}), "ab"), (Groups{{0, 1}, {1, 2}}));
    // U+1F600 over four tokens, then over two, the second with the letter behind it.
    QCOMPARE(groups(ending_at({1, 2, 3, 4, 5, 6}), "a\xF0\x9F\x98\x80z"),
             (Groups{{0, 1}, {1, 5}, {5, 6}}));
    QCOMPARE(groups(ending_at({3, 6}), "a\xF0\x9F\x98\x80z"), (Groups{{0, 2}}));
    QCOMPARE(groups(ending_at({2, 4}), "éé"), (Groups{{0, 1}, {1, 2}}));
    QCOMPARE(groups(ending_at({1, 3, 4}), "éé"), (Groups{{0, 3}}));
    // A combining mark is a character of its own.
    QCOMPARE(groups(ending_at({1, 3}), "e\u0301"), (Groups{{0, 1}, {1, 2}}));
  }

  void ill_formed_bytes() {
    // Each ill-formed part stands alone: a lone lead byte, a cut sequence of two.
    QCOMPARE(groups(ending_at({1, 2}), "\xFFz"), (Groups{{0, 1}, {1, 2}}));
    QCOMPARE(groups(ending_at({1, 2, 3}), "\xE2\x82z"), (Groups{{0, 2}, {2, 3}}));
  }

  void same_bytes() {
    // "ﬁ" became "f" and "i", which both stand for it; a space in front stands for nothing.
    QCOMPARE(groups({{0, 0, 0}, {1, 0, 3}, {2, 0, 3}, {3, 3, 4}}, "\uFB01x"),
             (Groups{{0, 1}, {1, 3}, {3, 4}}));
  }

  void real_tokenizers_data() {
    QTest::addColumn<QString>("name");
    for (const char* name : {"gpt2", "llama2", "gemma", "t5", "unigram_bytes", "spm_legacy"})
      QTest::newRow(name) << name;
  }
  // Every token is in one group, and no boundary between groups lies inside a character.
  void real_tokenizers() {
    QFETCH(QString, name);
    const auto loaded = load_hf_tokenizer(golden_folder() / "families" / name.toStdString());
    QVERIFY(loaded.ok());
    int larger = 0;
    for (const auto& line : golden_lines(golden_folder() / "smollm2.jsonl")) {
      const auto text = line[0].get<std::string>();
      const auto tokens = (*loaded)->encode(text);
      uint32_t next = 0;
      for (const Span& group : group_by_character(tokens, text)) {
        QCOMPARE(group.begin, next);
        QVERIFY(group.end > group.begin);
        next = group.end;
        larger += group.end - group.begin > 1;
        const uint32_t at = tokens[group.begin].begin;
        QVERIFY(at == text.size() || (text[at] & 0xC0) != 0x80);
      }
      QCOMPARE(size_t{next}, tokens.size());
    }
    if (name != "t5") QVERIFY(larger > 100);
  }
};

QTEST_GUILESS_MAIN(TestGroups)
#include "test_groups.moc"
