// SPDX-License-Identifier: GPL-3.0-or-later
// The configurations of the model families that are read, each on 5,000 strings: ids, text and
// offsets equal to the reference library's.
#include <QtTest>
#include <cstring>

#include "core/base/file.h"
#include "core/tokenize/tokenizer.h"
#include "tests/tokenize/golden.h"
#include "tests/tokenize/made_gguf.h"

using namespace loupe;
using namespace loupe::tokenize;

namespace {

// Another folder may be named, to check character maps that are too large to keep.
std::filesystem::path families() {
  const char* other = std::getenv("LOUPE_TOKENIZER_FAMILIES");
  return other ? std::filesystem::path(other) : golden_folder() / "families";
}

const std::vector<std::string>& texts() {
  static const std::vector<std::string> strings = [] {
    std::vector<std::string> made;
    for (const auto& line : golden_lines(golden_folder() / "smollm2.jsonl"))
      made.push_back(line[0].get<std::string>());
    return made;
  }();
  return strings;
}

class Hash {
 public:
  void add(uint64_t value) { state_ = (state_ ^ value) * 0x100000001B3ull; }
  uint16_t value() const { return static_cast<uint16_t>(state_ ^ state_ >> 32); }

 private:
  uint64_t state_ = 0xCBF29CE484222325ull;
};

// A token's bytes, widened to the characters that they cut: the reference counts in characters.
Span whole_characters(std::string_view text, const Token& token) {
  Span range{token.begin, token.end};
  if (range.begin == range.end) return range;
  while (range.begin > 0 && (text[range.begin] & 0xC0) == 0x80) --range.begin;
  while (range.end < text.size() && (text[range.end] & 0xC0) == 0x80) ++range.end;
  return range;
}

struct Reference {
  std::vector<std::vector<int32_t>> whole;  // of the first strings
  std::string hashes;                       // four bytes a string

  explicit Reference(const std::filesystem::path& folder) {
    for (const auto& line : golden_lines(folder / "ids.jsonl"))
      whole.push_back(line.get<std::vector<int32_t>>());
    hashes = read_text_file(folder / "hashes.bin").value();
  }
  uint16_t ids(size_t i) const {
    uint16_t value = 0;
    std::memcpy(&value, hashes.data() + 4 * i, 2);
    return value;
  }
  uint8_t text(size_t i) const { return static_cast<uint8_t>(hashes[4 * i + 2]); }
  uint8_t offsets(size_t i) const { return static_cast<uint8_t>(hashes[4 * i + 3]); }
};

// Slices in order and inside; every one of them, and whether they cover the text.
bool in_order(const std::vector<Token>& tokens, size_t size) {
  uint32_t begin = 0, end = 0;
  for (const Token& token : tokens) {
    if (token.begin < begin || token.end < end || token.end < token.begin) return false;
    begin = token.begin;
    end = token.end;
  }
  return end <= size;
}

bool covers(const std::vector<Token>& tokens, size_t size) {
  size_t reached = 0;
  for (const Token& token : tokens) {
    if (token.begin > reached) return false;
    reached = std::max<size_t>(reached, token.end);
  }
  return reached == size;
}

// Lower case, without white space at the ends; nothing when it is not plain ASCII.
std::optional<QString> plain(std::string_view bytes) {
  for (const char c : bytes)
    if ((c < ' ' && c != '\t' && c != '\n' && c != '\r') || c == 0x7F) return std::nullopt;
  return QString::fromLatin1(bytes.data(), static_cast<qsizetype>(bytes.size()))
      .trimmed()
      .toLower();
}

// A token of plain letters stands for these letters in the text.
bool slices_agree(const Tokenizer& tokenizer, std::string_view text,
                  const std::vector<Token>& tokens) {
  for (const Token& token : tokens) {
    if (token.begin == token.end) continue;
    const std::string bytes = tokenizer.token_bytes(token.id);
    const auto want = plain(bytes);
    const auto got = plain(text.substr(token.begin, token.end - token.begin));
    if (!want || !got || want == "\"" || bytes == "<unk>") continue;
    if (*want != *got) return false;
  }
  return true;
}

// What is asked of a family; of every one: ids, order, slices.
enum Check {
  kText = 1,     // readable() equals the reference's decode
  kStarts = 2,   // offsets begin where the reference's do
  kOffsets = 4,  // and end there
  kCovers = 8,   // every byte of the text belongs to a token
  kLoose = 16    // slices may differ: sentencepiece cuts a ligature its own way
};

struct Tally {
  int ids = 0, text = 0, offsets = 0, order = 0, slices = 0, uncovered = 0;
  QString first;
};

Tally compare(const Tokenizer& tokenizer, const Reference& reference, int checks) {
  Tally tally;
  const auto tell = [&](size_t i, const std::string& what) {
    if (!tally.first.isEmpty()) return;
    const auto ids = tokenizer.ids(texts()[i]);
    std::string names;
    for (const int32_t id : ids) names += tokenizer.token_name(id) + "|";
    tally.first = QString::fromStdString(
        what + " of " + nlohmann::json(texts()[i]).dump(-1, ' ', true) + "\n got  " +
        nlohmann::json(ids).dump() + " " + names +
        (i < reference.whole.size() ? "\n want " + nlohmann::json(reference.whole[i]).dump() : ""));
  };
  for (size_t i = 0; i < texts().size(); ++i) {
    const std::string& text = texts()[i];
    const auto tokens = tokenizer.encode(text);
    std::vector<int32_t> ids;
    Hash id_hash, text_hash, offset_hash;
    for (const Token& token : tokens) {
      ids.push_back(token.id);
      id_hash.add(static_cast<uint64_t>(token.id));
      const Span range = whole_characters(text, token);
      offset_hash.add(range.begin);
      if (checks & kOffsets) offset_hash.add(range.end);
    }
    for (const char c : tokenizer.readable(ids)) text_hash.add(static_cast<unsigned char>(c));
    const bool same_ids = i < reference.whole.size() ? ids == reference.whole[i]
                                                     : id_hash.value() == reference.ids(i);
    if (!same_ids && ++tally.ids) tell(i, "ids");
    if (!same_ids) continue;
    if ((checks & kText) && static_cast<uint8_t>(text_hash.value()) != reference.text(i) &&
        ++tally.text)
      tell(i, "text " + nlohmann::json(tokenizer.readable(ids)).dump());
    std::string offsets = "offsets ";
    for (const Token& token : tokens)
      offsets += "[" + std::to_string(token.begin) + "," + std::to_string(token.end) + ")";
    if ((checks & (kStarts | kOffsets)) &&
        static_cast<uint8_t>(offset_hash.value()) != reference.offsets(i) && ++tally.offsets)
      tell(i, offsets);
    if (!in_order(tokens, text.size()) && ++tally.order) tell(i, "order of " + offsets);
    if (!(checks & kLoose) && !slices_agree(tokenizer, text, tokens) && ++tally.slices)
      tell(i, "slices of " + offsets);
    if ((checks & kCovers) && !covers(tokens, text.size()) && ++tally.uncovered)
      tell(i, "cover of " + offsets);
  }
  return tally;
}

void check(const Tokenizer& tokenizer, const std::filesystem::path& folder, int checks) {
  QCOMPARE(texts().size(), size_t{5000});
  const Reference reference(folder);
  QCOMPARE(reference.whole.size(), size_t{300});
  QCOMPARE(reference.hashes.size(), 4 * texts().size());
  const Tally tally = compare(tokenizer, reference, checks);
  const QString told =
      QString("differ: ids %1, text %2, offsets %3, order %4, slices %5, cover %6; ")
          .arg(tally.ids)
          .arg(tally.text)
          .arg(tally.offsets)
          .arg(tally.order)
          .arg(tally.slices)
          .arg(tally.uncovered) +
      tally.first;
  QVERIFY2(tally.first.isEmpty(), qPrintable(told));
}

}  // namespace

