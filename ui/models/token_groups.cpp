// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/token_groups.h"

#include <QByteArray>
#include <QStringList>
#include <algorithm>

#include "ui/client/text.h"
#include "ui/widgets/token_text.h"

namespace loupe::ui {

std::vector<TokenGroup> token_groups(const std::vector<api::PlayToken>& tokens,
                                     const std::string& text) {
  std::vector<TokenGroup> groups;
  for (size_t at = 0; at < tokens.size();) {
    size_t end = at + 1;
    while (end < tokens.size() && tokens[end].group == tokens[at].group) ++end;
    TokenGroup group;
    group.first = static_cast<int>(at);
    group.count = static_cast<int>(end - at);
    QString whole = qstr(tokens[at].text);
    if (group.count > 1) {
      // Alone they are no characters; together they are those of the text.
      const auto from = std::clamp<int64_t>(tokens[at].begin, 0, static_cast<int64_t>(text.size()));
      const auto to =
          std::clamp<int64_t>(tokens[end - 1].end, from, static_cast<int64_t>(text.size()));
      whole = qstr(text.substr(static_cast<size_t>(from), static_cast<size_t>(to - from)));
    }
    group.text = visible_text(whole);
    group.ends_line = whole.endsWith(QLatin1Char('\n'));
    QStringList ids;
    for (size_t i = at; i < end; ++i) {
      ids << QString::number(tokens[i].id);
      group.special = group.special || tokens[i].special;
    }
    group.ids = ids.join(QLatin1Char(' '));
    groups.push_back(std::move(group));
    at = end;
  }
  return groups;
}

QString visible_text(const QString& text) {
  api::TokenCredit printable;
  printable.text = stdstr(text);
  return token_text(printable);
}

QString hex_bytes(const std::string& base64) {
  return QString::fromLatin1(QByteArray::fromBase64(QByteArray::fromStdString(base64)).toHex(' '));
}

}  // namespace loupe::ui
