// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/client/line_reader.h"

namespace loupe::ui {

QList<QByteArray> LineReader::feed(const QByteArray& bytes) {
  QList<QByteArray> lines;
  qsizetype from = 0;
  while (from < bytes.size()) {
    const qsizetype end = bytes.indexOf('\n', from);
    const qsizetype stop = end < 0 ? bytes.size() : end;
    if (!overlong_) pending_.append(bytes.constData() + from, stop - from);
    if (pending_.size() > max_line) {
      pending_ = QByteArray();
      overlong_ = true;
    }
    if (end < 0) break;
    if (pending_.endsWith('\r')) pending_.chop(1);
    if (!overlong_ && !pending_.isEmpty()) lines.append(pending_);
    pending_.clear();
    overlong_ = false;
    from = end + 1;
  }
  return lines;
}

void LineReader::clear() {
  pending_.clear();
  overlong_ = false;
}

}  // namespace loupe::ui
