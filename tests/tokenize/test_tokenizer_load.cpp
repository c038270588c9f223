// SPDX-License-Identifier: GPL-3.0-or-later
// Files that are missing, damaged or of a kind that is not read: refused with their name and the
// reason.
#include <QTemporaryDir>
#include <QtTest>
#include <cstring>

#include "core/base/file.h"
#include "core/tokenize/tokenizer.h"
#include "tests/tokenize/golden.h"

using namespace loupe;
using namespace loupe::tokenize;

namespace {

// A GGUF file without tensors.
class Gguf {
 public:
  void text(const std::string& key, const std::string& value) {
    begin(key, 8);
    put(value);
  }
  void texts(const std::string& key, const std::vector<std::string>& values) {
    begin(key, 9);
    put<uint32_t>(8);
    put<uint64_t>(values.size());
    for (const auto& value : values) put(value);
  }
  void ints(const std::string& key, const std::vector<int32_t>& values) {
    begin(key, 9);
    put<uint32_t>(5);
    put<uint64_t>(values.size());
    for (const int32_t value : values) put(value);
  }
  void number(const std::string& key, uint32_t value) {
    begin(key, 4);
    put(value);
  }
  Result<std::shared_ptr<const Tokenizer>> load() {
    std::string head("GGUF");
    std::swap(head, bytes_);
    put<uint32_t>(3);
    put<uint64_t>(0);
    put<uint64_t>(count_);
    bytes_ += head;
    const auto file = io::GgufFile::parse(std::as_bytes(std::span(bytes_)), "made.gguf");
    if (!file) return file.error();
    return load_gguf_tokenizer(**file);
  }

 private:
  void begin(const std::string& key, uint32_t type) {
    ++count_;
    put(key);
    put(type);
  }
  void put(const std::string& value) {
    put<uint64_t>(value.size());
    bytes_ += value;
  }
  template <class T>
  void put(T value) {
    char raw[sizeof value];
    std::memcpy(raw, &value, sizeof value);
    bytes_.append(raw, sizeof value);
  }
  std::string bytes_;
  uint64_t count_ = 0;
};

Gguf small_gguf(const std::string& pre) {
  Gguf gguf;
  gguf.text("tokenizer.ggml.model", "gpt2");
  gguf.text("tokenizer.ggml.pre", pre);
  gguf.texts("tokenizer.ggml.tokens",
             {"a", "b", "1", "2", "\u0120", "ab", "12", "abab", "<x>", "<u>"});
  gguf.ints("tokenizer.ggml.token_type", {1, 1, 1, 1, 1, 1, 1, 1, 3, 4});
  gguf.texts("tokenizer.ggml.merges", {"a b", "1 2"});
  return gguf;
}

bool mentions(const Error& error, const std::string& text) {
  return error.text().find(text) != std::string::npos;
}

nlohmann::json good_json() {
  std::ifstream in(golden_folder() / "gpt2/tokenizer.json");
  return nlohmann::json::parse(in);
}

Error refusal(const QTemporaryDir& folder, const std::string& text) {
  const auto path = std::filesystem::path(folder.path().toStdString());
  if (!write_text_file(path / "tokenizer.json", text)) return {};
  const auto loaded = load_hf_tokenizer(path);
  return loaded.ok() ? Error{} : loaded.error();
}

}  // namespace

class TestTokenizerLoad : public QObject {
  Q_OBJECT
 private slots:
  void gguf_pre_tokenizers();
  void gguf_refusals();
  void missing_files();
  void damaged_json();
  void unsupported_json_data();
  void unsupported_json();
  void damaged_sentencepiece();
};

void TestTokenizerLoad::gguf_pre_tokenizers() {
  using Ids = std::vector<int32_t>;
  const std::string text = "abab 12<x><u>";
  const auto smollm = small_gguf("smollm").load();
  QVERIFY2(smollm.ok(), smollm.ok() ? "" : smollm.error().text().c_str());
  QCOMPARE((*smollm)->ids(text), (Ids{5, 5, 4, 2, 3, 8, 9}));
  QVERIFY((*smollm)->is_special(8) && !(*smollm)->is_special(9));
  QVERIFY(!(*smollm)->bos().has_value());
  const auto gpt2 = small_gguf("gpt-2").load();
  QVERIFY(gpt2.ok());
  QCOMPARE((*gpt2)->ids(text), (Ids{5, 5, 4, 6, 8, 9}));
  // Llama 3 takes a word of the vocabulary whole, though no merge makes it.
  const auto llama = small_gguf("llama-bpe").load();
  QVERIFY(llama.ok());
  QCOMPARE((*llama)->ids(text), (Ids{7, 4, 6, 8, 9}));
  const auto qwen = small_gguf("qwen2").load();
  QVERIFY(qwen.ok());
  QCOMPARE((*qwen)->ids(text), (Ids{5, 5, 4, 2, 3, 8, 9}));
}

