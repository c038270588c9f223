// SPDX-License-Identifier: GPL-3.0-or-later
// The workspaces opened lately: a click opens one; those whose folder is gone are grey and can be
// taken off the list.
#pragma once

#include <QHash>
#include <QWidget>
#include <vector>

#include "ui/client/engine_client.h"
#include "ui/frame/session.h"

class QPushButton;
class QVBoxLayout;

namespace loupe::ui {

class RecentList : public QWidget {
  Q_OBJECT
 public:
  explicit RecentList(EngineClient* client, QWidget* parent = nullptr);
  void set_workspaces(const std::vector<RecentWorkspace>& recent);
  // Asks the engine which of them are still there.
  void look();
  bool settled() const { return asking_ == 0; }

 signals:
  void open_wanted(const QString& path);
  void remove_wanted(const QString& path);

 private:
  struct Row {
    QPushButton* open;
    QPushButton* remove;
  };
  void add_row(const RecentWorkspace& one);
  void set_missing(const QString& path, bool missing);

  EngineClient* client_;
  QVBoxLayout* layout_;
  QHash<QString, Row> rows_;
  int asking_ = 0, asked_ = 0;
};

}  // namespace loupe::ui
