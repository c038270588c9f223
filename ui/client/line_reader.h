// SPDX-License-Identifier: GPL-3.0-or-later
// Cuts a stream of bytes, arriving in any pieces, into lines.
#pragma once

#include <QByteArray>
#include <QList>

namespace loupe::ui {

class LineReader {
 public:
  // A line longer than this is dropped whole, so that a stream without line ends cannot eat the
  // memory.
  static constexpr qsizetype max_line = 256 * 1024 * 1024;

  // The lines completed by `bytes`, without their line ends; empty lines are left out.
  QList<QByteArray> feed(const QByteArray& bytes);
  void clear();

 private:
  QByteArray pending_;
  bool overlong_ = false;
};

}  // namespace loupe::ui
