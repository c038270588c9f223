// SPDX-License-Identifier: GPL-3.0-or-later
// Text between the wire (UTF-8) and Qt (UTF-16).
#pragma once

#include <QString>
#include <string>

namespace loupe::ui {

inline QString qstr(const std::string& text) {
  return QString::fromUtf8(text.data(), static_cast<qsizetype>(text.size()));
}

inline std::string stdstr(const QString& text) {
  return text.toStdString();
}

// Where a UTF-8 byte offset lies in the same text as UTF-16; clamped to the text. An offset inside
// a character counts as that character's start.
qsizetype utf16_offset(const std::string& utf8, size_t byte_offset);

}  // namespace loupe::ui
