// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shift/variant_model.h"

#include <QColor>
#include <algorithm>

#include "ui/client/text.h"
#include "ui/shift/shift_text.h"
#include "ui/widgets/format.h"
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

VariantModel::VariantModel(QObject* parent) : QAbstractTableModel(parent) {}

void VariantModel::set_example(const Question& question, Edited edited) {
  const bool same = example_.prompt == question.prompt && example_.before == question.before &&
                    example_.other == question.other && edited_ == edited;
  if (same) return;
  beginResetModel();
  example_ = question;
  edited_ = edited;
  original_ = Variant{question.before};
  endResetModel();
}

void VariantModel::set_runs(const std::vector<RunRow>& rows) {
  const bool same = std::equal(rows.begin(), rows.end(), runs_.begin(), runs_.end(),
                               [](const RunRow& a, const RunRow& b) {
                                 return a.scorer == b.scorer && a.name == b.name &&
                                        a.type == b.type && a.epochs_done == b.epochs_done;
                               });
  if (same) return;
  beginResetModel();
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
  endResetModel();
}

void VariantModel::set_variants(std::vector<Variant> variants) {
  beginResetModel();
  variants_ = std::move(variants);
  for (Variant& variant : variants_) {
    if (variant.number == 0) variant.number = next_number();
  }
  endResetModel();
}

const Variant& VariantModel::variant(int row) const {
  return row == 0 ? original_ : variants_.at(static_cast<size_t>(row - 1));
}

QString VariantModel::text_at(int row) const {
  return row == 0 ? example_.before : variant(row).text;
}

QString VariantModel::name_of(int row) const {
  return row == 0 ? tr("original") : QStringLiteral("#%1").arg(variant(row).number);
}

int VariantModel::next_number() const {
  int highest = 0;
  for (const Variant& variant : variants_) highest = std::max(highest, variant.number);
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
  if (row < 1 || row >= rowCount()) return {};
  beginRemoveRows({}, row, row);
  Variant taken = std::move(variants_[static_cast<size_t>(row - 1)]);
  variants_.erase(variants_.begin() + (row - 1));
  endRemoveRows();
  return taken;
}

void VariantModel::insert(int row, Variant variant) {
  row = std::clamp(row, 1, rowCount());
  if (variant.number == 0) variant.number = next_number();
  beginInsertRows({}, row, row);
  variants_.insert(variants_.begin() + (row - 1), std::move(variant));
  endInsertRows();
}

void VariantModel::remember(const RunRow& row) {
  if (!row.answer) return;
  // Every answer also tells what the original is worth.
  const auto known = std::find_if(runs_.begin(), runs_.end(),
                                  [&](const RunRow& other) { return other.scorer == row.scorer; });
  const double epochs_done = known == runs_.end() ? row.epochs_done : known->epochs_done;
  original_.answers.insert(row.scorer, {unedited(*row.answer), row.asked, epochs_done});
  original_.answers[row.scorer].asked.after = row.asked.before;
  emit dataChanged(index(0, 0), index(0, columnCount() - 1));
  const int pinned = row_of(row.asked.after);
  if (pinned < 1) return;
  Variant& kept = variants_[static_cast<size_t>(pinned - 1)];
  kept.answers.insert(row.scorer, {*row.answer, row.asked, epochs_done});
  emit dataChanged(index(pinned, 0), index(pinned, columnCount() - 1));
}

Question VariantModel::question_of(int row) const {
  Question question = example_;
  question.after = text_at(row);
  return question;
}

const api::Shift* VariantModel::answer(int row, const Scorer& scorer) const {
  const Variant& shown = variant(row);
  const auto kept = shown.answers.constFind(scorer);
  if (kept == shown.answers.cend()) return nullptr;
  const auto known = std::find_if(runs_.begin(), runs_.end(),
                                  [&](const RunRow& other) { return other.scorer == scorer; });
  const Question question = question_of(row);
  const bool holds =
      known != runs_.end() && kept->asked == question && kept->epochs_done == known->epochs_done;
  return holds ? &kept->shift : nullptr;
}

std::optional<api::Shift> VariantModel::recall(const Scorer& scorer,
                                               const Question& question) const {
  const bool same = question.prompt == example_.prompt && question.before == example_.before &&
                    question.other == example_.other;
  const int row = same ? row_of(question.after) : -1;
  const api::Shift* known = row < 0 ? nullptr : answer(row, scorer);
  return known != nullptr ? std::optional(*known) : std::nullopt;
}

