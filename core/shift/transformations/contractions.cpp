// SPDX-License-Identifier: GPL-3.0-or-later
// English contractions, both ways.
#include <unordered_set>

#include "core/shift/transformation.h"
#include "core/shift/words.h"

namespace loupe::shift {
namespace {

using Rows = std::vector<std::pair<std::string, std::string>>;  // long form, short form

const Rows& negations() {
  static const Rows rows = [] {
    Rows made{
        {"cannot", "can't"}, {"can not", "can't"}, {"will not", "won't"}, {"shall not", "shan't"}};
    for (const std::string verb : {"do", "does", "did", "is", "are", "was", "were", "has", "have",
                                   "had", "could", "should", "would", "must", "need"})
      made.push_back({verb + " not", verb + "n't"});
    return made;
  }();
  return rows;
}

void add(Rows& rows, const char* verb, const char* ending, std::initializer_list<const char*> who) {
  for (const std::string word : who)
    rows.push_back({(word == "I" ? "i" : word) + " " + verb, word + ending});
}

const Rows& pronouns() {
  static const Rows rows = [] {
    Rows made{{"let us", "let's"}, {"i am", "I'm"}};
    add(made, "are", "'re", {"you", "we", "they"});
    add(made, "is", "'s", {"it", "that", "there", "he", "she", "what", "who", "where"});
    add(made, "will", "'ll", {"I", "you", "we", "they", "it", "he", "she"});
    add(made, "would", "'d", {"I", "you", "we", "they", "it", "he", "she"});
    return made;
  }();
  return rows;
}

const Rows& perfects() {
  static const Rows rows = [] {
    Rows made;
    add(made, "have", "'ve", {"I", "you", "we", "they"});
    return made;
  }();
  return rows;
}

bool is_participle(const std::string& word) {
  static const std::unordered_set<std::string_view> others{
      "been",  "become", "begun",   "broken", "built",  "chosen", "come",   "done",   "driven",
      "eaten", "felt",   "found",   "given",  "gone",   "got",    "gotten", "grown",  "had",
      "heard", "held",   "kept",    "known",  "learnt", "left",   "lost",   "made",   "met",
      "put",   "read",   "said",    "seen",   "sent",   "set",    "shown",  "spent",  "spoken",
      "taken", "taught", "thought", "told",   "tried",  "used",   "won",    "written"};
  return (word.size() > 4 && word.ends_with("ed")) || others.contains(word);
}

// "it isn't" before "it's not". A pronoun's verb is contracted in front of a word only, and "have"
// in front of a participle: nobody says "Yes, I'm", and hardly anybody "they've seven apples".
std::string shorter(std::string_view text, uint64_t) {
  static const WordTable no(negations()), who(pronouns()), have(perfects());
  const auto any = [](const std::string&) { return true; };
  return have.replaced_in(who.replaced_in(no.replaced_in(text), any), is_participle);
}

std::string longer(std::string_view text, uint64_t) {
  static const WordTable table([] {
    Rows back;
    for (const Rows* rows : {&negations(), &pronouns(), &perfects()})
      for (auto [from, to] : *rows) {
        if (from.starts_with("i ")) {
          from[0] = 'I';
          to[0] = 'i';
        }
        back.push_back({to, from});
      }
    return back;
  }());
  return table.replaced_in(text);
}

}  // namespace

const Transformation contract{"contract",
                              "Contractions",
                              "do not → don't",
                              "Contracts what can be contracted. Keeps the meaning.",
                              true,
                              shorter};
const Transformation expand{
    "expand",
    "Contractions",
    "don't → do not",
    "Writes contractions out. Keeps the meaning; where a short form has two "
    "readings (it's, I'd) the common one is taken.",
    true,
    longer};

}  // namespace loupe::shift
