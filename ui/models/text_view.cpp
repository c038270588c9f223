// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/text_view.h"

#include <QApplication>
#include <QClipboard>
#include <QFontDatabase>
#include <QLabel>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QVBoxLayout>

#include "ui/widgets/save_file.h"
#include "ui/widgets/theme.h"

namespace loupe::ui {

TextView::TextView(const QString& name, const QString& title, QWidget* parent) : QWidget(parent) {
  title_ = new QLabel(title, this);
  theme::make_secondary(title_);
  text_ = new QPlainTextEdit(this);
  text_->setObjectName(name + QStringLiteral("-text"));
  text_->setAccessibleName(title);
  text_->setReadOnly(true);
  text_->setTabChangesFocus(true);
  text_->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
  text_->setFont(QFontDatabase::systemFont(QFontDatabase::FixedFont));
  auto* copy = new QPushButton(tr("Copy"), this);
  copy->setObjectName(name + QStringLiteral("-copy"));
  copy->setToolTip(tr("The whole text"));
  auto* save = new QPushButton(tr("Save as…"), this);
  save->setObjectName(name + QStringLiteral("-save"));
  save->setToolTip(tr("Into a file of this machine"));
  copy_ = copy;
  save_ = save;
  auto* line = new QHBoxLayout;
  line->setSpacing(theme::grid);
  line->addWidget(title_, 1);
  line->addWidget(copy);
  line->addWidget(save);
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(0, theme::grid / 2, 0, 0);
  layout->setSpacing(theme::grid / 2);
  layout->addLayout(line);
  layout->addWidget(text_, 1);
  connect(copy, &QPushButton::clicked, this,
          [this] { QApplication::clipboard()->setText(text_->toPlainText()); });
  connect(save, &QPushButton::clicked, this, &TextView::save);
}

void TextView::set_text(const QString& text, const QString& suggested, const QString& none) {
  suggested_ = suggested;
  if (text_->toPlainText() != text) text_->setPlainText(text);
  text_->setPlaceholderText(none);
  copy_->setEnabled(!text.isEmpty());
  save_->setEnabled(!text.isEmpty());
}

QString TextView::text() const {
  return text_->toPlainText();
}

void TextView::save() {
  const QString path = ask_save_path(this, tr("Save the text"), suggested_, tr("Text (*)"));
  if (path.isEmpty()) return;
  const QString reason = save_bytes(path, text_->toPlainText().toUtf8());
  if (!reason.isEmpty()) emit save_failed(path, reason);
}

}  // namespace loupe::ui
