// SPDX-License-Identifier: GPL-3.0-or-later
// What a model is: facts, files and whether they are still the same, how its numbers are stored,
// special tokens, what was checked at import, the runs that use it.
#pragma once

#include <QScrollArea>

#include "core/api/models.h"

class QGridLayout;
class QVBoxLayout;

namespace loupe::ui {

class OverviewView : public QScrollArea {
  Q_OBJECT
 public:
  explicit OverviewView(QWidget* parent = nullptr);
  // base: the name of the reference or base model; empty: none.
  void show_detail(const api::ModelDetail& detail, const QString& base);

 signals:
  void run_wanted(qint64 run);

 protected:
  void changeEvent(QEvent*) override;

 private:
  void build();
  void add_facts(QVBoxLayout* column);
  void add_files(QVBoxLayout* column);
  void add_runs(QVBoxLayout* column);
  // A heading and a grid of names and values under it.
  QGridLayout* section(QVBoxLayout* column, const QString& title);
  void add_values(QVBoxLayout* column, const QString& title,
                  const std::vector<api::NamedValue>& values);

  api::ModelDetail detail_;
  QString base_;
};

}  // namespace loupe::ui
