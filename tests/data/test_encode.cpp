// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>

#include "core/data/encode.h"

using namespace loupe;

// Real tokenizer and template of a tiny model (tests/golden/models).
class TestEncode : public QObject {
  Q_OBJECT

 private:
  std::shared_ptr<const tokenize::Tokenizer> tokenizer_;
  std::optional<tokenize::ChatTemplate> chat_;

  data::EncodedText encode(const std::string& response) {
    auto result = data::encode_response({{"user", "is it kind?"}}, response, *chat_, *tokenizer_);
    if (!result) throw std::runtime_error(result.error().text());
    return *result;
  }
  std::string decoded(const data::EncodedText& text) {
    std::string out;
    for (const auto& token : text.response) out += tokenizer_->token_bytes(token.id);
    return out;
  }

 private slots:
  void initTestCase() {
    auto tokenizer = tokenize::load_hf_tokenizer(std::string(LOUPE_SOURCE_DIR) +
                                                 "/tests/golden/models/gqa-untied");
    QVERIFY(tokenizer.ok());
    tokenizer_ = *tokenizer;
    auto chat = tokenize::ChatTemplate::jinja(
        "{% for m in messages %}{{ '<|im_start|>' + m['role'] + '\\n' + m['content'] + "
        "'<|im_end|>' + '\\n' }}"
        "{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}",
        "<|im_start|>", "<|im_end|>", "2024-07-26");
    QVERIFY(chat.ok());
    chat_ = *chat;
  }

  void ends_with_the_end_of_turn_token() {
    const auto text = encode("yes");
    QCOMPARE(tokenizer_->token_name(text.response.back().id), std::string("<|im_end|>"));
    QCOMPARE(text.response_text, std::string("yes<|im_end|>"));
    QCOMPARE(decoded(text), std::string("yes<|im_end|>"));
    QCOMPARE(text.prompt_text,
             std::string("<|im_start|>user\nis it kind?<|im_end|>\n<|im_start|>assistant\n"));
  }

  void white_space_of_the_response_stays() {
    QCOMPARE(encode("yes \n\n").response_text, std::string("yes \n\n<|im_end|>"));
  }

  // A look-alike inside the response is no reason to cut.
  void without_an_end_token_nothing_is_cut() {
    auto plain = tokenize::ChatTemplate::jinja(
        "{% for m in messages %}{{ m['role'] + ': ' + m['content'] + '\\n' }}{% endfor %}"
        "{% if add_generation_prompt %}{{ 'assistant: ' }}{% endif %}",
        "", "", "2024-07-26");
    QVERIFY(plain.ok());
    const auto text = data::encode_response({{"user", "hm"}}, "yes<|im_end|>", *plain, *tokenizer_);
    QVERIFY(text.ok());
    QCOMPARE(text->response_text, std::string("yes<|im_end|>\n"));
  }

  void long_pairs_are_left_out_and_listed() {
    data::PreferenceDataset dataset;
    dataset.name = "two";
    dataset.pairs.push_back({{{"user", "hm"}}, "yes", "no", 1, 0});
    dataset.pairs.push_back({{{"user", "hm"}}, std::string(200, 'x'), "no", 2, 1});
    const auto encoded = data::encode_dataset(dataset, *chat_, *tokenizer_, {512, 20});
    QVERIFY(encoded.ok());
    QCOMPARE(encoded->pairs.size(), size_t{1});
    QCOMPARE(encoded->left_out.size(), size_t{1});
    QCOMPARE(encoded->left_out.front().row, int64_t{2});
    QVERIFY(encoded->left_out.front().response_tokens > 20);
    const auto whole = data::encode_dataset(dataset, *chat_, *tokenizer_, {0, 0});
    QCOMPARE(whole->pairs.size(), size_t{2});
  }
};

QTEST_APPLESS_MAIN(TestEncode)
#include "test_encode.moc"
