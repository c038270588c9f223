// SPDX-License-Identifier: GPL-3.0-or-later
// The pinned edits of one response, the original first: text, and what each chosen run or model
// makes of it. An answer counts only for the example it was asked on.
#pragma once

#include <QHash>
#include <QSet>
#include <optional>

#include "ui/shift/run_row.h"
#include "ui/shift/shift_text.h"
#include "ui/widgets/column_table.h"

namespace loupe::ui::shift {

struct Variant {
  struct Answer {
    api::Shift shift;
    Question asked;
    double epochs_done = 0;
  };
  QString text;
  QHash<Scorer, Answer> answers = {};
  int number = 0;  // its name, "#2"; given when it joins the list. 0: the original
};

class VariantModel : public ColumnTable<Variant> {
  Q_OBJECT
 public:
  enum Column { name, text, first_run };

  explicit VariantModel(QObject* parent = nullptr);

  // Another example or another side of it. question.after is left aside.
  void set_example(const Question& question, Edited edited);
  void set_runs(const std::vector<RunRow>& rows);
  // Without the original, whose text is the example's. Kept in order.
  void set_variants(std::vector<Variant> variants);
  std::vector<Variant> variants() const { return {rows().begin() + 1, rows().end()}; }

  // -1: no such text; 0: the original.
  int row_of(const QString& text) const;
  QString text_at(int row) const { return row_at(row).text; }
  // The row of it, also when it was pinned before.
  int pin(const RunRow* rows, size_t count, const QString& text);
  Variant take(int row);
  void insert(int row, Variant variant);
  // Keeps the answer when it is of a pinned text, and what it says about the original. The
  // checkpoint is taken to be the present one.
  void remember(const RunRow& row);
  std::optional<api::Shift> recall(const Scorer& scorer, const Question& question) const;
  // The first variant without the numbers of some of them, those in `except` (key_of) left aside.
  struct Missing {
    Question question;
    std::vector<Scorer> scorers;
  };
  std::optional<Missing> missing(const QSet<QString>& except) const;
  static QString key_of(const Question& question, const Scorer& scorer);

 private:
  Question question_of(const Variant& variant) const;
  const RunRow* known(const Scorer& scorer) const;
  const api::Shift* answer(const Variant& variant, const Scorer& scorer) const;
  std::optional<Outcome> outcome(const Variant& variant, const Scorer& scorer) const;
  int next_number() const;
  std::vector<TableColumn<Variant>> make_columns() const;
  void add_run(std::vector<TableColumn<Variant>>* columns, const RunRow& run) const;

  Question example_;
  Edited edited_ = Edited::chosen;
  std::vector<RunRow> runs_;  // names and order only
};

}  // namespace loupe::ui::shift
