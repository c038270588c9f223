// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/runs/run_table_model.h"

#include <QColor>
#include <QDateTime>
#include <algorithm>
#include <cmath>
#include <limits>

#include "ui/client/engine_client.h"
#include "ui/widgets/format.h"
#include "ui/widgets/theme.h"

namespace loupe::ui {
namespace {

QStringList sets_of(const std::vector<api::Run>& runs) {
  QStringList sets;
  for (const api::Run& run : runs) {
    for (const api::EvalSummary& eval : run.last_evals) {
      const QString set = qstr(eval.set);
      if (!sets.contains(set)) sets.append(set);
    }
  }
  // Original wordings before reworded ones, otherwise as the engine gave them.
  std::stable_partition(sets.begin(), sets.end(),
                        [](const QString& set) { return !is_reworded(set); });
  return sets;
}

QString when(double seconds) {
  if (seconds <= 0) return {};
  return QDateTime::fromMSecsSinceEpoch(static_cast<qint64>(seconds * 1000))
      .toString(QStringLiteral("yyyy-MM-dd HH:mm:ss"));
}

// Nothing trained yet: there is no loss to speak of.
bool has_loss(const api::Run& run) {
  return run.epochs_done > 0 || run.loss != 0;
}

}  // namespace

bool is_reworded(const QString& set) {
  return set.contains(QLatin1String("reword"), Qt::CaseInsensitive) ||
         set.contains(QLatin1String("paraphras"), Qt::CaseInsensitive);
}

RunTableModel::RunTableModel(QObject* parent) : QAbstractTableModel(parent) {}

void RunTableModel::set_runs(const std::vector<api::Run>& runs) {
  const QStringList sets = sets_of(runs);
  const bool same = sets == sets_ && runs.size() == runs_.size() &&
                    std::equal(runs.begin(), runs.end(), runs_.begin(),
                               [](const api::Run& a, const api::Run& b) { return a.id == b.id; });
  if (same) {
    runs_ = runs;
    if (!runs_.empty()) emit dataChanged(index(0, 0), index(rowCount() - 1, columnCount() - 1));
    return;
  }
  beginResetModel();
  runs_ = runs;
  sets_ = sets;
  endResetModel();
}

int RunTableModel::rowCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : static_cast<int>(runs_.size());
}

int RunTableModel::columnCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : time_column() + 1;
}

