// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/runs/eval_table_model.h"

#include <algorithm>

#include "ui/client/text.h"
#include "ui/widgets/run_series.h"

namespace loupe::ui {
namespace {

using Row = EvalRow;

QString four_digits(double value) {
  return QString::number(value, 'g', 4);
}

}  // namespace

EvalTableModel::EvalTableModel(QObject* parent) : ColumnTable(parent) {
  auto interval = number_column<Row>(
      "interval", tr("95 % interval"),
      tr("Wilson, or a cluster bootstrap where rows share a source row"), &Row::low);
  interval.text = [](const Row& row) {
    return tr("%1 to %2").arg(share(row.low), share(row.high));
  };
  interval.hint = [](const Row& row) {
    return tr("%1 to %2").arg(full_precision(row.low), full_precision(row.high));
  };
  put({
      text_column<Row>("run", tr("Run"), {}, &Row::run),
      text_column<Row>("type", tr("Type"), {}, &Row::type),
      text_column<Row>("set", tr("Set"), {}, &Row::set),
      number_column<Row>("epoch", tr("Epoch"),
                         tr("The epoch after which the set was evaluated last"), &Row::epoch,
                         four_digits),
      in_file(count_column<Row>("step", {}, {}, &Row::step)),
      number_column<Row>("accuracy", tr("Accuracy"),
                         tr("Share of pairs whose chosen response has the larger reward; ties "
                            "count one half"),
                         &Row::accuracy, share),
      on_screen(interval),
      in_file(number_column<Row>("low", {}, {}, &Row::low)),
      in_file(number_column<Row>("high", {}, {}, &Row::high)),
      number_column<Row>("margin_mean", tr("Margin"),
                         tr("Mean of chosen less rejected reward, in reward units of the run"),
                         &Row::margin_mean, signed_number),
      number_column<Row>("margin_sd", tr("Margin sd"), tr("Standard deviation of the margin"),
                         &Row::margin_sd),
      number_column<Row>("normalised_margin", tr("Normalised margin"),
                         tr("Mean |margin| over the standard deviation of all rewards on the "
                            "set:\ncomparable between explicit and implicit models"),
                         &Row::normalised_margin),
      number_column<Row>("loss", tr("Loss"), tr("Bradley-Terry loss on the set"), &Row::loss),
      in_file(number_column<Row>("chosen_mean", {}, {}, &Row::chosen_mean)),
      in_file(number_column<Row>("rejected_mean", {}, {}, &Row::rejected_mean)),
      count_column<Row>("ties", tr("Ties"), tr("Pairs with equal rewards"), &Row::ties),
      count_column<Row>("n", tr("n"), tr("Pairs in the set"), &Row::n),
  });
}

void EvalTableModel::set_runs(const std::vector<api::Run>& runs) {
  QStringList sets;
  for (const api::Run& run : runs) {
    for (const api::EvalSummary& eval : run.last_evals) {
      if (const QString name = qstr(eval.set); !sets.contains(name)) sets << name;
    }
  }
  put_reworded_last(&sets);
  // Set by set, so that the runs stand under each other; reworded sets last.
  std::vector<EvalRow> rows;
  for (const QString& set : sets) {
    for (const api::Run& run : runs) {
      for (const api::EvalSummary& eval : run.last_evals) {
        if (qstr(eval.set) != set) continue;
        rows.push_back({eval, run.name, run.type, static_cast<qint64>(qHashMulti(0, run.id, set))});
      }
    }
  }
  update_rows(std::move(rows));
}

}  // namespace loupe::ui
