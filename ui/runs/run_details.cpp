// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/runs/run_details.h"

#include <QApplication>
#include <QClipboard>
#include <QEvent>
#include <QHeaderView>
#include <QLabel>
#include <QPlainTextEdit>
#include <QShortcut>
#include <QSignalBlocker>
#include <QSortFilterProxyModel>
#include <QStyledItemDelegate>
#include <QTabWidget>
#include <QTableView>
#include <QTreeView>
#include <QVBoxLayout>

#include "ui/client/workspace_mirror.h"
#include "ui/runs/eval_table_model.h"
#include "ui/runs/job_log_view.h"
#include "ui/runs/recipe_model.h"
#include "ui/runs/reward_curves.h"
#include "ui/widgets/line_chart.h"
#include "ui/widgets/table_style.h"
#include "ui/widgets/theme.h"
#include "ui/widgets/type_delegate.h"

namespace loupe::ui {
namespace {

constexpr int note_pause_ms = 800;  // typing stopped: the note is stored

// Rows with some air, as in the tables.
class AiryRows : public QStyledItemDelegate {
 public:
  using QStyledItemDelegate::QStyledItemDelegate;
  QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override {
    const QSize size = QStyledItemDelegate::sizeHint(option, index);
    return {size.width(), option.fontMetrics.height() + theme::grid};
  }
};

// Ctrl+C on a view copies the whole of what it shows, with a header line.
void copy_on(QWidget* view, std::function<QByteArray()> csv) {
  auto* copy = new QShortcut(QKeySequence::Copy, view);
  copy->setContext(Qt::WidgetShortcut);
  QObject::connect(copy, &QShortcut::activated, view, [csv = std::move(csv)] {
    QApplication::clipboard()->setText(QString::fromUtf8(csv()));
  });
}

}  // namespace

RunDetails::RunDetails(EngineClient* client, QWidget* parent) : QWidget(parent) {
  trouble_ = new QLabel(this);
  trouble_->setObjectName(QStringLiteral("run-trouble"));
  trouble_->setTextFormat(Qt::PlainText);
  trouble_->setWordWrap(true);
  trouble_->setTextInteractionFlags(Qt::TextSelectableByMouse);
  trouble_->hide();
  curves_ = new RunCurves(this);
  rewards_ = new RewardCurves(this);
  log_ = new JobLogView(client, this);
  connect(curves_, &RunCurves::save_failed, this, &RunDetails::save_failed);
  connect(rewards_, &RewardCurves::save_failed, this, &RunDetails::save_failed);
  tabs_ = new QTabWidget(this);
  tabs_->setObjectName(QStringLiteral("run-details"));
  tabs_->setAccessibleName(tr("Details of the selected runs"));
  tabs_->setDocumentMode(true);
  const auto add = [&](QWidget* page, const QString& name, const QString& title,
                       const QString& tooltip) {
    page->setProperty("name", name);
    tabs_->setTabToolTip(tabs_->addTab(page, title), tooltip);
  };
  add(curves_, QStringLiteral("curves"), tr("Curves"),
      tr("Training loss, and accuracy on every evaluation set"));
  add(rewards_, QStringLiteral("rewards"), tr("Rewards"),
      tr("Mean reward of chosen and rejected responses while training"));
  add(make_recipe(), QStringLiteral("recipe"), tr("Recipe"),
      tr("How the selected runs were trained; what differs comes first"));
  add(make_evaluations(), QStringLiteral("evaluations"), tr("Evaluations"),
      tr("The last evaluation on every set, with 95 % intervals, margins and ties"));
  add(log_, QStringLiteral("log"), tr("Log"), tr("What the job of the current run wrote"));
  add(make_note(), QStringLiteral("note"), tr("Note"), tr("Your own words on the current run"));
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->setSpacing(theme::grid / 2);
  layout->addWidget(trouble_);
  layout->addWidget(tabs_, 1);
}

QWidget* RunDetails::make_recipe() {
  recipe_ = new RecipeModel(this);
  recipe_view_ = new QTreeView(this);
  recipe_view_->setObjectName(QStringLiteral("run-recipe"));
  recipe_view_->setAccessibleName(tr("Recipes of the selected runs"));
  recipe_view_->setModel(recipe_);
  recipe_view_->setAlternatingRowColors(true);
  recipe_view_->setItemDelegate(new AiryRows(recipe_view_));
  recipe_view_->setUniformRowHeights(true);
  recipe_view_->setFrameShape(QFrame::NoFrame);
  recipe_view_->header()->setStretchLastSection(false);
  copy_on(recipe_view_, [this] { return recipe_->csv(); });
  return recipe_view_;
}

QWidget* RunDetails::make_evaluations() {
  evaluations_ = new EvalTableModel(this);
  auto* sorted = new QSortFilterProxyModel(this);
  sorted->setSourceModel(evaluations_);
  sorted->setSortRole(EvalTableModel::sort_role);
  evaluation_view_ = new QTableView(this);
  QTableView* view = evaluation_view_;
  view->setObjectName(QStringLiteral("run-evaluations"));
  view->setAccessibleName(tr("Last evaluation of the selected runs"));
  view->setModel(sorted);
  view->setItemDelegateForColumn(EvalTableModel::type, new TypeDelegate(view));
  dress_table(view);
  view->setFrameShape(QFrame::NoFrame);
  view->setSortingEnabled(true);
  view->horizontalHeader()->setSortIndicator(-1, Qt::AscendingOrder);
  sorted->sort(-1);
  const auto fit = [view] {
    view->resizeColumnsToContents();
    for (int column = 0; column < view->model()->columnCount(); ++column) {
      view->setColumnWidth(column, qBound(56, view->columnWidth(column) + 2 * theme::grid, 260));
    }
  };
  connect(evaluations_, &QAbstractItemModel::rowsInserted, view, fit, Qt::QueuedConnection);
  copy_on(view, [this] { return evaluations_->csv(); });
  return view;
}

QWidget* RunDetails::make_note() {
  auto* page = new QWidget(this);
  note_title_ = new QLabel(page);
  note_title_->setTextFormat(Qt::PlainText);
  theme::make_secondary(note_title_);
  note_ = new QPlainTextEdit(page);
  note_->setObjectName(QStringLiteral("run-note"));
  note_->setAccessibleName(tr("Note on the run"));
  note_->setPlaceholderText(tr("What this run was for, what you saw. Stored as you type."));
  note_->setTabChangesFocus(true);
  note_->installEventFilter(this);
  note_title_->setBuddy(note_);
  auto* layout = new QVBoxLayout(page);
  layout->setContentsMargins(0, theme::grid / 2, 0, 0);
  layout->setSpacing(theme::grid / 2);
  layout->addWidget(note_title_);
  layout->addWidget(note_, 1);
  note_timer_.setSingleShot(true);
  note_timer_.setInterval(note_pause_ms);
  connect(&note_timer_, &QTimer::timeout, this, &RunDetails::save_note);
  connect(note_, &QPlainTextEdit::textChanged, this, [this] {
    note_unsaved_ = true;
    note_timer_.start();
  });
  return page;
}

void RunDetails::show_runs(const std::vector<RunCurves::Shown>& runs, int selected,
                           const api::Run* current) {
  std::vector<api::Run> plain;
  for (const RunCurves::Shown& shown : runs) plain.push_back(shown.run);
  curves_->show_runs(runs);
  rewards_->show_runs(runs);
  show_recipe(plain);
  evaluations_->set_runs(plain);
  show_note(current);
  if (current != nullptr) {
    log_->show_job(current->job_id, qstr(current->name), is_active(current->status));
  } else {
    log_->show_job(0, {}, false);
  }
  show_trouble(current, static_cast<int>(runs.size()), selected);
}

void RunDetails::show_recipe(const std::vector<api::Run>& runs) {
  QString wanted;
  for (const api::Run& run : runs) {
    wanted += qstr(run.name) + QLatin1Char('\n') + qstr(run.model) + qstr(run.dataset) +
              qstr(run.recipe.dump()) + QLatin1Char('\n');
  }
  if (wanted == recipe_shown_) return;
  recipe_shown_ = wanted;
  recipe_->set_runs(runs);
  for (int group = 0; group < recipe_->rowCount(); ++group) {
    recipe_view_->setFirstColumnSpanned(group, {}, true);
    recipe_view_->setExpanded(recipe_->index(group, 0),
                              runs.size() == 1 || group == recipe_->differing_group());
  }
  recipe_view_->setColumnWidth(0, 30 * fontMetrics().averageCharWidth());
  for (int column = 1; column < recipe_->columnCount(); ++column) {
    recipe_view_->resizeColumnToContents(column);
    recipe_view_->setColumnWidth(
        column, qBound(100, recipe_view_->columnWidth(column) + 2 * theme::grid, 280));
  }
}

void RunDetails::show_note(const api::Run* run) {
  const qint64 id = run != nullptr ? run->id : 0;
  if (id != note_run_) save_note();
  const bool typing = id == note_run_ && (note_unsaved_ || note_->hasFocus());
  note_run_ = id;
  note_->setEnabled(run != nullptr);
  note_title_->setText(run != nullptr ? tr("Note on %1").arg(qstr(run->name))
                                      : tr("Select a run to write a note on it."));
  if (typing) return;
  const QString note = run != nullptr ? qstr(run->note) : QString();
  if (note_->toPlainText() == note) return;
  const QSignalBlocker blocker(note_);
  note_->setPlainText(note);
}

void RunDetails::save_note() {
  note_timer_.stop();
  if (!std::exchange(note_unsaved_, false) || note_run_ == 0) return;
  emit note_written(note_run_, note_->toPlainText());
}

bool RunDetails::eventFilter(QObject* watched, QEvent* event) {
  if (watched == note_ && event->type() == QEvent::FocusOut) save_note();
  return QWidget::eventFilter(watched, event);
}

// Why a run failed, and that not all of a long selection is drawn, are said where they are seen.
void RunDetails::show_trouble(const api::Run* run, int shown, int selected) {
  QStringList lines;
  if (selected > shown) {
    lines << tr("%1 runs are selected; the first %2 are shown here.").arg(selected).arg(shown);
  }
  const bool failed = run != nullptr && !run->error.empty();
  if (failed) {
    const Failure failure = failure_from_text(run->error);
    lines << tr("%1: %2").arg(qstr(run->name), failure.what);
    if (!failure.hint.isEmpty()) lines << failure.hint;
  }
  trouble_->setForegroundRole(failed ? QPalette::BrightText : QPalette::PlaceholderText);
  trouble_->setText(lines.join(QLatin1Char('\n')));
  trouble_->setToolTip(failed ? failure_from_text(run->error).details() : QString());
  trouble_->setVisible(!lines.isEmpty());
}

QString RunDetails::tab() const {
  return tabs_->currentWidget()->property("name").toString();
}

void RunDetails::set_tab(const QString& name) {
  for (int i = 0; i < tabs_->count(); ++i) {
    if (tabs_->widget(i)->property("name").toString() == name) tabs_->setCurrentIndex(i);
  }
}

bool RunDetails::settled() const {
  return log_->settled();
}

void RunDetails::flush() {
  curves_->loss()->flush();
  curves_->accuracy()->flush();
  for (LineChart* chart : rewards_->charts()) chart->flush();
}

}  // namespace loupe::ui
