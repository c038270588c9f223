// SPDX-License-Identifier: GPL-3.0-or-later
// Which runs and models rescore: one to four, each a choice with a button that takes it away.
#pragma once

#include <QWidget>
#include <vector>

#include "core/api/messages.h"
#include "ui/client/scorer.h"

class QHBoxLayout;
class QToolButton;

namespace loupe::ui {
class ScorerList;
class ScorerPicker;
}  // namespace loupe::ui

namespace loupe::ui::shift {

class ModelBar : public QWidget {
  Q_OBJECT
 public:
  explicit ModelBar(QWidget* parent = nullptr);

  // What there is to choose from. Keeps the choice as far as it still exists; the default one where
  // nothing is left of it. Tells nobody.
  void set_choices(const std::vector<api::Run>& runs, const std::vector<api::Model>& models);
  // As far as they exist; tells nobody.
  void choose(const std::vector<Scorer>& scorers);
  const std::vector<Scorer>& chosen() const { return chosen_; }
  bool can_add() const;
  // The newest run that is not chosen yet, else a model.
  void add();

 signals:
  void picked();

 protected:
  void changeEvent(QEvent*) override;
  void showEvent(QShowEvent*) override;

 private:
  struct Chip {
    QWidget* area = nullptr;
    ScorerPicker* choices = nullptr;
    QToolButton* remove = nullptr;
  };
  // While it is seen: hundreds of runs need not be listed for a page that nobody looks at.
  void refill();
  void restyle();
  void pick(size_t chip);
  void remove(size_t chip);

  std::vector<api::Run> runs_;  // those that can be scored, newest first
  // Reward models before language models, each newest first.
  std::vector<api::Model> models_;
  std::vector<Scorer> chosen_;
  ScorerList* list_;
  std::vector<Chip> chips_;
  QToolButton* add_;
};

}  // namespace loupe::ui::shift
