// SPDX-License-Identifier: GPL-3.0-or-later
// Vocabularies that grow, and tokenizers written for transformers to open. What transformers makes
// of them is told by tests/golden/check_saved_tokenizers.py, from the folders that this test leaves
// where LOUPE_SAVED_TOKENIZERS says.
#include <QTemporaryDir>
#include <QtTest>

#include "core/base/file.h"
#include "core/tokenize/save_tokenizer.h"
#include "core/tokenize/tokenizer.h"
#include "tests/tokenize/golden.h"
#include "tests/tokenize/made_gguf.h"

using namespace loupe;
using namespace loupe::tokenize;
namespace fs = std::filesystem;

namespace {

using Ids = std::vector<int32_t>;

const std::vector<std::string> kNames = {"<sep>", "<edge_sep>"};

std::shared_ptr<const Tokenizer> open(const fs::path& path) {
  if (fs::is_directory(path)) return load_hf_tokenizer(path).value();
  const auto file = io::GgufFile::open(path).value();
  return load_gguf_tokenizer(*file).value();
}

std::vector<NewToken> new_tokens(int32_t first) {
  std::vector<NewToken> tokens;
  for (const auto& name : kNames) tokens.push_back({name, first++, true});
  return tokens;
}

// The golden strings, every third between new tokens.
std::vector<std::string> texts() {
  std::vector<std::string> made;
  for (const auto& line : golden_lines(golden_folder() / "smollm2.jsonl")) {
    auto text = line[0].get<std::string>();
    if (made.size() % 3 == 0) text = "<sep>" + text + "<edge_sep> <sep>end";
    made.push_back(std::move(text));
    if (made.size() == 600) break;
  }
  return made;
}

nlohmann::json json_of(const fs::path& path) {
  return nlohmann::json::parse(read_text_file(path).value());
}

}  // namespace

class TestSaveTokenizer : public QObject {
  Q_OBJECT

 private slots:
  void saved_and_read_again_data() {
    QTest::addColumn<QString>("source");
    QTest::addColumn<int>("gap");
    QTest::addColumn<int>("may_differ");  // in a thousand; see sentencepiece below
    const auto rows = [](const char* name, const QString& source, int may_differ) {
      for (const int gap : {0, 7})
        QTest::newRow(qPrintable(QString("%1 gap %2").arg(name).arg(gap)))
            << source << gap << may_differ;
    };
    for (const char* name : {"gpt2", "neox", "llama3", "qwen2", "tekken", "llama2", "mistral",
                             "phi3", "gemma", "t5", "albert", "unigram_bytes"})
      rows(name, QString("families/%1").arg(name), 0);
    rows("gguf llama2", "families/llama2/vocab.gguf", 0);
    rows("gguf gemma", "families/gemma/vocab.gguf", 0);
    // Hugging Face's library cannot say all that sentencepiece does: user-defined pieces behind a
    // space in front, a text that begins with a space, sequences of marks in a character map.
    rows("sentencepiece", "families/spm_legacy", 20);
    rows("sentencepiece new", "families/spm_new", 60);
    rows("sentencepiece unigram", "families/spm_unigram", 40);
  }
  void saved_and_read_again() {
    QFETCH(QString, source);
    QFETCH(int, gap);
    QFETCH(int, may_differ);
    const QTemporaryDir temporary;
    const char* kept = std::getenv("LOUPE_SAVED_TOKENIZERS");
    fs::path out = fs::path(temporary.path().toStdString()) / "saved";
    if (kept)
      out = fs::path(kept) / QString(QTest::currentDataTag()).replace(' ', '_').toStdString();
    const fs::path from = golden_folder() / source.toStdString();
    const auto before = open(from);
    const int32_t first = before->vocab_size() + gap;
    const auto grown = with_added_tokens(before, kNames, first);
    QVERIFY2(grown.ok(), grown.ok() ? "" : grown.error().text().c_str());
    QCOMPARE((*grown)->ids("<edge_sep><sep>"), (Ids{first + 1, first}));
    QCOMPARE((*grown)->vocab_size(), first + 2);
    QVERIFY((*grown)->is_special(first) && (*grown)->token_id("<sep>") == first);
    QCOMPARE((*grown)->token_bytes(first), std::string("<sep>"));
    QCOMPARE(before->vocab_size(), first - gap);
    QVERIFY(!before->token_id("<sep>").has_value());

    const auto saved = save_tokenizer(from, new_tokens(first), out);
    QVERIFY2(saved.ok(), saved.ok() ? "" : saved.error().text().c_str());
    const auto after = open(out);
    QCOMPARE(after->token_id("<edge_sep>"), std::optional(first + 1));
    QVERIFY(after->bos() == before->bos() || !before->bos());
    QVERIFY(after->eos() == before->eos() || !before->eos());
    int differ = 0;
    std::string ours;
    for (const std::string& text : texts()) {
      const Ids ids = (*grown)->ids(text);
      differ += ids != after->ids(text);
      ours += nlohmann::json({text, ids}).dump() + "\n";
    }
    if (kept) QVERIFY(write_text_file(out / "ours.jsonl", ours).ok());
    QVERIFY2(differ * 1000 <= may_differ * static_cast<int>(texts().size()),
             qPrintable(QString::number(differ)));
  }

