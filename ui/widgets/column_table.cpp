// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/column_table.h"

#include <QDateTime>
#include <cmath>
#include <limits>

namespace loupe::ui {
namespace {

qint64 milliseconds(double seconds) {
  return static_cast<qint64>(seconds * 1000);
}

}  // namespace

QVariant sort_number(double value) {
  return std::isnan(value) ? -std::numeric_limits<double>::infinity() : value;
}

QString iso_time(double seconds) {
  if (seconds <= 0) return {};
  return QDateTime::fromMSecsSinceEpoch(milliseconds(seconds), Qt::UTC).toString(Qt::ISODate);
}

QString local_time(double seconds, const QString& format) {
  if (seconds <= 0) return {};
  return QDateTime::fromMSecsSinceEpoch(milliseconds(seconds)).toString(format);
}

bool take_typed(std::string* kept, const QString& typed) {
  const std::string text = stdstr(typed);
  return std::exchange(*kept, text) != text;
}

}  // namespace loupe::ui