std::optional<VariantModel::Missing> VariantModel::missing(const QSet<QString>& except) const {
  for (int row = 1; row < rowCount(); ++row) {
    Missing found{question_of(row), {}};
    for (const RunRow& run : runs_) {
      const bool wanted = answer(row, run.scorer) == nullptr &&
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

QByteArray VariantModel::csv() const {
  QStringList head{QStringLiteral("variant"), QStringLiteral("text")};
  for (const RunRow& run : runs_) {
    for (const char* what : {"reward", "delta", "margin", "verdict"}) {
      head << csv_field(run.name + QLatin1Char(' ') + QString::fromLatin1(what));
    }
  }
  QString text = head.join(QLatin1Char(',')) + QLatin1Char('\n');
  for (int row = 0; row < rowCount(); ++row) {
    QStringList fields{csv_field(name_of(row)), csv_field(text_at(row))};
    for (const RunRow& run : runs_) {
      const api::Shift* shift = answer(row, run.scorer);
      if (shift == nullptr) {
        fields << QStringList(4);
        continue;
      }
      const Outcome outcome = outcome_of(*shift, edited_);
      fields << full_precision(outcome.after) << full_precision(outcome.delta)
             << (outcome.has_other ? full_precision(outcome.margin_after) : QString())
             << (outcome.verdict == Verdict::flips   ? QStringLiteral("flips")
                 : outcome.verdict == Verdict::keeps ? QStringLiteral("keeps")
                                                     : QString());
    }
    text += fields.join(QLatin1Char(',')) + QLatin1Char('\n');
  }
  return text.toUtf8();
}

int VariantModel::rowCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : static_cast<int>(variants_.size()) + 1;
}

int VariantModel::columnCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : first_run + static_cast<int>(runs_.size());
}

QVariant VariantModel::data(const QModelIndex& index, int role) const {
  if (!checkIndex(index, CheckIndexOption::IndexIsValid)) return {};
  const int row = index.row();
  if (index.column() == name) {
    if (role == Qt::DisplayRole) return name_of(row);
    if (role == Qt::ForegroundRole) return theme::secondary_text();
    return {};
  }
  if (index.column() == text) {
    if (role == Qt::ToolTipRole) return text_at(row);
    if (role == Qt::DisplayRole) return text_at(row).replace(QLatin1Char('\n'), QChar(0x23CE));
    return {};
  }
  return run_data(row, runs_.at(static_cast<size_t>(index.column() - first_run)), role);
}

QVariant VariantModel::run_data(int row, const RunRow& run, int role) const {
  if (role == Qt::TextAlignmentRole) return int(Qt::AlignRight | Qt::AlignVCenter);
  const api::Shift* shift = answer(row, run.scorer);
  if (shift == nullptr) {
    if (role == Qt::DisplayRole) return QStringLiteral("–");
    if (role == Qt::ForegroundRole) return theme::secondary_text();
    if (role == Qt::ToolTipRole) return tr("Not scored yet");
    return {};
  }
  const Outcome outcome = outcome_of(*shift, edited_);
  if (role == Qt::DisplayRole) {
    if (row == 0) {
      return outcome.has_other ? tr("margin %1").arg(signed_number(outcome.margin_before))
                               : tr("reward %1").arg(signed_number(outcome.before));
    }
    const QString delta = tr("Δ %1").arg(signed_number(outcome.delta));
    return outcome.has_other ? delta + QStringLiteral("   ") + verdict_text(outcome.verdict)
                             : delta;
  }
  if (role == Qt::ForegroundRole && row > 0 && outcome.verdict == Verdict::flips) {
    return theme::error();
  }
  if (role == Qt::ToolTipRole) {
    QStringList lines{tr("reward %1").arg(full_precision(outcome.after)),
                      tr("Δ %1").arg(full_precision(outcome.delta))};
    if (outcome.has_other) {
      lines << tr("margin %1").arg(full_precision(outcome.margin_after))
            << preference_text(outcome);
    }
    return lines.join(QLatin1Char('\n'));
  }
  return {};
}

QVariant VariantModel::headerData(int section, Qt::Orientation orientation, int role) const {
  if (orientation != Qt::Horizontal || section < 0 || section >= columnCount()) return {};
  if (section >= first_run) {
    const RunRow& run = runs_.at(static_cast<size_t>(section - first_run));
    if (role == Qt::DisplayRole) return QStringLiteral("%1  %2").arg(run.type, run.name);
    if (role == Qt::ForegroundRole) return theme::of_type(run.type, run.shade);
    if (role == Qt::TextAlignmentRole) return int(Qt::AlignRight | Qt::AlignVCenter);
    return {};
  }
  if (role == Qt::TextAlignmentRole) return int(Qt::AlignLeft | Qt::AlignVCenter);
  if (role != Qt::DisplayRole) return {};
  return section == name ? tr("variant") : tr("text");
}

}  // namespace loupe::ui::shift
