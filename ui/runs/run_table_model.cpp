// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/runs/run_table_model.h"

#include <QColor>
#include <QDateTime>
#include <QSet>
#include <algorithm>
#include <cmath>
#include <limits>

#include "ui/client/engine_client.h"
#include "ui/runs/run_status.h"
#include "ui/widgets/format.h"
#include "ui/widgets/run_series.h"
#include "ui/widgets/theme.h"

namespace loupe::ui {
namespace {

QStringList sets_of(const std::vector<api::Run>& runs) {
  QStringList sets;
  QSet<QString> known;
  for (const api::Run& run : runs) {
    for (const api::EvalSummary& eval : run.last_evals) {
      const QString set = qstr(eval.set);
      if (known.contains(set)) continue;
      known.insert(set);
      sets.append(set);
    }
  }
  put_reworded_last(&sets);
  return sets;
}

QString when(double seconds, const QString& format) {
  if (seconds <= 0) return {};
  return QDateTime::fromMSecsSinceEpoch(static_cast<qint64>(seconds * 1000)).toString(format);
}

// Nothing trained yet: there is no loss to speak of.
bool has_loss(const api::Run& run) {
  return run.epochs_done > 0 || run.loss != 0;
}

double learning_rate_of(const api::Run& run) {
  if (!run.recipe.is_object()) return std::nan("");
  const auto it = run.recipe.find("lr");
  return it != run.recipe.end() && it->is_number() ? it->get<double>() : std::nan("");
}

bool alike(double a, double b) {
  return a == b || (std::isnan(a) && std::isnan(b));
}

bool alike(const api::EvalSummary& a, const api::EvalSummary& b) {
  return a.set == b.set && a.step == b.step && a.n == b.n && a.ties == b.ties &&
         alike(a.accuracy, b.accuracy) && alike(a.low, b.low) && alike(a.high, b.high);
}

bool alike(const api::Run& a, const api::Run& b) {
  return a.name == b.name && a.note == b.note && a.status == b.status && a.device == b.device &&
         a.error == b.error && a.job_id == b.job_id && alike(a.seconds, b.seconds) &&
         alike(a.loss, b.loss) && alike(a.epochs, b.epochs) &&
         alike(a.epochs_done, b.epochs_done) && alike(a.created, b.created) &&
         a.recipe == b.recipe &&
         std::equal(a.last_evals.begin(), a.last_evals.end(), b.last_evals.begin(),
                    b.last_evals.end(), [](const auto& x, const auto& y) { return alike(x, y); });
}

}  // namespace

RunTableModel::RunTableModel(QObject* parent) : QAbstractTableModel(parent) {}

void RunTableModel::set_runs(const std::vector<api::Run>& runs) {
  const QStringList sets = sets_of(runs);
  if (sets == sets_ && !runs_.empty()) {
    drop_missing(runs);
    if (insert_new(runs)) {
      for (int row = 0; row < rowCount(); ++row) update_row(row, runs[static_cast<size_t>(row)]);
      return;
    }
  }
  beginResetModel();
  runs_ = runs;
  sets_ = sets;
  endResetModel();
}

void RunTableModel::drop_missing(const std::vector<api::Run>& runs) {
  QSet<qint64> there;
  for (const api::Run& run : runs) there.insert(run.id);
  for (int row = rowCount() - 1; row >= 0; --row) {
    if (there.contains(run(row).id)) continue;
    beginRemoveRows({}, row, row);
    runs_.erase(runs_.begin() + row);
    endRemoveRows();
  }
}

// false when the runs that were there are in another order now.
bool RunTableModel::insert_new(const std::vector<api::Run>& runs) {
  QSet<qint64> known;
  for (const api::Run& run : runs_) known.insert(run.id);
  for (size_t at = 0; at < runs.size();) {
    if (at < runs_.size() && runs_[at].id == runs[at].id) {
      ++at;
      continue;
    }
    size_t end = at;
    while (end < runs.size() && !known.contains(runs[end].id)) ++end;
    if (end == at) return false;
    beginInsertRows({}, static_cast<int>(at), static_cast<int>(end) - 1);
    const auto from = runs.begin() + static_cast<long>(at);
    runs_.insert(runs_.begin() + static_cast<long>(at), from,
                 runs.begin() + static_cast<long>(end));
    endInsertRows();
    at = end;
  }
  return true;
}

void RunTableModel::update_row(int row, const api::Run& fresh) {
  api::Run& kept = runs_[static_cast<size_t>(row)];
  if (alike(kept, fresh)) return;
  const api::Run before = std::exchange(kept, fresh);
  // Cell by cell: telling a view that a cell has changed overwrites what is being typed there.
  for (int column = 0; column < columnCount(); ++column) {
    if (text(before, column) == text(fresh, column) &&
        exact(before, column) == exact(fresh, column) &&
        (column != status || before.error == fresh.error)) {
      continue;
    }
    emit dataChanged(index(row, column), index(row, column));
  }
}

int RunTableModel::rowCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : static_cast<int>(runs_.size());
}

