// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/runs/run_table_model.h"

#include <QColor>
#include <QSet>
#include <algorithm>
#include <cmath>

#include "ui/client/engine_client.h"
#include "ui/client/workspace_mirror.h"
#include "ui/runs/run_status.h"
#include "ui/widgets/run_series.h"
#include "ui/widgets/theme.h"

namespace loupe::ui {
namespace {

using Run = api::Run;

QStringList sets_of(const std::vector<Run>& runs) {
  QStringList sets;
  QSet<std::string> known;
  for (const Run& run : runs) {
    for (const api::EvalSummary& eval : run.last_evals) {
      if (known.contains(eval.set)) continue;
      known.insert(eval.set);
      sets.append(qstr(eval.set));
    }
  }
  put_reworded_last(&sets);
  return sets;
}

// Nothing trained yet: there is no loss to speak of.
bool has_loss(const Run& run) {
  return run.epochs_done > 0 || run.loss != 0;
}

double learning_rate_of(const Run& run) {
  if (!run.recipe.is_object()) return std::nan("");
  const auto it = run.recipe.find("lr");
  return it != run.recipe.end() && it->is_number() ? it->get<double>() : std::nan("");
}

const QString with_seconds = QStringLiteral("yyyy-MM-dd HH:mm:ss");

QString four_digits(double value) {
  return QString::number(value, 'g', 4);
}

QString first_line(const QString& text) {
  const QString whole = text.trimmed();
  const qsizetype end = whole.indexOf(QLatin1Char('\n'));
  return end < 0 ? whole : whole.left(end) + QStringLiteral(" …");
}

TableColumn<Run> set_column(const QString& set) {
  const auto eval = [name = stdstr(set)](const Run& run) {
    const auto it = std::find_if(run.last_evals.begin(), run.last_evals.end(),
                                 [&](const api::EvalSummary& e) { return e.set == name; });
    return it == run.last_evals.end() ? nullptr : &*it;
  };
  auto column = where_known(
      number_column<Run>(
          QStringLiteral("set:") + set, set,
          RunTableModel::tr("Accuracy on %1 at the last evaluation; ties count one half").arg(set),
          [eval](const Run& run) { return eval(run) ? eval(run)->accuracy : std::nan(""); }, share),
      eval);
  column.hint = [eval](const Run& run) {
    const auto* found = eval(run);
    if (found == nullptr) return RunTableModel::tr("not evaluated on this set");
    return RunTableModel::tr(
               "%1 on %2 pairs (%3 ties)\n95 % interval %4 to %5\n"
               "epoch %6, normalised margin %7")
        .arg(full_precision(found->accuracy))
        .arg(found->n)
        .arg(found->ties)
        .arg(share(found->low), share(found->high), short_number(found->epoch),
             short_number(found->normalised_margin));
  };
  return column;
}

QString name_hint(const Run& run) {
  QStringList lines{qstr(run.name)};
  if (!run.note.empty()) lines << qstr(run.note);
  if (run.created > 0) {
    lines << RunTableModel::tr("created %1").arg(local_time(run.created, with_seconds));
  }
  if (!run.device.empty()) lines << RunTableModel::tr("on %1").arg(qstr(run.device));
  return lines.join(QLatin1Char('\n'));
}

}  // namespace

RunTableModel::RunTableModel(QObject* parent) : ColumnTable(parent, Heads::titles) {
  put(make_columns());
}

std::vector<TableColumn<Run>> RunTableModel::make_columns() const {
  auto name = text_column<Run>("name", tr("Run"), {}, &Run::name);
  name.hint = name_hint;
  // A run without a name could not be told from the others.
  name.edit = [](Run& run, const QString& text) {
    return !text.trimmed().isEmpty() && take_typed(&run.name, text.trimmed());
  };
  auto type = text_column<Run>("type", tr("Type"), {}, &Run::type);
  type.hint = [](const Run& run) {
    if (run.type == "EX") return tr("explicit: a linear head on the last hidden state");
    if (run.type == "IM") return tr("implicit: beta times the log-ratio of policy and reference");
    return qstr(run.type);
  };
  const auto word = [](const Run& run) { return status_word(run.status); };
  auto status = text_column<Run>("status", tr("Status"), {}, word);
  status.exact = [](const Run& run) { return qstr(run.status); };
  status.icon = [](const Run& run) { return status_icon(run.status); };
  status.colour_of = [](const Run& run) {
    return run.status == "failed" ? QVariant(theme::error()) : QVariant();
  };
  status.hint = [word](const Run& run) {
    return run.error.empty() ? word(run) : failure_from_text(run.error).details();
  };
  auto epoch = number_column<Run>("epoch", tr("Epoch"), {}, &Run::epochs_done);
  epoch.text = epoch.hint = [](const Run& run) {
    return QStringLiteral("%1 / %2").arg(QString::number(run.epochs_done, 'g', 3),
                                         four_digits(run.epochs));
  };
  auto loss = where_known(number_column<Run>("loss", tr("Loss"), {}, &Run::loss), has_loss);
  loss.sort = [](const Run& run) { return sort_number(has_loss(run) ? run.loss : std::nan("")); };
  auto time = number_column<Run>("time", tr("Time"), {}, &Run::seconds, duration);
  time.text = [](const Run& run) { return run.seconds > 0 ? duration(run.seconds) : QString(); };
  time.hint = [](const Run& run) {
    return tr("%1 s, training and evaluation").arg(short_number(run.seconds));
  };
  auto created = text_column<Run>("created", tr("Created"), {},
                                  [](const Run& run) { return local_time(run.created); });
  created.exact = [](const Run& run) { return iso_time(run.created); };
  created.sort = [](const Run& run) { return run.created; };
  created.hint = [](const Run& run) { return local_time(run.created, with_seconds); };
  auto rate =
      where_known(number_column<Run>("lr", tr("Learning rate"), {}, learning_rate_of, four_digits),
                  [](const Run& run) { return !std::isnan(learning_rate_of(run)); });
  auto note = text_column<Run>("note", tr("Note"), {},
                               [](const Run& run) { return first_line(qstr(run.note)); });
  note.exact = [](const Run& run) { return qstr(run.note); };
  note.colour_of = [](const Run&) { return theme::secondary_text(); };
  note.edit = [](Run& run, const QString& text) { return take_typed(&run.note, text); };
  std::vector<TableColumn<Run>> columns{name,
                                        type,
                                        text_column<Run>("model", tr("Model"), {}, &Run::model),
                                        text_column<Run>("data", tr("Data"), {}, &Run::dataset),
                                        count_column<Run>("seed", tr("Seed"), {}, &Run::seed),
                                        status,
                                        epoch,
                                        loss};
  for (const QString& set : sets_) columns.push_back(set_column(set));
  columns.insert(columns.end(),
                 {time, created, text_column<Run>("device", tr("Device"), {}, &Run::device), rate,
                  number_column<Run>("epochs", tr("Epochs"), {}, &Run::epochs, four_digits), note});
  return columns;
}

void RunTableModel::set_runs(const std::vector<Run>& runs) {
  const QStringList sets = sets_of(runs);
  if (sets == sets_) return update_rows(runs);
  sets_ = sets;
  reset(make_columns(), runs);
}

bool RunTableModel::same(const Run& a, const Run& b) const {
  return alike(a, b);
}

void RunTableModel::typed(const Run& run, int column) {
  if (column == name) {
    emit renamed(run.id, qstr(run.name));
  } else {
    emit note_written(run.id, qstr(run.note));
  }
}

}  // namespace loupe::ui
