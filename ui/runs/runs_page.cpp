// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/runs/runs_page.h"

#include <QApplication>
#include <QClipboard>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QPushButton>
#include <QShortcut>
#include <QSplitter>
#include <QStackedWidget>
#include <QTableView>
#include <QTimer>
#include <QVBoxLayout>

#include "ui/runs/run_curves.h"
#include "ui/runs/run_filter.h"
#include "ui/runs/run_table_model.h"
#include "ui/runs/type_delegate.h"
#include "ui/widgets/empty_state.h"
#include "ui/widgets/line_chart.h"
#include "ui/widgets/save_file.h"
#include "ui/widgets/theme.h"

namespace loupe::ui {

RunsPage::RunsPage(WorkspaceMirror* mirror, QWidget* parent) : QWidget(parent), mirror_(mirror) {
  model_ = new RunTableModel(this);
  filter_ = new RunFilter(this);
  filter_->setSourceModel(model_);

  table_ = new QTableView(this);
  table_->setObjectName(QStringLiteral("runs-table"));
  table_->setAccessibleName(tr("Runs"));
  table_->setModel(filter_);
  table_->setSelectionBehavior(QAbstractItemView::SelectRows);
  table_->setSelectionMode(QAbstractItemView::ExtendedSelection);
  table_->setSortingEnabled(true);
  table_->horizontalHeader()->setSortIndicator(-1, Qt::AscendingOrder);
  table_->setAlternatingRowColors(true);
  table_->setShowGrid(false);
  table_->setWordWrap(false);
  table_->setTabKeyNavigation(false);
  table_->verticalHeader()->hide();
  table_->verticalHeader()->setDefaultSectionSize(fontMetrics().height() + theme::grid);
  table_->horizontalHeader()->setHighlightSections(false);
  table_->horizontalHeader()->setStretchLastSection(false);
  table_->setItemDelegateForColumn(RunTableModel::type, new TypeDelegate(table_));
  table_->setToolTip(
      tr("Select runs to see their curves; Ctrl and Shift select several. Enter "
         "opens a run in Inspect."));

  curves_ = new RunCurves(this);
  splitter_ = new QSplitter(Qt::Vertical, this);
  splitter_->setObjectName(QStringLiteral("runs-splitter"));
  splitter_->setChildrenCollapsible(false);
  splitter_->setHandleWidth(theme::grid);
  splitter_->addWidget(table_);
  splitter_->addWidget(curves_);
  splitter_->setStretchFactor(0, 2);
  splitter_->setStretchFactor(1, 3);
  splitter_->setSizes({240, 320});

  empty_ = new EmptyState(QStringLiteral("runs"), this);
  auto* filled = new QWidget(this);
  auto* layout = new QVBoxLayout(filled);
  layout->setContentsMargins(2 * theme::grid, theme::grid, 2 * theme::grid, theme::grid);
  layout->setSpacing(theme::grid);
  layout->addWidget(make_top());
  layout->addWidget(splitter_, 1);
  stack_ = new QStackedWidget(this);
  stack_->addWidget(empty_);
  stack_->addWidget(filled);
  auto* outer = new QVBoxLayout(this);
  outer->setContentsMargins(0, 0, 0, 0);
  outer->addWidget(stack_);

  connect(table_->selectionModel(), &QItemSelectionModel::selectionChanged, this,
          &RunsPage::selection_changed);
  connect(table_, &QTableView::activated, this, [this](const QModelIndex& index) {
    emit inspect_wanted(index.data(RunTableModel::id_role).toLongLong());
  });
  auto* copy = new QShortcut(QKeySequence::Copy, table_);
  copy->setContext(Qt::WidgetShortcut);
  connect(copy, &QShortcut::activated, this, &RunsPage::copy_rows);
  auto* find = new QShortcut(QKeySequence::Find, this);
  find->setContext(Qt::WidgetWithChildrenShortcut);
  connect(find, &QShortcut::activated, filter_line_, qOverload<>(&QWidget::setFocus));
  connect(mirror_, &WorkspaceMirror::runs_changed, this, &RunsPage::runs_changed);
  connect(mirror_, &WorkspaceMirror::metrics_changed, this, [this](qint64 run) {
    if (wanted_.contains(run)) draw_curves();
  });
  show_empty_or_table();
}

QWidget* RunsPage::make_top() {
  auto* top = new QWidget(this);
  filter_line_ = new QLineEdit(top);
  filter_line_->setObjectName(QStringLiteral("runs-filter"));
  filter_line_->setPlaceholderText(tr("Filter: words of a name, type, model, data or status"));
  filter_line_->setAccessibleName(tr("Filter the runs"));
  filter_line_->setClearButtonEnabled(true);
  filter_line_->setMaximumWidth(420);
  count_ = new QLabel(top);
  theme::make_secondary(count_);
  auto* exports = new QPushButton(tr("Export"), top);
  exports->setToolTip(tr("Save the table or the curves; numbers in full precision"));
  auto* menu = new QMenu(exports);
  menu->addAction(tr("Table as CSV…"), this, &RunsPage::export_table);
  menu->addSeparator();
  menu->addAction(tr("Loss curves as picture (PNG, PDF)…"), this, [this] { export_chart(false); });
  menu->addAction(tr("Accuracy curves as picture (PNG, PDF)…"), this,
                  [this] { export_chart(true); });
  menu->addAction(tr("Curves as CSV…"), this, &RunsPage::export_curves);
  exports->setMenu(menu);
  auto* line = new QHBoxLayout(top);
  line->setContentsMargins(0, 0, 0, 0);
  line->setSpacing(theme::grid);
  line->addWidget(filter_line_, 1);
  line->addWidget(count_);
  line->addStretch(1);
  line->addWidget(exports);
  connect(filter_line_, &QLineEdit::textChanged, this, [this](const QString& typed) {
    restoring_ = true;
    filter_->set_words(typed);
    restoring_ = false;
    select(wanted_);
    show_empty_or_table();
  });
  return top;
}

bool RunsPage::settled() const {
  return mirror_->settled();
}

QSet<qint64> RunsPage::selected() const {
  return wanted_;
}

void RunsPage::select(const QSet<qint64>& runs) {
  wanted_ = runs;
  QItemSelection selection;
  for (int row = 0; row < filter_->rowCount(); ++row) {
    const QModelIndex index = filter_->index(row, 0);
    if (runs.contains(index.data(RunTableModel::id_role).toLongLong())) {
      selection.select(index, filter_->index(row, filter_->columnCount() - 1));
    }
  }
  restoring_ = true;
  table_->selectionModel()->select(selection, QItemSelectionModel::ClearAndSelect);
  restoring_ = false;
  mirror_->watch(wanted_);
  draw_curves();
}

void RunsPage::flush() {
  curves_->loss()->flush();
  curves_->accuracy()->flush();
}

void RunsPage::runs_changed() {
  const bool first = model_->rowCount() == 0;
  const int columns = model_->columnCount();
  restoring_ = true;
  model_->set_runs(mirror_->runs());
  restoring_ = false;
  QSet<qint64> there;
  for (const api::Run& run : mirror_->runs()) there.insert(run.id);
  QSet<qint64> wanted = wanted_ & there;
  if (wanted.isEmpty() && !chosen_by_user_) {
    // The newest of each type: what one most likely wants to compare.
    QHash<QString, const api::Run*> newest;
    for (const api::Run& run : mirror_->runs()) {
      const api::Run*& best = newest[qstr(run.type)];
      if (best == nullptr || run.created > best->created) best = &run;
    }
    for (const api::Run* run : newest) wanted.insert(run->id);
  }
  select(wanted);
  // Once the layout has given the table its width.
  if (first || columns != model_->columnCount()) {
    QTimer::singleShot(0, this, &RunsPage::fit_columns);
  }
  show_empty_or_table();
}

void RunsPage::fit_columns() {
  table_->resizeColumnsToContents();
  for (int column = 0; column < model_->columnCount(); ++column) {
    table_->setColumnWidth(column, qBound(56, table_->columnWidth(column) + theme::grid, 300));
  }
  // What room is left goes to the words.
  const int room = table_->viewport()->width() - table_->horizontalHeader()->length();
  for (const int column : {RunTableModel::name, RunTableModel::model, RunTableModel::data_set}) {
    if (room > 0) table_->setColumnWidth(column, table_->columnWidth(column) + room / 3);
  }
}

void RunsPage::selection_changed() {
  if (restoring_) return;
  chosen_by_user_ = true;
  QSet<qint64> runs;
  for (const QModelIndex& index : table_->selectionModel()->selectedRows()) {
    runs.insert(index.data(RunTableModel::id_role).toLongLong());
  }
  wanted_ = runs;
  mirror_->watch(runs);
  draw_curves();
}

void RunsPage::draw_curves() {
  std::vector<RunCurves::Shown> shown;
  for (const api::Run& run : mirror_->runs()) {
    if (wanted_.contains(run.id)) shown.push_back({run, mirror_->metrics(run.id)});
  }
  curves_->show_runs(shown);
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
           "the same data, and compare them. From a terminal, the sample\n"
           "project, or data of your own:"),
        QStringLiteral("./demo\nrewardloupe-engine --workspace DIR train --type ex --model NAME "
                       "--data PAIRS.jsonl "
                       "--eval test=TEST.jsonl"));
    stack_->setCurrentIndex(0);
  } else {
    stack_->setCurrentIndex(1);
  }
  setFocusProxy(stack_->currentIndex() == 1 ? static_cast<QWidget*>(table_) : nullptr);
  const int all = model_->rowCount(), shown = filter_->rowCount();
  count_->setText(shown == all ? all == 1 ? tr("1 run") : tr("%1 runs").arg(all)
                               : tr("%1 of %2 runs").arg(shown).arg(all));
}