int RunTableModel::columnCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : column_of(tail_size);
}

int RunTableModel::tail_of(int column) const {
  const int tail = column - first_set - static_cast<int>(sets_.size());
  return column < first_set || tail < 0 ? static_cast<int>(tail_size) : tail;
}

bool RunTableModel::is_number(int column) const {
  const int tail = tail_of(column);
  return column >= seed && column != status && tail != created && tail != device && tail != note;
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
    case Qt::EditRole:
      return tail_of(column) == note ? qstr(run.note) : text(run, column);
    case Qt::DecorationRole:
      return decoration(run, column);
    case Qt::ToolTipRole:
      return tooltip(run, column);
    case Qt::TextAlignmentRole:
      return static_cast<int>((is_number(column) ? Qt::AlignRight : Qt::AlignLeft) |
                              Qt::AlignVCenter);
    case Qt::ForegroundRole:
      if (column == status && run.status == "failed") return theme::error();
      if (tail_of(column) == note) return theme::secondary_text();
      return {};
    case sort_role:
      return sort_value(run, column);
    case id_role:
      return static_cast<qint64>(run.id);
    default:
      return {};
  }
}

bool RunTableModel::setData(const QModelIndex& index, const QVariant& value, int role) {
  if (role != Qt::EditRole || !(flags(index) & Qt::ItemIsEditable)) return false;
  api::Run& run = runs_[static_cast<size_t>(index.row())];
  const bool is_name = index.column() == name;
  const QString typed = is_name ? value.toString().trimmed() : value.toString();
  std::string& kept = is_name ? run.name : run.note;
  // A run without a name could not be told from the others.
  if ((is_name && typed.isEmpty()) || stdstr(typed) == kept) return false;
  kept = stdstr(typed);
  emit dataChanged(index, index);
  if (is_name) {
    emit renamed(run.id, typed);
  } else {
    emit note_written(run.id, typed);
  }
  return true;
}

Qt::ItemFlags RunTableModel::flags(const QModelIndex& index) const {
  const Qt::ItemFlags flags = QAbstractTableModel::flags(index);
  const bool editable =
      index.isValid() && (index.column() == name || tail_of(index.column()) == note);
  return editable ? flags | Qt::ItemIsEditable : flags;
}

QVariant RunTableModel::headerData(int section, Qt::Orientation orientation, int role) const {
  if (orientation != Qt::Horizontal) {
    return QAbstractTableModel::headerData(section, orientation, role);
  }
  if (role == Qt::TextAlignmentRole) {
    return static_cast<int>((is_number(section) ? Qt::AlignRight : Qt::AlignLeft) |
                            Qt::AlignVCenter);
  }
  const QString set = sets_.value(section - first_set);
  if (role == Qt::ToolTipRole && !set.isEmpty()) {
    return tr("Accuracy on %1 at the last evaluation; ties count one half").arg(set);
  }
  if (role != Qt::DisplayRole) return {};
  static constexpr const char* heads[] = {
      QT_TR_NOOP("Run"),  QT_TR_NOOP("Type"),   QT_TR_NOOP("Model"), QT_TR_NOOP("Data"),
      QT_TR_NOOP("Seed"), QT_TR_NOOP("Status"), QT_TR_NOOP("Epoch"), QT_TR_NOOP("Loss")};
  static constexpr const char* tails[] = {QT_TR_NOOP("Time"),   QT_TR_NOOP("Created"),
                                          QT_TR_NOOP("Device"), QT_TR_NOOP("Learning rate"),
                                          QT_TR_NOOP("Epochs"), QT_TR_NOOP("Note")};
  if (section < first_set) return tr(heads[section]);
  return set.isEmpty() ? tr(tails[std::min<int>(tail_of(section), tail_size - 1)]) : set;
}

