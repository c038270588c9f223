// SPDX-License-Identifier: GPL-3.0-or-later
// Taking a model into the workspace, in the page: a path of the engine's machine, what stands
// there, its name, and what belongs to it: an adapter's base model, an implicit reward model's
// reference.
#pragma once

#include <QFrame>
#include <optional>

#include "core/api/models.h"
#include "ui/client/workspace_mirror.h"
#include "ui/widgets/when_shown.h"

class QCheckBox;
class QComboBox;
class QDoubleSpinBox;
class QLabel;
class QLineEdit;
class QPushButton;

namespace loupe::ui {

class Asker;
class FailureView;
class RequestProgress;

class ImportCard : public QFrame {
  Q_OBJECT
 public:
  ImportCard(EngineClient* client, WorkspaceMirror* mirror, QWidget* parent = nullptr);

  // Asks for a path, and looks at what is there.
  void choose();
  // false: an import is under way, and this one has to wait.
  bool open(const QString& path);
  bool busy() const;
  bool settled() const;

 signals:
  void imported(qint64 model);

 protected:
  void keyPressEvent(QKeyEvent*) override;

 private:
  QWidget* make_path();
  QWidget* make_base();
  QWidget* make_reference();
  QWidget* make_buttons();
  void inspect();
  void take_kind(const api::json& result);
  void fill_models();
  void import();
  void take_model(const api::Model& model);
  void close();
  void update_state();
  QString obstacle() const;

  EngineClient* client_;
  WorkspaceMirror* mirror_;
  WhenShown news_;  // fill_models()
  Asker* asker_;
  std::optional<api::FileKind> kind_;
  QString after_base_;  // the adapter that waits for its base model
  qint64 wanted_base_ = 0;

  QLabel* title_;
  QLineEdit* path_;
  QPushButton* browse_;
  QLabel* found_;
  QWidget* name_row_;
  QLineEdit* name_;
  QWidget* base_row_;
  QComboBox* base_;
  QWidget* reference_row_;
  QCheckBox* is_policy_;
  QCheckBox* merge_;
  QLabel* reference_label_;
  QComboBox* reference_;
  QLabel* beta_label_;
  QDoubleSpinBox* beta_;
  FailureView* failure_;
  RequestProgress* progress_;
  QPushButton* import_;
  QPushButton* close_;
};

}  // namespace loupe::ui
