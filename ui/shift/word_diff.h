// SPDX-License-Identifier: GPL-3.0-or-later
// What an edit changed, in words: for the marks in the editor and the line under it. The engine's
// alignment says the same in tokens; this one is there while the engine still works.
#pragma once

#include <QString>
#include <vector>

namespace loupe::ui::shift {

struct DiffPiece {
  enum class Kind { same, removed, added };
  Kind kind = Kind::same;
  QString text;
  // Where it starts in the text it belongs to: the original for `removed`, else the edited one.
  qsizetype start = 0;
};

// Words, single punctuation marks and the space between them. In reading order, what was removed
// before what came in its place; the pieces that are not `removed` make up `after` again.
std::vector<DiffPiece> word_diff(const QString& before, const QString& after);
bool is_unchanged(const std::vector<DiffPiece>& pieces);

// Rich text of the changes with a few words around each: removed struck through, added underlined.
QString diff_html(const std::vector<DiffPiece>& pieces);

}  // namespace loupe::ui::shift
