// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/format.h"

#include <QLocale>
#include <cmath>
#include <iterator>

namespace loupe::ui {
namespace {

const QChar minus(0x2212), dash(0x2013);

const QLocale& english() {
  static const QLocale locale(QLocale::English, QLocale::UnitedStates);
  return locale;
}

QString magnitude(double value) {
  if (value == 0) return QStringLiteral("0");
  const int exponent = static_cast<int>(std::floor(std::log10(value)));
  if (exponent < -4 || exponent >= 7) return QString::number(value, 'e', 3);
  const int decimals = std::max(0, 3 - exponent);
  return english().toString(value, 'f', decimals);
}

}  // namespace

QString short_number(double value) {
  if (std::isnan(value)) return dash;
  if (std::isinf(value)) return value > 0 ? QStringLiteral("∞") : QStringLiteral("−∞");
  const QString text = magnitude(std::abs(value));
  return value < 0 ? minus + text : text;
}

QString signed_number(double value) {
  const QString text = short_number(value);
  return value > 0 ? QLatin1Char('+') + text : text;
}

QString full_precision(double value) {
  return QString::number(value, 'g', QLocale::FloatingPointShortest);
}

QString share(double value) {
  return std::isfinite(value) ? QString::number(value, 'f', 4) : QString(dash);
}

QString grouped(qint64 number) {
  return english().toString(number);
}

QString duration(double seconds) {
  if (!std::isfinite(seconds) || seconds < 0) return dash;
  const qint64 whole = std::llround(seconds);
  const qint64 hours = whole / 3600, minutes = whole / 60 % 60, rest = whole % 60;
  const auto two = [](qint64 n) { return QStringLiteral("%1").arg(n, 2, 10, QLatin1Char('0')); };
  if (hours > 0) return QStringLiteral("%1:%2:%3").arg(hours).arg(two(minutes), two(rest));
  return QStringLiteral("%1:%2").arg(minutes).arg(two(rest));
}

QString byte_size(double bytes) {
  if (!std::isfinite(bytes) || bytes < 0) return dash;
  static constexpr const char* units[] = {"B", "kB", "MB", "GB", "TB"};
  size_t unit = 0;
  // 999.95 would be written as 1000.0 of the smaller unit.
  while (unit + 1 < std::size(units) && bytes >= 999.95) {
    bytes /= 1000;
    ++unit;
  }
  return QStringLiteral("%1 %2").arg(QString::number(bytes, 'f', unit == 0 ? 0 : 1),
                                     QLatin1String(units[unit]));
}

QString short_count(double count) {
  if (!std::isfinite(count) || count < 0) return dash;
  static constexpr const char* units[] = {"", " k", " M", " B"};
  size_t unit = 0;
  while (unit + 1 < std::size(units) && count >= 999.95) {
    count /= 1000;
    ++unit;
  }
  return QString::number(count, 'f', unit == 0 ? 0 : 1) + QLatin1String(units[unit]);
}

QString csv_field(const QString& text) {
  const bool plain = !text.contains(QLatin1Char(',')) && !text.contains(QLatin1Char('"')) &&
                     !text.contains(QLatin1Char('\n')) && !text.contains(QLatin1Char('\r'));
  if (plain) return text;
  QString quoted = text;
  quoted.replace(QLatin1Char('"'), QStringLiteral("\"\""));
  return QLatin1Char('"') + quoted + QLatin1Char('"');
}

}  // namespace loupe::ui
