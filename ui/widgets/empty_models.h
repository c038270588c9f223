// SPDX-License-Identifier: GPL-3.0-or-later
// The ways to get a model: import one, or the demo model; how far that is, and why it failed.
// Either the whole of a page that has no model to show, or a few lines of a card.
#pragma once

#include <QWidget>

#include "ui/client/workspace_mirror.h"
#include "ui/widgets/when_shown.h"

class QLabel;
class QProgressBar;
class QPushButton;

namespace loupe::ui {

class EmptyState;
class FailureView;
class RequestProgress;

class EmptyModels : public QWidget {
  Q_OBJECT
 public:
  // What a page says above the buttons.
  struct Content {
    QString icon, title;  // title: while it is not known whether there are models
    QString text;         // why there should be one
  };
  // name: the beginning of its widgets' object names, NAME-import, NAME-fetch, NAME-progress,
  // NAME-failure-….
  EmptyModels(const QString& name, const Content& content, EngineClient* client,
              WorkspaceMirror* mirror, QWidget* parent = nullptr);
  // For a card, which says by itself what there is.
  EmptyModels(const QString& name, EngineClient* client, WorkspaceMirror* mirror,
              QWidget* parent = nullptr);

  void fetch();
  // What stands at a path of the engine's machine; asked for by the page when import_wanted().
  void import(const QString& path);
  bool settled() const;

 signals:
  void import_wanted();
  // An import begins or ends.
  void importing(bool under_way);
  void imported(const loupe::api::Model& model);
  void import_failed(const loupe::ui::Failure& failure);

 protected:
  void changeEvent(QEvent*) override;

 private:
  void build(const QString& name);
  QWidget* make_progress(const QString& name);
  void follow_job();
  void update_state();
  void restyle();

  EngineClient* client_;
  WorkspaceMirror* mirror_;
  WhenShown news_;  // follow_job()
  Content content_;
  EmptyState* empty_ = nullptr;
  QPushButton* import_;
  QPushButton* fetch_;
  QWidget* under_way_;
  QLabel* phase_;
  QProgressBar* bar_;
  QPushButton* stop_;
  RequestProgress* import_progress_;
  FailureView* failure_;
  qint64 job_ = 0;  // the fetch that is followed
  bool asking_ = false;
};

}  // namespace loupe::ui