QList<int> RunsPage::shown_rows() const {
  QList<int> rows;
  for (int row = 0; row < filter_->rowCount(); ++row) {
    rows.append(filter_->mapToSource(filter_->index(row, 0)).row());
  }
  return rows;
}

void RunsPage::copy_rows() const {
  QList<int> rows;
  for (const QModelIndex& index : table_->selectionModel()->selectedRows()) {
    rows.append(filter_->mapToSource(index).row());
  }
  QApplication::clipboard()->setText(QString::fromUtf8(model_->csv(rows)));
}

void RunsPage::export_table() {
  const QString path =
      ask_save_path(this, tr("Export the table"), QStringLiteral("runs.csv"), tr("CSV (*.csv)"));
  if (path.isEmpty()) return;
  const QString reason = save_bytes(path, model_->csv(shown_rows()));
  if (!reason.isEmpty()) emit export_failed(path, reason);
}

void RunsPage::export_chart(bool accuracy) {
  const QString path =
      ask_save_path(this, tr("Export the curves"),
                    accuracy ? QStringLiteral("accuracy.png") : QStringLiteral("loss.png"),
                    tr("PNG picture (*.png);;PDF (*.pdf)"));
  if (path.isEmpty()) return;
  LineChart* chart = accuracy ? curves_->accuracy() : curves_->loss();
  chart->flush();
  const bool done = path.endsWith(QLatin1String(".pdf"), Qt::CaseInsensitive)
                        ? chart->save_pdf(path)
                        : chart->save_png(path);
  if (!done) emit export_failed(path, tr("The file could not be written."));
}

void RunsPage::export_curves() {
  const QString path =
      ask_save_path(this, tr("Export the curves"), QStringLiteral("curves.csv"), tr("CSV (*.csv)"));
  if (path.isEmpty()) return;
  const QString reason =
      save_bytes(path, curves_->loss()->csv() + "\n" + curves_->accuracy()->csv());
  if (!reason.isEmpty()) emit export_failed(path, reason);
}

}  // namespace loupe::ui
