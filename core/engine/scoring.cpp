// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/scoring.h"

#include "core/attrib/exact.h"
#include "core/engine/guarded.h"
#include "core/engine/wire.h"

namespace loupe::engine {

namespace {

Result<std::vector<attrib::ResponseCredit>> credits(const LoadedRun& run,
                                                    const std::vector<tokenize::Turn>& prompt,
                                                    const std::vector<std::string>& responses,
                                                    std::string& prompt_text,
                                                    const CancelToken& cancel) {
  std::vector<data::EncodedText> texts;
  for (const auto& response : responses) {
    LOUPE_TRY(auto text, data::encode_response(prompt, response, *run.language.chat_template,
                                               *run.language.tokenizer));
    const auto tokens = static_cast<int64_t>(text.prompt.size() + text.response.size());
    if (tokens > run.language.decoder->config().max_positions)
      return Error{ErrorCode::invalid_input,
                   "the text has " + std::to_string(tokens) + " tokens, the model can read " +
                       std::to_string(run.language.decoder->config().max_positions),
                   "", "shorten it"};
    prompt_text = text.prompt_text;
    texts.push_back(std::move(text));
  }
  model::ForwardOptions options;
  options.cancel = cancel;
  return attrib::exact(*run.reward, texts, options);
}

}  // namespace

Result<api::Attribution> attribute(ModelCache& cache, int64_t run_id, const Question& question,
                                   const CancelToken& cancel) {
  return guarded([&]() -> Result<api::Attribution> {
    LOUPE_TRY(const auto run, cache.run(run_id));
    api::Attribution out;
    out.run = run_id;
    out.run_name = run->run.name;
    out.type = run->recipe.type;
    out.method = "exact";
    out.credits = "output positions";
    LOUPE_TRY(const auto found, credits(*run, question.prompt, {question.chosen, question.rejected},
                                        out.prompt, cancel));
    out.chosen = to_api(found[0], *run->language.tokenizer);
    out.rejected = to_api(found[1], *run->language.tokenizer);
    return out;
  });
}

Result<api::Shift> shift_response(ModelCache& cache, int64_t run_id,
                                  const std::vector<tokenize::Turn>& prompt,
                                  const std::string& before, const std::string& after,
                                  const std::string& rejected, const CancelToken& cancel) {
  return guarded([&]() -> Result<api::Shift> {
    LOUPE_TRY(const auto run, cache.run(run_id));
    std::vector<std::string> responses{before, after};
    if (!rejected.empty()) responses.push_back(rejected);
    std::string prompt_text;
    LOUPE_TRY(const auto found, credits(*run, prompt, responses, prompt_text, cancel));
    api::Shift out;
    out.run = run_id;
    out.run_name = run->run.name;
    out.type = run->recipe.type;
    out.before = found[0].reward;
    out.after = found[1].reward;
    out.before_tokens = to_api(found[0], *run->language.tokenizer);
    out.after_tokens = to_api(found[1], *run->language.tokenizer);
    if (!rejected.empty()) {
      out.has_rejected = true;
      out.rejected = found[2].reward;
      out.margin_before = out.before - out.rejected;
      out.margin_after = out.after - out.rejected;
      const auto sign = [](double v) { return v > 0 ? 1 : v < 0 ? -1 : 0; };
      out.flipped = sign(out.margin_before) != sign(out.margin_after);
    }
    return out;
  });
}

}  // namespace loupe::engine
