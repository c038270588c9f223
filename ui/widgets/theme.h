// SPDX-License-Identifier: GPL-3.0-or-later
// The look of the window: Fusion with our own light and dark palettes, and the colours that carry
// meaning. Colours of meaning are the same in both themes in hue; only their lightness follows the
// background.
#pragma once

#include <QColor>
#include <QFont>
#include <QString>

class QWidget;

namespace loupe::ui::theme {

enum class Mode { system, light, dark };

// Every distance is a multiple of this.
inline constexpr int grid = 8;

// Call once, before the first widget: notes what the system prefers and sets the Fusion style.
void initialise();
// GUI thread. Widgets hear of it as QEvent::PaletteChange.
void apply(Mode mode);
Mode mode();
bool is_dark();

QColor explicit_model();              // EX, teal
QColor implicit_model();              // IM, orange
QColor reference();                   // grey
QColor of_type(const QString& type);  // "EX", "IM"; grey for anything else
// The k-th run of one type: the same hue, another lightness. 0 is of_type itself.
QColor of_type(const QString& type, int k);

QColor secondary_text();
QColor line();    // hairlines between areas
QColor raised();  // the surface of bars and banners
QColor error();
QColor good();
QColor warning();

// Larger or smaller than `base`; 1 is the same.
QFont scaled(const QFont& base, double factor, bool bold = false);
// A label's text in the secondary colour, following the theme by itself.
void make_secondary(QWidget* label);
// The text of an editor in the secondary colour; call again when the theme changes.
void dim_text(QWidget* editor);

}  // namespace loupe::ui::theme