class TestTokenizerFamilies : public QObject {
  Q_OBJECT

 private slots:
  void folders_data() {
    QTest::addColumn<int>("checks");
    const auto rows = [](std::initializer_list<const char*> names, int checks) {
      for (const char* name : names) QTest::newRow(name) << checks;
    };
    rows({"gpt2", "smollm", "llama3", "olmo2", "gpt4o", "tekken", "deepseek_v3", "gemma"},
         kText | kOffsets | kCovers);
    // Where text is changed first the reference's offsets say less than ours: see
    // tokenize_families.py.
    rows({"llama2", "mistral", "phi3"}, kText | kStarts | kCovers);
    rows({"neox", "qwen2", "unigram_bytes"}, kText | kCovers);
    rows({"t5", "xlmr", "albert"}, kText);  // characters vanish
    rows({"spm_legacy", "spm_new"}, kCovers);
    rows({"spm_unigram"}, kLoose);
  }
  void folders() {
    QFETCH(int, checks);
    const auto folder = families() / QTest::currentDataTag();
    const auto loaded = load_hf_tokenizer(folder);
    QVERIFY2(loaded.ok(), loaded.ok() ? "" : loaded.error().text().c_str());
    check(**loaded, folder, checks);
  }

  // The same vocabularies as GGUF files state them.
  void gguf_bpe_data() {
    QTest::addColumn<QString>("pre");
    const auto row = [](const char* family, const char* pre) { QTest::newRow(family) << pre; };
    row("gpt2", "gpt-2");
    row("neox", "olmo");
    row("smollm", "smollm");
    row("llama3", "llama-bpe");
    row("olmo2", "dbrx");
    row("qwen2", "qwen2");
    row("gpt4o", "gpt-4o");
    row("tekken", "tekken");
    row("deepseek_v3", "deepseek-v3");
  }
  void gguf_bpe() {
    QFETCH(QString, pre);
    const auto folder = families() / QTest::currentDataTag();
    MadeGguf gguf = gguf_of_tokenizer_json(folder / "tokenizer.json", pre.toStdString());
    const auto loaded = gguf.load();
    QVERIFY2(loaded.ok(), loaded.ok() ? "" : loaded.error().text().c_str());
    check(**loaded, folder, kText);
  }

  // Vocabularies with scores, as converters write those of sentencepiece models; the reference is
  // the fast tokenizer of the same model, and sentencepiece itself for the Unigram.
  void gguf_pieces_data() {
    QTest::addColumn<int>("checks");
    QTest::newRow("llama2") << static_cast<int>(kText | kStarts | kCovers);
    QTest::newRow("gemma") << static_cast<int>(kText | kOffsets | kCovers);
    QTest::newRow("spm_unigram") << static_cast<int>(kLoose);
  }
  void gguf_pieces() {
    QFETCH(int, checks);
    const auto folder = families() / QTest::currentDataTag();
    const auto file = io::GgufFile::open(folder / "vocab.gguf");
    QVERIFY2(file.ok(), file.ok() ? "" : file.error().text().c_str());
    const auto loaded = load_gguf_tokenizer(**file);
    QVERIFY2(loaded.ok(), loaded.ok() ? "" : loaded.error().text().c_str());
    check(**loaded, folder, checks);
    QVERIFY((*loaded)->eos().has_value());
    QVERIFY((*loaded)->is_special(*(*loaded)->eos()));
  }
};

QTEST_GUILESS_MAIN(TestTokenizerFamilies)
#include "test_tokenizer_families.moc"
