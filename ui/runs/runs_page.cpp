// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/runs/runs_page.h"

#include <QAction>
#include <QComboBox>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QPushButton>
#include <QSignalBlocker>
#include <QSplitter>
#include <QStackedWidget>
#include <QTableView>
#include <QTimer>
#include <QVBoxLayout>

#include "ui/runs/model_export.h"
#include "ui/runs/run_columns.h"
#include "ui/runs/run_details.h"
#include "ui/runs/run_filter.h"
#include "ui/runs/run_status.h"
#include "ui/runs/run_table_model.h"
#include "ui/widgets/empty_state.h"
#include "ui/widgets/table_style.h"
#include "ui/widgets/theme.h"
#include "ui/widgets/type_delegate.h"
#include "ui/widgets/undo_bar.h"

namespace loupe::ui {

RunsPage::RunsPage(EngineClient* client, WorkspaceMirror* mirror, QWidget* parent)
    : Page(parent), client_(client), mirror_(mirror), lists_(this, [this] { runs_changed(); }) {
  model_ = new RunTableModel(this);
  filter_ = new RunFilter(this);
  filter_->setSourceModel(model_);
  make_table();
  columns_ = new RunColumns(table_, model_, this);
  undo_bar_ = new UndoBar(this);
  model_export_ = new ModelExport(client_, this);
  details_ = new RunDetails(client_, this);
  no_match_ = new QLabel(tr("No run matches the filter."), this);
  no_match_->setObjectName(QStringLiteral("runs-no-match"));
  no_match_->hide();
  theme::make_secondary(no_match_);
  splitter_ = new QSplitter(Qt::Vertical, this);
  splitter_->setObjectName(QStringLiteral("runs-splitter"));
  splitter_->setChildrenCollapsible(false);
  splitter_->setHandleWidth(theme::grid);
  splitter_->addWidget(table_);
  splitter_->addWidget(details_);
  splitter_->setStretchFactor(0, 2);
  splitter_->setStretchFactor(1, 3);
  splitter_->setSizes({240, 320});

  empty_ = new EmptyState(QStringLiteral("runs"), this);
  first_train_ = new QPushButton(tr("Train a model"), this);
  first_train_->setObjectName(QStringLiteral("runs-empty-train"));
  first_train_->setToolTip(tr("Opens the Train page"));
  connect(first_train_, &QPushButton::clicked, this, [this] {
    emit open_wanted({{"page", "train"}});
  });
  empty_->add_below(first_train_);
  make_actions();
  auto* filled = new QWidget(this);
  auto* layout = new QVBoxLayout(filled);
  layout->setContentsMargins(2 * theme::grid, theme::grid, 2 * theme::grid, theme::grid);
  layout->setSpacing(theme::grid);
  layout->addWidget(make_top());
  layout->addWidget(no_match_);
  layout->addWidget(splitter_, 1);
  stack_ = new QStackedWidget(this);
  stack_->addWidget(empty_);
  stack_->addWidget(filled);
  auto* outer = new QVBoxLayout(this);
  outer->setContentsMargins(0, 0, 0, 0);
  outer->setSpacing(0);
  // Outside the two: the last run can be deleted, and brought back.
  outer->addWidget(undo_bar_);
  outer->addWidget(model_export_);
  outer->addWidget(stack_, 1);

  connect(table_->selectionModel(), &QItemSelectionModel::selectionChanged, this,
          &RunsPage::selection_changed);
  connect(table_->selectionModel(), &QItemSelectionModel::currentRowChanged, this, [this] {
    if (!restoring_) show_details();
  });
  connect(table_, &QTableView::activated, this, [this](const QModelIndex& index) {
    if (index.column() == model_->column_of(RunTableModel::note)) {
      table_->edit(index);
    } else {
      open("inspect", 3);
    }
  });
  connect(model_, &RunTableModel::renamed, mirror_, &WorkspaceMirror::rename_run);
  connect(model_, &RunTableModel::note_written, mirror_, &WorkspaceMirror::set_run_note);
  connect(details_, &RunDetails::note_written, mirror_, &WorkspaceMirror::set_run_note);
  connect(details_, &RunDetails::save_failed, this, [this](const QString& path) {
    report_export(path, tr("The file could not be written."));
  });
  connect(undo_bar_, &UndoBar::undo_wanted, this, &RunsPage::undo);
  connect(mirror_, &WorkspaceMirror::runs_changed, this, [this] {
    if (!mirror_->loaded()) forget();
    lists_.want();
  });
  connect(mirror_, &WorkspaceMirror::metrics_changed, this, [this](qint64 run) {
    if (!wanted_.contains(run)) return;
    if (isVisible()) {
      show_details();
    } else {
      lists_.want();
    }
  });
  // What the engine refused was shown as done: back to what it says.
  connect(mirror_, &WorkspaceMirror::failed, this, [this] {
    deleting_.clear();
    if (mirror_->loaded()) lists_.want();
  });
  show_empty_or_table();
  update_actions();
}

void RunsPage::make_table() {
  table_ = new QTableView(this);
  table_->setObjectName(QStringLiteral("runs-table"));
  table_->setAccessibleName(tr("Runs"));
  table_->setModel(filter_);
  dress_table(table_);
  table_->setSelectionMode(QAbstractItemView::ExtendedSelection);
  table_->setEditTriggers(QAbstractItemView::NoEditTriggers);
  table_->setSortingEnabled(true);
  table_->horizontalHeader()->setSortIndicator(-1, Qt::AscendingOrder);
  filter_->sort(-1);
  table_->horizontalHeader()->setStretchLastSection(false);
  table_->setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
  table_->setItemDelegateForColumn(RunTableModel::type, new TypeDelegate(table_));
  table_->setContextMenuPolicy(Qt::CustomContextMenu);
  connect(table_, &QWidget::customContextMenuRequested, this, &RunsPage::show_menu);
}

QComboBox* RunsPage::make_quick_filter(int column, const QString& all, const QString& tooltip) {
  auto* box = new QComboBox(this);
  box->setObjectName(QStringLiteral("runs-filter-%1").arg(model_->key(column)));
  box->setAccessibleName(tooltip);
  box->setToolTip(tooltip);
  box->setSizeAdjustPolicy(QComboBox::AdjustToContents);
  box->setMaximumWidth(200);
  box->addItem(all);
  connect(box, &QComboBox::currentIndexChanged, this, [this, box, column](int index) {
    restoring_ = true;
    filter_->set_value(column, index <= 0 ? QString() : box->currentText());
    restoring_ = false;
    filter_changed();
  });
  return box;
}

QWidget* RunsPage::make_top() {
  auto* top = new QWidget(this);
  filter_line_ = new QLineEdit(top);
  filter_line_->setObjectName(QStringLiteral("runs-filter"));
  filter_line_->setPlaceholderText(tr("Filter by words"));
  filter_line_->setToolTip(
      tr("Words of a name, type, model, data, status or note; every word must occur (Ctrl+F)"));
  filter_line_->setAccessibleName(tr("Filter the runs"));
  filter_line_->setClearButtonEnabled(true);
  filter_line_->setMinimumWidth(120);
  filter_line_->setMaximumWidth(320);
  quick_ = {
      make_quick_filter(RunTableModel::type, tr("Any type"), tr("Only runs of this type")),
      make_quick_filter(RunTableModel::status, tr("Any status"), tr("Only runs in this state")),
      make_quick_filter(RunTableModel::data_set, tr("Any data"),
                        tr("Only runs trained on this data"))};
  count_ = new QLabel(top);
  count_->setObjectName(QStringLiteral("runs-count"));
  theme::make_secondary(count_);
  auto* columns = new QPushButton(tr("Columns"), top);
  columns->setObjectName(QStringLiteral("runs-columns"));
  columns->setToolTip(tr("Choose the columns of the table; also with a right click on its head"));
  auto* columns_menu = new QMenu(columns);
  connect(columns_menu, &QMenu::aboutToShow, this, [this, columns_menu] {
    columns_menu->clear();
    columns_->fill(columns_menu);
  });
  columns->setMenu(columns_menu);
  auto* exports = new QPushButton(tr("Export"), top);
  exports->setObjectName(QStringLiteral("runs-export"));
  exports->setToolTip(tr("Save tables and curves; numbers in full precision"));
  exports->setMenu(make_export_menu());
  auto* line = new QHBoxLayout(top);
  line->setContentsMargins(0, 0, 0, 0);
  line->setSpacing(theme::grid);
  line->addWidget(filter_line_, 1);
  for (QComboBox* box : quick_) line->addWidget(box);
  line->addWidget(count_);
  line->addStretch(1);
  line->addWidget(columns);
  line->addWidget(exports);
  connect(filter_line_, &QLineEdit::textChanged, this, [this](const QString& typed) {
    restoring_ = true;
    filter_->set_words(typed);
    restoring_ = false;
    filter_changed();
  });
  return top;
}

bool RunsPage::settled() const {
  return mirror_->settled() && details_->settled() && !model_export_->busy();
}

Place RunsPage::place() const {
  Place place = Place::object();
  place["runs"] =
      lists_.waits() ? std::vector<qint64>(wanted_.cbegin(), wanted_.cend()) : ordered();
  place["tab"] = stdstr(details_->tab());
  return place;
}

void RunsPage::go(const Place& place) {
  if (const auto tab = place.find("tab"); tab != place.end() && tab->is_string()) {
    details_->set_tab(qstr(tab->get<std::string>()));
  }
  const auto runs = place.find("runs");
  if (runs == place.end() || !runs->is_array()) return;
  QSet<qint64> wanted;
  for (const auto& run : *runs) {
    if (run.is_number_integer()) wanted.insert(run.get<qint64>());
  }
  if (wanted.isEmpty()) return;
  chosen_by_user_ = true;
  select(wanted);
  if (const QModelIndex first = index_of(*wanted.begin(), 0); first.isValid()) {
    table_->scrollTo(first);
  }
}

QSet<qint64> RunsPage::selected() const {
  return wanted_;
}

void RunsPage::select(const QSet<qint64>& runs) {
  wanted_ = runs;
  if (lists_.waits()) return;  // and be looked at with the runs
  QItemSelection selection;
  QModelIndex first;
  for (int row = 0; row < filter_->rowCount(); ++row) {
    const QModelIndex index = filter_->index(row, 0);
    if (!runs.contains(index.data(RunTableModel::id_role).toLongLong())) continue;
    selection.select(index, filter_->index(row, filter_->columnCount() - 1));
    if (!first.isValid()) first = index;
  }
  restoring_ = true;
  if (selection != table_->selectionModel()->selection()) {
    table_->selectionModel()->select(selection, QItemSelectionModel::ClearAndSelect);
  }
  // The keyboard goes on from what is selected.
  const qint64 at = table_->currentIndex().data(RunTableModel::id_role).toLongLong();
  if (first.isValid() && !runs.contains(at)) {
    table_->selectionModel()->setCurrentIndex(first, QItemSelectionModel::NoUpdate);
  }
  restoring_ = false;
  show_details();
}

void RunsPage::flush() {
  details_->flush();
}

// Another workspace comes: what was deleted in this one is not undone there.
void RunsPage::forget() {
  undoes_.clear();
  undo_bar_->hide();
  if (model_->rowCount() == 0) return;
  chosen_by_user_ = false;
  wanted_.clear();
  returning_.clear();
}

void RunsPage::runs_changed() {
  const bool first = model_->rowCount() == 0;
  const int columns = model_->columnCount();
  std::vector<api::Run> runs = mirror_->runs();
  QSet<qint64> there;
  for (const api::Run& run : runs) there.insert(run.id);
  deleting_ &= there;
  std::erase_if(runs, [this](const api::Run& run) { return deleting_.contains(run.id); });
  restoring_ = true;
  model_->set_runs(runs);
  restoring_ = false;
  QSet<qint64> wanted = (wanted_ & (there | returning_)) - deleting_;
  if (wanted.isEmpty() && !chosen_by_user_) {
    // The newest of each type: what one most likely wants to compare.
    QHash<QString, const api::Run*> newest;
    for (const api::Run& run : runs) {
      const api::Run*& best = newest[qstr(run.type)];
      if (best == nullptr || run.created > best->created) best = &run;
    }
    for (const api::Run* run : newest) wanted.insert(run->id);
  }
  fill_quick_filters();
  select(wanted);
  // Once the layout has given the table its width.
  if (first || columns != model_->columnCount()) {
    QTimer::singleShot(0, columns_, &RunColumns::fit);
  }
  show_empty_or_table();
}

void RunsPage::fill_quick_filters() {
  static constexpr int columns[] = {RunTableModel::type, RunTableModel::status,
                                    RunTableModel::data_set};
  for (size_t i = 0; i < quick_.size(); ++i) {
    QStringList values;
    for (int row = 0; row < model_->rowCount(); ++row) {
      const QString value = model_->index(row, columns[i]).data().toString();
      if (!value.isEmpty() && !values.contains(value)) values << value;
    }
    values.sort();
    // A state that no run is in any more stays while it is chosen.
    const QString chosen = filter_->value(columns[i]);
    if (!chosen.isEmpty() && !values.contains(chosen)) values << chosen;
    QStringList before;
    for (int item = 1; item < quick_[i]->count(); ++item) before << quick_[i]->itemText(item);
    if (values == before) continue;
    const QSignalBlocker blocker(quick_[i]);
    while (quick_[i]->count() > 1) quick_[i]->removeItem(quick_[i]->count() - 1);
    quick_[i]->addItems(values);
    quick_[i]->setCurrentIndex(chosen.isEmpty() ? 0 : quick_[i]->findText(chosen));
  }
}

void RunsPage::filter_changed() {
  select(wanted_);
  show_empty_or_table();
}

void RunsPage::selection_changed() {
  if (restoring_) return;
  chosen_by_user_ = true;
  QSet<qint64> runs;
  for (const QModelIndex& index : table_->selectionModel()->selectedRows()) {
    runs.insert(index.data(RunTableModel::id_role).toLongLong());
  }
  wanted_ = runs;
  show_details();
  emit place_changed();
}

std::vector<qint64> RunsPage::ordered() const {
  std::vector<qint64> runs;
  QSet<qint64> left = wanted_;
  for (int row = 0; row < filter_->rowCount() && !left.isEmpty(); ++row) {
    const qint64 id = filter_->index(row, 0).data(RunTableModel::id_role).toLongLong();
    if (left.remove(id)) runs.push_back(id);
  }
  for (int row = 0; row < model_->rowCount() && !left.isEmpty(); ++row) {
    if (left.remove(model_->run(row).id)) runs.push_back(model_->run(row).id);
  }
  return runs;
}

qint64 RunsPage::current() const {
  const qint64 at = table_->currentIndex().data(RunTableModel::id_role).toLongLong();
  if (wanted_.contains(at)) return at;
  const auto runs = ordered();
  return runs.empty() ? 0 : runs.front();
}

QModelIndex RunsPage::index_of(qint64 run, int column) const {
  for (int row = 0; row < filter_->rowCount(); ++row) {
    const QModelIndex index = filter_->index(row, column);
    if (index.data(RunTableModel::id_role).toLongLong() == run) return index;
  }
  return {};
}

void RunsPage::show_details() {
  std::vector<RunCurves::Shown> shown;
  QSet<qint64> watched;
  const auto runs = ordered();
  for (const qint64 id : runs) {
    const api::Run* run = mirror_->run(id);
    if (run == nullptr || static_cast<int>(shown.size()) >= RunDetails::most_runs) continue;
    watched.insert(id);
    shown.push_back({*run, nullptr});
  }
  mirror_->watch(this, watched);
  for (RunCurves::Shown& one : shown) one.metrics = mirror_->metrics(one.run.id);
  details_->show_runs(shown, static_cast<int>(runs.size()), mirror_->run(current()));
  update_actions();
}

void RunsPage::show_empty_or_table() {
  if (!mirror_->loaded() && model_->rowCount() == 0) {
    empty_->set_content(tr("Runs"),
                        tr("Waiting for the engine to list the runs of this workspace."));
    stack_->setCurrentIndex(0);
  } else if (model_->rowCount() == 0) {
    empty_->set_content(
        tr("No run yet"),
        tr("Here every training run is kept: its recipe, its curves while it trains, and its\n"
           "accuracy on every evaluation set. Train an explicit and an implicit reward model on\n"
           "the same data on the Train page, and compare them. Or from a terminal, the sample\n"
           "project, or data of your own:"),
        QStringLiteral("./demo\nrewardloupe-engine --workspace DIR train --type ex --model NAME "
                       "--data PAIRS.jsonl "
                       "--eval test=TEST.jsonl"));
    stack_->setCurrentIndex(0);
  } else {
    stack_->setCurrentIndex(1);
  }
  first_train_->setVisible(mirror_->loaded());
  setFocusProxy(stack_->currentIndex() == 1 ? static_cast<QWidget*>(table_) : nullptr);
  const int all = model_->rowCount(), shown = filter_->rowCount();
  no_match_->setVisible(all > 0 && shown == 0);
  count_->setText(shown == all ? all == 1 ? tr("1 run") : tr("%1 runs").arg(all)
                               : tr("%1 of %2 runs").arg(shown).arg(all));
}

}  // namespace loupe::ui
