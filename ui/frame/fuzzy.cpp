// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/frame/fuzzy.h"

#include <QStringList>

namespace loupe::ui {
namespace {

constexpr int whole_word = 60, at_start = 40, word_start = 20, in_a_row = 10, gap = 1;

bool starts_word(const QString& text, qsizetype at) {
  return at == 0 || !text[at - 1].isLetterOrNumber() ||
         (text[at - 1].isLetter() && text[at].isDigit());
}

std::optional<int> score_word(const QString& word, const QString& text) {
  // As it stands beats every scattered fit, at the start of a word more so.
  std::optional<int> best;
  for (qsizetype at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
    int score = whole_word + in_a_row * static_cast<int>(word.size());
    if (at == 0) score += at_start;
    if (starts_word(text, at)) score += word_start;
    if (!best || score > *best) best = score;
  }
  if (best) return best;
  int score = 0;
  qsizetype last = -1;
  for (const QChar c : word) {
    // Prefer the start of a word, as one types initials.
    qsizetype at = text.indexOf(c, last + 1);
    if (at < 0) return {};
    for (qsizetype later = at; later >= 0; later = text.indexOf(c, later + 1)) {
      if (later == last + 1 || starts_word(text, later)) {
        at = later;
        break;
      }
    }
    if (last >= 0 && at == last + 1) {
      score += in_a_row;
    } else if (starts_word(text, at)) {
      score += word_start / 2;
    } else {
      score -= gap * static_cast<int>(qMin(at - last, qsizetype(10)));
    }
    last = at;
  }
  return score;
}

}  // namespace

std::optional<int> fuzzy_score(const QString& typed, const QString& text) {
  const QString lower = text.toLower();
  int total = 0;
  for (const QString& word : typed.toLower().split(QLatin1Char(' '), Qt::SkipEmptyParts)) {
    std::optional<int> score = score_word(word, lower);
    if (!score) return {};
    total += *score;
  }
  // Of two that fit alike the shorter is the closer one.
  return typed.trimmed().isEmpty() ? 0 : total - static_cast<int>(lower.size()) / 8;
}

}  // namespace loupe::ui
