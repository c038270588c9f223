// SPDX-License-Identifier: GPL-3.0-or-later
// English contractions, both ways.
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

const Rows& pronouns() {
  static const Rows rows = [] {
    Rows made{{"let us", "let's"}, {"i am", "I'm"}};
    const auto add = [&](const char* verb, const char* ending,
                         std::initializer_list<const char*> who) {
      for (const std::string word : who)
        made.push_back({(word == "I" ? "i" : word) + " " + verb, word + ending});
    };
    add("are", "'re", {"you", "we", "they"});
    add("is", "'s", {"it", "that", "there", "he", "she", "what", "who", "where"});
    add("have", "'ve", {"I", "you", "we", "they"});
    add("will", "'ll", {"I", "you", "we", "they", "it", "he", "she"});
    add("would", "'d", {"I", "you", "we", "they", "it", "he", "she"});
    return made;
  }();
  return rows;
}

// "it isn't" before "it's not". A pronoun's verb is contracted in front of a word only: nobody says
// "Yes, I'm."
std::string shorter(std::string_view text, uint64_t) {
  static const WordTable no(negations()), who(pronouns());
  return who.replaced_in(no.replaced_in(text), true);
}

std::string longer(std::string_view text, uint64_t) {
  static const WordTable table([] {
    Rows back;
    for (const Rows* rows : {&negations(), &pronouns()})
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