  // A tokenizer.json from a GGUF vocabulary, of every pre-tokenizer.
  void from_gguf_data() {
    QTest::addColumn<QString>("family");
    const auto row = [](const char* pre, const char* family) { QTest::newRow(pre) << family; };
    row("gpt-2", "gpt2");
    row("olmo", "neox");
    row("smollm", "smollm");
    row("llama-bpe", "llama3");
    row("dbrx", "olmo2");
    row("qwen2", "qwen2");
    row("gpt-4o", "gpt4o");
    row("tekken", "tekken");
    row("deepseek-v3", "deepseek_v3");
  }
  void from_gguf() {
    QFETCH(QString, family);
    const QTemporaryDir folder;
    const fs::path path = fs::path(folder.path().toStdString());
    MadeGguf gguf = gguf_of_tokenizer_json(
        golden_folder() / "families" / family.toStdString() / "tokenizer.json",
        QTest::currentDataTag());
    gguf.text("tokenizer.chat_template", "{{ messages }}");
    gguf.number("tokenizer.ggml.bos_token_id", 7);
    gguf.boolean("tokenizer.ggml.add_bos_token", true);
    QVERIFY(write_text_file(path / "made.gguf", gguf.file()).ok());
    const auto before = open(path / "made.gguf");
    const auto saved = save_tokenizer(path / "made.gguf", {}, path / "out");
    QVERIFY2(saved.ok(), saved.ok() ? "" : saved.error().text().c_str());
    const auto after = open(path / "out");
    QVERIFY(after->bos() == 7 && after->adds_bos());
    for (const std::string& text : texts()) QCOMPARE(after->ids(text), before->ids(text));
    const auto config = json_of(path / "out/tokenizer_config.json");
    QCOMPARE(config["chat_template"], "{{ messages }}");
    QCOMPARE(config["tokenizer_class"], "PreTrainedTokenizerFast");
    QCOMPARE(json_of(path / "out/tokenizer.json")["post_processor"]["type"], "TemplateProcessing");
  }

  void smollm2() {
    if (!fs::exists(smollm2_file())) QSKIP("SmolLM2 is not there");
    const QTemporaryDir folder;
    const fs::path out = folder.path().toStdString();
    const auto before = open(smollm2_file());
    QVERIFY(save_tokenizer(smollm2_file(), new_tokens(before->vocab_size()), out).ok());
    const auto after = open(out);
    const auto grown = with_added_tokens(before, kNames, before->vocab_size()).value();
    for (const std::string& text : texts()) QCOMPARE(after->ids(text), grown->ids(text));
    QVERIFY(json_of(out / "tokenizer_config.json").contains("chat_template"));
  }

  // Into the source's own folder: what is there stays.
  void in_place() {
    const QTemporaryDir folder;
    const fs::path path = fs::path(folder.path().toStdString());
    for (const char* name : {"tokenizer.json", "tokenizer_config.json"})
      fs::copy_file(golden_folder() / "families/gpt2" / name, path / name);
    QVERIFY(write_text_file(path / "chat_template.jinja", "{{ 1 }}").ok());
    QVERIFY(save_tokenizer(path, new_tokens(500), path).ok());
    QCOMPARE(read_text_file(path / "chat_template.jinja").value(), std::string("{{ 1 }}"));
    QCOMPARE(open(path)->ids("<sep>"), Ids{500});
  }

  void refusals() {
    const QTemporaryDir folder;
    const fs::path path = fs::path(folder.path().toStdString());
    const auto empty = save_tokenizer(path, {}, path / "out");
    QVERIFY(!empty.ok());
    QCOMPARE(empty.error().code, ErrorCode::not_found);
    QVERIFY(!save_tokenizer(path / "absent.gguf", {}, path / "out").ok());
    const auto tokenizer = open(golden_folder() / "families/gpt2");
    const int32_t next = tokenizer->vocab_size();
    const auto refused = [&](const std::vector<std::string>& names, int32_t first) {
      const auto grown = with_added_tokens(tokenizer, names, first);
      return !grown.ok() && grown.error().code == ErrorCode::invalid_input;
    };
    QVERIFY(refused({"<x>"}, next - 1));
    QVERIFY(refused({"<x>"}, -1));
    QVERIFY(refused({"<x>"}, 1 << 30));
    QVERIFY(refused({""}, next));
    QVERIFY(refused({"\xFF"}, next));
    QVERIFY(refused({"<x>", "<x>"}, next));
    QVERIFY(refused({"<|endoftext|>"}, next));
    QCOMPARE(with_added_tokens(tokenizer, {}, next).value(), tokenizer);
  }
};

QTEST_GUILESS_MAIN(TestSaveTokenizer)
#include "test_save_tokenizer.moc"
