// SPDX-License-Identifier: GPL-3.0-or-later
// Rewards of texts: where they come from, token by token, and how an edit moves them.
#pragma once

#include <nlohmann/json.hpp>

#include "core/api/ids.h"
#include "core/api/method.h"

namespace loupe::api {

struct TokenCredit {
  int64_t id = 0;
  std::string bytes;  // base64
  std::string text;   // printable; invalid UTF-8 as U+FFFD, control characters as symbols
  double credit = 0;  // reward units
  double log_prob = 0, ref_log_prob = 0;  // IM only (nats); 0 otherwise
  LOUPE_FIELDS(TokenCredit, id, bytes, text, credit, log_prob, ref_log_prob)
};

struct ResponseCredit {
  std::vector<TokenCredit> tokens;  // of y, template's end-of-turn tokens included
  std::vector<TokenCredit> prompt;  // of x, where input tokens are credited
  double reward = 0;
  double offset =
      0;  // EX: u.h_0 (last prompt token); IM: 0. reward = offset + sum of credits + error
  double error = 0;  // |reward - offset - sum|
  LOUPE_FIELDS(ResponseCredit, tokens, prompt, reward, offset, error)
};

struct Attribution {
  int64_t run = 0;
  int64_t model = 0;     // of a plain language model, with run 0
  std::string run_name;  // or the model's name
  // "EX", "IM"; "LM": a plain language model: credits are log-probabilities, the reward is their
  // sum
  std::string type;
  std::string method;   // "exact"
  std::string credits;  // "output positions"
  std::string prompt;   // the rendered prompt x
  ResponseCredit chosen, rejected;
  LOUPE_FIELDS(Attribution, run, model, run_name, type, method, credits, prompt, chosen, rejected)
};

struct Shift {  // one model's answer to an edit
  int64_t run = 0;
  int64_t model = 0;  // of a model of the workspace, with run 0
  std::string run_name, type;
  double before = 0, after = 0;  // rewards of the edited response
  double rejected = 0;           // reward of the other response, when given
  double margin_before = 0, margin_after = 0;
  bool flipped = false, has_rejected = false;
  ResponseCredit before_tokens, after_tokens, rejected_tokens;
  // Positions in before_tokens and after_tokens, in reading order; -1: the token has no partner.
  std::vector<std::pair<int64_t, int64_t>> alignment;
  json error;  // {code, what, where, hint} when this run could not be scored, else null
  LOUPE_FIELDS(Shift, run, model, run_name, type, before, after, rejected, margin_before,
               margin_after, flipped, has_rejected, before_tokens, after_tokens, rejected_tokens,
               alignment, error)
};

inline constexpr std::string_view compute_dtypes[] = {"fp32", "bf16"};

struct AttributeAsked {
  ScorerId of;
  PairRef pair;
  std::string method = "exact";
  LOUPE_ASKED(AttributeAsked, (of, pair), (method))
};
struct Attribute : Method<AttributeAsked, Attribution> {
  static constexpr const char* name = "attribute";
  static constexpr Lane lane = Lane::interactive;
  static constexpr std::string_view doing = LOUPE_TEXT("rewards");
};

struct AttributionMethod {
  std::string id, title, why;
  bool input_tokens = false;  // these are credited, not output positions
  LOUPE_FIELDS(AttributionMethod, id, title, why, input_tokens)
};
struct AttributionMethods : Method<Nothing, Rows<AttributionMethod>> {
  static constexpr const char* name = "attribute/methods";
  static constexpr Lane lane = Lane::store;
};

struct ShiftAsked {
  std::vector<ScorerId> of;
  PairRef pair;               // its prompt is what both answer
  std::string before, after;  // a response, and the same in other words
  std::string rejected;       // what it is compared with; "" leaves margins out
  LOUPE_ASKED(ShiftAsked, (of, pair, before, after), (rejected))
};
// A row goes out as soon as it is there; one that fails is a row with `error` and stops no other.
struct ShiftResponse : Method<ShiftAsked, Rows<Shift>, Shift> {
  static constexpr const char* name = "shift";
  static constexpr Lane lane = Lane::interactive;
  static constexpr std::string_view doing = LOUPE_TEXT("rewards of an edit");
};

// Rewards of one response, or of every pair of a file.
struct ScoreAsked {
  ScorerId of;
  std::vector<Turn> prompt;
  std::string response;
  std::string data;  // a file of pairs, in place of prompt and response
  std::string compute_dtype = "fp32";
  static constexpr auto fields() {
    using T = ScoreAsked;
    return std::tuple(field("of", &T::of, needed), field("prompt", &T::prompt),
                      field("response", &T::response), field("data", &T::data),
                      field("compute_dtype", &T::compute_dtype, {.choices = compute_dtypes}));
  }
};
struct PairScore {
  int64_t index = 0;
  double chosen = 0, rejected = 0, margin = 0;
  LOUPE_FIELDS(PairScore, index, chosen, rejected, margin)
};
struct Scores {
  std::optional<double> reward;  // of the one response
  std::vector<PairScore> rows;   // of the file
  LOUPE_FIELDS(Scores, reward, rows)
};
struct Score : Method<ScoreAsked, Scores> {
  static constexpr const char* name = "score";
  static constexpr Lane lane = Lane::batch;
};

// What a language model makes of each token of a response.
struct LogProbsAsked {
  std::string model;  // of the workspace by name, or a path of files
  std::vector<Turn> prompt;
  std::string response;
  std::string compute_dtype = "fp32";
  static constexpr auto fields() {
    using T = LogProbsAsked;
    return std::tuple(field("model", &T::model, needed), field("prompt", &T::prompt, needed),
                      field("response", &T::response, needed),
                      field("compute_dtype", &T::compute_dtype, {.choices = compute_dtypes}));
  }
};
struct TokenLogProb {
  int64_t id = 0;
  std::string text;  // printable
  double log_prob = 0;
  LOUPE_FIELDS(TokenLogProb, id, text, log_prob)
};
struct LogProbs {
  std::vector<TokenLogProb> tokens;
  double sum = 0;
  std::string prompt, response;  // as they were tokenised
  LOUPE_FIELDS(LogProbs, tokens, sum, prompt, response)
};
struct LogProbsOf : Method<LogProbsAsked, LogProbs> {
  static constexpr const char* name = "log_probs";
  static constexpr Lane lane = Lane::batch;
};

using ScoreMethods = Methods<Attribute, AttributionMethods, ShiftResponse, Score, LogProbsOf>;

}  // namespace loupe::api
