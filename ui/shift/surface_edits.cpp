// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shift/surface_edits.h"

#include <QCoreApplication>
#include <QRegularExpression>
#include <algorithm>
#include <utility>

namespace loupe::ui::shift {
namespace {

QString tr(const char* text) {
  return QCoreApplication::translate("SurfaceEdits", text);
}

const QString filler = QStringLiteral("Well, ");
const QString thanks = QStringLiteral("Thank you for asking.");

// Long form, short form. Contracting takes every long form; expanding takes the first long form of
// a short one.
const std::vector<std::pair<QString, QString>>& contractions() {
  static const std::vector<std::pair<QString, QString>> list = [] {
    std::vector<std::pair<QString, QString>> made{{"cannot", "can't"},
                                                  {"can not", "can't"},
                                                  {"will not", "won't"},
                                                  {"shall not", "shan't"},
                                                  {"let us", "let's"}};
    for (const char* verb : {"do", "does", "did", "is", "are", "was", "were", "has", "have", "had",
                             "could", "should", "would", "must", "need"}) {
      const QString word = QString::fromLatin1(verb);
      made.emplace_back(word + " not", word + "n't");
    }
    made.emplace_back("I am", "I'm");
    for (const char* who : {"you", "we", "they"}) {
      const QString word = QString::fromLatin1(who);
      made.emplace_back(word + " are", word + "'re");
    }
    for (const char* who : {"it", "that", "there", "he", "she", "what", "who", "where"}) {
      const QString word = QString::fromLatin1(who);
      made.emplace_back(word + " is", word + "'s");
    }
    for (const char* who : {"I", "you", "we", "they"}) {
      const QString word = QString::fromLatin1(who);
      made.emplace_back(word + " have", word + "'ve");
    }
    for (const char* who : {"I", "you", "we", "they", "it", "he", "she"}) {
      const QString word = QString::fromLatin1(who);
      made.emplace_back(word + " will", word + "'ll");
      made.emplace_back(word + " would", word + "'d");
    }
    return made;
  }();
  return list;
}

// `word` written as `like` is: with a capital in front, in capitals, or as it is.
QString cased_like(QString word, const QString& like) {
  if (like.size() > 1 && like == like.toUpper() && like != like.toLower() &&
      !like.startsWith(QLatin1String("I'")) && !like.startsWith(QLatin1String("I "))) {
    return word.toUpper();
  }
  if (!word.isEmpty() && !like.isEmpty() && like[0].isUpper()) word[0] = word[0].toUpper();
  return word;
}

QString replace_words(QString text, const QString& from, const QString& to) {
  QString pattern;  // `from` holds letters, blanks and apostrophes only
  for (const QChar c : from) {
    pattern += c == QLatin1Char('\'')  ? QStringLiteral("['\u2019]")
               : c == QLatin1Char(' ') ? QStringLiteral("[ ]+")
                                       : QString(c);
  }
  const QRegularExpression words(
      QStringLiteral("(?<![\\w'\u2019])%1(?![\\w'\u2019])").arg(pattern),
      QRegularExpression::CaseInsensitiveOption | QRegularExpression::UseUnicodePropertiesOption);
  qsizetype at = 0;
  for (auto match = words.match(text, at); match.hasMatch(); match = words.match(text, at)) {
    const QString put = cased_like(to, match.captured());
    text.replace(match.capturedStart(), match.capturedLength(), put);
    at = match.capturedStart() + put.size();
  }
  return text;
}

qsizetype first_letter(const QString& text) {
  qsizetype at = 0;
  while (at < text.size() && text[at].isSpace()) ++at;
  return at;
}

qsizetype end_of(const QString& text) {
  qsizetype end = text.size();
  while (end > 0 && text[end - 1].isSpace()) --end;
  return end;
}

bool is_final_mark(QChar c) {
  return QStringLiteral(".!?\u2026").contains(c);
}

// "I", "I'm" and abbreviations keep their capital inside a sentence.
bool keeps_capital(const QString& text, qsizetype at) {
  if (at + 1 >= text.size()) return at < text.size() && text[at] == QLatin1Char('I');
  if (text[at] == QLatin1Char('I') && !text[at + 1].isLetterOrNumber()) return true;
  return text[at + 1].isUpper();
}

}  // namespace

QString lower_case(const QString& text) {
  return text.toLower();
}

QString upper_case(const QString& text) {
  return text.toUpper();
}

QString sentence_case(const QString& text) {
  QString result = text.toLower();
  // Only where small letters take the same room can places be compared.
  if (result.size() != text.size()) return result;
  bool starts = true;
  for (qsizetype i = 0; i < result.size(); ++i) {
    const bool alone = (i == 0 || !result[i - 1].isLetterOrNumber()) &&
                       (i + 1 == result.size() || !result[i + 1].isLetterOrNumber());
    if (result[i].isLetterOrNumber()) {
      if (starts || (alone && result[i] == QLatin1Char('i'))) result[i] = result[i].toUpper();
      starts = false;
    } else if (result[i] == QLatin1Char('\n') ||
               (is_final_mark(result[i]) && i + 1 < result.size() && result[i + 1].isSpace())) {
      starts = true;
    }
  }
  return result;
}

QString contract(const QString& text) {
  QString result = text;
  for (const auto& [longer, shorter] : contractions()) {
    result = replace_words(result, longer, shorter);
  }
  return result;
}

QString expand(const QString& text) {
  QString result = text;
  for (const auto& [longer, shorter] : contractions()) {
    result = replace_words(result, shorter, longer);
  }
  return result;
}

QString swap_letters(const QString& text) {
  qsizetype best = 0, length = 0;
  for (qsizetype start = 0; start < text.size();) {
    qsizetype end = start;
    while (end < text.size() && text[end].isLetter()) ++end;
    if (end - start > length) {
      best = start;
      length = end - start;
    }
    start = std::max(end, start + 1);
  }
  if (length < 2) return text;
  // The first letter stays where it can: a typo in front is rarer, and it keeps the capital.
  const qsizetype first = length > 3 ? 1 : 0, places = length - 1 - first;
  size_t seed = 0;
  for (qsizetype i = 0; i < length; ++i) seed = seed * 31 + text[best + i].unicode();
  QString result = text;
  for (qsizetype k = 0; k < places; ++k) {
    const qsizetype at =
        best + first +
        static_cast<qsizetype>((seed + static_cast<size_t>(k)) % static_cast<size_t>(places));
    if (result[at] == result[at + 1]) continue;
    std::swap(result[at], result[at + 1]);
    break;
  }
  return result;
}

QString add_filler(const QString& text) {
  const qsizetype at = first_letter(text);
  if (QStringView(text).mid(at).startsWith(filler) || at == text.size()) return text;
  QString result = text;
  if (!keeps_capital(text, at)) result[at] = result[at].toLower();
  return result.insert(at, filler);
}

QString toggle_full_stop(const QString& text) {
  const qsizetype end = end_of(text);
  if (end == 0) return text;
  QString result = text;
  if (is_final_mark(text[end - 1])) return result.remove(end - 1, 1);
  return result.insert(end, QLatin1Char('.'));
}

QString add_thanks(const QString& text) {
  const qsizetype end = end_of(text);
  if (end == 0 || QStringView(text).left(end).endsWith(thanks)) return text;
  QString result = text;
  const QString stop = is_final_mark(text[end - 1]) ? QString() : QStringLiteral(".");
  return result.insert(end, stop + QLatin1Char(' ') + thanks);
}

const std::vector<SurfaceEdit>& surface_edits() {
  static const std::vector<SurfaceEdit> list{
      {"lower-case", tr("Casing"), tr("lower case"), tr("All letters small. Keeps the meaning."),
       lower_case},
      {"upper-case", tr("Casing"), tr("UPPER CASE"),
       tr("All letters capital. Keeps the meaning, though it may sound louder."), upper_case},
      {"sentence-case", tr("Casing"), tr("Sentence case"),
       tr("A capital at the start of each sentence. Keeps the meaning; names lose their capital."),
       sentence_case},
      {"contract", tr("Contractions"), tr("do not → don't"),
       tr("Contracts what can be contracted. Keeps the meaning."), contract},
      {"expand", tr("Contractions"), tr("don't → do not"),
       tr("Writes contractions out. Keeps the meaning; where a short form has two readings (it's, "
          "I'd) the common one is taken."),
       expand},
      {"typo",
       {},
       tr("Typo"),
       tr("Swaps two neighbouring letters of the longest word, always the same two. A reader "
          "still gets the meaning."),
       swap_letters},
      {"filler", {}, tr("“Well, …”"), tr("A filler in front. Keeps the meaning."), add_filler},
      {"full-stop",
       {},
       tr("Full stop"),
       tr("Adds a full stop at the end, or takes the final mark away. Keeps the meaning, unless "
          "the mark was a question mark."),
       toggle_full_stop},
      {"thanks",
       {},
       tr("Thanks"),
       tr("“Thank you for asking.” at the end. Politer; the answer stays the same."),
       add_thanks}};
  return list;
}

}  // namespace loupe::ui::shift
