// SPDX-License-Identifier: GPL-3.0-or-later
// Special tokens for a copy of a model: which, how their rows of the embedding begin, the copy's
// name.
#pragma once

#include <QFrame>

#include "ui/client/workspace_mirror.h"

class QComboBox;
class QLabel;
class QLineEdit;
class QPlainTextEdit;
class QPushButton;

namespace loupe::ui {

class FailureView;
class RequestProgress;

class AddTokensCard : public QFrame {
  Q_OBJECT
 public:
  AddTokensCard(EngineClient* client, WorkspaceMirror* mirror, QWidget* parent = nullptr);
  // Nothing happens while the engine is at work for another model.
  void open(const api::Model& model);
  bool busy() const;

 signals:
  void added(qint64 model);

 protected:
  void keyPressEvent(QKeyEvent*) override;

 private:
  QStringList tokens() const;
  QString obstacle() const;
  void update_state();
  void add();

  EngineClient* client_;
  WorkspaceMirror* mirror_;
  qint64 model_ = 0;
  QLabel* title_;
  QPlainTextEdit* tokens_;
  QComboBox* init_;
  QLineEdit* name_;
  FailureView* failure_;
  RequestProgress* progress_;
  QPushButton* add_;
  QPushButton* close_;
};

}  // namespace loupe::ui
