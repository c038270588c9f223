// SPDX-License-Identifier: GPL-3.0-or-later
// The Models page: the table of models, and under it what there is to know of the chosen one.
// Models are imported, renamed, annotated, found again, removed (and brought back), given special
// tokens, and opened in other pages from here.
#pragma once

#include <QSet>

#include "ui/client/workspace_mirror.h"
#include "ui/widgets/page.h"
#include "ui/widgets/when_shown.h"

class QComboBox;
class QLabel;
class QLineEdit;
class QPushButton;
class QSplitter;
class QStackedWidget;
class QTableView;

namespace loupe::ui {

class AddTokensCard;
class ImportCard;
class ModelDetails;
class ModelFilter;
class ModelTableModel;
class UndoBar;
class EmptyModels;

class ModelsPage : public Page {
  Q_OBJECT
 public:
  ModelsPage(EngineClient* client, WorkspaceMirror* mirror, QWidget* parent = nullptr);

  bool settled() const override;
  // {"model": id, "tab": NAME}; and to go to, "import": a path of the engine to look at.
  Place place() const override;
  void go(const Place& place) override;

  // Asks for a path of the engine's machine.
  void import_model();
  void fetch_demo();
  qint64 selected() const { return wanted_; }
  void select(qint64 model);
  ModelDetails* details() const { return details_; }

 protected:
  bool eventFilter(QObject* object, QEvent* event) override;

 private:
  QWidget* make_top();
  void make_table();
  void make_layout();
  void make_actions();
  void connect_parts();

  void forget();
  void models_changed();
  void fill_kinds();
  void fit_columns();
  void filter_changed();
  void selection_changed();
  void show_details();
  void show_empty_or_table();
  void update_actions();
  void show_menu(const QPoint& place);

  const api::Model* current() const;
  QModelIndex index_of(qint64 model, int column) const;
  void edit(int column);
  void open(const char* page);
  void locate();
  void add_tokens();
  void remove();
  void undo();
  void copy_row() const;
  void export_table();
  // What a removed model leaves behind.
  QString users_of(const api::Model& model) const;

  EngineClient* client_;
  WorkspaceMirror* mirror_;
  WhenShown lists_;  // models_changed()
  ModelTableModel* model_;
  ModelFilter* filter_;
  QStackedWidget* stack_;
  EmptyModels* none_;
  ImportCard* import_card_;
  AddTokensCard* tokens_card_;
  UndoBar* undo_bar_;
  QPushButton* import_;
  QLineEdit* filter_line_;
  QComboBox* kinds_;
  QLabel* count_;
  QLabel* no_match_;
  QTableView* table_;
  ModelDetails* details_;
  QSplitter* splitter_;
  qint64 wanted_ = 0;      // selected, also where a filter hides it
  qint64 arriving_ = 0;    // just imported: not in the list yet
  qint64 returning_ = 0;   // its removal was undone: stays selected while the list catches up
  QSet<qint64> removing_;  // taken out of the table before the engine has answered
  QList<qint64> undoes_;   // the last one behind
  bool restoring_ = false, locating_ = false;
  bool fitting_ = false, fitted_by_hand_ = false;  // the columns of the table
  QAction *train_, *inspect_, *shift_, *rename_, *note_, *locate_, *tokens_, *remove_, *undo_,
      *copy_;
};

}  // namespace loupe::ui
