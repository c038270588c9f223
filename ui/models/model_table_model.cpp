// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/model_table_model.h"

#include <QColor>
#include <QDateTime>
#include <QLocale>
#include <QSet>
#include <algorithm>
#include <utility>

#include "ui/client/text.h"
#include "ui/models/model_text.h"
#include "ui/widgets/format.h"
#include "ui/widgets/theme.h"

namespace loupe::ui {
namespace {

bool is_number(int column) {
  return column >= ModelTableModel::parameters && column <= ModelTableModel::runs;
}

QString grouped(qint64 number) {
  static const QLocale locale(QLocale::English, QLocale::UnitedStates);
  return locale.toString(number);
}

}  // namespace

void ModelTableModel::set_models(const std::vector<api::Model>& models) {
  if (take_rows(models)) {
    for (int row = 0; row < rowCount(); ++row) update_row(row, models[static_cast<size_t>(row)]);
    return;
  }
  beginResetModel();
  models_ = models;
  endResetModel();
}

// false when the models that were there are in another order now.
bool ModelTableModel::take_rows(const std::vector<api::Model>& models) {
  QSet<qint64> there, known;
  for (const api::Model& model : models) there.insert(model.id);
  for (int row = rowCount() - 1; row >= 0; --row) {
    if (there.contains(model(row).id)) continue;
    beginRemoveRows({}, row, row);
    models_.erase(models_.begin() + row);
    endRemoveRows();
  }
  for (const api::Model& model : models_) known.insert(model.id);
  for (size_t at = 0; at < models.size(); ++at) {
    if (at < models_.size() && models_[at].id == models[at].id) continue;
    if (known.contains(models[at].id)) return false;
    const int row = static_cast<int>(at);
    beginInsertRows({}, row, row);
    models_.insert(models_.begin() + row, models[at]);
    endInsertRows();
  }
  return true;
}

void ModelTableModel::update_row(int row, const api::Model& fresh) {
  api::Model& kept = models_[static_cast<size_t>(row)];
  if (api::json(kept) == api::json(fresh)) return;
  const api::Model before = std::exchange(kept, fresh);
  // Cell by cell: telling a view that a cell has changed overwrites what is being typed there.
  for (int column = 0; column < column_count; ++column) {
    if (exact(before, column) == exact(fresh, column)) continue;
    emit dataChanged(index(row, column), index(row, column));
  }
}

int ModelTableModel::rowCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : static_cast<int>(models_.size());
}

int ModelTableModel::columnCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : static_cast<int>(column_count);
}

QVariant ModelTableModel::data(const QModelIndex& index, int role) const {
  if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid)) {
    return {};
  }
  const api::Model& model = this->model(index.row());
  const int column = index.column();
  switch (role) {
    case Qt::DisplayRole:
      return text(model, column);
    case Qt::EditRole:
      return exact(model, column);
    case Qt::DecorationRole:
      return column == status ? QVariant(status_sign(model.status)) : QVariant();
    case Qt::ToolTipRole:
      return tooltip(model, column);
    case Qt::TextAlignmentRole:
      return static_cast<int>((is_number(column) ? Qt::AlignRight : Qt::AlignLeft) |
                              Qt::AlignVCenter);
    case Qt::ForegroundRole:
      if (column == status && status_word_of(model.status) == QLatin1String("missing")) {
        return theme::error();
      }
      if (column == note) return theme::secondary_text();
      return {};
    case sort_role:
      return sort_value(model, column);
    case id_role:
      return static_cast<qint64>(model.id);
    default:
      return {};
  }
}

bool ModelTableModel::setData(const QModelIndex& index, const QVariant& value, int role) {
  if (role != Qt::EditRole || !(flags(index) & Qt::ItemIsEditable)) return false;
  api::Model& model = models_[static_cast<size_t>(index.row())];
  const bool is_name = index.column() == name;
  const QString typed = value.toString().trimmed();
  std::string& kept = is_name ? model.name : model.note;
  // A model without a name could not be chosen.
  if ((is_name && typed.isEmpty()) || stdstr(typed) == kept) return false;
  kept = stdstr(typed);
  emit dataChanged(index, index);
  if (is_name) {
    emit renamed(model.id, typed);
  } else {
    emit note_written(model.id, typed);
  }
  return true;
}

Qt::ItemFlags ModelTableModel::flags(const QModelIndex& index) const {
  const Qt::ItemFlags flags = QAbstractTableModel::flags(index);
  const bool editable = index.isValid() && (index.column() == name || index.column() == note);
  return editable ? flags | Qt::ItemIsEditable : flags;
}

