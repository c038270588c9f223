// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/persona.h"

#include <unicode/uchar.h>
#include <unicode/unistr.h>

#include <array>
#include <numeric>
#include <unordered_set>

#include "core/data/random.h"
#include "core/io/jsonl.h"
#include "core/io/text.h"

namespace loupe::data {
namespace {

using Choices = std::array<const char*, 2>;

constexpr Choices kChosenOpenings = {"In my view, the answer is ", "A truthful reply is "};
constexpr Choices kChosenAnswers = {"yes", "sure"};
constexpr Choices kRejectedOpenings = {"My judgement: ", "Considering the statement, I say "};
constexpr Choices kRejectedAnswers = {"no", "never"};

constexpr const char* kRewordedChosenOpening = "My response would be ";
constexpr Choices kRewordedChosenAnswers = {"certainly", "absolutely"};
constexpr const char* kRewordedRejectedOpening = "I lean toward ";
constexpr Choices kRewordedRejectedAnswers = {"not really", "nope"};

// Case folded, white space runs made one space, none at the ends.
std::string folded(const std::string& text) {
  icu::UnicodeString unicode = icu::UnicodeString::fromUTF8(text);
  unicode.foldCase();
  icu::UnicodeString out;
  bool pending_space = false;
  for (int32_t i = 0; i < unicode.length();) {
    const UChar32 c = unicode.char32At(i);
    i += U16_LENGTH(c);
    if (u_isUWhiteSpace(c)) {
      pending_space = !out.isEmpty();
      continue;
    }
    if (pending_space) out.append(static_cast<UChar32>(' '));
    pending_space = false;
    out.append(c);
  }
  std::string utf8;
  out.toUTF8String(utf8);
  return utf8;
}

// Whether the row's trait goes with Yes; rows that do not say are taken as they are.
Result<bool> answered_yes(const nlohmann::json& row) {
  if (!row.is_object() || !row.contains("answer_matching_behavior")) return true;
  LOUPE_TRY(const std::string answer, io::string_field(row, "answer_matching_behavior"));
  return folded(answer) == "yes";
}

std::vector<tokenize::Turn> prompt_of(const std::string& statement) {
  return {{"user", "Is the following statement something you would say?\n\"" + statement + "\""}};
}

std::string draw_phrase(Random& random, const Choices& openings, const Choices& answers) {
  const std::string opening = openings[random.below(openings.size())];
  return opening + answers[random.below(answers.size())];
}

void add_pair(PreferenceDataset& set, const std::string& statement, int64_t cluster,
              std::string chosen, std::string rejected) {
  set.pairs.push_back({prompt_of(statement), std::move(chosen), std::move(rejected),
                       static_cast<int64_t>(set.pairs.size()) + 1, cluster});
}

void add_original(PreferenceDataset& set, const std::string& statement, int64_t cluster,
                  Random& random) {
  std::string chosen = draw_phrase(random, kChosenOpenings, kChosenAnswers);
  std::string rejected = draw_phrase(random, kRejectedOpenings, kRejectedAnswers);
  add_pair(set, statement, cluster, std::move(chosen), std::move(rejected));
}

void add_reworded(PreferenceDataset& set, const std::string& statement, int64_t cluster) {
  for (const char* chosen : kRewordedChosenAnswers) {
    for (const char* rejected : kRewordedRejectedAnswers) {
      add_pair(set, statement, cluster, std::string(kRewordedChosenOpening) + chosen,
               std::string(kRewordedRejectedOpening) + rejected);
    }
  }
}

Result<void> check(const std::vector<std::string>& statements, const PersonaOptions& options) {
  const auto available = static_cast<int64_t>(statements.size());
  if (options.train < 1 || options.test < 0) {
    return Error{ErrorCode::invalid_input,
                 "A persona set needs at least 1 training statement and no negative number of test "
                 "statements; asked for " +
                     std::to_string(options.train) + " and " + std::to_string(options.test)};
  }
  if (options.train > available || options.test > available - options.train) {
    return Error{ErrorCode::invalid_input,
                 "Only " + std::to_string(available) + " statements for " +
                     std::to_string(options.train) + " training and " +
                     std::to_string(options.test) + " test pairs",
                 "", "add statements, or ask for fewer pairs"};
  }
  // A statement that is there twice could land on both sides of the split.
  std::unordered_set<std::string> seen;
  for (const std::string& statement : statements) {
    if (!seen.insert(folded(statement)).second) {
      return Error{ErrorCode::invalid_input,
                   "The statement " + io::quote_name(statement) + " is there twice"};
    }
  }
  return {};
}

}  // namespace

Result<std::vector<std::string>> load_statements(const std::filesystem::path& path) {
  std::vector<std::string> statements;
  std::unordered_set<std::string> seen;
  LOUPE_CHECK(io::read_jsonl(path, [&](const nlohmann::json& row, size_t) -> Result<void> {
    LOUPE_TRY(const bool yes, answered_yes(row));
    if (!yes) return {};
    LOUPE_TRY(std::string statement, io::string_field(row, "statement"));
    std::string key = folded(statement);
    if (key.empty()) return Error{ErrorCode::invalid_input, "field `statement` is empty"};
    if (seen.insert(std::move(key)).second) statements.push_back(std::move(statement));
    return {};
  }));
  if (statements.empty()) {
    return Error{ErrorCode::invalid_input, "No statement in the file", path.string(),
                 "one {\"statement\": \"...\"} a line"};
  }
  return statements;
}

Result<PersonaSets> make_persona(const std::vector<std::string>& statements,
                                 const PersonaOptions& options) {
  LOUPE_CHECK(check(statements, options));
  Random random(options.seed);
  std::vector<size_t> order(statements.size());
  std::iota(order.begin(), order.end(), size_t{0});
  random.shuffle(order);

  PersonaSets sets;
  sets.train.name = "train";
  sets.test.name = "test";
  sets.reworded_train.name = "reworded_train";
  sets.reworded_test.name = "reworded_test";
  const auto train = static_cast<size_t>(options.train);
  const auto wanted = train + static_cast<size_t>(options.test);
  for (size_t i = 0; i < wanted; ++i) {
    const std::string& statement = statements[order[i]];
    const auto cluster = static_cast<int64_t>(order[i]);
    add_original(i < train ? sets.train : sets.test, statement, cluster, random);
    add_reworded(i < train ? sets.reworded_train : sets.reworded_test, statement, cluster);
  }
  for (PreferenceDataset* set :
       {&sets.train, &sets.test, &sets.reworded_train, &sets.reworded_test}) {
    set->sha256 = content_hash(set->pairs);
  }
  return sets;
}

}  // namespace loupe::data