void TestTokenizerLoad::gguf_refusals() {
  const auto odd = small_gguf("tekken").load();
  QVERIFY(!odd.ok());
  QCOMPARE(odd.error().code, ErrorCode::unsupported);
  QVERIFY(mentions(odd.error(), "tekken") && mentions(odd.error(), "made.gguf"));
  Gguf spm;
  spm.text("tokenizer.ggml.model", "llama");
  const auto refused = spm.load();
  QVERIFY(!refused.ok() && mentions(refused.error(), "\"llama\""));
  QVERIFY(!Gguf().load().ok());
  Gguf no_tokens;
  no_tokens.text("tokenizer.ggml.model", "gpt2");
  QVERIFY(!no_tokens.load().ok());
  Gguf bad_bos = small_gguf("gpt-2");
  bad_bos.number("tokenizer.ggml.bos_token_id", 10);
  const auto bos = bad_bos.load();
  QVERIFY(!bos.ok() && mentions(bos.error(), "bos_token_id"));
  Gguf bad_merge;
  bad_merge.text("tokenizer.ggml.model", "gpt2");
  bad_merge.texts("tokenizer.ggml.tokens", {"a", "b"});
  bad_merge.texts("tokenizer.ggml.merges", {"a b"});
  const auto merge = bad_merge.load();
  QVERIFY(!merge.ok());
  QCOMPARE(merge.error().code, ErrorCode::corrupt);
  QVERIFY(mentions(merge.error(), "merge 0"));
}

void TestTokenizerLoad::missing_files() {
  const QTemporaryDir folder;
  const auto loaded = load_hf_tokenizer(folder.path().toStdString());
  QVERIFY(!loaded.ok());
  QCOMPARE(loaded.error().code, ErrorCode::not_found);
  QVERIFY(mentions(loaded.error(), "tokenizer.json"));
}

void TestTokenizerLoad::damaged_json() {
  const QTemporaryDir folder;
  const std::string good = good_json().dump();
  for (const std::string& text : {std::string(), std::string("[]"), std::string("{}"),
                                  good.substr(0, good.size() / 2), std::string("\xFF{}")}) {
    const Error error = refusal(folder, text);
    QVERIFY(!error.what.empty());
    QVERIFY2(mentions(error, "tokenizer.json"), error.text().c_str());
  }
  // Every top-level value replaced by one of another type: refused or ignored, never a crash.
  const nlohmann::json whole = good_json();
  for (const auto& [key, value] : whole.items()) {
    for (const char* odd : {"7", "\"x\"", "[1]", "{\"type\":3}", "{\"type\":\"Sequence\"}"}) {
      auto changed = whole;
      changed[key] = nlohmann::json::parse(odd);
      refusal(folder, changed.dump());
    }
  }
  auto document = whole;
  document["model"]["vocab"]["new"] = 2'000'000'000;
  QVERIFY(mentions(refusal(folder, document.dump()), "2000000000"));
  document["model"]["vocab"]["new"] = -1;
  QVERIFY(mentions(refusal(folder, document.dump()), "\"new\""));
}

void TestTokenizerLoad::unsupported_json_data() {
  QTest::addColumn<QString>("pointer");
  QTest::addColumn<QString>("value");
  QTest::addColumn<QString>("named");
  const auto row = [](const char* pointer, const char* value, const char* named) {
    QTest::newRow(named) << QString(pointer) << QString(value) << QString(named);
  };
  row("/model/type", "\"Unigram\"", "Unigram");
  row("/model/end_of_word_suffix", "\"</w>\"", "end_of_word_suffix");
  row("/model/dropout", "0.1", "dropout");
  row("/normalizer", "{\"type\":\"StripAccents\"}", "StripAccents");
  row("/pre_tokenizer", "{\"type\":\"BertPreTokenizer\"}", "BertPreTokenizer");
}

void TestTokenizerLoad::unsupported_json() {
  QFETCH(QString, pointer);
  QFETCH(QString, value);
  QFETCH(QString, named);
  const QTemporaryDir folder;
  auto document = good_json();
  document[nlohmann::json::json_pointer(pointer.toStdString())] =
      nlohmann::json::parse(value.toStdString());
  const Error error = refusal(folder, document.dump());
  QCOMPARE(error.code, ErrorCode::unsupported);
  QVERIFY2(mentions(error, named.toStdString()), error.text().c_str());
}

void TestTokenizerLoad::damaged_sentencepiece() {
  const QTemporaryDir folder;
  const auto path = std::filesystem::path(folder.path().toStdString()) / "tokenizer.model";
  std::ifstream in(golden_folder() / "sentencepiece/tokenizer.model", std::ios::binary);
  const std::string good((std::istreambuf_iterator<char>(in)), {});
  for (const std::string& bytes : {std::string(), std::string("no model"), good.substr(0, 100),
                                   good.substr(0, good.size() / 2)}) {
    QVERIFY(write_text_file(path, bytes).ok());
    const auto loaded = load_hf_tokenizer(folder.path().toStdString());
    QVERIFY(!loaded.ok());
    QVERIFY2(mentions(loaded.error(), "tokenizer.model"), loaded.error().text().c_str());
  }
}

QTEST_GUILESS_MAIN(TestTokenizerLoad)
#include "test_tokenizer_load.moc"
