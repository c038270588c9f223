// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/scorer_picker.h"

#include <QIcon>
#include <QSignalBlocker>
#include <algorithm>

#include "ui/widgets/type_marker.h"

namespace loupe::ui {

ScorerList::ScorerList(QObject* parent) : ColumnTable(parent) {
  auto name = text_column<ScorerRow>("scorer", {}, {}, [](const ScorerRow& row) {
    return row.scorer.is_none() ? QString() : QStringLiteral("%1  %2").arg(row.type, row.name);
  });
  name.icon = [](const ScorerRow& row) {
    return row.scorer.is_none() ? QVariant() : QVariant(type_marker(row.type));
  };
  put({name});
}

qint64 ScorerList::id_of(const ScorerRow& row) const {
  return row.scorer.run != 0 ? 2 * row.scorer.run : 2 * row.scorer.model + 1;
}

void ScorerList::set_choices(const std::vector<api::Run>& runs,
                             const std::vector<api::Model>& models) {
  std::vector<ScorerRow> rows;
  for (const api::Run& run : runs) rows.push_back({{run.id, 0}, qstr(run.type), qstr(run.name)});
  if (!runs.empty() && !models.empty()) rows.push_back({});
  for (const api::Model& model : models) {
    rows.push_back({{0, model.id}, qstr(model.type), qstr(model.name)});
  }
  update_rows(std::move(rows));
}

void ScorerList::set_taken(std::vector<Scorer> taken) {
  taken_ = std::move(taken);
}

int ScorerList::row_of(const Scorer& scorer) const {
  return scorer.is_none() ? -1 : row_of_id(id_of({scorer, {}, {}}));
}

void ScorerList::restyle() {
  if (rowCount() > 0) {
    emit dataChanged(index(0, 0), index(rowCount() - 1, 0), {Qt::DecorationRole});
  }
}

QVariant ScorerList::data(const QModelIndex& index, int role) const {
  // As QComboBox::insertSeparator() marks it.
  if (role == Qt::AccessibleDescriptionRole && index.isValid() &&
      row_at(index.row()).scorer.is_none()) {
    return QStringLiteral("separator");
  }
  return ColumnTable::data(index, role);
}

Qt::ItemFlags ScorerList::flags(const QModelIndex& index) const {
  if (!index.isValid()) return Qt::NoItemFlags;
  const Scorer& scorer = row_at(index.row()).scorer;
  const bool free =
      !scorer.is_none() && std::find(taken_.begin(), taken_.end(), scorer) == taken_.end();
  return free ? ColumnTable::flags(index) : Qt::NoItemFlags;
}

ScorerPicker::ScorerPicker(ScorerList* list, QWidget* parent) : QComboBox(parent), list_(list) {
  setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
  setModel(list);
  setCurrentIndex(-1);
}

Scorer ScorerPicker::scorer() const {
  return currentIndex() < 0 ? Scorer() : list_->row_at(currentIndex()).scorer;
}

QString ScorerPicker::type() const {
  return currentIndex() < 0 ? QString() : list_->row_at(currentIndex()).type;
}

void ScorerPicker::set_scorer(const Scorer& scorer) {
  const QSignalBlocker blocker(this);
  setCurrentIndex(list_->row_of(scorer));
}

}  // namespace loupe::ui
