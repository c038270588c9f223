// SPDX-License-Identifier: GPL-3.0-or-later
// Ids equal to Hugging Face's tokenizers (and sentencepiece's), on strings made to be hard.
#include <QElapsedTimer>
#include <QtTest>

#include "core/base/file.h"
#include "core/tokenize/text.h"
#include "core/tokenize/tokenizer.h"
#include "tests/tokenize/golden.h"

using namespace loupe;
using namespace loupe::tokenize;

namespace {

std::string joined(const Tokenizer& tokenizer, const std::vector<Token>& tokens) {
  std::string bytes;
  for (const Token& token : tokens) bytes += tokenizer.token_bytes(token.id);
  return bytes;
}

// The first string whose ids differ, told in full; "" when all agree.
QString first_difference(const Tokenizer& tokenizer, const std::vector<nlohmann::json>& cases) {
  int differing = 0;
  QString first;
  for (const auto& line : cases) {
    const auto text = line[0].get<std::string>();
    const auto want = line[1].get<std::vector<int32_t>>();
    const auto got = tokenizer.ids(text);
    if (got == want) continue;
    if (differing++ > 0) continue;
    first = QString::fromStdString("text " + line[0].dump(-1, ' ', true) + "\nwant " +
                                   line[1].dump() + "\ngot  " + nlohmann::json(got).dump());
  }
  return differing
             ? QString("%1 of %2 differ; the first: ").arg(differing).arg(cases.size()) + first
             : QString();
}

bool monotone(const std::vector<Token>& tokens, size_t size) {
  uint32_t begin = 0, end = 0;
  for (const Token& token : tokens) {
    if (token.begin < begin || token.end < end || token.end < token.begin) return false;
    begin = token.begin;
    end = token.end;
  }
  return end <= size;
}

std::shared_ptr<const Tokenizer> smollm2() {
  static std::shared_ptr<const Tokenizer> tokenizer = [] {
    auto file = io::GgufFile::open(smollm2_file());
    if (!file) qFatal("%s", file.error().text().c_str());
    auto loaded = load_gguf_tokenizer(**file);
    if (!loaded) qFatal("%s", loaded.error().text().c_str());
    return *loaded;
  }();
  return tokenizer;
}

bool have_smollm2() {
  return std::filesystem::exists(smollm2_file());
}

}  // namespace

class TestTokenizerGolden : public QObject {
  Q_OBJECT
 private slots:
  void smollm2_ids();
  void smollm2_offsets();
  void smollm2_facts();
  void invalid_utf8();
  void speed();
  void fixtures_data();
  void fixtures();
  void fixture_facts();
  void sentencepiece();
};

void TestTokenizerGolden::smollm2_ids() {
  if (!have_smollm2()) QSKIP("SmolLM2 is not there");
  const auto cases = golden_lines(golden_folder() / "smollm2.jsonl");
  QCOMPARE(cases.size(), size_t{5000});
  const QString difference = first_difference(*smollm2(), cases);
  QVERIFY2(difference.isEmpty(), qPrintable(difference));
}

// Bytes that no SmolLM2 token stands for; the reference drops them.
void TestTokenizerGolden::smollm2_offsets() {
  if (!have_smollm2()) QSKIP("SmolLM2 is not there");
  const auto tokenizer = smollm2();
  const std::string voiceless = "\x04\x06\x13\x14\x16\x1d\xf1\xf2";
  for (const auto& line : golden_lines(golden_folder() / "smollm2.jsonl")) {
    const auto text = line[0].get<std::string>();
    const auto tokens = tokenizer->encode(text);
    QVERIFY2(monotone(tokens, text.size()), line[0].dump().c_str());
    std::string kept;
    for (const char c : text) {
      if (voiceless.find(c) == std::string::npos) kept += c;
    }
    QCOMPARE(joined(*tokenizer, tokens), kept);
    QCOMPARE(tokenizer->decode(tokenizer->ids(text)), kept);
    uint32_t at = 0;
    for (const Token& token : tokens) {
      while (at < token.begin && voiceless.find(text[at]) != std::string::npos) ++at;
      QCOMPARE(token.begin, at);
      at = token.end;
      const std::string covered = text.substr(token.begin, token.end - token.begin);
      if (kept == text) QCOMPARE(covered, tokenizer->token_bytes(token.id));
    }
    while (at < text.size() && voiceless.find(text[at]) != std::string::npos) ++at;
    QCOMPARE(size_t{at}, text.size());
  }
}

