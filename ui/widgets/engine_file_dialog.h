// SPDX-License-Identifier: GPL-3.0-or-later
// The window behind pick_engine_path: the folders of the engine's machine, which may be another
// than the desk's. Use pick_engine_path; this is public for its tests.
#pragma once

#include <QDialog>
#include <QPointer>

#include "ui/client/engine_client.h"
#include "ui/widgets/engine_path_picker.h"

class QCheckBox;
class QCompleter;
class QLabel;
class QLineEdit;
class QPushButton;
class QStringListModel;
class QTableView;
class QToolButton;

namespace loupe::ui {

class EngineFolderFilter;
class EngineFolderModel;

class EngineFileDialog : public QDialog {
  Q_OBJECT
 public:
  EngineFileDialog(EngineClient* client, const PickOptions& options, QWidget* parent);
  // A listing is on its way.
  bool loading() const { return loading_; }
  QString folder() const;

 signals:
  void picked(const QString& path);

 protected:
  void changeEvent(QEvent*) override;
  bool eventFilter(QObject* watched, QEvent* event) override;

 private:
  QWidget* make_path_row();
  QWidget* make_filter_row();
  QWidget* make_bottom();
  void make_table();
  // wanted: the name to point at once the folder is there. then_choose: choose it if it may be.
  void list(const QString& path, const QString& wanted = {}, bool then_choose = false);
  void take(const api::FolderListing& listing, const QString& asked, bool then_choose);
  void complete(const QString& typed);
  void path_entered();
  void activate(const QModelIndex& index);
  void choose();
  void pick(const QString& path);
  // What Choose would give now; empty: nothing that may be chosen.
  QString choice() const;
  const api::FolderEntry* current_entry() const;
  void point_at(const QString& name);
  void say(const QString& text, bool trouble);
  void update_choice();
  void restyle();

  EngineClient* client_;
  PickOptions options_;
  EngineFolderModel* model_;
  EngineFolderFilter* filter_;
  QToolButton* home_;
  QToolButton* up_;
  QLineEdit* path_;
  QStringListModel* completions_;
  QString completed_folder_;
  QLineEdit* words_;
  QCheckBox* all_;
  QTableView* table_;
  QLabel* said_;
  QLineEdit* new_name_ = nullptr;
  QPushButton* choose_;
  QString wanted_;
  bool loading_ = false, trouble_ = false, first_ = true;
};

}  // namespace loupe::ui
