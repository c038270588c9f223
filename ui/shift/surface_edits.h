// SPDX-License-Identifier: GPL-3.0-or-later
// Small changes of a text's surface that leave what it says alone: the buttons under the editor.
// Each is a pure function of the text, the same at every press.
#pragma once

#include <QString>
#include <vector>

namespace loupe::ui::shift {

struct SurfaceEdit {
  QString id;     // "upper-case"
  QString group;  // edits of one group share a menu; empty: a button of its own
  QString title, tooltip;
  QString (*apply)(const QString& text);
};

// Everything the palette offers, in its order.
const std::vector<SurfaceEdit>& surface_edits();

QString lower_case(const QString& text);
QString upper_case(const QString& text);
// A capital at the start of each sentence and for "I", small letters elsewhere.
QString sentence_case(const QString& text);
QString contract(const QString& text);  // do not -> don't
QString expand(const QString& text);    // don't -> do not
// Two neighbouring letters of the longest word change places.
QString swap_letters(const QString& text);
QString add_filler(const QString& text);        // "Well, " in front
QString toggle_full_stop(const QString& text);  // adds the final mark, or takes it away
QString add_thanks(const QString& text);        // " Thank you for asking." behind

}  // namespace loupe::ui::shift
