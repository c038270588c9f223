// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shift/word_diff.h"

#include <QStringView>
#include <algorithm>

#include "ui/widgets/theme.h"

namespace loupe::ui::shift {
namespace {

// Beyond this many comparisons everything between the common ends counts as replaced: the diff runs
// at every key on the GUI thread.
constexpr size_t most_cells = 2'000'000;
constexpr qsizetype context_letters = 24;

// A word or a mark with the space in front of it. The last one of a text has no word.
struct Unit {
  QStringView space, word;
  qsizetype start = 0;  // of the space
};

std::vector<Unit> units_of(const QString& text) {
  std::vector<Unit> units;
  const QStringView all(text);
  qsizetype at = 0;
  for (;;) {
    const qsizetype start = at;
    while (at < all.size() && all[at].isSpace()) ++at;
    const qsizetype word = at;
    const auto is_inside = [&](qsizetype i) {
      return all[i].isLetterOrNumber() || all[i].isMark() || all[i].isSurrogate();
    };
    while (at < all.size() && is_inside(at)) ++at;
    if (at == word && at < all.size()) ++at;
    units.push_back({all.mid(start, word - start), all.mid(word, at - word), start});
    if (at == word) return units;
  }
}

class Collector {
 public:
  void add(DiffPiece::Kind kind, QStringView text, qsizetype start) {
    if (text.isEmpty()) return;
    if (!pieces_.empty() && pieces_.back().kind == kind) {
      pieces_.back().text += text;
    } else {
      pieces_.push_back({kind, text.toString(), start});
    }
  }
  std::vector<DiffPiece> take() { return std::move(pieces_); }

 private:
  std::vector<DiffPiece> pieces_;
};

QString shown(const QString& text, DiffPiece::Kind kind) {
  QString plain = text;
  plain.replace(QLatin1Char('\n'), QChar(0x23CE));
  // A change of nothing but space would be invisible.
  if (kind != DiffPiece::Kind::same && plain.trimmed().isEmpty()) {
    plain.replace(QLatin1Char(' '), QChar(0x2423));
  }
  return plain.toHtmlEscaped();
}

}  // namespace

std::vector<DiffPiece> word_diff(const QString& before, const QString& after) {
  const std::vector<Unit> a = units_of(before), b = units_of(after);
  size_t front = 0, back = 0;
  const size_t shorter = std::min(a.size(), b.size());
  while (front < shorter && a[front].word == b[front].word) ++front;
  while (back < shorter - front && a[a.size() - 1 - back].word == b[b.size() - 1 - back].word) {
    ++back;
  }
  const size_t rows = a.size() - front - back, columns = b.size() - front - back;
  // longest[i][j]: of the common subsequence of what is left from i and from j on.
  std::vector<int> longest;
  const bool compares = rows * columns <= most_cells;
  const size_t width = columns + 1;
  if (compares) {
    longest.assign((rows + 1) * width, 0);
    for (size_t i = rows; i-- > 0;) {
      for (size_t j = columns; j-- > 0;) {
        longest[i * width + j] =
            a[front + i].word == b[front + j].word
                ? 1 + longest[(i + 1) * width + j + 1]
                : std::max(longest[(i + 1) * width + j], longest[i * width + j + 1]);
      }
    }
  }
  Collector out;
  using Kind = DiffPiece::Kind;
  const auto same = [&](const Unit& was, const Unit& is) {
    if (was.space != is.space) {
      out.add(Kind::removed, was.space, was.start);
      out.add(Kind::added, is.space, is.start);
      out.add(Kind::same, is.word, is.start + is.space.size());
    } else {
      out.add(Kind::same, is.space, is.start);
      out.add(Kind::same, is.word, is.start + is.space.size());
    }
  };
  const auto whole = [&](Kind kind, const Unit& unit) {
    out.add(kind, unit.space, unit.start);
    out.add(kind, unit.word, unit.start + unit.space.size());
  };
  for (size_t k = 0; k < front; ++k) same(a[k], b[k]);
  size_t i = 0, j = 0;
  while (compares && i < rows && j < columns) {
    if (a[front + i].word == b[front + j].word) {
      same(a[front + i++], b[front + j++]);
    } else if (longest[(i + 1) * width + j] >= longest[i * width + j + 1]) {
      whole(Kind::removed, a[front + i++]);
    } else {
      whole(Kind::added, b[front + j++]);
    }
  }
  while (i < rows) whole(Kind::removed, a[front + i++]);
  while (j < columns) whole(Kind::added, b[front + j++]);
  for (size_t k = back; k > 0; --k) same(a[a.size() - k], b[b.size() - k]);
  return out.take();
}

bool is_unchanged(const std::vector<DiffPiece>& pieces) {
  return std::all_of(pieces.begin(), pieces.end(),
                     [](const DiffPiece& piece) { return piece.kind == DiffPiece::Kind::same; });
}

QString diff_html(const std::vector<DiffPiece>& pieces) {
  QString html;
  const QString removed = theme::error().name(), added = theme::good().name();
  for (size_t k = 0; k < pieces.size(); ++k) {
    const DiffPiece& piece = pieces[k];
    if (piece.kind == DiffPiece::Kind::removed) {
      html += QStringLiteral("<s style=\"color:%1\">%2</s>")
                  .arg(removed, shown(piece.text, piece.kind));
    } else if (piece.kind == DiffPiece::Kind::added) {
      // What came in front of everything would stick to what went.
      if (k > 0 && pieces[k - 1].kind == DiffPiece::Kind::removed && !piece.text[0].isSpace()) {
        html += QLatin1Char(' ');
      }
      html +=
          QStringLiteral("<u style=\"color:%1\">%2</u>").arg(added, shown(piece.text, piece.kind));
    } else {
      QString text = piece.text;
      const bool first = k == 0, last = k + 1 == pieces.size();
      const qsizetype keeps = (first ? 0 : context_letters) + (last ? 0 : context_letters);
      if (text.size() > keeps + 4) {
        text = (first ? QString() : text.left(context_letters)) + QChar(0x2026) +
               (last ? QString() : text.right(context_letters));
      }
      html += shown(text, piece.kind);
    }
  }
  return html;
}

}  // namespace loupe::ui::shift
