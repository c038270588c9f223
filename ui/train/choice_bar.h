// SPDX-License-Identifier: GPL-3.0-or-later
// Which model learns from which pairs, as which type of reward model.
#pragma once

#include <QWidget>

#include "ui/train/train_setup.h"
#include "ui/widgets/when_shown.h"

class QButtonGroup;
class QComboBox;
class QPushButton;

namespace loupe::ui {

class WorkspaceMirror;

class ChoiceBar : public QWidget {
  Q_OBJECT
 public:
  explicit ChoiceBar(WorkspaceMirror* mirror, QWidget* parent = nullptr);

  QString model() const { return model_; }
  TrainSource source() const { return source_; }
  QStringList types() const;
  // The project chosen, or nullptr.
  const api::Project* project() const;

  // What is not there (yet) is waited for, and left out once the lists have arrived.
  void set_model(const QString& name);
  void set_source(const TrainSource& source);
  void set_types(const QStringList& types);
  // A project file that was read.
  void add_project(api::Project project);
  void set_importing(bool importing);

 signals:
  // by_user: chosen, not merely the first one of those that arrived.
  void model_changed(bool by_user);
  void source_changed(bool by_user);
  void types_changed();
  void import_wanted();
  void project_file_wanted();
  void data_file_wanted();

 protected:
  void changeEvent(QEvent*) override;

 private:
  QWidget* make_types();
  void restyle();
  std::vector<const api::Project*> projects() const;
  void fill_models();
  void fill_data();
  void data_activated(int index);
  void select_data();

  WorkspaceMirror* mirror_;
  WhenShown models_news_, data_news_;  // fill_models(), fill_data()
  QComboBox* models_;
  QComboBox* data_;
  QPushButton* import_;
  QButtonGroup* types_;
  QString model_, wished_;  // wished_: not there yet
  TrainSource source_;
  bool restyling_ = false;
  std::vector<api::Project> read_;  // project files that were chosen
  QStringList files_;               // JSONL files that were chosen
};

// "persona/test", "train.jsonl"
QString dataset_words(const api::Dataset& dataset);

}  // namespace loupe::ui
