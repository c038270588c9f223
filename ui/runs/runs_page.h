// SPDX-License-Identifier: GPL-3.0-or-later
// The Runs page: the table of every run, and under it what there is to know of the chosen ones,
// live while they train. Runs are renamed, annotated, deleted (and brought back), stopped, resumed
// and opened in other pages from here.
#pragma once

#include <QSet>
#include <array>

#include "ui/client/workspace_mirror.h"
#include "ui/widgets/page.h"
#include "ui/widgets/when_shown.h"

class QComboBox;
class QLabel;
class QLineEdit;
class QMenu;
class QPushButton;
class QSplitter;
class QStackedWidget;
class QTableView;

namespace loupe::ui {

class EmptyState;
class LineChart;
class ModelExport;
class RunColumns;
class RunDetails;
class RunFilter;
class RunTableModel;
class UndoBar;

class RunsPage : public Page {
  Q_OBJECT
 public:
  RunsPage(EngineClient* client, WorkspaceMirror* mirror, QWidget* parent = nullptr);

  // Whether everything there is to show is shown.
  bool settled() const override;
  // Draws what waits for its timer.
  void flush() override;
  // {"runs": [id], "tab": NAME}
  Place place() const override;
  void go(const Place& place) override;

  QSet<qint64> selected() const;
  void select(const QSet<qint64>& runs);
  RunDetails* details() const { return details_; }

 private:
  QWidget* make_top();
  QComboBox* make_quick_filter(int column, const QString& all, const QString& tooltip);
  void make_table();
  void make_actions();
  QMenu* make_export_menu();

  void forget();
  void runs_changed();
  void fill_quick_filters();
  void selection_changed();
  void filter_changed();
  void show_details();
  void show_empty_or_table();
  void update_actions();
  void show_menu(const QPoint& place);

  // The selected runs in the table's order, those that a filter hides behind them.
  std::vector<qint64> ordered() const;
  // Whose log and note are shown; 0: none.
  qint64 current() const;
  QModelIndex index_of(qint64 run, int column) const;
  void open(const char* page, size_t most);
  void train_again();
  void edit(int column);
  void remove_selected();
  void undo();
  void stop_selected();
  void resume_selected();
  void copy_rows() const;
  void export_model();

  void export_text(const QString& title, const QString& suggested, const QByteArray& csv);
  void export_chart(LineChart* chart, const QString& suggested);
  QList<int> shown_rows() const;

  EngineClient* client_;
  WorkspaceMirror* mirror_;
  WhenShown lists_;  // runs_changed()
  RunTableModel* model_;
  RunFilter* filter_;
  RunColumns* columns_;
  QStackedWidget* stack_;
  EmptyState* empty_;
  QPushButton* first_train_;
  QLineEdit* filter_line_;
  std::array<QComboBox*, 3> quick_;
  QLabel* count_;
  QLabel* no_match_;
  QTableView* table_;
  UndoBar* undo_bar_;
  ModelExport* model_export_;
  RunDetails* details_;
  QSplitter* splitter_;
  QSet<qint64> wanted_;                // selected, also where a filter hides them
  QSet<qint64> deleting_;              // taken out of the table before the engine has answered
  QSet<qint64> returning_;             // brought back: stay selected while the list catches up
  std::vector<QList<qint64>> undoes_;  // what each deletion took away, the last one behind
  bool restoring_ = false, chosen_by_user_ = false;
  QAction *inspect_, *shift_, *train_, *rename_, *note_, *remove_, *undo_, *stop_, *resume_, *copy_,
      *export_model_;
};

}  // namespace loupe::ui
