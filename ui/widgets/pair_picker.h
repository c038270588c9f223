// SPDX-License-Identifier: GPL-3.0-or-later
// Which pair is looked at: a run's evaluation set or a data set of the workspace and a number in
// it, or a pair typed by hand. The page's own tools stand beside it, or below where the window is
// narrow.
#pragma once

#include <QList>
#include <QWidget>
#include <vector>

#include "core/api/messages.h"

class QBoxLayout;
class QComboBox;
class QLabel;
class QPlainTextEdit;
class QSpinBox;
class QToolButton;

namespace loupe::ui {

class PairPicker : public QWidget {
  Q_OBJECT
 public:
  // Of the two, one; neither: nothing was chosen yet.
  struct Source {
    QString set;         // an evaluation set of a run
    qint64 dataset = 0;  // or a data set
    bool operator==(const Source&) const = default;
  };

  struct Options {
    QString name;         // the beginning of its widgets' object names: NAME-set, NAME-index, …
    QString source_why;   // the tooltip of the sets
    QString text_suffix;  // behind "Chosen response": ", original"
    int text_lines = 3;   // of an editor
    bool scores = false;  // with a button that asks for the typed pair
  };
  explicit PairPicker(const Options& options, QWidget* parent = nullptr);

  void add_tools(const QList<QWidget*>& tools);

  // What there is to choose from; the choice is kept, also one that is not in the list yet.
  void set_sets(const QStringList& sets);
  void set_datasets(const std::vector<api::Dataset>& datasets);
  const QStringList& sets() const { return set_names_; }
  void set_total(qint64 total);
  Source source() const { return source_; }
  void set_source(const Source& source);
  qint64 index() const;  // from 0
  // Beyond the known total too: the total of another set is known only later.
  void set_index(qint64 index);
  void step(int by);
  void edit_index();

  bool is_typed() const;
  void set_is_typed(bool typed);
  // Texts to start from where nothing was typed yet. Tells nobody.
  void offer_texts(const api::Pair& pair);
  void set_texts(const api::Pair& pair);
  api::Pair typed() const;
  bool has_text() const;
  bool can_step(int by) const;

 signals:
  void source_picked();
  void index_picked();
  void typing_toggled(bool typed);
  // Something was typed.
  void texts_changed();
  void score_wanted();

 protected:
  void resizeEvent(QResizeEvent*) override;

 private:
  QWidget* make_choice();
  QWidget* make_editors();
  void fill();
  void update_buttons();

  Options options_;
  QBoxLayout* line_;
  QWidget* choice_;
  QWidget* tools_;
  QComboBox* sources_;
  QSpinBox* index_;
  QLabel* total_;
  QToolButton* previous_;
  QToolButton* next_;
  QToolButton* type_;
  QWidget* editors_;
  QPlainTextEdit* prompt_;
  QPlainTextEdit* chosen_;
  QPlainTextEdit* rejected_;
  QStringList set_names_;
  std::vector<api::Dataset> datasets_;
  Source source_;
  qint64 known_total_ = 0;
};

}  // namespace loupe::ui
