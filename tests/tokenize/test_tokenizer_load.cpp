// SPDX-License-Identifier: GPL-3.0-or-later
// Files that are missing, damaged or of a kind that is not read: refused with their name and the
// reason.
#include <QTemporaryDir>
#include <QtTest>

#include "core/base/file.h"
#include "core/tokenize/tokenizer.h"
#include "tests/tokenize/golden.h"
#include "tests/tokenize/made_gguf.h"

using namespace loupe;
using namespace loupe::tokenize;

namespace {

MadeGguf small_gguf(const std::string& pre) {
  MadeGguf gguf;
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
  void gguf_pieces();
  void gguf_piece_refusals_data();
  void gguf_piece_refusals();
  void missing_files();
  void damaged_json();
  void unsupported_json_data();
  void unsupported_json();
  void damaged_unigram_data();
  void damaged_unigram();
  void damaged_sentencepiece();
  void damaged_added_tokens();
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
  const auto odd = small_gguf("viking").load();
  QVERIFY(!odd.ok());
  QCOMPARE(odd.error().code, ErrorCode::unsupported);
  QVERIFY(mentions(odd.error(), "viking") && mentions(odd.error(), "made.gguf"));
  MadeGguf other;
  other.text("tokenizer.ggml.model", "rwkv");
  const auto refused = other.load();
  QVERIFY(!refused.ok() && mentions(refused.error(), "\"rwkv\""));
  QVERIFY(!MadeGguf().load().ok());
  MadeGguf no_tokens;
  no_tokens.text("tokenizer.ggml.model", "gpt2");
  QVERIFY(!no_tokens.load().ok());
  MadeGguf bad_bos = small_gguf("gpt-2");
  bad_bos.number("tokenizer.ggml.bos_token_id", 10);
  const auto bos = bad_bos.load();
  QVERIFY(!bos.ok() && mentions(bos.error(), "bos_token_id"));
  MadeGguf bad_merge;
  bad_merge.text("tokenizer.ggml.model", "gpt2");
  bad_merge.texts("tokenizer.ggml.tokens", {"a", "b"});
  bad_merge.texts("tokenizer.ggml.merges", {"a b"});
  const auto merge = bad_merge.load();
  QVERIFY(!merge.ok());
  QCOMPARE(merge.error().code, ErrorCode::corrupt);
  QVERIFY(mentions(merge.error(), "merge 0"));
}

namespace {

struct Pieces {
  std::vector<std::string> names = {"<unk>", "<s>", "</s>", "a", "b", "\u2581", "ab", "<u>"};
  std::vector<float> scores = {0, 0, 0, -2, -3, -4, -1, 0};
  std::vector<int32_t> kinds = {2, 3, 3, 1, 1, 1, 1, 4};
  std::string model = "llama";

