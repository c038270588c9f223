// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/runs/recipe_model.h"

#include <QCoreApplication>
#include <QFont>
#include <algorithm>

#include "core/api/recipe.h"
#include "ui/client/text.h"
#include "ui/widgets/format.h"
#include "ui/widgets/theme.h"

namespace loupe::ui {
namespace {

QString text_of(const api::json& value) {
  if (value.is_string()) return qstr(value.get<std::string>());
  if (value.is_boolean()) return value.get<bool>() ? QObject::tr("yes") : QObject::tr("no");
  if (value.is_number_float()) return full_precision(value.get<double>());
  if (value.is_null()) return {};
  return qstr(value.dump());
}

// Nested objects become dotted keys.
void flatten(const api::json& value, const QString& prefix, QMap<QString, QString>* into) {
  if (!value.is_object()) return;
  for (const auto& [name, entry] : value.items()) {
    const QString key = prefix + qstr(name);
    if (entry.is_object()) {
      flatten(entry, key + QLatin1Char('.'), into);
    } else {
      into->insert(key, text_of(entry));
    }
  }
}

QMap<QString, QString> entries_of(const api::Run& run) {
  QMap<QString, QString> entries;
  flatten(run.recipe, {}, &entries);
  entries[QStringLiteral("type")] = qstr(run.type);
  entries[QStringLiteral("model")] = qstr(run.model);
  entries[QStringLiteral("data")] = qstr(run.dataset);
  entries[QStringLiteral("seed")] = QString::number(run.seed);
  return entries;
}

// What one looks for first, then the recipe in its own order.
const QStringList& leading_keys() {
  static const QStringList keys = [] {
    QStringList out{QStringLiteral("type"), QStringLiteral("model"), QStringLiteral("data"),
                    QStringLiteral("seed")};
    for (const auto& info : api::infos<api::Recipe>())
      if (!out.contains(qstr(info.key))) out << qstr(info.key);
    return out;
  }();
  return keys;
}

QString title_of_key(const QString& key) {
  const auto* info = api::info_of(api::infos<api::Recipe>(), stdstr(key));
  if (info != nullptr)
    return QCoreApplication::translate("loupe", std::string(info->doc.title).c_str());
  QString plain = key;
  return plain.replace(QLatin1Char('_'), QLatin1Char(' '));
}

}  // namespace

RecipeModel::RecipeModel(QObject* parent) : QAbstractItemModel(parent) {}

void RecipeModel::set_runs(const std::vector<api::Run>& runs) {
  QStringList names;
  std::vector<QMap<QString, QString>> of_runs;
  QStringList keys = leading_keys();
  for (const api::Run& run : runs) {
    names << qstr(run.name);
    of_runs.push_back(entries_of(run));
    for (const QString& key : of_runs.back().keys()) {
      if (!keys.contains(key)) keys << key;
    }
  }
  Group differing, alike;
  differing.differs = true;
  for (const QString& key : keys) {
    Entry entry{key, title_of_key(key), {}};
    bool any = false;
    for (const auto& entries : of_runs) {
      any = any || entries.contains(key);
      entry.values << entries.value(key, QString(QChar(0x2013)));
    }
    if (!any) continue;
    const bool differs = std::any_of(entry.values.begin(), entry.values.end(),
                                     [&](const QString& v) { return v != entry.values.front(); });
    (differs ? differing : alike).entries.push_back(std::move(entry));
  }
  beginResetModel();
  names_ = names;
  groups_.clear();
  for (Group* group : {&differing, &alike}) {
    if (!group->entries.empty()) groups_.push_back(std::move(*group));
  }
  endResetModel();
}

int RecipeModel::differing_group() const {
  return !groups_.empty() && groups_.front().differs ? 0 : -1;
}

int RecipeModel::alike_group() const {
  return !groups_.empty() && !groups_.back().differs ? static_cast<int>(groups_.size()) - 1 : -1;
}

QString RecipeModel::title_of(const Group& group) const {
  const auto count = static_cast<int>(group.entries.size());
  if (names_.size() == 1) return tr("Recipe");
  return group.differs ? tr("Differs between the selected runs (%1)").arg(count)
                       : tr("Alike in all of them (%1)").arg(count);
}

// The internal id of a group is 0, of an entry one more than its group's row.
QModelIndex RecipeModel::index(int row, int column, const QModelIndex& parent) const {
  if (!hasIndex(row, column, parent)) return {};
  return createIndex(row, column,
                     parent.isValid() ? static_cast<quintptr>(parent.row()) + 1 : quintptr(0));
}

QModelIndex RecipeModel::parent(const QModelIndex& index) const {
  if (!index.isValid() || index.internalId() == 0) return {};
  return createIndex(static_cast<int>(index.internalId()) - 1, 0, quintptr(0));
}

int RecipeModel::rowCount(const QModelIndex& parent) const {
  if (!parent.isValid()) return static_cast<int>(groups_.size());
  if (parent.internalId() != 0 || parent.column() != 0) return 0;
  return static_cast<int>(groups_[static_cast<size_t>(parent.row())].entries.size());
}

int RecipeModel::columnCount(const QModelIndex&) const {
  return 1 + static_cast<int>(names_.size());
}

QVariant RecipeModel::data(const QModelIndex& index, int role) const {
  if (!checkIndex(index, CheckIndexOption::IndexIsValid)) return {};
  if (index.internalId() == 0) {
    if (index.column() != 0) return {};
    if (role == Qt::DisplayRole) return title_of(groups_[static_cast<size_t>(index.row())]);
    if (role == Qt::FontRole) return theme::scaled(QFont(), 1.0, true);
    return {};
  }
  const Entry& entry = groups_[index.internalId() - 1].entries[static_cast<size_t>(index.row())];
  switch (role) {
    case Qt::DisplayRole:
      return index.column() == 0 ? entry.title : entry.values[index.column() - 1];
    case Qt::ToolTipRole:
      return index.column() == 0 ? entry.key : entry.values[index.column() - 1];
    default:
      return {};
  }
}

QVariant RecipeModel::headerData(int section, Qt::Orientation orientation, int role) const {
  if (orientation != Qt::Horizontal || section < 0 || section >= columnCount()) return {};
  if (role == Qt::DisplayRole || role == Qt::ToolTipRole) {
    return section == 0 ? tr("Setting") : names_[section - 1];
  }
  return {};
}

QByteArray RecipeModel::csv() const {
  QStringList fields{QStringLiteral("setting")};
  for (const QString& name : names_) fields << csv_field(name);
  QString text = fields.join(QLatin1Char(',')) + QLatin1Char('\n');
  for (const Group& group : groups_) {
    for (const Entry& entry : group.entries) {
      fields = QStringList{csv_field(entry.key)};
      for (const QString& value : entry.values) fields << csv_field(value);
      text += fields.join(QLatin1Char(',')) + QLatin1Char('\n');
    }
  }
  return text.toUtf8();
}

}  // namespace loupe::ui
