// SPDX-License-Identifier: GPL-3.0-or-later
// Preference pairs as token ids: x and y rendered by the model's template and tokenised apart, no
// special tokens added (design section 4). y ends with the end-of-turn token: the white space that
// some templates put behind it parts turns and belongs to none. Nothing else is cut: a pair over
// the limit is left out and listed.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/data/preference.h"
#include "core/tokenize/chat_template.h"
#include "core/tokenize/tokenizer.h"

namespace loupe::data {

struct EncodedPair {
  std::vector<int32_t> prompt, chosen, rejected;
  int64_t index = 0;  // position in the dataset
  int64_t cluster = 0;
};

struct LeftOut {
  int64_t index = 0, row = 0;
  int64_t prompt_tokens = 0, response_tokens = 0;  // the longer response
};

struct EncodedDataset {
  std::string name;
  std::vector<EncodedPair> pairs;
  std::vector<LeftOut> left_out;
};

struct LengthLimit {
  int64_t prompt = 512, response = 512;  // the paper's; 0: no limit
  int64_t total = 0;  // prompt and longer response together: the model's context; 0: no limit
};

struct EncodedText {
  std::vector<int32_t> prompt;
  std::vector<tokenize::Token> response;   // with byte offsets into `response_text`
  std::string prompt_text, response_text;  // x and y as rendered
};

Result<EncodedText> encode_response(const std::vector<tokenize::Turn>& prompt,
                                    const std::string& response, const tokenize::ChatTemplate& chat,
                                    const tokenize::Tokenizer& tokenizer);

// Makes x and y of a response, as a kind of reward model reads them.
using Encoder = std::function<Result<EncodedText>(const std::vector<tokenize::Turn>& prompt,
                                                  const std::string& response)>;

// Errors name the dataset and the row.
Result<EncodedDataset> encode_dataset(const PreferenceDataset& dataset, const Encoder& encode,
                                      const LengthLimit& limit);
// As encode_response does.
Result<EncodedDataset> encode_dataset(const PreferenceDataset& dataset,
                                      const tokenize::ChatTemplate& chat,
                                      const tokenize::Tokenizer& tokenizer,
                                      const LengthLimit& limit);

}  // namespace loupe::data
