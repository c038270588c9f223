// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/runs/eval_table_model.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "ui/client/text.h"
#include "ui/runs/run_table_model.h"
#include "ui/widgets/format.h"
#include "ui/widgets/run_series.h"

namespace loupe::ui {

EvalTableModel::EvalTableModel(QObject* parent) : QAbstractTableModel(parent) {}

void EvalTableModel::set_runs(const std::vector<api::Run>& runs) {
  std::vector<Row> rows;
  for (const api::Run& run : runs) {
    for (const api::EvalSummary& eval : run.last_evals) {
      rows.push_back({qstr(run.name), qstr(run.type), eval});
    }
  }
  // Set by set, so that the runs stand under each other; reworded sets last.
  QStringList sets;
  for (const Row& row : rows) {
    if (const QString name = qstr(row.eval.set); !sets.contains(name)) sets << name;
  }
  put_reworded_last(&sets);
  std::stable_sort(rows.begin(), rows.end(), [&](const Row& a, const Row& b) {
    return sets.indexOf(qstr(a.eval.set)) < sets.indexOf(qstr(b.eval.set));
  });
  const auto same_places = [](const Row& a, const Row& b) {
    return a.run == b.run && a.type == b.type && a.eval.set == b.eval.set;
  };
  if (std::equal(rows.begin(), rows.end(), rows_.begin(), rows_.end(), same_places)) {
    // The same rows with other numbers: selection and scrolling stay.
    for (size_t i = 0; i < rows.size(); ++i) {
      if (api::json(rows[i].eval) == api::json(rows_[i].eval)) continue;
      rows_[i] = std::move(rows[i]);
      emit dataChanged(index(static_cast<int>(i), 0), index(static_cast<int>(i), column_count - 1));
    }
    return;
  }
  beginResetModel();
  rows_ = std::move(rows);
  endResetModel();
}

int EvalTableModel::rowCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : static_cast<int>(rows_.size());
}

int EvalTableModel::columnCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : static_cast<int>(column_count);
}

double EvalTableModel::number(const Row& row, int column) {
  switch (column) {
    case epoch:
      return row.eval.epoch;
    case accuracy:
      return row.eval.accuracy;
    case interval:
      return row.eval.low;
    case margin:
      return row.eval.margin_mean;
    case margin_sd:
      return row.eval.margin_sd;
    case normalised_margin:
      return row.eval.normalised_margin;
    case loss:
      return row.eval.loss;
    case ties:
      return static_cast<double>(row.eval.ties);
    case pairs:
      return static_cast<double>(row.eval.n);
    default:
      return std::nan("");
  }
}

QString EvalTableModel::text(const Row& row, int column) {
  switch (column) {
    case run:
      return row.run;
    case type:
      return row.type;
    case set:
      return qstr(row.eval.set);
    case epoch:
      return QString::number(row.eval.epoch, 'g', 4);
    case accuracy:
      return share(row.eval.accuracy);
    case interval:
      return tr("%1 to %2").arg(share(row.eval.low), share(row.eval.high));
    case margin:
      return signed_number(row.eval.margin_mean);
    case ties:
      return QString::number(row.eval.ties);
    case pairs:
      return QString::number(row.eval.n);
    default:
      return short_number(number(row, column));
  }
}

QVariant EvalTableModel::data(const QModelIndex& index, int role) const {
  if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid)) {
    return {};
  }
  const Row& row = rows_[static_cast<size_t>(index.row())];
  const int column = index.column();
  switch (role) {
    case Qt::DisplayRole:
      return text(row, column);
    case Qt::ToolTipRole:
      if (column == interval) {
        return tr("%1 to %2").arg(full_precision(row.eval.low), full_precision(row.eval.high));
      }
      return column <= set ? text(row, column) : full_precision(number(row, column));
    case Qt::TextAlignmentRole:
      return static_cast<int>((column <= set ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter);
    case sort_role: {
      if (column <= set) return text(row, column);
      const double value = number(row, column);
      return std::isnan(value) ? -std::numeric_limits<double>::infinity() : value;
    }
    default:
      return {};
  }
}

QVariant EvalTableModel::headerData(int section, Qt::Orientation orientation, int role) const {
  if (orientation != Qt::Horizontal || section < 0 || section >= column_count) {
    return QAbstractTableModel::headerData(section, orientation, role);
  }
  static constexpr const char* titles[] = {
      QT_TR_NOOP("Run"),    QT_TR_NOOP("Type"),      QT_TR_NOOP("Set"),
      QT_TR_NOOP("Epoch"),  QT_TR_NOOP("Accuracy"),  QT_TR_NOOP("95 % interval"),
      QT_TR_NOOP("Margin"), QT_TR_NOOP("Margin sd"), QT_TR_NOOP("Normalised margin"),
      QT_TR_NOOP("Loss"),   QT_TR_NOOP("Ties"),      QT_TR_NOOP("n")};
  static constexpr const char* meanings[] = {
      "",
      "",
      "",
      QT_TR_NOOP("The epoch after which the set was evaluated last"),
      QT_TR_NOOP("Share of pairs whose chosen response has the larger reward; ties count one half"),
      QT_TR_NOOP("Wilson, or a cluster bootstrap where rows share a source row"),
      QT_TR_NOOP("Mean of chosen less rejected reward, in reward units of the run"),
      QT_TR_NOOP("Standard deviation of the margin"),
      QT_TR_NOOP("Mean |margin| over the standard deviation of all rewards on the set:\n"
                 "comparable between explicit and implicit models"),
      QT_TR_NOOP("Bradley-Terry loss on the set"),
      QT_TR_NOOP("Pairs with equal rewards"),
      QT_TR_NOOP("Pairs in the set")};
  switch (role) {
    case Qt::DisplayRole:
      return tr(titles[section]);
    case Qt::ToolTipRole:
      return *meanings[section] == 0 ? QVariant() : QVariant(tr(meanings[section]));
    case Qt::TextAlignmentRole:
      return static_cast<int>((section <= set ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter);
    default:
      return {};
  }
}

QByteArray EvalTableModel::csv() const {
  QString text = QStringLiteral(
      "run,type,set,epoch,step,accuracy,low,high,margin_mean,margin_sd,normalised_margin,loss,"
      "chosen_mean,rejected_mean,ties,n\n");
  for (const Row& row : rows_) {
    const api::EvalSummary& e = row.eval;
    QStringList fields{csv_field(row.run), csv_field(row.type), csv_field(qstr(e.set)),
                       full_precision(e.epoch), QString::number(e.step)};
    for (const double value : {e.accuracy, e.low, e.high, e.margin_mean, e.margin_sd,
                               e.normalised_margin, e.loss, e.chosen_mean, e.rejected_mean}) {
      fields << full_precision(value);
    }
    fields << QString::number(e.ties) << QString::number(e.n);
    text += fields.join(QLatin1Char(',')) + QLatin1Char('\n');
  }
  return text.toUtf8();
}

}  // namespace loupe::ui