  MadeGguf gguf() const {
    MadeGguf made;
    made.text("tokenizer.ggml.model", model);
    made.texts("tokenizer.ggml.tokens", names);
    made.floats("tokenizer.ggml.scores", scores);
    made.ints("tokenizer.ggml.token_type", kinds);
    made.number("tokenizer.ggml.bos_token_id", 1);
    made.number("tokenizer.ggml.eos_token_id", 2);
    return made;
  }
};

}  // namespace

void TestTokenizerLoad::gguf_pieces() {
  using Ids = std::vector<int32_t>;
  const auto loaded = Pieces().gguf().load();
  QVERIFY2(loaded.ok(), loaded.ok() ? "" : loaded.error().text().c_str());
  const Tokenizer& tokenizer = **loaded;
  QCOMPARE(tokenizer.ids("ab b"), (Ids{5, 6, 5, 4}));
  // A space in front of every stretch; what nothing covers is unknown.
  QCOMPARE(tokenizer.ids("<s>ab<u>a?"), (Ids{1, 5, 6, 7, 5, 3, 0}));
  QCOMPARE(tokenizer.vocab_size(), 8);
  QVERIFY(tokenizer.bos() == 1 && tokenizer.eos() == 2 && tokenizer.adds_bos());
  QVERIFY(tokenizer.is_special(0) && tokenizer.is_special(1) && !tokenizer.is_special(7));
  QCOMPARE(tokenizer.token_bytes(7), std::string("<u>"));
  MadeGguf bare = Pieces().gguf();
  bare.boolean("tokenizer.ggml.add_space_prefix", false);
  bare.boolean("tokenizer.ggml.add_bos_token", false);
  const auto without = bare.load();
  QVERIFY(without.ok());
  QCOMPARE((*without)->ids("ab b"), (Ids{6, 5, 4}));
  QVERIFY(!(*without)->adds_bos());
  // Gemma's runs of spaces are pieces for themselves, written with spaces and not with the mark.
  Pieces pieces;
  for (const char* spaces : {"  ", "   "}) {
    pieces.names.push_back(spaces);
    pieces.scores.push_back(-1000);
    pieces.kinds.push_back(4);
  }
  MadeGguf runs = pieces.gguf();
  runs.boolean("tokenizer.ggml.add_space_prefix", false);
  const auto spaced = runs.load();
  QVERIFY2(spaced.ok(), spaced.ok() ? "" : spaced.error().text().c_str());
  QCOMPARE((*spaced)->ids("a b  ab   b    "), (Ids{3, 5, 4, 8, 6, 9, 4, 9, 5}));
  QCOMPARE((*spaced)->token_bytes(9), std::string("   "));
}

void TestTokenizerLoad::gguf_piece_refusals_data() {
  QTest::addColumn<int>("fault");
  QTest::addColumn<QString>("named");
  int fault = 0;
  for (const char* named :
       {"one score a token", "one kind a token", "unknown kind", "not finite", "no name",
        "zero byte", "no UTF-8", "earlier one", "no unknown token", "1 byte tokens"})
    QTest::newRow(named) << fault++ << QString(named);
}

void TestTokenizerLoad::gguf_piece_refusals() {
  QFETCH(int, fault);
  QFETCH(QString, named);
  Pieces pieces;
  switch (fault) {
    case 0:
      pieces.scores.pop_back();
      break;
    case 1:
      pieces.kinds.pop_back();
      break;
    case 2:
      pieces.kinds[3] = 7;
      break;
    case 3:
      pieces.scores[3] = std::numeric_limits<float>::quiet_NaN();
      break;
    case 4:
      pieces.names[3] = "";
      break;
    case 5:
      pieces.names[3] = std::string("a\0b", 3);
      break;
    case 6:
      pieces.names[3] = "\xFF";
      break;
    case 7:
      pieces.names[3] = "ab";
      break;
    case 8:
      pieces.kinds[0] = 3;
      break;
    default:
      pieces.names[3] = "<0x41>";
      pieces.kinds[3] = 6;
  }
  for (const char* model : {"llama", "t5"}) {
    pieces.model = model;
    const auto loaded = pieces.gguf().load();
    QVERIFY(!loaded.ok());
    QCOMPARE(loaded.error().code, ErrorCode::corrupt);
    QVERIFY2(mentions(loaded.error(), named.toStdString()), loaded.error().text().c_str());
  }
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
  row("/model/type", "\"WordPiece\"", "WordPiece");
  row("/model/end_of_word_suffix", "\"</w>\"", "end_of_word_suffix");
  row("/model/dropout", "0.1", "dropout");
  row("/normalizer", "{\"type\":\"BertNormalizer\"}", "BertNormalizer");
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

void TestTokenizerLoad::damaged_unigram_data() {
  QTest::addColumn<QString>("pointer");
  QTest::addColumn<QString>("value");
  QTest::addColumn<QString>("named");
  const auto row = [](const char* pointer, const char* value, const char* named) {
    QTest::newRow(named) << QString(pointer) << QString(value) << QString(named);
  };
  row("/model/vocab", "{}", "vocab is missing");
  row("/model/vocab/3", "[\"x\"]", "vocab[3]");
  row("/model/vocab/3/1", "\"high\"", "a piece and a score");
  row("/model/unk_id", "100000", "100000");
  row("/normalizer/precompiled_charsmap", "\"????\"", "base64");
  row("/normalizer/precompiled_charsmap", "\"AAA=\"", "cut off");
  row("/normalizer/precompiled_charsmap", "\"/////w==\"", "claims a table");
}

void TestTokenizerLoad::damaged_unigram() {
  QFETCH(QString, pointer);
  QFETCH(QString, value);
  QFETCH(QString, named);
  const QTemporaryDir folder;
  std::ifstream in(golden_folder() / "families/t5/tokenizer.json", std::ios::binary);
  auto document = nlohmann::json::parse(in);
  document[nlohmann::json::json_pointer(pointer.toStdString())] =
      nlohmann::json::parse(value.toStdString());
  const Error error = refusal(folder, document.dump());
  QCOMPARE(error.code, ErrorCode::corrupt);
  QVERIFY2(mentions(error, named.toStdString()), error.text().c_str());
}

void TestTokenizerLoad::damaged_added_tokens() {
  const QTemporaryDir folder;
  const auto path = std::filesystem::path(folder.path().toStdString());
  std::filesystem::copy_file(golden_folder() / "sentencepiece/tokenizer.model",
                             path / "tokenizer.model");
  QVERIFY(load_hf_tokenizer(path).ok());
  for (const char* text : {"[]", "{\"x\": -1}", "{\"x\": \"1\"}", "{\"x\": 99999999999}", "{"}) {
    QVERIFY(write_text_file(path / "added_tokens.json", text).ok());
    const auto loaded = load_hf_tokenizer(path);
    QVERIFY(!loaded.ok());
    QVERIFY2(mentions(loaded.error(), "added_tokens.json"), loaded.error().text().c_str());
  }
  std::filesystem::remove(path / "added_tokens.json");
  for (const char* key : {"x", "", "-1", "999999999", "123456789012345678901234567890"}) {
    const nlohmann::json config = {{"added_tokens_decoder", {{key, {{"content", "<x>"}}}}}};
    QVERIFY(write_text_file(path / "tokenizer_config.json", config.dump()).ok());
    const auto loaded = load_hf_tokenizer(path);
    QVERIFY(!loaded.ok());
    QVERIFY2(mentions(loaded.error(), "tokenizer_config.json"), loaded.error().text().c_str());
  }
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
