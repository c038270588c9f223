// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shift/shift_text.h"

#include <QCoreApplication>
#include <cmath>

#include "ui/client/text.h"
#include "ui/widgets/format.h"
#include "ui/widgets/token_text.h"

namespace loupe::ui::shift {
namespace {

QString tr(const char* text) {
  return QCoreApplication::translate("ShiftText", text);
}

QString preferred(double margin) {
  switch (preference_of(margin)) {
    case 1:
      return tr("chosen");
    case -1:
      return tr("rejected");
    case 0:
      return tr("tie");
    default:
      return tr("unknown");
  }
}

const api::TokenCredit* token_of(const api::ResponseCredit& response, int position) {
  return position < 0 ? nullptr : &response.tokens[static_cast<size_t>(position)];
}

QString log_probs(const api::TokenCredit& token) {
  return tr("log π %1, log π_ref %2")
      .arg(full_precision(token.log_prob), full_precision(token.ref_log_prob));
}

// Numbers that would be written as if they were something, though only rounding made them.
bool is_negligible(double value, const Sums& sums) {
  return std::abs(value) <= 1e-5 * std::abs(sums.total) || std::abs(value) <= 2 * sums.error;
}

}  // namespace

QString verdict_text(Verdict verdict) {
  switch (verdict) {
    case Verdict::keeps:
      return tr("✓ keeps");
    case Verdict::flips:
      return tr("⇄ flips");
    case Verdict::none:
      return {};
  }
  return {};
}

QString preference_text(const Outcome& outcome) {
  if (outcome.verdict == Verdict::none) return {};
  const QString is = preferred(outcome.margin_after);
  if (outcome.verdict == Verdict::flips) {
    return tr("%1 → %2").arg(preferred(outcome.margin_before), is);
  }
  return preference_of(outcome.margin_after) == 0 ? tr("still a tie") : tr("prefers %1").arg(is);
}

QString column_tooltip(const api::Shift& shift, const Column& column) {
  const api::TokenCredit* before = token_of(shift.before_tokens, column.before);
  const api::TokenCredit* after = token_of(shift.after_tokens, column.after);
  const bool implicit = shift.type == "IM";
  QStringList lines;
  lines << (before == nullptr  ? tr("inserted: the change is its attribution")
            : after == nullptr ? tr("deleted: the change is minus its attribution")
                               : tr("the same token before and after"));
  lines << tr("change %1").arg(full_precision(column.change));
  for (const bool is_before : {true, false}) {
    const api::TokenCredit* token = is_before ? before : after;
    if (token == nullptr) continue;
    lines << tr("%1 #%2 “%3” (id %4): attribution %5")
                 .arg(is_before ? tr("before") : tr("after"))
                 .arg((is_before ? column.before : column.after) + 1)
                 .arg(token_text(*token))
                 .arg(token->id)
                 .arg(full_precision(token->credit));
    if (implicit) lines << QStringLiteral("    ") + log_probs(*token);
  }
  if (implicit && before != nullptr && after != nullptr) {
    lines << tr("change of log π %1, of log π_ref %2 nat")
                 .arg(full_precision(after->log_prob - before->log_prob),
                      full_precision(after->ref_log_prob - before->ref_log_prob));
  }
  return lines.join(QLatin1Char('\n'));
}

QString sum_line(const Sums& sums, const QString& type) {
  const QString bar = QStringLiteral("  |  ");
  QStringList shares{tr("edited tokens %1").arg(signed_number(sums.edited))};
  shares << tr("later tokens %1").arg(signed_number(sums.later));
  if (!is_negligible(sums.earlier, sums)) {
    shares << tr("earlier tokens %1").arg(signed_number(sums.earlier));
  }
  if (type == QLatin1String("EX")) {
    shares << tr("offset %1")
                  .arg(is_negligible(sums.offset, sums) ? QStringLiteral("0")
                                                        : signed_number(sums.offset));
  }
  QString line =
      tr("%1  =  total Δ %2 (error\u00a0%3)")
          .arg(shares.join(bar), signed_number(sums.total), QString::number(sums.error, 'g', 2));
  if (sums.is_implicit) {
    line += tr("\n=  policy %1  |  reference %2")
                .arg(signed_number(sums.policy), signed_number(sums.reference));
    if (sums.in_nats) line += tr(" nat, before β");
  }
  return line;
}

QByteArray rewards_csv(const std::vector<RunRow>& rows, Edited edited) {
  QString text = QStringLiteral(
      "run,type,edited_response,prompt,original,edited,other,reward_before,reward_after,delta,"
      "reward_other,margin_before,margin_after,verdict,delta_edited_tokens,delta_earlier_tokens,"
      "delta_later_tokens,delta_offset,error,delta_policy,delta_reference,halves_unit\n");
  for (const RunRow& row : rows) {
    if (!row.answer || row.waiting) continue;
    const Outcome outcome = outcome_of(*row.answer, edited);
    const Sums sums = sums_of(*row.answer, row.scale);
    const auto paired = [&](double value) {
      return outcome.has_other ? full_precision(value) : QString();
    };
    const auto halved = [&](double value) {
      return sums.is_implicit ? full_precision(value) : QString();
    };
    const QString verdict = outcome.verdict == Verdict::flips   ? QStringLiteral("flips")
                            : outcome.verdict == Verdict::keeps ? QStringLiteral("keeps")
                                                                : QString();
    const QStringList fields{
        csv_field(row.name),
        row.type,
        edited == Edited::chosen ? QStringLiteral("chosen") : QStringLiteral("rejected"),
        csv_field(row.asked.prompt),
        csv_field(row.asked.before),
        csv_field(row.asked.after),
        csv_field(row.asked.other),
        full_precision(outcome.before),
        full_precision(outcome.after),
        full_precision(outcome.delta),
        paired(outcome.other),
        paired(outcome.margin_before),
        paired(outcome.margin_after),
        verdict,
        full_precision(sums.edited),
        full_precision(sums.earlier),
        full_precision(sums.later),
        full_precision(sums.offset),
        full_precision(sums.error),
        halved(sums.policy),
        halved(sums.reference),
        !sums.is_implicit ? QString()
                          : (sums.in_nats ? QStringLiteral("nat") : QStringLiteral("reward"))};
    text += fields.join(QLatin1Char(',')) + QLatin1Char('\n');
  }
  return text.toUtf8();
}

QByteArray columns_csv(const std::vector<RunRow>& rows) {
  QString text = QStringLiteral(
      "run,type,before_position,before_id,before_token,before_credit,before_log_prob,"
      "before_ref_log_prob,after_position,after_id,after_token,after_credit,after_log_prob,"
      "after_ref_log_prob,change\n");
  for (const RunRow& row : rows) {
    if (!row.answer || row.waiting) continue;
    const bool implicit = row.type == QLatin1String("IM");
    for (const Column& column : columns_of(*row.answer)) {
      QStringList fields{csv_field(row.name), row.type};
      for (const bool is_before : {true, false}) {
        const int position = is_before ? column.before : column.after;
        const api::TokenCredit* token =
            token_of(is_before ? row.answer->before_tokens : row.answer->after_tokens, position);
        if (token == nullptr) {
          fields << QStringList(6);
          continue;
        }
        fields << QString::number(position + 1) << QString::number(token->id)
               << csv_field(token_text(*token)) << full_precision(token->credit)
               << (implicit ? full_precision(token->log_prob) : QString())
               << (implicit ? full_precision(token->ref_log_prob) : QString());
      }
      fields << full_precision(column.change);
      text += fields.join(QLatin1Char(',')) + QLatin1Char('\n');
    }
  }
  return text.toUtf8();
}

}  // namespace loupe::ui::shift
