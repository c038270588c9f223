// SPDX-License-Identifier: GPL-3.0-or-later
// Up to three models side by side on one pair: which model, the verdict, and the chosen and the
// rejected response as token heatmaps under one colour scale, with its key below. A model is a
// trained run, an imported reward model, or a plain language model. Narrow columns scroll
// sideways rather than shrink.
#pragma once

#include <QWidget>
#include <array>
#include <optional>
#include <vector>

#include "core/api/messages.h"
#include "ui/client/scorer.h"

class QLabel;
class QScrollArea;
class QToolButton;

namespace loupe::ui {

class ResponseView;
class ScaleLegend;
class ScorerList;
class ScorerPicker;

class AttributionView : public QWidget {
  Q_OBJECT
 public:
  static constexpr int most_sides = 3;
  static constexpr int least_column = 264;  // pixels
  enum class Scale {
    relative,  // a share of each model's largest |credit|: the pictures are equally strong
    absolute   // reward units, the same for all reward models
  };
  using Choice = Scorer;

  explicit AttributionView(QWidget* parent = nullptr);

  // What there is to choose from. Keeps the choices where they still exist; at first the newest EX
  // on the left and the newest IM beside it; without runs, of the models, or a language model.
  void set_choices(const std::vector<api::Run>& runs, const std::vector<api::Model>& models);
  int sides() const { return sides_shown_; }
  Choice choice(int side) const;
  qint64 run_of(int side) const { return choice(side).run; }
  // The type of what is chosen: "EX", "IM", "LM", or empty.
  QString type_of(int side) const;
  bool has(const Choice& choice) const;
  // As many columns as there are choices (at least one, at most three).
  void show_choices(std::vector<Choice> choices);
  void set_choice(int side, const Choice& choice);
  // Another column, with what is not shown yet.
  void add_side();
  void remove_side(int side);

  // The responses as plain text, shown while there is no attribution.
  void set_texts(const QString& chosen, const QString& rejected);
  void show_attribution(int side, api::Attribution attribution);
  // phase: what the engine is at, in its words; may be empty.
  void show_loading(int side, const QString& phase = {});
  void show_message(int side, const QString& text, bool is_error);
  const api::Attribution* attribution(int side) const;
  std::vector<const api::Attribution*> attributions() const;

  void set_scale(Scale scale);
  void mark(bool chosen, int token);
  ResponseView* response(int side, bool chosen) const;
  // Everything shown, for export.
  QSize picture_size() const;
  void draw_picture(QPainter* painter);

 signals:
  void choice_picked(int side);
  // Columns were added or taken away.
  void sides_changed();
  void token_current(bool chosen, int token);

 protected:
  void changeEvent(QEvent*) override;
  bool eventFilter(QObject* watched, QEvent* event) override;

 private:
  struct Side {
    QWidget* head = nullptr;
    ScorerPicker* choices = nullptr;
    QToolButton* close = nullptr;
    QLabel* verdict = nullptr;
    ResponseView* chosen = nullptr;
    ResponseView* rejected = nullptr;
    std::optional<api::Attribution> attribution;
  };
  void make_side(int side);
  void show_sides(int count);
  void rescale();
  void align_head();
  int responses_height() const;

  std::array<Side, most_sides> sides_;
  int sides_shown_ = 2;
  std::vector<api::Run> runs_;
  std::vector<api::Model> models_;
  ScorerList* list_;
  QString chosen_text_, rejected_text_;
  Scale scale_ = Scale::relative;
  QScrollArea* head_scroll_;
  QScrollArea* scroll_;
  QWidget* head_;
  QWidget* content_;
  ScaleLegend* legend_;
};

}  // namespace loupe::ui
