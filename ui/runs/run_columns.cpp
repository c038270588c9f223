// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/runs/run_columns.h"

#include <QAction>
#include <QEvent>
#include <QHeaderView>
#include <QMenu>
#include <QScopedValueRollback>
#include <QSettings>
#include <QTableView>
#include <QTimer>
#include <algorithm>

#include "ui/runs/run_table_model.h"
#include "ui/widgets/theme.h"

namespace loupe::ui {
namespace {

constexpr int sampled_rows = 50;  // measuring every row of a long table takes too long
constexpr int narrowest = 48, widest = 300;
constexpr int least_words = 96, least_note = 80;

// What is seldom looked at starts hidden.
bool shown_at_first(const QString& key) {
  return key != QLatin1String("created") && key != QLatin1String("device") &&
         key != QLatin1String("lr") && key != QLatin1String("epochs");
}

QString settings_key() {
  return QStringLiteral("runs/columns");
}

}  // namespace

RunColumns::RunColumns(QTableView* table, RunTableModel* model, QObject* parent)
    : QObject(parent), table_(table), model_(model) {
  table_->horizontalHeader()->setResizeContentsPrecision(sampled_rows);
  table_->horizontalHeader()->setContextMenuPolicy(Qt::CustomContextMenu);
  connect(table_->horizontalHeader(), &QWidget::customContextMenuRequested, this,
          [this](const QPoint& place) {
            QMenu menu(table_);
            fill(&menu);
            menu.exec(table_->horizontalHeader()->mapToGlobal(place));
          });
  // The view hears of a reset after us unless it is waited for.
  connect(table_->model(), &QAbstractItemModel::modelReset, this, &RunColumns::apply,
          Qt::QueuedConnection);
  connect(table_->model(), &QAbstractItemModel::modelReset, this, &RunColumns::apply);
  connect(table_->horizontalHeader(), &QHeaderView::sectionResized, this, [this] {
    if (!fitting_ && fitted_) fitted_by_hand_ = true;
  });
  table_->installEventFilter(this);
  read();
  apply();
}

bool RunColumns::eventFilter(QObject* object, QEvent* event) {
  const bool resized = object == table_ && event->type() == QEvent::Resize;
  // Once the table has given its own parts their places.
  if (resized && fitted_ && !fitted_by_hand_) QTimer::singleShot(0, this, &RunColumns::fit);
  return QObject::eventFilter(object, event);
}

bool RunColumns::is_shown(const QString& key) const {
  return key == QLatin1String("name") || chosen_.value(key, shown_at_first(key));
}

void RunColumns::set_shown(const QString& key, bool shown) {
  chosen_[key] = shown;
  write();
  apply();
  fit();
  emit changed();
}

void RunColumns::fill(QMenu* menu) {
  for (int column = 0; column < model_->columnCount(); ++column) {
    const QString key = model_->key(column);
    QAction* action = menu->addAction(model_->headerData(column, Qt::Horizontal).toString());
    action->setCheckable(true);
    action->setChecked(is_shown(key));
    action->setEnabled(key != QLatin1String("name"));
    connect(action, &QAction::toggled, this, [this, key](bool shown) { set_shown(key, shown); });
  }
}

void RunColumns::apply() {
  const QScopedValueRollback<bool> ours(fitting_, true);
  for (int column = 0; column < model_->columnCount(); ++column) {
    table_->setColumnHidden(column, !is_shown(model_->key(column)));
  }
}

void RunColumns::fit() {
  const QScopedValueRollback<bool> ours(fitting_, true);
  fitted_ = true;
  table_->resizeColumnsToContents();
  QList<int> words;
  for (const int column :
       {static_cast<int>(RunTableModel::model), static_cast<int>(RunTableModel::data_set),
        static_cast<int>(RunTableModel::name), model_->column_of(RunTableModel::note)}) {
    if (!table_->isColumnHidden(column)) words << column;
  }
  for (int column = 0; column < model_->columnCount(); ++column) {
    if (table_->isColumnHidden(column)) continue;
    const int air = words.contains(column) ? theme::grid : 0;
    table_->setColumnWidth(column, qBound(narrowest, table_->columnWidth(column) + air, widest));
  }
  const int note = model_->column_of(RunTableModel::note);
  if (words.contains(note) && table_->columnWidth(note) < least_note) {
    table_->setColumnWidth(note, least_note);
  }
  int room = table_->viewport()->width() - table_->horizontalHeader()->length();
  // What is too much is taken from the words first: they can be cut and still be told apart.
  for (const int column : words) {
    const int given = qBound(0, -room, table_->columnWidth(column) - least_words);
    if (given > 0) table_->setColumnWidth(column, table_->columnWidth(column) - given);
    room += std::max(0, given);
  }
  // What is left over goes to the numbers first, a little each, and then to the words.
  for (int column = 0; column < model_->columnCount(); ++column) {
    if (table_->isColumnHidden(column) || words.contains(column) || room < theme::grid) continue;
    table_->setColumnWidth(column, table_->columnWidth(column) + theme::grid);
    room -= theme::grid;
  }
  for (const int column : words) {
    if (room <= 0) break;
    table_->setColumnWidth(column,
                           table_->columnWidth(column) + room / static_cast<int>(words.size()));
  }
}

void RunColumns::read() {
  const QVariantMap stored = QSettings().value(settings_key()).toMap();
  for (auto it = stored.cbegin(); it != stored.cend(); ++it) chosen_[it.key()] = it->toBool();
}

void RunColumns::write() const {
  QVariantMap stored;
  for (auto it = chosen_.cbegin(); it != chosen_.cend(); ++it) stored[it.key()] = it.value();
  QSettings().setValue(settings_key(), stored);
}

}  // namespace loupe::ui