QString RunTableModel::key(int column) const {
  static constexpr const char* heads[] = {"name", "type",   "model", "data",
                                          "seed", "status", "epoch", "loss"};
  static constexpr const char* tails[] = {"time", "created", "device", "lr", "epochs", "note"};
  if (column < first_set) return QString::fromLatin1(heads[column]);
  const int tail = tail_of(column);
  if (tail < tail_size) return QString::fromLatin1(tails[tail]);
  return QStringLiteral("set:") + sets_.value(column - first_set);
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
      return status_word(run.status);
    case epoch:
      return QStringLiteral("%1 / %2").arg(QString::number(run.epochs_done, 'g', 3),
                                           QString::number(run.epochs, 'g', 4));
    case loss:
      return has_loss(run) ? short_number(run.loss) : QString();
    default:
      break;
  }
  switch (tail_of(column)) {
    case time:
      return run.seconds > 0 ? duration(run.seconds) : QString();
    case created:
      return when(run.created, QStringLiteral("yyyy-MM-dd HH:mm"));
    case device:
      return qstr(run.device);
    case learning_rate: {
      const double rate = learning_rate_of(run);
      return std::isnan(rate) ? QString() : QString::number(rate, 'g', 4);
    }
    case epochs:
      return QString::number(run.epochs, 'g', 4);
    case note: {
      const QString whole = qstr(run.note).trimmed();
      const qsizetype end = whole.indexOf(QLatin1Char('\n'));
      return end < 0 ? whole : whole.left(end) + QStringLiteral(" …");
    }
    default:
      break;
  }
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
  if (column < first_set) return text(run, column);
  switch (tail_of(column)) {
    case time:
      return run.seconds;
    case created:
      return run.created;
    case learning_rate: {
      const double rate = learning_rate_of(run);
      return std::isnan(rate) ? last : rate;
    }
    case epochs:
      return run.epochs;
    case device:
    case note:
      return text(run, column);
    default:
      break;
  }
  const api::EvalSummary* found = eval(run, column);
  return found != nullptr && !std::isnan(found->accuracy) ? found->accuracy : last;
}

QVariant RunTableModel::decoration(const api::Run& run, int column) const {
  return column == status ? QVariant(status_icon(run.status)) : QVariant();
}

QString RunTableModel::tooltip(const api::Run& run, int column) const {
  const QString second = QStringLiteral("yyyy-MM-dd HH:mm:ss");
  switch (column) {
    case name: {
      QStringList lines{qstr(run.name)};
      if (!run.note.empty()) lines << qstr(run.note);
      if (run.created > 0) lines << tr("created %1").arg(when(run.created, second));
      if (!run.device.empty()) lines << tr("on %1").arg(qstr(run.device));
      return lines.join(QLatin1Char('\n'));
    }
    case type:
      if (run.type == "EX") return tr("explicit: a linear head on the last hidden state");
      if (run.type == "IM") return tr("implicit: beta times the log-ratio of policy and reference");
      return qstr(run.type);
    case status:
      return run.error.empty() ? status_word(run.status) : failure_from_text(run.error).details();
    case loss:
      return has_loss(run) ? full_precision(run.loss) : QString();
    default:
      break;
  }
  if (column < first_set) return text(run, column);
  switch (tail_of(column)) {
    case time:
      return tr("%1 s, training and evaluation").arg(short_number(run.seconds));
    case created:
      return when(run.created, second);
    case note:
      return qstr(run.note);
    case device:
    case learning_rate:
    case epochs:
      return text(run, column);
    default:
      break;
  }
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
  if (column == status) return qstr(run.status);
  if (column < first_set) return text(run, column);
  switch (tail_of(column)) {
    case time:
      return full_precision(run.seconds);
    case created:
      return run.created > 0
                 ? QDateTime::fromMSecsSinceEpoch(static_cast<qint64>(run.created * 1000), Qt::UTC)
                       .toString(Qt::ISODate)
                 : QString();
    case learning_rate: {
      const double rate = learning_rate_of(run);
      return std::isnan(rate) ? QString() : full_precision(rate);
    }
    case note:
      return qstr(run.note);
    case device:
    case epochs:
      return text(run, column);
    default:
      break;
  }
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