void TestTokenizerGolden::smollm2_facts() {
  if (!have_smollm2()) QSKIP("SmolLM2 is not there");
  const auto tokenizer = smollm2();
  QCOMPARE(tokenizer->vocab_size(), 49152);
  QCOMPARE(*tokenizer->bos(), 1);
  QCOMPARE(*tokenizer->eos(), 2);
  QVERIFY(!tokenizer->adds_bos());
  QVERIFY(tokenizer->is_special(0) && tokenizer->is_special(16) && !tokenizer->is_special(17));
  QCOMPARE(tokenizer->token_name(2), std::string("<|im_end|>"));
  QCOMPARE(tokenizer->token_bytes(2), std::string("<|im_end|>"));
  const auto yes = tokenizer->token_id("\u0120yes");
  QVERIFY(yes.has_value());
  QCOMPARE(tokenizer->token_bytes(*yes), std::string(" yes"));
  QVERIFY(!tokenizer->token_id("no such token").has_value());
  QCOMPARE(tokenizer->token_bytes(-1), std::string());
  QCOMPARE(tokenizer->token_name(49152), std::string());
}

void TestTokenizerGolden::invalid_utf8() {
  if (!have_smollm2()) QSKIP("SmolLM2 is not there");
  const auto tokenizer = smollm2();
  // A lone lead byte, a cut sequence, a surrogate (three bad bytes), an overlong form (two).
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"a\xFFz", "a\uFFFDz"},
      {"a\xE2\x82", "a\uFFFD"},
      {"\xED\xA0\x80x", "\uFFFD\uFFFD\uFFFDx"},
      {"\xC0\xAFx", "\uFFFD\uFFFDx"},
      {"\xF0\x9F\x98 ok <|im_end|>\x80", "\uFFFD ok <|im_end|>\uFFFD"}};
  for (const auto& [dirty, clean] : cases) {
    const auto tokens = tokenizer->encode(dirty);
    QCOMPARE(tokenizer->ids(dirty), tokenizer->ids(clean));
    QCOMPARE(joined(*tokenizer, tokens), clean);
    QVERIFY(monotone(tokens, dirty.size()));
    QCOMPARE(size_t{tokens.back().end}, dirty.size());
  }
  const auto tokens = tokenizer->encode("\xE2\x82 <|im_end|>");
  QCOMPARE(tokens.back().id, 2);
  QCOMPARE(tokens.back().begin, 3u);
  QCOMPARE(tokens.back().end, 13u);
}

// Far below what a release build reaches: this fails only when something has become quadratic.
void TestTokenizerGolden::speed() {
  if (!have_smollm2()) QSKIP("SmolLM2 is not there");
  const auto tokenizer = smollm2();
  std::string text;
  for (const auto& line : golden_lines(golden_folder() / "smollm2.jsonl")) {
    text += line[0].get<std::string>() + " ";
  }
  const std::string prose =
      "My response would be that the margin of this pair is small, though not nearly as small as "
      "the one before; 42 people said so.\n";
  std::string plain;
  while (plain.size() < 4'000'000) plain += prose;
  std::string word;
  while (word.size() < 400'000) word += "lengthyword";
  std::vector<std::pair<const char*, const std::string*>> texts = {
      {"golden strings", &text}, {"plain prose", &plain}, {"one long word", &word}};
  std::string real;
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator(
           std::filesystem::path(LOUPE_SOURCE_DIR) / "../shared/data", ignored)) {
    if (auto rows = read_text_file(entry.path()); rows.ok()) real += *rows;
  }
  if (!real.empty()) texts.emplace_back("real data", &real);
  for (const auto& [name, subject] : texts) {
    QElapsedTimer timer;
    timer.start();
    const size_t count = tokenizer->encode(*subject).size();
    const double seconds = static_cast<double>(timer.nsecsElapsed()) * 1e-9;
    const double rate = static_cast<double>(subject->size()) / 1e6 / seconds;
    qInfo("%s: %.1f MB/s (%zu tokens)", name, rate, count);
    QVERIFY2(rate > 0.2, name);
  }
}

