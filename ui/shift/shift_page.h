// SPDX-License-Identifier: GPL-3.0-or-later
// The Shift page: edit one response of a pair in place and see, as it is typed, what each model's
// reward and preference do, and which tokens carry the change.
#pragma once

#include <QHash>
#include <optional>
#include <vector>

#include "ui/client/workspace_mirror.h"
#include "ui/shift/run_row.h"
#include "ui/shift/variant_model.h"
#include "ui/widgets/page.h"
#include "ui/widgets/when_shown.h"

class QAction;
class QComboBox;
class QLabel;
class QPushButton;
class QSplitter;
class QStackedWidget;

namespace loupe::ui {

class EmptyState;
class PairPicker;

namespace shift {
class DumbbellChart;
class ModelBar;
class MovedView;
class Rescorer;
class ResponseEditor;
class VariantFiller;
class VariantList;
}  // namespace shift

class ShiftPage : public Page {
  Q_OBJECT
 public:
  ShiftPage(EngineClient* client, WorkspaceMirror* mirror, QWidget* parent = nullptr);

  // {"runs", "models": [id], "edit": "chosen" or "rejected", "after", "variants": [text], and the
  // example: "set", "index", "pairs_run" or "dataset", "index" or "prompt", "chosen", "rejected"}
  Place place() const override;
  void go(const Place& place) override;
  bool settled() const override;
  void flush() override;

  const std::vector<shift::RunRow>& rows() const;
  shift::Edited edited() const { return edited_; }
  shift::DumbbellChart* chart() const { return chart_; }
  shift::MovedView* moved() const { return moved_; }
  shift::ResponseEditor* editor() const { return editor_; }
  shift::VariantModel* variants() const { return variants_; }

 protected:
  void resizeEvent(QResizeEvent*) override;

 private:
  struct Example {
    bool typed = false;
    api::Pair pair;
    qint64 pairs_run = 0;  // whose sets it comes from
    qint64 dataset = 0;    // or the data set that it is of
  };
  struct Sketch {  // what was done with one response of one example
    QString after;
    std::vector<shift::Variant> variants;
  };

  QWidget* make_content();
  void make_actions();
  void make_export_menu();
  void lists_changed();
  void show_models();
  QList<QWidget*> make_tools();
  void forget();
  bool take_first_dataset();
  // The pair that the bar names, of that run's sets where they are none of a data set.
  void ask_pair(qint64 pairs_run);
  void take_pair(const api::json& result, Example example);
  void pair_failed(const Failure& failure);
  void no_example(const QString& text, bool is_error);
  void show_example(Example example);
  void open_sketch();
  void keep_sketch();
  QString sketch_key() const;
  Place pair_place() const;
  shift::Question question() const;
  void text_changed();
  void typing_toggled(bool typed);
  void typed_texts_changed();
  void edit_side(shift::Edited edited);
  void pin();
  void return_to(int row);
  void open_in_inspect();
  void show_rows();
  void show_empty_or_content();
  void update_actions();
  void export_picture(bool of_tokens);
  void export_csv(const QString& suggested, const QByteArray& bytes);
  bool can_apply(const Place& place) const;
  void apply_place(const Place& place);

  EngineClient* client_;
  WorkspaceMirror* mirror_;
  WhenShown lists_;  // lists_changed()
  shift::VariantModel* variants_;
  shift::Rescorer* rescorer_;
  shift::VariantFiller* filler_;
  PairPicker* bar_;
  QComboBox* scale_;
  QPushButton* exports_;
  shift::ModelBar* models_;
  shift::ResponseEditor* editor_;
  shift::DumbbellChart* chart_;
  QLabel* note_;
  shift::MovedView* moved_;
  shift::VariantList* list_;
  EmptyState* empty_;
  QSplitter* across_;
  QStackedWidget* stack_;
  QAction* pin_ = nullptr;
  QAction* restore_ = nullptr;
  QAction* inspect_ = nullptr;

  std::optional<Example> example_;
  shift::Edited edited_ = shift::Edited::chosen;
  QHash<QString, Sketch> sketches_;
  std::optional<Place> wanted_;                       // until runs and models are listed
  std::optional<QString> wanted_after_;               // until the pair is there
  std::optional<std::vector<QString>> wanted_texts_;  // of variants, likewise
  bool asking_pair_ = false;
  bool gave_up_ = false;  // there was no pair; asked again when something is chosen
};

}  // namespace loupe::ui
