// SPDX-License-Identifier: GPL-3.0-or-later
// How numbers are written on screen: four significant figures, thousands grouped, a real minus
// sign. What is copied or exported uses full_precision() instead.
#pragma once

#include <QString>

namespace loupe::ui {

// 0.01234, 12.34, 1,235, 1.235e+07; "–" for what is not a number.
QString short_number(double value);
// As short_number, with its sign even when positive.
QString signed_number(double value);
// As many digits as it takes to read back the same double.
QString full_precision(double value);
// 0.9875 -> "0.9875"; a share of 1, always with four decimals so that columns line up.
QString share(double value);
// 134515008 -> "134,515,008"
QString grouped(qint64 number);
// 95 -> "1:35", 3700 -> "1:01:40"; negative or not finite: "–".
QString duration(double seconds);
// 93140992 -> "93.1 MB"; decimal units
QString byte_size(double bytes);
// 134515008 -> "134.5 M"
QString short_count(double count);
// A field of a CSV line, quoted where need be.
QString csv_field(const QString& text);

}  // namespace loupe::ui
