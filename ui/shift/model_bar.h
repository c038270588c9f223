// SPDX-License-Identifier: GPL-3.0-or-later
// Which runs are rescored: one to four, each a choice with a button that takes it away.
#pragma once

#include <QWidget>
#include <vector>

#include "core/api/messages.h"

class QComboBox;
class QHBoxLayout;
class QToolButton;

namespace loupe::ui::shift {

class ModelBar : public QWidget {
  Q_OBJECT
 public:
  explicit ModelBar(QWidget* parent = nullptr);

  // Keeps the choice as far as it still exists; the default one where nothing is left of it.
  // Tells nobody.
  void set_runs(const std::vector<api::Run>& runs);
  // As far as they exist; tells nobody.
  void choose(const std::vector<qint64>& runs);
  const std::vector<qint64>& chosen() const { return chosen_; }
  bool can_add() const;
  // The newest run that is not chosen yet.
  void add();

 signals:
  void picked();

 protected:
  void changeEvent(QEvent*) override;

 private:
  struct Chip {
    QWidget* area = nullptr;
    QComboBox* run = nullptr;
    QToolButton* remove = nullptr;
  };
  void refill();
  void pick(size_t chip);
  void remove(size_t chip);

  std::vector<api::Run> runs_;  // those that can be scored, newest first
  std::vector<qint64> chosen_;
  std::vector<Chip> chips_;
  QToolButton* add_;
};

}  // namespace loupe::ui::shift
