// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/client/text.h"

#include <algorithm>

namespace loupe::ui {

qsizetype utf16_offset(const std::string& utf8, size_t byte_offset) {
  byte_offset = std::min(byte_offset, utf8.size());
  const auto is_continuation = [&](size_t i) {
    return i < utf8.size() && (static_cast<unsigned char>(utf8[i]) & 0xc0) == 0x80;
  };
  while (byte_offset > 0 && is_continuation(byte_offset)) --byte_offset;
  return QString::fromUtf8(utf8.data(), static_cast<qsizetype>(byte_offset)).size();
}

}  // namespace loupe::ui
