// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/token_text.h"

#include "ui/client/text.h"

namespace loupe::ui {

QString token_text(const api::TokenCredit& token) {
  QString text;
  for (const QChar c : qstr(token.text)) {
    const ushort code = c.unicode();
    if (code == '\n') {
      text += QChar(0x23CE);
    } else if (code == '\t') {
      text += QChar(0x21E5);
    } else if (code < 0x20) {
      text += QChar(0x2400 + code);
    } else if (code == 0x7f) {
      text += QChar(0x2421);
    } else {
      text += c;
    }
  }
  // A box of nothing but spaces would look empty.
  if (text.trimmed().isEmpty()) text.replace(QLatin1Char(' '), QChar(0x2423));
  return text.isEmpty() ? QString(QChar(0x2205)) : text;
}

}  // namespace loupe::ui
