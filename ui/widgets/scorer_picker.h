// SPDX-License-Identifier: GPL-3.0-or-later
// Who scores: the runs and models of the workspace as one list, and boxes that choose from it. A
// page has one list, whatever number of boxes: thousands of runs are listed once.
#pragma once

#include <QComboBox>

#include "ui/client/scorer.h"
#include "ui/widgets/column_table.h"

namespace loupe::ui {

struct ScorerRow {
  Scorer scorer;  // none: the line between runs and models
  QString type, name;
  bool operator==(const ScorerRow&) const = default;
};

class ScorerList : public ColumnTable<ScorerRow> {
 public:
  explicit ScorerList(QObject* parent = nullptr);

  // In this order, runs first. What is chosen in the boxes stays chosen where it still exists.
  void set_choices(const std::vector<api::Run>& runs, const std::vector<api::Model>& models);
  // Chosen somewhere: one is compared with others, not with itself.
  void set_taken(std::vector<Scorer> taken);
  // -1: it is not there.
  int row_of(const Scorer& scorer) const;
  // The markers follow the theme.
  void restyle();

  QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
  Qt::ItemFlags flags(const QModelIndex& index) const override;

 private:
  qint64 id_of(const ScorerRow& row) const override;
  bool same(const ScorerRow& a, const ScorerRow& b) const override { return a == b; }

  std::vector<Scorer> taken_;
};

// Its activated() tells when somebody has picked.
class ScorerPicker : public QComboBox {
 public:
  ScorerPicker(ScorerList* list, QWidget* parent = nullptr);

  Scorer scorer() const;
  // "EX", "IM", "LM"; empty where nothing is chosen
  QString type() const;
  // Tells nobody.
  void set_scorer(const Scorer& scorer);

 private:
  ScorerList* list_;
};

}  // namespace loupe::ui
