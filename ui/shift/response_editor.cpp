// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shift/response_editor.h"

#include <QAbstractTextDocumentLayout>
#include <QEvent>
#include <QGridLayout>
#include <QLabel>
#include <QMenu>
#include <QPlainTextEdit>
#include <QRadioButton>
#include <QTextBlock>
#include <QTextDocument>
#include <QToolButton>
#include <algorithm>
#include <cmath>

#include "ui/shift/surface_edits.h"
#include "ui/shift/word_diff.h"
#include "ui/widgets/theme.h"

namespace loupe::ui::shift {
namespace {

constexpr double most_lines = 3;  // of a text that is only shown

// As typed: QPlainTextEdit::toPlainText() would turn no-break spaces into spaces, and a token more
// or less is what this page is about.
QString text_of(const QTextDocument& document) {
  QString text = document.toRawText();
  text.replace(QChar(QChar::ParagraphSeparator), QLatin1Char('\n'));
  text.replace(QChar(QChar::LineSeparator), QLatin1Char('\n'));
  return text;
}

// What an editor makes of a text's line ends.
QString as_edited(const QString& text) {
  QString normal = text;
  normal.replace(QStringLiteral("\r\n"), QStringLiteral("\n"));
  normal.replace(QLatin1Char('\r'), QLatin1Char('\n'));
  return normal;
}

}  // namespace

ResponseEditor::ResponseEditor(QWidget* parent) : QWidget(parent) {
  prompt_ = make_shown("shift-prompt", tr("Prompt"));
  before_ = make_shown("shift-original", tr("Original response"));
  other_ = make_shown("shift-other", tr("The other response"));
  editor_ = new QPlainTextEdit(this);
  editor_->setObjectName(QStringLiteral("shift-editor"));
  editor_->setAccessibleName(tr("Edited response"));
  editor_->setTabChangesFocus(true);
  editor_->setMinimumHeight(2 * fontMetrics().lineSpacing() + 12);
  editor_->setToolTip(
      tr("Write the same in other words: every model scores it as you type.\nCtrl+Z undoes, Ctrl+R "
         "brings the original back, Ctrl+Enter pins a variant."));
  connect(editor_, &QPlainTextEdit::textChanged, this, [this] {
    if (!tells_) return;
    show_changes();
    emit changed();
  });
  changes_ = new QLabel(this);
  changes_->setObjectName(QStringLiteral("shift-changes"));
  changes_->setAccessibleName(tr("Changes"));
  changes_->setTextFormat(Qt::RichText);
  changes_->setWordWrap(true);
  changes_->setAlignment(Qt::AlignTop | Qt::AlignLeft);
  changes_->setMargin(4);
  changes_->setMinimumHeight(fontMetrics().lineSpacing() + 8);
  changes_->setMaximumHeight(3 * fontMetrics().lineSpacing() + 8);

  auto* grid = new QGridLayout(this);
  grid->setContentsMargins(0, 0, 0, 0);
  grid->setHorizontalSpacing(theme::grid);
  grid->setVerticalSpacing(theme::grid / 2);
  int row = 0;
  const auto line = [&](const QString& name, QWidget* content, int stretch) {
    auto* label = new QLabel(name, this);
    label->setMargin(4);
    theme::make_secondary(label);
    grid->addWidget(label, row, 0, Qt::AlignTop | Qt::AlignLeft);
    grid->addWidget(content, row, 1);
    grid->setRowStretch(row++, stretch);
    return label;
  };
  prompt_name_ = line(tr("prompt"), prompt_, 0);
  line(tr("edit"), make_head(), 0);
  line(tr("original"), before_, 0);
  line(tr("edited"), editor_, 4)->setBuddy(editor_);
  line(tr("changes"), changes_, 0);
  grid->addWidget(make_palette_line(), row++, 1);
  other_name_ = line({}, other_, 0);
  grid->setColumnStretch(1, 1);
  load({}, {}, {}, Edited::chosen);
}

QPlainTextEdit* ResponseEditor::make_shown(const char* object_name, const QString& name) {
  auto* made = new QPlainTextEdit(this);
  made->setObjectName(QString::fromLatin1(object_name));
  made->setAccessibleName(name);
  made->setReadOnly(true);
  made->setTabChangesFocus(true);
  made->setFrameShape(QFrame::NoFrame);
  made->viewport()->setAutoFillBackground(false);
  theme::dim_text(made);
  // As high as its text, up to a few lines: the room is the editor's. The layout counts in lines.
  const auto fit = [made](const QSizeF& size) {
    const double lines = std::clamp(size.height(), 1.0, most_lines);
    made->setVerticalScrollBarPolicy(size.height() > most_lines ? Qt::ScrollBarAsNeeded
                                                                : Qt::ScrollBarAlwaysOff);
    made->setFixedHeight(static_cast<int>(std::ceil(lines * made->fontMetrics().lineSpacing() +
                                                    2 * made->document()->documentMargin())));
  };
  connect(made->document()->documentLayout(), &QAbstractTextDocumentLayout::documentSizeChanged,
          made, fit);
  fit({0, 1});
  return made;
}

QWidget* ResponseEditor::make_head() {
  auto* head = new QWidget(this);
  auto* layout = new QHBoxLayout(head);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->setSpacing(2 * theme::grid);
  const auto side = [&](const char* object, const QString& text, Edited edited) {
    auto* button = new QRadioButton(text, head);
    button->setObjectName(QString::fromLatin1(object));
    button->setAccessibleName(tr("Edit %1").arg(text));
    button->setToolTip(
        tr("Edit this response of the pair; the other one stays as it is.\nThe "
           "margin is always r(chosen) − r(rejected)."));
    layout->addWidget(button);
    connect(button, &QRadioButton::clicked, this, [this, edited] {
      if (edited != edited_) emit side_picked(edited);
    });
    return button;
  };
  chosen_ = side("shift-edit-chosen", tr("the chosen"), Edited::chosen);
  rejected_ = side("shift-edit-rejected", tr("the rejected"), Edited::rejected);
  layout->addStretch(1);
  restore_ = new QToolButton(head);
  restore_->setObjectName(QStringLiteral("shift-restore"));
  restore_->setText(tr("Restore original"));
  restore_->setToolTip(tr("Back to the original text (Ctrl+R); Ctrl+Z undoes it"));
  layout->addWidget(restore_);
  connect(restore_, &QToolButton::clicked, this, &ResponseEditor::restore_wanted);
  return head;
}

QWidget* ResponseEditor::make_palette_line() {
  auto* line = new QWidget(this);
  auto* layout = new QHBoxLayout(line);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->setSpacing(theme::grid / 2);
  QHash<QString, QMenu*> menus;
  for (const SurfaceEdit& edit : surface_edits()) {
    const auto act = [this, &edit] { apply(edit); };
    if (edit.group.isEmpty()) {
      auto* button = new QToolButton(line);
      button->setObjectName(QStringLiteral("shift-palette-") + edit.id);
      button->setText(edit.title);
      button->setToolTip(edit.tooltip + QLatin1Char('\n') +
                         tr("Applied to the selection, or to the whole response."));
      connect(button, &QToolButton::clicked, this, act);
      layout->addWidget(button);
      continue;
    }
    QMenu*& menu = menus[edit.group];
    if (menu == nullptr) {
      auto* button = new QToolButton(line);
      button->setObjectName(QStringLiteral("shift-palette-group-%1").arg(menus.size()));
      button->setText(edit.group + QStringLiteral("  "));  // room for the arrow
      button->setPopupMode(QToolButton::InstantPopup);
      button->setToolTip(tr("Applied to the selection, or to the whole response."));
      menu = new QMenu(button);
      menu->setToolTipsVisible(true);
      button->setMenu(menu);
      layout->addWidget(button);
    }
    QAction* action = menu->addAction(edit.title, this, act);
    action->setObjectName(QStringLiteral("shift-palette-") + edit.id);
    action->setToolTip(edit.tooltip);
  }
  layout->addStretch(1);
  return line;
}

void ResponseEditor::load(const QString& prompt, const QString& original, const QString& other,
                          Edited edited) {
  edited_ = edited;
  original_ = original;
  chosen_->setChecked(edited == Edited::chosen);
  rejected_->setChecked(edited == Edited::rejected);
  other_name_->setText(edited == Edited::chosen ? tr("rejected") : tr("chosen"));
  show_texts(prompt, other);
  tells_ = false;
  editor_->setPlainText(original);
  tells_ = true;
  show_changes();
}

void ResponseEditor::follow(const QString& prompt, const QString& original, const QString& other) {
  const bool edited = is_edited();
  original_ = original;
  show_texts(prompt, other);
  tells_ = false;
  if (!edited) editor_->setPlainText(original);
  tells_ = true;
  show_changes();
}

void ResponseEditor::set_context_visible(bool visible) {
  for (QWidget* part :
       std::initializer_list<QWidget*>{prompt_name_, prompt_, other_name_, other_}) {
    part->setVisible(visible);
  }
}

void ResponseEditor::show_texts(const QString& prompt, const QString& other) {
  prompt_->setPlainText(prompt);
  prompt_->setToolTip(prompt);
  before_->setPlainText(original_);
  other_->setPlainText(other);
}

QString ResponseEditor::text() const {
  const QString text = text_of(*editor_->document());
  return text == as_edited(original_) ? original_ : text;
}

void ResponseEditor::put(const QString& text) {
  if (text == this->text()) return;
  QTextCursor cursor = editor_->textCursor();
  cursor.beginEditBlock();
  cursor.select(QTextCursor::Document);
  cursor.insertText(as_edited(text));
  cursor.endEditBlock();
  editor_->setTextCursor(cursor);
}

void ResponseEditor::apply(const SurfaceEdit& edit) {
  QTextCursor cursor = editor_->textCursor();
  if (!cursor.hasSelection()) {
    put(edit.apply(text()));
    return;
  }
  QString selected = cursor.selectedText();
  selected.replace(QChar(QChar::ParagraphSeparator), QLatin1Char('\n'));
  const QString changed = edit.apply(selected);
  if (changed == selected) return;
  const int start = cursor.selectionStart();
  cursor.insertText(changed);
  cursor.setPosition(start);
  cursor.setPosition(start + static_cast<int>(changed.size()), QTextCursor::KeepAnchor);
  editor_->setTextCursor(cursor);
}

void ResponseEditor::show_changes() {
  const auto pieces = word_diff(as_edited(original_), as_edited(text()));
  const bool unchanged = is_unchanged(pieces);
  changes_->setText(unchanged ? QStringLiteral("<span style=\"color:%1\">%2</span>")
                                    .arg(theme::secondary_text().name(),
                                         tr("none yet: edit the text, or use a button below"))
                              : diff_html(pieces));
  restore_->setEnabled(!unchanged);
  QList<QTextEdit::ExtraSelection> marks;
  QColor tint = theme::good();
  tint.setAlphaF(0.18f);
  for (const DiffPiece& piece : pieces) {
    if (piece.kind != DiffPiece::Kind::added) continue;
    QTextEdit::ExtraSelection mark;
    mark.cursor = QTextCursor(editor_->document());
    mark.cursor.setPosition(static_cast<int>(piece.start));
    mark.cursor.setPosition(static_cast<int>(piece.start + piece.text.size()),
                            QTextCursor::KeepAnchor);
    mark.format.setBackground(tint);
    mark.format.setFontUnderline(true);
    mark.format.setUnderlineColor(theme::good());
    marks << mark;
  }
  editor_->setExtraSelections(marks);
}

void ResponseEditor::changeEvent(QEvent* event) {
  QWidget::changeEvent(event);
  if (event->type() != QEvent::PaletteChange) return;
  for (QPlainTextEdit* shown : {prompt_, before_, other_}) theme::dim_text(shown);
  show_changes();
}

}  // namespace loupe::ui::shift
