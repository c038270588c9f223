// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/train/eval_sets.h"

#include <QCheckBox>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QPushButton>
#include <QShortcut>
#include <QToolButton>
#include <algorithm>

#include "ui/client/text.h"
#include "ui/client/workspace_mirror.h"
#include "ui/train/choice_bar.h"
#include "ui/train/flow_layout.h"
#include "ui/widgets/error_label.h"
#include "ui/widgets/theme.h"

namespace loupe::ui {

EvalSets::EvalSets(WorkspaceMirror* mirror, QWidget* parent) : QWidget(parent), mirror_(mirror) {
  auto* label = new QLabel(tr("Evaluate on"), this);
  flow_ = new FlowLayout(this, 2 * theme::grid);
  flow_->addWidget(label);
  none_ = new QLabel(tr("nothing yet"), this);
  theme::make_secondary(none_);
  add_ = new QToolButton(this);
  add_->setObjectName(QStringLiteral("train-add-set"));
  add_->setText(tr("Add…"));
  add_->setAccessibleName(tr("Add an evaluation set"));
  add_->setToolTip(
      tr("Held-out pairs: accuracy on them is measured at every evaluation. Reworded "
         "ones show what a reward leans on."));
  add_->setPopupMode(QToolButton::InstantPopup);
  add_->setFocusPolicy(Qt::StrongFocus);
  menu_ = new QMenu(add_);
  menu_->setObjectName(QStringLiteral("train-add-menu"));
  menu_->setToolTipsVisible(true);
  add_->setMenu(menu_);
  connect(menu_, &QMenu::aboutToShow, this, &EvalSets::fill_menu);

  naming_ = new QWidget(this);
  auto* line = new QHBoxLayout(naming_);
  line->setContentsMargins(0, 0, 0, 0);
  line->setSpacing(theme::grid);
  name_ = new QLineEdit(naming_);
  name_->setObjectName(QStringLiteral("train-set-name"));
  name_->setAccessibleName(tr("Name of the set"));
  name_->setPlaceholderText(tr("name of the set"));
  name_->setToolTip(
      tr("Under this name its accuracy appears in curves and tables; a name with "
         "\"reworded\" in it is drawn dashed"));
  name_->setMinimumWidth(fontMetrics().averageCharWidth() * 24);
  auto* done = new QPushButton(tr("Add"), naming_);
  done->setObjectName(QStringLiteral("train-set-name-ok"));
  auto* cancel = new QPushButton(tr("Cancel"), naming_);
  cancel->setObjectName(QStringLiteral("train-set-name-cancel"));
  name_error_ = new ErrorLabel(naming_);
  name_error_->setWordWrap(false);
  line->addWidget(name_);
  line->addWidget(done);
  line->addWidget(cancel);
  line->addWidget(name_error_);
  naming_->hide();
  connect(done, &QPushButton::clicked, this, &EvalSets::take_name);
  connect(name_, &QLineEdit::returnPressed, this, &EvalSets::take_name);
  const auto leave = [this] {
    naming_->hide();
    add_->setFocus();
  };
  connect(cancel, &QPushButton::clicked, this, leave);
  auto* escape = new QShortcut(QKeySequence(Qt::Key_Escape), naming_);
  escape->setContext(Qt::WidgetWithChildrenShortcut);
  connect(escape, &QShortcut::activated, this, leave);
  rebuild();
}

void EvalSets::set_project_sets(const QStringList& names) {
  if (names == project_sets_) return;
  project_sets_ = names;
  rebuild();
}

void EvalSets::read_into(TrainSetup& setup) const {
  setup.sets = wanted_;
  setup.eval_files.clear();
  setup.eval_datasets.clear();
  for (const Extra& extra : extras_) {
    if (!extra.checked) continue;
    if (extra.dataset != 0) {
      setup.eval_datasets.append(extra.dataset);
    } else {
      setup.eval_files.append({extra.name, extra.path});
    }
  }
}

void EvalSets::set_choice(const TrainSetup& setup) {
  wanted_ = setup.sets;
  extras_.clear();
  for (const auto& [name, path] : setup.eval_files) extras_.append({name, path, 0, true});
  for (const qint64 id : setup.eval_datasets) {
    QString name = tr("data set %1").arg(id);
    for (const api::Dataset& dataset : mirror_->datasets()) {
      if (dataset.id == id) name = qstr(dataset.name);
    }
    extras_.append({name, {}, id, true});
  }
  rebuild();
}

void EvalSets::rebuild() {
  for (QCheckBox* box : boxes_) {
    flow_->removeWidget(box);
    box->hide();
    box->deleteLater();
  }
  boxes_.clear();
  for (QWidget* widget : {static_cast<QWidget*>(none_), static_cast<QWidget*>(add_), naming_}) {
    flow_->removeWidget(widget);
  }
  for (const QString& name : project_sets_) {
    QCheckBox* box = add_box(name, tr("A set of the project"), !wanted_ || wanted_->contains(name));
    connect(box, &QCheckBox::toggled, this, [this, name](bool on) {
      QStringList chosen;
      for (const QString& set : std::as_const(project_sets_)) {
        const bool is_on = set == name ? on : !wanted_ || wanted_->contains(set);
        if (is_on) chosen << set;
      }
      wanted_ = chosen == project_sets_ ? std::optional<QStringList>() : chosen;
      emit edited();
    });
  }
  for (qsizetype i = 0; i < extras_.size(); ++i) {
    const Extra& extra = extras_[i];
    QCheckBox* box =
        add_box(extra.name, extra.path.isEmpty() ? tr("Pairs of this workspace") : extra.path,
                extra.checked);
    connect(box, &QCheckBox::toggled, this, [this, i](bool on) {
      extras_[i].checked = on;
      emit edited();
    });
  }
  none_->setVisible(boxes_.isEmpty());
  if (boxes_.isEmpty()) flow_->addWidget(none_);
  flow_->addWidget(add_);
  flow_->addWidget(naming_);
  // Tab goes through the boxes as they lie.
  QWidget* before = nullptr;
  for (QCheckBox* box : boxes_) {
    if (before != nullptr) QWidget::setTabOrder(before, box);
    before = box;
  }
  if (before != nullptr) QWidget::setTabOrder(before, add_);
  updateGeometry();
}

QCheckBox* EvalSets::add_box(const QString& name, const QString& tooltip, bool checked) {
  auto* box = new QCheckBox(name, this);
  box->setObjectName(QStringLiteral("train-set-") + name);
  box->setToolTip(tooltip);
  box->setChecked(checked);
  flow_->addWidget(box);
  boxes_.append(box);
  box->show();
  return box;
}

void EvalSets::fill_menu() {
  menu_->clear();
  QAction* file = menu_->addAction(tr("JSONL file…"), this, &EvalSets::file_wanted);
  file->setToolTip(tr("A file of pairs of the engine's machine"));
  bool first = true;
  for (const api::Dataset& dataset : mirror_->datasets()) {
    if (!dataset.available) continue;
    if (first) menu_->addSeparator();
    first = false;
    const QString name = qstr(dataset.name);
    QAction* action =
        menu_->addAction(tr("%1 (%2 pairs)").arg(dataset_words(dataset)).arg(dataset.pairs), this,
                         [this, name, id = dataset.id] {
                           extras_.append({name, {}, id, true});
                           rebuild();
                           emit edited();
                         });
    action->setToolTip(qstr(dataset.path));
    action->setEnabled(!is_taken(name));
  }
}

bool EvalSets::is_taken(const QString& name) const {
  return project_sets_.contains(name) ||
         std::any_of(extras_.begin(), extras_.end(),
                     [&](const Extra& extra) { return extra.name == name; });
}

void EvalSets::name_file(const QString& path) {
  unnamed_ = path;
  name_->setText(QFileInfo(path).completeBaseName());
  name_error_->set_error({});
  naming_->show();
  updateGeometry();
  name_->setFocus();
  name_->selectAll();
}

void EvalSets::take_name() {
  const QString name = name_->text().trimmed();
  name_error_->set_error(name.isEmpty()   ? tr("It needs a name.")
                         : is_taken(name) ? tr("There is a set of that name.")
                                          : QString());
  if (!name_error_->text().isEmpty()) return;
  extras_.append({name, unnamed_, 0, true});
  naming_->hide();
  rebuild();
  add_->setFocus();
  emit edited();
}

}  // namespace loupe::ui
