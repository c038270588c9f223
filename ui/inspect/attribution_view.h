// SPDX-License-Identifier: GPL-3.0-or-later
// Two models side by side on one pair: a choice of run, the verdict, and the chosen and the
// rejected response as token heatmaps under one colour scale, with its key below.
#pragma once

#include <QWidget>
#include <array>
#include <optional>
#include <vector>

#include "core/api/messages.h"

class QComboBox;
class QLabel;

namespace loupe::ui {

class ResponseView;
class ScaleLegend;

class AttributionView : public QWidget {
  Q_OBJECT
 public:
  static constexpr int sides = 2;
  enum class Scale {
    relative,  // a share of each model's largest |credit|: the two pictures are equally strong
    absolute   // reward units, the same for both models
  };

  explicit AttributionView(QWidget* parent = nullptr);

  // Keeps the choices where those runs still exist; otherwise the newest EX on the left, the newest
  // IM on the right.
  void set_runs(const std::vector<api::Run>& runs);
  qint64 run_of(int side) const;  // 0: none
  void set_run(int side, qint64 run);

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
  void run_picked(int side);
  void token_current(bool chosen, int token);

 protected:
  void changeEvent(QEvent*) override;

 private:
  struct Side {
    QComboBox* run = nullptr;
    QLabel* verdict = nullptr;
    ResponseView* chosen = nullptr;
    ResponseView* rejected = nullptr;
    std::optional<api::Attribution> attribution;
    bool picked_by_user = false;
  };
  void make_side(int side);
  void rescale();

  std::array<Side, sides> sides_;
  std::vector<api::Run> runs_;
  QString chosen_text_, rejected_text_;
  Scale scale_ = Scale::relative;
  QWidget* head_;
  QWidget* content_;
  ScaleLegend* legend_;
};

}  // namespace loupe::ui
