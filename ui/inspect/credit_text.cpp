// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/inspect/credit_text.h"

#include <QCoreApplication>
#include <algorithm>
#include <cmath>

#include "ui/client/text.h"
#include "ui/widgets/format.h"

namespace loupe::ui {
namespace {

QString tr(const char* text) {
  return QCoreApplication::translate("CreditText", text);
}

bool ends_with_newline(const api::TokenCredit& token) {
  const std::string bytes = api::base64_decode(token.bytes);
  return !bytes.empty() && bytes.back() == '\n';
}

QString hex_of(const std::string& bytes) {
  return QString::fromLatin1(
      QByteArray(bytes.data(), static_cast<qsizetype>(bytes.size())).toHex(' '));
}

}  // namespace

double sum_of_credits(const api::ResponseCredit& response) {
  double sum = 0;
  for (const api::TokenCredit& token : response.tokens) sum += token.credit;
  return sum;
}

double completeness_error(const api::ResponseCredit& response) {
  const double own = std::abs(response.reward - response.offset - sum_of_credits(response));
  if (std::isnan(own) || std::isnan(response.error)) return std::nan("");
  return std::max(own, std::abs(response.error));
}

double largest_credit(const api::Attribution& attribution) {
  double largest = 0;
  for (const api::ResponseCredit* response : {&attribution.chosen, &attribution.rejected}) {
    for (const api::TokenCredit& token : response->tokens) {
      if (std::isfinite(token.credit)) largest = std::max(largest, std::abs(token.credit));
    }
  }
  return largest;
}

bool is_language_model(const QString& type) {
  return type == QLatin1String("LM");
}

QString reward_name(const QString& type) {
  return is_language_model(type) ? tr("log-likelihood") : tr("reward");
}

QString verdict_line(const api::Attribution& attribution) {
  const double margin = attribution.chosen.reward - attribution.rejected.reward;
  const bool language = is_language_model(qstr(attribution.type));
  QString verdict;
  if (std::isnan(margin)) {
    verdict = tr("no verdict: not a number");
  } else if (margin == 0) {
    verdict = tr("= a tie");
  } else if (language) {
    verdict = margin > 0 ? tr("✓ the chosen is likelier") : tr("✗ the rejected is likelier");
  } else {
    verdict = margin > 0 ? tr("✓ prefers the chosen") : tr("✗ prefers the rejected");
  }
  return language ? tr("difference %1 nat   %2").arg(signed_number(margin), verdict)
                  : tr("margin %1   %2").arg(signed_number(margin), verdict);
}

QString sum_line(const api::ResponseCredit& response, const QString& type) {
  const QString error = QString::number(completeness_error(response), 'g', 2);
  const QString sum = short_number(sum_of_credits(response));
  const QString whole = reward_name(type) + QLatin1Char(' ') + short_number(response.reward);
  if (response.offset == 0) {
    return (is_language_model(type) ? tr("sum of %1 log-probabilities %2 = %3 (error %4)")
                                    : tr("sum of %1 attributions %2 = %3 (error %4)"))
        .arg(response.tokens.size())
        .arg(sum, whole, error);
  }
  return tr("offset %1 + sum of %2 attributions %3 = %4 (error %5)")
      .arg(short_number(response.offset))
      .arg(response.tokens.size())
      .arg(sum, whole, error);
}

QString token_tooltip(const api::TokenCredit& token, const QString& type, int position) {
  QStringList lines;
  lines << tr("token %1: \u201c%2\u201d").arg(position + 1).arg(token_text(token));
  lines << tr("id %1, bytes %2").arg(token.id).arg(hex_of(api::base64_decode(token.bytes)));
  lines << (is_language_model(type) ? tr("log-probability %1 nat") : tr("attribution %1"))
               .arg(full_precision(token.credit));
  if (type == QLatin1String("IM")) {
    lines << tr("log \u03c0 %1").arg(full_precision(token.log_prob));
    lines << tr("log \u03c0_ref %1").arg(full_precision(token.ref_log_prob));
    lines << tr("difference %1 nat").arg(full_precision(token.log_prob - token.ref_log_prob));
  }
  return lines.join(QLatin1Char('\n'));
}

std::vector<TokenHeatmap::Token> heatmap_tokens(const api::ResponseCredit& response,
                                                const QString& type) {
  std::vector<TokenHeatmap::Token> tokens;
  tokens.reserve(response.tokens.size());
  int position = 0;
  for (const api::TokenCredit& token : response.tokens) {
    tokens.push_back({token_text(token), token.credit, ends_with_newline(token),
                      token_tooltip(token, type, position++)});
  }
  return tokens;
}

QByteArray credits_csv(const std::vector<const api::Attribution*>& attributions) {
  QString text = QStringLiteral(
      "run,type,response,position,id,token,bytes_hex,credit,log_prob,ref_log_prob,reward,offset\n");
  for (const api::Attribution* attribution : attributions) {
    const bool implicit = attribution->type == "IM";
    const bool language = is_language_model(qstr(attribution->type));
    for (const bool chosen : {true, false}) {
      const api::ResponseCredit& response = chosen ? attribution->chosen : attribution->rejected;
      int position = 0;
      for (const api::TokenCredit& token : response.tokens) {
        const QStringList fields{csv_field(qstr(attribution->run_name)),
                                 qstr(attribution->type),
                                 chosen ? QStringLiteral("chosen") : QStringLiteral("rejected"),
                                 QString::number(++position),
                                 QString::number(token.id),
                                 csv_field(token_text(token)),
                                 hex_of(api::base64_decode(token.bytes)),
                                 full_precision(token.credit),
                                 implicit   ? full_precision(token.log_prob)
                                 : language ? full_precision(token.credit)
                                            : QString(),
                                 implicit ? full_precision(token.ref_log_prob) : QString(),
                                 full_precision(response.reward),
                                 full_precision(response.offset)};
        text += fields.join(QLatin1Char(',')) + QLatin1Char('\n');
      }
    }
  }
  return text.toUtf8();
}

}  // namespace loupe::ui