QVariant ModelTableModel::headerData(int section, Qt::Orientation orientation, int role) const {
  if (orientation != Qt::Horizontal || section < 0 || section >= column_count) {
    return QAbstractTableModel::headerData(section, orientation, role);
  }
  if (role == Qt::TextAlignmentRole) {
    return static_cast<int>((is_number(section) ? Qt::AlignRight : Qt::AlignLeft) |
                            Qt::AlignVCenter);
  }
  static constexpr const char* heads[] = {
      QT_TR_NOOP("Model"),  QT_TR_NOOP("Kind"),  QT_TR_NOOP("Architecture"), QT_TR_NOOP("Type"),
      QT_TR_NOOP("Source"), QT_TR_NOOP("Files"), QT_TR_NOOP("Params"),       QT_TR_NOOP("Context"),
      QT_TR_NOOP("Size"),   QT_TR_NOOP("Runs"),  QT_TR_NOOP("Note")};
  static constexpr const char* whys[] = {
      "",
      QT_TR_NOOP("LM: a language model; EX: an explicit, IM: an implicit reward model; adapter: "
                 "low-rank changes on top of another model"),
      "",
      QT_TR_NOOP("How most of its parameters are stored"),
      "",
      QT_TR_NOOP("Whether its files are the ones that were imported"),
      QT_TR_NOOP("Parameters"),
      QT_TR_NOOP("Tokens it was made for"),
      QT_TR_NOOP("Of its files on the disk"),
      QT_TR_NOOP("Runs of this workspace that use it"),
      ""};
  if (role == Qt::DisplayRole) return tr(heads[section]);
  if (role == Qt::ToolTipRole && whys[section][0] != 0) return tr(whys[section]);
  return {};
}

QString ModelTableModel::text(const api::Model& model, int column) {
  switch (column) {
    case parameters:
      return model.parameters > 0 ? short_count(static_cast<double>(model.parameters)) : QString();
    case context:
      return model.context > 0 ? grouped(model.context) : QString();
    case size:
      return model.size > 0 ? byte_size(model.size) : QString();
    case status:
      return status_text(model.status);
    case runs:
      return model.runs > 0 ? QString::number(model.runs) : QString();
    default:
      return exact(model, column);
  }
}

QString ModelTableModel::exact(const api::Model& model, int column) {
  switch (column) {
    case name:
      return qstr(model.name);
    case kind:
      return kind_of(model);
    case architecture:
      return qstr(model.architecture);
    case parameters:
      return QString::number(model.parameters);
    case dtype:
      return qstr(model.dtype);
    case context:
      return QString::number(model.context);
    case source:
      return qstr(model.source);
    case size:
      return full_precision(model.size);
    case status:
      return qstr(model.status);
    case runs:
      return QString::number(model.runs);
    case note:
      return qstr(model.note);
    default:
      return {};
  }
}

QVariant ModelTableModel::sort_value(const api::Model& model, int column) {
  switch (column) {
    case parameters:
      return static_cast<qint64>(model.parameters);
    case context:
      return static_cast<qint64>(model.context);
    case size:
      return model.size;
    case runs:
      return static_cast<qint64>(model.runs);
    default:
      return exact(model, column);
  }
}

QString ModelTableModel::name_of(qint64 id) const {
  const auto it = std::find_if(models_.begin(), models_.end(),
                               [&](const api::Model& model) { return model.id == id; });
  return it == models_.end() ? tr("a model that was removed") : qstr(it->name);
}

QString ModelTableModel::tooltip(const api::Model& model, int column) const {
  switch (column) {
    case name: {
      QStringList lines{qstr(model.name), qstr(model.path)};
      if (!model.note.empty()) lines << qstr(model.note);
      return lines.join(QLatin1Char('\n'));
    }
    case kind: {
      QString said = kind_words(kind_of(model));
      if (model.base != 0) {
        said += QLatin1Char('\n') +
                (model.kind == "IM" ? tr("reference: %1") : tr("of %1")).arg(name_of(model.base));
      }
      if (model.kind == "IM") said += QLatin1Char('\n') + tr("beta %1").arg(model.beta);
      return said;
    }
    case parameters:
      return grouped(model.parameters);
    case size:
      return tr("%1 bytes").arg(grouped(static_cast<qint64>(model.size)));
    case status: {
      const QString trouble = status_trouble(model);
      return trouble.isEmpty() ? tr("The files are the ones that were imported.") : trouble;
    }
    default:
      return text(model, column);
  }
}

QByteArray ModelTableModel::csv(const QList<int>& rows) const {
  QStringList fields, lines;
  for (int column = 0; column < column_count; ++column) {
    fields << csv_field(headerData(column, Qt::Horizontal).toString());
  }
  fields << tr("Path") << tr("Imported");
  lines << fields.join(QLatin1Char(','));
  for (const int row : rows) {
    const api::Model& model = this->model(row);
    fields.clear();
    for (int column = 0; column < column_count; ++column) fields << csv_field(exact(model, column));
    fields << csv_field(qstr(model.path));
    fields << (model.created > 0 ? QDateTime::fromMSecsSinceEpoch(
                                       static_cast<qint64>(model.created * 1000), Qt::UTC)
                                       .toString(Qt::ISODate)
                                 : QString());
    lines << fields.join(QLatin1Char(','));
  }
  return (lines.join(QLatin1Char('\n')) + QLatin1Char('\n')).toUtf8();
}

}  // namespace loupe::ui
