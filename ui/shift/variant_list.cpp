// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shift/variant_list.h"

#include <QApplication>
#include <QClipboard>
#include <QHeaderView>
#include <QKeyEvent>
#include <QLabel>
#include <QPushButton>
#include <QTableView>
#include <QToolButton>
#include <QVBoxLayout>
#include <algorithm>

#include "ui/widgets/table_style.h"
#include "ui/widgets/theme.h"

namespace loupe::ui::shift {

VariantList::VariantList(VariantModel* model, QWidget* parent) : QWidget(parent), model_(model) {
  auto* head = new QWidget(this);
  auto* title = new QLabel(tr("Variants"), head);
  title->setFont(theme::scaled(font(), 1.0, true));
  pin_ = new QPushButton(tr("Pin variant"), head);
  pin_->setObjectName(QStringLiteral("shift-pin"));
  pin_->setToolTip(tr("Keep this edit and its numbers in the list (Ctrl+Enter)"));
  const auto button = [&](const char* object, const QString& text, const QString& tooltip) {
    auto* made = new QToolButton(head);
    made->setObjectName(QString::fromLatin1(object));
    made->setText(text);
    made->setToolTip(tooltip);
    return made;
  };
  delete_ =
      button("shift-delete-variant", tr("Delete"), tr("Take the selected variant away (Del)"));
  copy_ = button("shift-copy-variants", tr("Copy as CSV"),
                 tr("The list as CSV, full precision, to the clipboard"));
  deleted_text_ = new QLabel(head);
  deleted_text_->setObjectName(QStringLiteral("shift-deleted"));
  deleted_text_->setTextFormat(Qt::PlainText);
  theme::make_secondary(deleted_text_);
  undo_ = new QPushButton(tr("Undo"), head);
  undo_->setObjectName(QStringLiteral("shift-undo-delete"));
  undo_->setToolTip(tr("Bring the deleted variant back"));

  table_ = new QTableView(this);
  table_->setObjectName(QStringLiteral("shift-variants"));
  table_->setAccessibleName(tr("Variants"));
  table_->setModel(model_);
  dress_table(table_, 6);
  table_->setSelectionMode(QAbstractItemView::SingleSelection);
  table_->setToolTip(tr("Click or press Enter to return to a variant; Ctrl+Z goes back"));
  table_->horizontalHeader()->setMinimumSectionSize(48);
  table_->installEventFilter(this);

  auto* across = new QHBoxLayout(head);
  across->setContentsMargins(0, 0, 0, 0);
  across->setSpacing(theme::grid);
  across->addWidget(title);
  across->addWidget(pin_);
  across->addWidget(delete_);
  across->addWidget(copy_);
  across->addSpacing(theme::grid);
  across->addWidget(deleted_text_, 1);
  across->addWidget(undo_);
  across->addStretch(0);
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->setSpacing(theme::grid / 2);
  layout->addWidget(head);
  layout->addWidget(table_, 1);
  table_->setMinimumHeight(2 * (fontMetrics().height() + 10));

  connect(pin_, &QPushButton::clicked, this, &VariantList::pin_wanted);
  connect(delete_, &QToolButton::clicked, this, &VariantList::delete_selected);
  connect(copy_, &QToolButton::clicked, this, &VariantList::copy);
  connect(undo_, &QPushButton::clicked, this, &VariantList::undo_delete);
  const auto pick = [this](const QModelIndex& index) {
    if (index.isValid()) emit picked(index.row());
  };
  connect(table_, &QTableView::clicked, this, pick);
  connect(table_->selectionModel(), &QItemSelectionModel::selectionChanged, this,
          &VariantList::update_buttons);
  connect(model_, &QAbstractItemModel::modelReset, this, [this] {
    fit_columns();
    update_buttons();
  });
  connect(model_, &QAbstractItemModel::dataChanged, this, &VariantList::fit_columns);
  forget_deleted();
  fit_columns();
}

bool VariantList::eventFilter(QObject* watched, QEvent* event) {
  if (watched == table_ && event->type() == QEvent::KeyPress) {
    const int key = static_cast<QKeyEvent*>(event)->key();
    const bool plain = static_cast<QKeyEvent*>(event)->modifiers() == Qt::NoModifier;
    if (plain && key == Qt::Key_Delete) {
      delete_selected();
      return true;
    }
    if (plain && (key == Qt::Key_Return || key == Qt::Key_Enter)) {
      if (selected() >= 0) emit picked(selected());
      return true;
    }
  }
  return QWidget::eventFilter(watched, event);
}

int VariantList::selected() const {
  const auto rows = table_->selectionModel()->selectedRows();
  return rows.isEmpty() ? -1 : rows.front().row();
}

void VariantList::mark(const QString& text) {
  const int row = model_->row_of(text);
  if (row == selected()) return;
  if (row < 0) {
    table_->clearSelection();
  } else {
    table_->selectRow(row);
  }
}

void VariantList::set_can_pin(bool can) {
  pin_->setEnabled(can);
}

void VariantList::delete_selected() {
  const int row = selected();
  if (row < 1) return;
  QString text = model_->text_at(row);
  text.replace(QLatin1Char('\n'), QLatin1Char(' '));
  deleted_ = {row, model_->take(row)};
  deleted_text_->setText(
      tr("Deleted “%1”.").arg(fontMetrics().elidedText(text, Qt::ElideMiddle, 320)));
  deleted_text_->show();
  undo_->show();
  update_buttons();
  emit edited();
}

void VariantList::undo_delete() {
  if (!deleted_) return;
  auto [row, variant] = std::move(*deleted_);
  forget_deleted();
  model_->insert(row, std::move(variant));
  table_->selectRow(row);
  emit edited();
}

void VariantList::forget_deleted() {
  deleted_.reset();
  deleted_text_->clear();
  undo_->hide();
  update_buttons();
}

void VariantList::copy() const {
  QApplication::clipboard()->setText(QString::fromUtf8(model_->csv()));
}

void VariantList::update_buttons() {
  delete_->setEnabled(selected() > 0);
}

void VariantList::fit_columns() {
  auto* header = table_->horizontalHeader();
  for (int column = 0; column < model_->columnCount(); ++column) {
    if (column == VariantModel::text) {
      header->setSectionResizeMode(column, QHeaderView::Stretch);
      continue;
    }
    header->setSectionResizeMode(column, QHeaderView::Interactive);
    table_->resizeColumnToContents(column);
    header->resizeSection(column, header->sectionSize(column) + 2 * theme::grid);
  }
}

}  // namespace loupe::ui::shift
