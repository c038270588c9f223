// SPDX-License-Identifier: GPL-3.0-or-later
// The Inspect page: one pair under up to three models, its rewards taken apart token by token.
#pragma once

#include <array>
#include <optional>

#include "ui/client/workspace_mirror.h"
#include "ui/inspect/attribution_view.h"
#include "ui/widgets/page.h"
#include "ui/widgets/when_shown.h"

class QComboBox;
class QLabel;
class QPlainTextEdit;
class QPushButton;
class QStackedWidget;
class QTableView;

namespace loupe::ui {

class Collapsible;
class EmptyState;
class PairPicker;
class TokenTableModel;

class InspectPage : public Page {
  Q_OBJECT
 public:
  InspectPage(EngineClient* client, WorkspaceMirror* mirror, QWidget* parent = nullptr);

  bool settled() const override;
  // As ui/widgets/page.h says, and of its own: "models": [id], language models shown behind the
  // runs (with it, the columns are exactly those; without it, one run is put in the place of its
  // type's), and {"dataset": id, "index"}.
  Place place() const override;
  void go(const Place& place) override;

  AttributionView* view() const { return view_; }
  PairPicker* bar() const { return bar_; }
  TokenTableModel* tokens() const { return tokens_; }

 protected:
  void changeEvent(QEvent*) override;

 private:
  QList<QWidget*> make_tools();
  QWidget* make_middle();
  void make_actions();
  void lists_changed();
  // Goes where go() was told to as soon as what it names is listed.
  bool go_on();
  void show_wanted_columns(const Place& place);
  void forget();
  void reload();
  // Whose evaluation sets are offered; 0: there is no run.
  qint64 source_run() const;
  void take_first_dataset();
  void ask_pair();
  void take_pair(const api::json& result);
  void pair_failed(const Failure& failure);
  void drop_pair();
  void say_everywhere(const QString& text, bool is_error);
  void ask_attributions();
  void ask_attribution(int side);
  void take_progress(const QString& method, const api::json& params);
  void moved();
  void refill_table();
  void show_prompt(const QString& text);
  void token_current(bool chosen, int token);
  void show_empty_or_pair();
  void typing_toggled(bool typed);
  void sides_changed();
  void update_actions();
  // Where the pair is, as keys of a place.
  Place pair_place() const;
  void open_shift();
  void copy_rows() const;
  void export_picture();
  void export_csv();

  EngineClient* client_;
  WorkspaceMirror* mirror_;
  WhenShown lists_;  // lists_changed()
  PairPicker* bar_;
  QComboBox* scale_;
  QPushButton* add_model_;
  QPushButton* open_shift_;
  QPushButton* exports_;
  QPlainTextEdit* prompt_;
  AttributionView* view_;
  TokenTableModel* tokens_;
  QTableView* table_;
  Collapsible* table_area_;
  EmptyState* empty_;
  QPushButton* first_train_;
  QStackedWidget* stack_;
  std::optional<api::Pair> pair_;
  std::optional<Place> wanted_;  // where go() was told to, until it can be done
  qint64 pair_run_ = 0;          // whose sets pair_ was taken from
  qint64 wanted_pairs_run_ = 0;  // asked for by go(), until another model or set is picked
  bool asking_pair_ = false, asked_once_ = false;
  std::array<bool, AttributionView::most_sides> asking_{};
  std::array<EngineClient::RequestId, AttributionView::most_sides> attributing_{};
  bool tells_rows_ = true;  // false while a row is being picked because of a token
  QAction *previous_, *next_, *add_, *shift_;
};

}  // namespace loupe::ui
