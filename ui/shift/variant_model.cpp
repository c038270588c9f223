// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shift/variant_model.h"

#include <QColor>
#include <algorithm>

#include "ui/client/text.h"
#include "ui/widgets/theme.h"

namespace loupe::ui::shift {
namespace {

// The same with nothing edited.
api::Shift unedited(api::Shift shift) {
  shift.after = shift.before;
  shift.after_tokens = shift.before_tokens;
  shift.margin_after = shift.margin_before;
  shift.flipped = false;
  shift.alignment.clear();
  const auto tokens = static_cast<int64_t>(shift.before_tokens.tokens.size());
  for (int64_t i = 0; i < tokens; ++i) shift.alignment.emplace_back(i, i);
  return shift;
}

}  // namespace

VariantModel::VariantModel(QObject* parent) : ColumnTable(parent) {
  reset(make_columns(), {Variant{}});
}

void VariantModel::set_example(const Question& question, Edited edited) {
  const bool same = example_.prompt == question.prompt && example_.before == question.before &&
                    example_.other == question.other && edited_ == edited;
  if (same) return;
  std::vector<Variant> all = rows();
  all.front() = Variant{question.before};
  example_ = question;
  edited_ = edited;
  reset_rows(std::move(all));
}

void VariantModel::set_runs(const std::vector<RunRow>& rows) {
  const bool same = std::equal(rows.begin(), rows.end(), runs_.begin(), runs_.end(),
                               [](const RunRow& a, const RunRow& b) {
                                 return a.scorer == b.scorer && a.name == b.name &&
                                        a.type == b.type && a.epochs_done == b.epochs_done;
                               });
  if (same) return;
  runs_.clear();
  for (const RunRow& row : rows) {
    RunRow named;
    named.scorer = row.scorer;
    named.name = row.name;
    named.type = row.type;
    named.shade = row.shade;
    named.epochs_done = row.epochs_done;
    runs_.push_back(std::move(named));
  }
  reset(make_columns(), this->rows());
}

void VariantModel::set_variants(std::vector<Variant> variants) {
  int highest = 0;
  for (const Variant& variant : variants) highest = std::max(highest, variant.number);
  for (Variant& variant : variants) {
    if (variant.number == 0) variant.number = ++highest;
  }
  variants.insert(variants.begin(), row_at(0));
  reset_rows(std::move(variants));
}

int VariantModel::next_number() const {
  int highest = 0;
  for (const Variant& variant : rows()) highest = std::max(highest, variant.number);
  return highest + 1;
}

int VariantModel::row_of(const QString& text) const {
  for (int row = 0; row < rowCount(); ++row) {
    if (text_at(row) == text) return row;
  }
  return -1;
}

int VariantModel::pin(const RunRow* rows, size_t count, const QString& text) {
  int row = row_of(text);
  if (row < 0) {
    row = rowCount();
    insert(row, Variant{text});
  }
  for (size_t i = 0; i < count; ++i) remember(rows[i]);
  return row;
}

Variant VariantModel::take(int row) {
  return row < 1 || row >= rowCount() ? Variant() : take_row(row);
}

void VariantModel::insert(int row, Variant variant) {
  if (variant.number == 0) variant.number = next_number();
  insert_rows(std::clamp(row, 1, rowCount()), {std::move(variant)});
}

const RunRow* VariantModel::known(const Scorer& scorer) const {
  const auto it = std::find_if(runs_.begin(), runs_.end(),
                               [&](const RunRow& other) { return other.scorer == scorer; });
  return it == runs_.end() ? nullptr : &*it;
}

void VariantModel::remember(const RunRow& row) {
  if (!row.answer) return;
  const RunRow* run = known(row.scorer);
  const double epochs_done = run == nullptr ? row.epochs_done : run->epochs_done;
  // Every answer also tells what the original is worth.
  auto& original = row_to_change(0).answers[row.scorer];
  original = {unedited(*row.answer), row.asked, epochs_done};
  original.asked.after = row.asked.before;
  tell_row(0);
  const int pinned = row_of(row.asked.after);
  if (pinned < 1) return;
  row_to_change(pinned).answers.insert(row.scorer, {*row.answer, row.asked, epochs_done});
  tell_row(pinned);
}

Question VariantModel::question_of(const Variant& variant) const {
  Question question = example_;
  question.after = variant.text;
  return question;
}

const api::Shift* VariantModel::answer(const Variant& variant, const Scorer& scorer) const {
  const auto kept = variant.answers.constFind(scorer);
  const RunRow* run = known(scorer);
  const bool holds = kept != variant.answers.cend() && run != nullptr &&
                     kept->asked == question_of(variant) && kept->epochs_done == run->epochs_done;
  return holds ? &kept->shift : nullptr;
}

std::optional<Outcome> VariantModel::outcome(const Variant& variant, const Scorer& scorer) const {
  const api::Shift* shift = answer(variant, scorer);
  return shift == nullptr ? std::nullopt : std::optional(outcome_of(*shift, edited_));
}

std::optional<api::Shift> VariantModel::recall(const Scorer& scorer,
                                               const Question& question) const {
  const bool same = question.prompt == example_.prompt && question.before == example_.before &&
                    question.other == example_.other;
  const int row = same ? row_of(question.after) : -1;
  const api::Shift* known = row < 0 ? nullptr : answer(row_at(row), scorer);
  return known != nullptr ? std::optional(*known) : std::nullopt;
}

std::optional<VariantModel::Missing> VariantModel::missing(const QSet<QString>& except) const {
  for (int row = 1; row < rowCount(); ++row) {
    Missing found{question_of(row_at(row)), {}};
    for (const RunRow& run : runs_) {
      const bool wanted = answer(row_at(row), run.scorer) == nullptr &&
                          !except.contains(key_of(found.question, run.scorer));
      if (wanted) found.scorers.push_back(run.scorer);
    }
    if (!found.scorers.empty()) return found;
  }
  return std::nullopt;
}

QString VariantModel::key_of(const Question& question, const Scorer& scorer) {
  return QStringList{ui::key_of(scorer), question.prompt, question.before,
                     question.after,     question.other,  qstr(question.pair.dump())}
      .join(QChar(0x1f));
}

std::vector<TableColumn<Variant>> VariantModel::make_columns() const {
  auto name = text_column<Variant>("variant", tr("variant"), {}, [](const Variant& variant) {
    return variant.number == 0 ? tr("original") : QStringLiteral("#%1").arg(variant.number);
  });
  name.hint = [](const Variant&) { return QString(); };
  name.colour_of = [](const Variant&) { return theme::secondary_text(); };
  auto text = text_column<Variant>("text", tr("text"), {}, [](const Variant& variant) {
    return QString(variant.text).replace(QLatin1Char('\n'), QChar(0x23CE));
  });
  text.exact = [](const Variant& variant) { return variant.text; };
  std::vector<TableColumn<Variant>> columns{name, text};
  for (const RunRow& run : runs_) add_run(&columns, run);
  return columns;
}

// On the screen one column a run, in a file one for each number.
void VariantModel::add_run(std::vector<TableColumn<Variant>>* columns, const RunRow& run) const {
  const auto of = [this, scorer = run.scorer](const Variant& variant) {
    return outcome(variant, scorer);
  };
  TableColumn<Variant> shown;
  shown.title = QStringLiteral("%1  %2").arg(run.type, run.name);
  shown.colour = theme::of_type(run.type, run.shade);
  shown.align = Qt::AlignRight;
  shown.where = ColumnHead::Where::screen;
  shown.text = [of](const Variant& variant) {
    const auto outcome = of(variant);
    if (!outcome) return QStringLiteral("–");
    if (variant.number == 0) {
      return outcome->has_other ? tr("margin %1").arg(signed_number(outcome->margin_before))
                                : tr("reward %1").arg(signed_number(outcome->before));
    }
    const QString delta = tr("Δ %1").arg(signed_number(outcome->delta));
    return outcome->has_other ? delta + QStringLiteral("   ") + verdict_text(outcome->verdict)
                              : delta;
  };
  shown.colour_of = [of](const Variant& variant) -> QVariant {
    const auto outcome = of(variant);
    if (!outcome) return theme::secondary_text();
    const bool flips = variant.number > 0 && outcome->verdict == Verdict::flips;
    return flips ? QVariant(theme::error()) : QVariant();
  };
  shown.hint = [of](const Variant& variant) {
    const auto outcome = of(variant);
    if (!outcome) return tr("Not scored yet");
    QStringList lines{tr("reward %1").arg(full_precision(outcome->after)),
                      tr("Δ %1").arg(full_precision(outcome->delta))};
    if (outcome->has_other) {
      lines << tr("margin %1").arg(full_precision(outcome->margin_after))
            << preference_text(*outcome);
    }
    return lines.join(QLatin1Char('\n'));
  };
  columns->push_back(std::move(shown));
  const auto in_file = [&](const char* what, QString (*value)(const Outcome&)) {
    columns->push_back(
        {{run.name + QLatin1Char(' ') + QLatin1String(what)}, [of, value](const Variant& variant) {
           const auto outcome = of(variant);
           return outcome ? value(*outcome) : QString();
         }});
    columns->back().where = ColumnHead::Where::file;
  };
  in_file("reward", [](const Outcome& outcome) { return full_precision(outcome.after); });
  in_file("delta", [](const Outcome& outcome) { return full_precision(outcome.delta); });
  in_file("margin", [](const Outcome& outcome) {
    return outcome.has_other ? full_precision(outcome.margin_after) : QString();
  });
  in_file("verdict", [](const Outcome& outcome) {
    return outcome.verdict == Verdict::flips   ? QStringLiteral("flips")
           : outcome.verdict == Verdict::keeps ? QStringLiteral("keeps")
                                               : QString();
  });
}

}  // namespace loupe::ui::shift
