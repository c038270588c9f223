// SPDX-License-Identifier: GPL-3.0-or-later
// On which sets a run is evaluated: those of the project, files and pairs known to the workspace,
// as check boxes.
#pragma once

#include <QWidget>

#include "ui/train/train_setup.h"

class QCheckBox;
class QLabel;
class QLineEdit;
class QMenu;
class QToolButton;

namespace loupe::ui {

class ErrorLabel;
class FlowLayout;
class WorkspaceMirror;

class EvalSets : public QWidget {
  Q_OBJECT
 public:
  explicit EvalSets(WorkspaceMirror* mirror, QWidget* parent = nullptr);

  // Of the project chosen; those in both stay as they were, new ones are checked.
  void set_project_sets(const QStringList& names);
  // The choice into, and out of, a setup.
  void read_into(TrainSetup& setup) const;
  void set_choice(const TrainSetup& setup);
  // A file was chosen: its name is asked for in place.
  void name_file(const QString& path);

 signals:
  void edited();
  void file_wanted();

 private:
  struct Extra {
    QString name, path;
    qint64 dataset = 0;
    bool checked = true;
  };
  void rebuild();
  QCheckBox* add_box(const QString& name, const QString& tooltip, bool checked);
  void fill_menu();
  void take_name();
  bool is_taken(const QString& name) const;

  WorkspaceMirror* mirror_;
  FlowLayout* flow_;
  QList<QCheckBox*> boxes_;
  QLabel* none_;
  QToolButton* add_;
  QMenu* menu_;
  QWidget* naming_;
  QLineEdit* name_;
  ErrorLabel* name_error_;
  QString unnamed_;  // the file being named
  QStringList project_sets_;
  std::optional<QStringList> wanted_;  // of the project's; nothing: all
  QList<Extra> extras_;
};

}  // namespace loupe::ui