QVariant RunTableModel::data(const QModelIndex& index, int role) const {
  if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid)) {
    return {};
  }
  const api::Run& run = runs_[static_cast<size_t>(index.row())];
  const int column = index.column();
  switch (role) {
    case Qt::DisplayRole:
      return text(run, column);
    case Qt::ToolTipRole:
      return tooltip(run, column);
    case Qt::TextAlignmentRole:
      return static_cast<int>(
          (column >= seed && column != status ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    case Qt::ForegroundRole:
      if (column == status && run.status == "failed") return theme::error();
      return {};
    case sort_role:
      return sort_value(run, column);
    case id_role:
      return static_cast<qint64>(run.id);
    default:
      return {};
  }
}

QVariant RunTableModel::headerData(int section, Qt::Orientation orientation, int role) const {
  if (orientation != Qt::Horizontal)
    return QAbstractTableModel::headerData(section, orientation, role);
  if (role == Qt::TextAlignmentRole) {
    return static_cast<int>(
        (section >= seed && section != status ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
  }
  if (role == Qt::ToolTipRole && section >= first_set && section < time_column()) {
    return tr("Accuracy on %1 at the last evaluation; ties count one half")
        .arg(sets_[section - first_set]);
  }
  if (role != Qt::DisplayRole) return {};
  switch (section) {
    case name:
      return tr("Run");
    case type:
      return tr("Type");
    case model:
      return tr("Model");
    case data_set:
      return tr("Data");
    case seed:
      return tr("Seed");
    case status:
      return tr("Status");
    case epoch:
      return tr("Epoch");
    case loss:
      return tr("Loss");
    default:
      break;
  }
  return section == time_column() ? tr("Time") : sets_.value(section - first_set);
}

const api::EvalSummary* RunTableModel::eval(const api::Run& run, int column) const {
  const std::string set = stdstr(sets_.value(column - first_set));
  const auto it = std::find_if(run.last_evals.begin(), run.last_evals.end(),
                               [&](const api::EvalSummary& e) { return e.set == set; });
  return it == run.last_evals.end() ? nullptr : &*it;
}

QString RunTableModel::text(const api::Run& run, int column) const {
  switch (column) {
    case name:
      return qstr(run.name);
    case type:
      return qstr(run.type);
    case model:
      return qstr(run.model);
    case data_set:
      return qstr(run.dataset);
    case seed:
      return QString::number(run.seed);
    case status:
      return qstr(run.status);
    case epoch:
      return QStringLiteral("%1 / %2").arg(QString::number(run.epochs_done, 'g', 3),
                                           QString::number(run.epochs, 'g', 4));
    case loss:
      return has_loss(run) ? short_number(run.loss) : QString();
    default:
      break;
  }
  if (column == time_column()) return run.seconds > 0 ? duration(run.seconds) : QString();
  const api::EvalSummary* found = eval(run, column);
  return found == nullptr ? QString() : share(found->accuracy);
}

QVariant RunTableModel::sort_value(const api::Run& run, int column) const {
  constexpr double last = -std::numeric_limits<double>::infinity();
  switch (column) {
    case seed:
      return static_cast<qint64>(run.seed);
    case epoch:
      return run.epochs_done;
    case loss:
      return has_loss(run) && !std::isnan(run.loss) ? run.loss : last;
    default:
      break;
  }
  if (column == time_column()) return run.seconds;
  if (column < first_set) return text(run, column);
  const api::EvalSummary* found = eval(run, column);
  return found != nullptr && !std::isnan(found->accuracy) ? found->accuracy : last;
}

QString RunTableModel::tooltip(const api::Run& run, int column) const {
  switch (column) {
    case name: {
      QStringList lines{qstr(run.name)};
      if (!run.note.empty()) lines << qstr(run.note);
      if (run.created > 0) lines << tr("created %1").arg(when(run.created));
      if (!run.device.empty()) lines << tr("on %1").arg(qstr(run.device));
      return lines.join(QLatin1Char('\n'));
    }
    case type:
      if (run.type == "EX") return tr("explicit: a linear head on the last hidden state");
      if (run.type == "IM") return tr("implicit: beta times the log-ratio of policy and reference");
      return qstr(run.type);
    case status:
      return run.error.empty() ? qstr(run.status) : failure_from_text(run.error).details();
    case loss:
      return has_loss(run) ? full_precision(run.loss) : QString();
    default:
      break;
  }
  if (column < first_set) return text(run, column);
  if (column == time_column())
    return tr("%1 s, training and evaluation").arg(short_number(run.seconds));
  const api::EvalSummary* found = eval(run, column);
  if (found == nullptr) return tr("not evaluated on this set");
  return tr("%1 on %2 pairs (%3 ties)\n95 % interval %4 to %5\nepoch %6, normalised margin %7")
      .arg(full_precision(found->accuracy))
      .arg(found->n)
      .arg(found->ties)
      .arg(share(found->low), share(found->high), short_number(found->epoch),
           short_number(found->normalised_margin));
}

QString RunTableModel::exact(const api::Run& run, int column) const {
  if (column == loss) return has_loss(run) ? full_precision(run.loss) : QString();
  if (column == epoch) return full_precision(run.epochs_done);
  if (column == time_column()) return full_precision(run.seconds);
  if (column < first_set) return text(run, column);
  const api::EvalSummary* found = eval(run, column);
  return found == nullptr ? QString() : full_precision(found->accuracy);
}

QByteArray RunTableModel::csv(const QList<int>& rows) const {
  QStringList lines;
  QStringList fields;
  for (int column = 0; column < columnCount(); ++column) {
    fields << csv_field(headerData(column, Qt::Horizontal).toString());
  }
  lines << fields.join(QLatin1Char(','));
  for (const int row : rows) {
    fields.clear();
    for (int column = 0; column < columnCount(); ++column) {
      fields << csv_field(exact(run(row), column));
    }
    lines << fields.join(QLatin1Char(','));
  }
  return (lines.join(QLatin1Char('\n')) + QLatin1Char('\n')).toUtf8();
}

}  // namespace loupe::ui