void TestTokenizerGolden::fixtures_data() {
  QTest::addColumn<QString>("name");
  QTest::addColumn<bool>("keeps_bytes");
  for (const char* name : {"gpt2", "llama3"}) QTest::newRow(name) << QString(name) << true;
  for (const char* name :
       {"qwen2", "prefix_space", "icu", "splits", "whitespace", "metaspace", "llama2"}) {
    QTest::newRow(name) << QString(name) << false;
  }
}

void TestTokenizerGolden::fixtures() {
  QFETCH(QString, name);
  QFETCH(bool, keeps_bytes);
  const auto folder = golden_folder() / name.toStdString();
  const auto loaded = load_hf_tokenizer(folder);
  QVERIFY2(loaded.ok(), loaded.ok() ? "" : loaded.error().text().c_str());
  const auto cases = golden_lines(folder / "strings.jsonl");
  QCOMPARE(cases.size(), size_t{300});
  const QString difference = first_difference(**loaded, cases);
  QVERIFY2(difference.isEmpty(), qPrintable(difference));
  for (const auto& line : cases) {
    const auto text = line[0].get<std::string>();
    const auto tokens = (*loaded)->encode(text);
    QVERIFY2(monotone(tokens, text.size()), line[0].dump().c_str());
    // A token with lstrip or rstrip covers spaces that its bytes lack.
    if (keeps_bytes && text.find("<left>") == text.npos && text.find("<right>") == text.npos &&
        text.find("<both>") == text.npos && text.find("NORM") == text.npos) {
      QCOMPARE(joined(**loaded, tokens), text);
    }
  }
}

void TestTokenizerGolden::fixture_facts() {
  const auto gpt2 = load_hf_tokenizer(golden_folder() / "gpt2");
  QVERIFY(gpt2.ok());
  QCOMPARE((*gpt2)->bos(), (*gpt2)->token_id("<s>"));
  QCOMPARE((*gpt2)->eos(), (*gpt2)->token_id("</s>"));
  QVERIFY((*gpt2)->bos().has_value());
  QVERIFY(!(*gpt2)->adds_bos());
  QVERIFY((*gpt2)->is_special(*(*gpt2)->bos()));
  QVERIFY(!(*gpt2)->is_special(*(*gpt2)->token_id("<left>")));
  // lstrip: the token covers the white space in front of it.
  const auto tokens = (*gpt2)->encode("a \t<left> b");
  QCOMPARE(tokens[1].begin, 1u);
  QCOMPARE(tokens[1].end, 9u);

  const auto llama2 = load_hf_tokenizer(golden_folder() / "llama2");
  QVERIFY(llama2.ok());
  QVERIFY((*llama2)->adds_bos());
  QCOMPARE((*llama2)->token_bytes(*(*llama2)->token_id("<0xE2>")), std::string("\xE2"));
  QCOMPARE((*llama2)->token_bytes(*(*llama2)->token_id("\u2581the")), std::string(" the"));
}

void TestTokenizerGolden::sentencepiece() {
  const auto folder = golden_folder() / "sentencepiece";
  const auto loaded = load_hf_tokenizer(folder);
  QVERIFY2(loaded.ok(), loaded.ok() ? "" : loaded.error().text().c_str());
  const auto cases = golden_lines(folder / "strings.jsonl");
  QVERIFY(cases.size() > 300);
  const QString difference = first_difference(**loaded, cases);
  QVERIFY2(difference.isEmpty(), qPrintable(difference));
  const auto& tokenizer = **loaded;
  for (const auto& line : cases) {
    const auto text = line[0].get<std::string>();
    const auto tokens = tokenizer.encode(text);
    QVERIFY(monotone(tokens, text.size()));
    if (!tokens.empty()) QCOMPARE(size_t{tokens.back().end}, text.size());
    // The model puts a space in front.
    if (!text.empty()) QCOMPARE(joined(tokenizer, tokens), " " + text);
  }
  const auto tokens = tokenizer.encode("a</s>");
  QCOMPARE(tokens.back().id, *tokenizer.eos());
  QCOMPARE(tokens.back().begin, 1u);
  QVERIFY(tokenizer.is_special(*tokenizer.bos()));
  QVERIFY(tokenizer.adds_bos());
}

QTEST_GUILESS_MAIN(TestTokenizerGolden)
#include "test_tokenizer_golden.moc"
