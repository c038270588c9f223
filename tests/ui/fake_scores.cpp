// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/ui/fake_scores.h"

#include <algorithm>
#include <cctype>
#include <chrono>
#include <cmath>
#include <thread>
#include <utility>
#include <vector>

namespace loupe::test {

using namespace api;

namespace {

ResponseCredit credit(const std::string& text, bool implicit, double sign) {
  ResponseCredit response;
  std::vector<std::string> tokens;
  for (const char c : text) {
    if (tokens.empty() || c == ' ' || c == '\n') tokens.emplace_back();
    tokens.back() += c;
  }
  tokens.emplace_back("<|im_end|>");
  tokens.emplace_back("\n");
  double sum = 0;
  for (size_t i = 0; i < tokens.size(); ++i) {
    TokenCredit token;
    token.id = static_cast<int64_t>(100 + std::hash<std::string>()(tokens[i]) % 48000);
    token.bytes = base64_encode(tokens[i]);
    token.text = tokens[i];
    token.log_prob = -0.3 - 1.3 * static_cast<double>(i % 4);
    const double wave = sign * (0.3 + std::cos(static_cast<double>(i * i)));
    token.ref_log_prob = implicit ? token.log_prob - 3 * wave : 0;
    if (!implicit) token.log_prob = 0;
    token.credit = implicit ? 0.01 * (token.log_prob - token.ref_log_prob) : 1.7 * wave;
    sum += token.credit;
    response.tokens.push_back(token);
  }
  response.offset = implicit ? 0 : 0.8125;
  response.reward = response.offset + sum;
  response.error = implicit ? 1.3e-9 : 2.1e-7;
  return response;
}

void as_log_probabilities(ResponseCredit* response) {
  response->offset = response->reward = 0;
  for (size_t i = 0; i < response->tokens.size(); ++i) {
    response->tokens[i].credit = -0.2 - 1.1 * static_cast<double>(i % 5);
    response->reward += response->tokens[i].credit;
  }
}

// As credit(), with credits that follow from the words: an explicit model goes by what is said,
// an implicit one by the words it was trained on.
ResponseCredit worded_credit(const std::string& text, bool implicit) {
  ResponseCredit response = credit(text, implicit, 1);
  response.reward = response.offset;
  double so_far = 0;
  for (TokenCredit& token : response.tokens) {
    std::string word;
    for (const char c : token.text) {
      if (std::isalpha(static_cast<unsigned char>(c))) word += static_cast<char>(std::tolower(c));
    }
    const bool other_yes = word == "certainly" || word == "absolutely";
    const bool said_no = word == "no" || word == "never";
    const double yes = word == "yes" ? 2 : word == "sure" ? 1.5 : 0.1;
    const double worth = said_no ? -2 : !other_yes ? yes : implicit ? -4 : 1.8;
    token.credit = (implicit ? 0.01 : 1.7) * (worth + 0.1 * so_far);
    so_far += worth;
    if (implicit) token.ref_log_prob = token.log_prob - token.credit / 0.01;
    response.reward += token.credit;
  }
  return response;
}

// The common front and back are partners.
void align(Shift* shift) {
  const auto& before = shift->before_tokens.tokens;
  const auto& after = shift->after_tokens.tokens;
  const size_t shorter = std::min(before.size(), after.size());
  size_t front = 0, back = 0;
  while (front < shorter && before[front].text == after[front].text) ++front;
  while (back < shorter - front &&
         before[before.size() - 1 - back].text == after[after.size() - 1 - back].text) {
    ++back;
  }
  for (size_t i = 0; i < front; ++i) shift->alignment.emplace_back(i, i);
  for (size_t i = front; i < before.size() - back; ++i) shift->alignment.emplace_back(i, -1);
  for (size_t i = front; i < after.size() - back; ++i) shift->alignment.emplace_back(-1, i);
  for (size_t i = back; i > 0; --i) {
    shift->alignment.emplace_back(before.size() - i, after.size() - i);
  }
}

}  // namespace

FakeScores::FakeScores(const FakeOptions& options, const FakeData& data, const FakeModels& models,
                       const FakeRuns& runs, FakeModels::Write write)
    : options_(options), data_(data), models_(models), runs_(runs), write_(std::move(write)) {}

Attribution FakeScores::answer(Attribute, const AttributeAsked& asked, const json&) const {
  const Pair source = data_.pair(asked.pair);
  Attribution attribution;
  const Shift named = named_as(asked.of);
  attribution.run = named.run;
  attribution.model = named.model;
  attribution.run_name = named.run_name;
  attribution.type = named.type;
  attribution.method = "exact";
  attribution.credits = "output positions";
  attribution.prompt = "<|im_start|>user\n" + source.prompt + "<|im_end|>\n<|im_start|>assistant\n";
  const bool implicit = attribution.type == "IM";
  attribution.chosen = credit(source.chosen, implicit, 1);
  attribution.rejected = credit(source.rejected, implicit, -1);
  if (attribution.type == "LM") {
    as_log_probabilities(&attribution.chosen);
    as_log_probabilities(&attribution.rejected);
  }
  return attribution;
}

Shift FakeScores::named_as(const ScorerId& of) const {
  Shift named;
  (of.is_run() ? named.run : named.model) = of.id;
  const auto name_from = [&](const auto& rows) {
    for (const auto& known : rows) {
      if (known.id != of.id) continue;
      named.run_name = known.name;
      named.type = known.type;
    }
  };
  if (of.is_run()) name_from(runs_.listed());
  if (of.is_model()) name_from(models_.listed());
  return named;
}

Rows<AttributionMethod> FakeScores::answer(AttributionMethods, const Nothing&, const json&) const {
  return {{{"exact", "Exact", "What each position of the response adds.", false}}};
}

Rows<Shift> FakeScores::answer(ShiftResponse, const ShiftAsked& asked, const json& request) const {
  Rows<Shift> out;
  for (const ScorerId& of : asked.of) {
    write_({{"jsonrpc", "2.0"},
            {"method", method::progress},
            {"params", {{"id", request}, {"phase", "loading the model"}}}});
    std::this_thread::sleep_for(std::chrono::milliseconds(options_.shift_pause));
    out.rows.push_back(shift_of(named_as(of), asked));
    write_({{"jsonrpc", "2.0"},
            {"method", method::partial},
            {"params", {{"id", request}, {"value", out.rows.back()}}}});
  }
  return out;
}

Scores FakeScores::answer(Score, const ScoreAsked& asked, const json&) const {
  Scores out;
  out.reward = credit(asked.response, named_as(asked.of).type == "IM", 1).reward;
  return out;
}

LogProbs FakeScores::answer(LogProbsOf, const LogProbsAsked& asked, const json&) const {
  LogProbs out;
  out.response = asked.response;
  return out;
}

Shift FakeScores::shift_of(Shift shift, const ShiftAsked& asked) const {
  if (shift.run != 0 && shift.run == options_.shift_fail) {
    shift.error = {{"code", "not_found"},
                   {"what", "the checkpoint of this run is missing"},
                   {"where", "artifacts/7/model.safetensors"},
                   {"hint", "Train the run again."}};
    return shift;
  }
  const bool implicit = shift.type == "IM";
  shift.before_tokens = worded_credit(asked.before, implicit);
  shift.after_tokens = worded_credit(asked.after, implicit);
  shift.before = shift.before_tokens.reward;
  shift.after = shift.after_tokens.reward;
  if (!asked.rejected.empty()) {
    shift.has_rejected = true;
    shift.rejected_tokens = worded_credit(asked.rejected, implicit);
    shift.rejected = shift.rejected_tokens.reward;
    shift.margin_before = shift.before - shift.rejected;
    shift.margin_after = shift.after - shift.rejected;
    shift.flipped = (shift.margin_before > 0) != (shift.margin_after > 0);
  }
  align(&shift);
  return shift;
}

}  // namespace loupe::test
