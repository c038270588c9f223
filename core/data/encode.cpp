// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/encode.h"

#include <algorithm>

namespace loupe::data {

namespace {

// Many templates end a turn with a special token and a line end ("<|im_end|>\n"). The line end
// separates turns and says nothing of the response, so y ends with the end-of-turn token: the place
// where generation stops, and the state that an EX-RM reads.
void end_with_turn(std::vector<tokenize::Token>& tokens, std::string& text, size_t content_end,
                   const tokenize::Tokenizer& tokenizer) {
  size_t keep = tokens.size();
  while (keep > 0 && !tokenizer.is_special(tokens[keep - 1].id)) {
    const std::string bytes = tokenizer.token_bytes(tokens[keep - 1].id);
    if (bytes.find_first_not_of(" \t\r\n") != std::string::npos) return;
    --keep;
  }
  if (keep == 0 || tokens[keep - 1].begin < content_end) return;
  tokens.resize(keep);
  text.resize(tokens.back().end);
}

}  // namespace

Result<EncodedText> encode_response(const std::vector<tokenize::Turn>& prompt,
                                    const std::string& response, const tokenize::ChatTemplate& chat,
                                    const tokenize::Tokenizer& tokenizer) {
  LOUPE_TRY(auto rendered, chat.render_pair(prompt, response));
  EncodedText out;
  out.prompt = tokenizer.ids(rendered.prompt);
  out.response = tokenizer.encode(rendered.response);
  out.prompt_text = std::move(rendered.prompt);
  out.response_text = std::move(rendered.response);
  end_with_turn(out.response, out.response_text, rendered.content_end, tokenizer);
  if (out.prompt.empty() || out.response.empty())
    return Error{ErrorCode::invalid_input,
                 out.prompt.empty() ? "the prompt gives no tokens" : "the response gives no tokens",
                 "", "a prompt and a response need at least one token each"};
  return out;
}

Result<EncodedDataset> encode_dataset(const PreferenceDataset& dataset,
                                      const tokenize::ChatTemplate& chat,
                                      const tokenize::Tokenizer& tokenizer,
                                      const LengthLimit& limit) {
  const auto encode = [&](const std::vector<tokenize::Turn>& prompt, const std::string& response) {
    return encode_response(prompt, response, chat, tokenizer);
  };
  return encode_dataset(dataset, encode, limit);
}

Result<EncodedDataset> encode_dataset(const PreferenceDataset& dataset, const Encoder& encode,
                                      const LengthLimit& limit) {
  EncodedDataset out;
  out.name = dataset.name;
  const auto ids = [](const std::vector<tokenize::Token>& tokens) {
    std::vector<int32_t> list;
    list.reserve(tokens.size());
    for (const auto& token : tokens) list.push_back(token.id);
    return list;
  };
  for (size_t i = 0; i < dataset.pairs.size(); ++i) {
    const auto& pair = dataset.pairs[i];
    EncodedPair encoded;
    encoded.index = static_cast<int64_t>(i);
    encoded.cluster = pair.cluster;
    for (auto [text, target] :
         {std::pair{&pair.chosen, &encoded.chosen}, {&pair.rejected, &encoded.rejected}}) {
      auto result = encode(pair.prompt, *text);
      if (!result) {
        Error error = std::move(result).error();
        const std::string place =
            (dataset.path.empty() ? dataset.name : dataset.path) + ":" + std::to_string(pair.row);
        error.where = error.where.empty() ? place : place + " (" + error.where + ")";
        return error;
      }
      if (!encoded.prompt.empty() && encoded.prompt != result->prompt)
        return Error{ErrorCode::internal, "the responses of a pair stand behind different prompts",
                     dataset.name + ", row " + std::to_string(pair.row), ""};
      *target = ids(result->response);
      encoded.prompt = std::move(result->prompt);
    }
    const auto prompt_tokens = static_cast<int64_t>(encoded.prompt.size());
    const auto response_tokens =
        static_cast<int64_t>(std::max(encoded.chosen.size(), encoded.rejected.size()));
    if ((limit.prompt > 0 && prompt_tokens > limit.prompt) ||
        (limit.response > 0 && response_tokens > limit.response) ||
        (limit.total > 0 && prompt_tokens + response_tokens > limit.total))
      out.left_out.push_back({encoded.index, pair.row, prompt_tokens, response_tokens});
    else
      out.pairs.push_back(std::move(encoded));
  }
  return out;
}

}  // namespace loupe::data
