// SPDX-License-Identifier: GPL-3.0-or-later
// The one colour map of attributions: blue below zero, neutral at zero, orange-red above. Blue
// against orange is told apart under the common colour blindnesses, equal distances from zero have
// equal lightness, and the colours are the same in the light and the dark theme.
#pragma once

#include <QColor>

namespace loupe::ui {

// t in [-1, 1], clamped; NaN gives a grey of its own.
QColor diverging_colour(double t);
// Black or white, whichever reads better on `background`.
QColor text_colour_on(const QColor& background);
// Relative luminance of WCAG 2, in [0, 1].
double relative_luminance(const QColor& colour);

}  // namespace loupe::ui
