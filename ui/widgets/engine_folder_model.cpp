// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/engine_folder_model.h"

#include <QDateTime>
#include <QGuiApplication>
#include <QIcon>
#include <QLocale>
#include <QPalette>
#include <algorithm>
#include <utility>

#include "ui/client/text.h"
#include "ui/widgets/icons.h"
#include "ui/widgets/theme.h"

namespace loupe::ui {
namespace {

QString kind_word(const api::FolderEntry& entry) {
  if (entry.kind == "model") return EngineFolderModel::tr("model");
  if (entry.kind == "data") return EngineFolderModel::tr("data");
  if (entry.kind == "project") return EngineFolderModel::tr("project");
  if (entry.kind == "workspace") return EngineFolderModel::tr("workspace");
  return entry.is_folder ? EngineFolderModel::tr("folder") : QString();
}

QIcon icon_of(const api::FolderEntry& entry) {
  const QString kind = qstr(entry.kind);
  if (!kind.isEmpty()) {
    return icon(QStringLiteral("kind-") + kind,
                QGuiApplication::palette().color(QPalette::Highlight));
  }
  return icon(entry.is_folder ? QStringLiteral("folder") : QStringLiteral("file"),
              theme::secondary_text());
}

QString size_text(double bytes) {
  static const QLocale plain(QLocale::English, QLocale::UnitedStates);
  return plain.formattedDataSize(static_cast<qint64>(bytes), 1, QLocale::DataSizeSIFormat);
}

QString when(double seconds) {
  if (seconds <= 0) return {};
  return QDateTime::fromMSecsSinceEpoch(static_cast<qint64>(seconds * 1000))
      .toString(QStringLiteral("yyyy-MM-dd HH:mm"));
}

}  // namespace

void EngineFolderModel::set_listing(api::FolderListing listing) {
  beginResetModel();
  listing_ = std::move(listing);
  endResetModel();
}

void EngineFolderModel::restyle() {
  if (rowCount() == 0) return;
  emit dataChanged(index(0, name), index(rowCount() - 1, name), {Qt::DecorationRole});
}

int EngineFolderModel::rowCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : static_cast<int>(listing_.entries.size());
}

int EngineFolderModel::columnCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : column_count;
}

QVariant EngineFolderModel::data(const QModelIndex& index, int role) const {
  if (!index.isValid()) return {};
  const api::FolderEntry& found = entry(index.row());
  if (role == Qt::DecorationRole && index.column() == name) return icon_of(found);
  if (role == Qt::TextAlignmentRole && index.column() == size) {
    return QVariant(Qt::AlignRight | Qt::AlignVCenter);
  }
  if (role == Qt::ForegroundRole && index.column() != name) return theme::secondary_text();
  if (role == Qt::ToolTipRole && index.column() == name) return qstr(found.name);
  if (role != Qt::DisplayRole) return {};
  switch (index.column()) {
    case name:
      return qstr(found.name);
    case kind:
      return kind_word(found);
    case size:
      return found.is_folder ? QString() : size_text(found.size);
    default:
      return when(found.modified);
  }
}

QVariant EngineFolderModel::headerData(int section, Qt::Orientation orientation, int role) const {
  if (orientation != Qt::Horizontal) return {};
  if (role == Qt::TextAlignmentRole) {
    return QVariant((section == size ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
  }
  if (role != Qt::DisplayRole) return {};
  const QString titles[] = {tr("Name"), tr("Kind"), tr("Size"), tr("Changed")};
  return section >= 0 && section < column_count ? titles[section] : QVariant();
}

EngineFolderFilter::EngineFolderFilter(QObject* parent) : QSortFilterProxyModel(parent) {}

void EngineFolderFilter::set_kinds(const QStringList& kinds) {
  kinds_ = kinds;
  invalidateFilter();
}

void EngineFolderFilter::set_words(const QString& typed) {
  words_ = typed.split(QLatin1Char(' '), Qt::SkipEmptyParts);
  invalidateFilter();
}

void EngineFolderFilter::set_all(bool all) {
  all_ = all;
  invalidateFilter();
}

bool EngineFolderFilter::may_choose(const api::FolderEntry& entry) const {
  if (kinds_.contains(qstr(entry.kind))) return true;
  return !entry.is_folder && (kinds_.isEmpty() || all_);
}

bool EngineFolderFilter::filterAcceptsRow(int row, const QModelIndex&) const {
  const api::FolderEntry& entry = static_cast<EngineFolderModel*>(sourceModel())->entry(row);
  const QString name = qstr(entry.name);
  const bool asked_for = !words_.isEmpty() && words_.first().startsWith(QLatin1Char('.'));
  if (name.startsWith(QLatin1Char('.')) && !all_ && !asked_for) return false;
  if (!entry.is_folder && !may_choose(entry)) return false;
  return std::all_of(words_.begin(), words_.end(),
                     [&](const QString& word) { return name.contains(word, Qt::CaseInsensitive); });
}

bool EngineFolderFilter::lessThan(const QModelIndex& left, const QModelIndex& right) const {
  const auto* folder = static_cast<EngineFolderModel*>(sourceModel());
  const api::FolderEntry& a = folder->entry(left.row());
  const api::FolderEntry& b = folder->entry(right.row());
  if (a.is_folder != b.is_folder) return a.is_folder == (sortOrder() == Qt::AscendingOrder);
  switch (left.column()) {
    case EngineFolderModel::size:
      return a.size < b.size;
    case EngineFolderModel::modified:
      return a.modified < b.modified;
    case EngineFolderModel::kind:
      return a.kind < b.kind;
    default:
      return QString::compare(qstr(a.name), qstr(b.name), Qt::CaseInsensitive) < 0;
  }
}

}  // namespace loupe::ui
