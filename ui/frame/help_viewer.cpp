// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/frame/help_viewer.h"

#include <QAction>
#include <QCoreApplication>
#include <QDir>
#include <QEvent>
#include <QFileInfo>
#include <QLineEdit>
#include <QShortcut>
#include <QTextBlock>
#include <QTextBrowser>
#include <QTextTable>
#include <QToolBar>
#include <QVBoxLayout>

#include "ui/widgets/icons.h"
#include "ui/widgets/theme.h"

namespace loupe::ui {
namespace {

// As code hosts name the anchor of a heading.
QString slug(const QString& heading) {
  QString result;
  for (const QChar c : heading.toLower()) {
    if (c.isLetterOrNumber() || c == QLatin1Char('-') || c == QLatin1Char('_')) result += c;
    if (c == QLatin1Char(' ')) result += QLatin1Char('-');
  }
  return result;
}

}  // namespace

HelpViewer::HelpViewer(const QString& folder, QWidget* parent)
    : QWidget(parent, Qt::Window), folder_(folder) {
  setObjectName(QStringLiteral("help-viewer"));
  setWindowTitle(tr("RewardLoupe guide"));
  setWindowIcon(QIcon(QStringLiteral(":/icons/rewardloupe.svg")));
  browser_ = new QTextBrowser(this);
  browser_->setObjectName(QStringLiteral("help-text"));
  browser_->setAccessibleName(tr("Guide"));
  browser_->setOpenExternalLinks(true);
  browser_->setFrameShape(QFrame::NoFrame);
  browser_->document()->setDocumentMargin(3 * theme::grid);
  find_ = new QLineEdit(this);
  find_->setObjectName(QStringLiteral("help-find"));
  find_->setPlaceholderText(tr("Find on this page (Ctrl+F)"));
  find_->setAccessibleName(tr("Find on this page"));
  find_->setClearButtonEnabled(true);
  find_->setMaximumWidth(280);

  auto* bar = new QToolBar(this);
  bar->setIconSize({20, 20});
  const auto add = [&](const QString& text, const QKeySequence& keys, const char* name) {
    QAction* action = bar->addAction(text);
    action->setObjectName(QString::fromLatin1(name));
    action->setShortcut(keys);
    action->setToolTip(
        QStringLiteral("%1 (%2)").arg(text, keys.toString(QKeySequence::NativeText)));
    return action;
  };
  back_ = add(tr("Back"), QKeySequence(Qt::ALT | Qt::Key_Left), "help-back");
  forward_ = add(tr("Forward"), QKeySequence(Qt::ALT | Qt::Key_Right), "help-forward");
  home_ = add(tr("First page"), QKeySequence(Qt::ALT | Qt::Key_Home), "help-home");
  auto* space = new QWidget(bar);
  space->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Preferred);
  bar->addWidget(space);
  bar->addWidget(find_);
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->setSpacing(0);
  layout->addWidget(bar);
  layout->addWidget(browser_, 1);
  resize(820, 680);

  connect(back_, &QAction::triggered, browser_, &QTextBrowser::backward);
  connect(forward_, &QAction::triggered, browser_, &QTextBrowser::forward);
  connect(home_, &QAction::triggered, this, [this] { show_page(QStringLiteral("README")); });
  connect(browser_, &QTextBrowser::backwardAvailable, back_, &QAction::setEnabled);
  connect(browser_, &QTextBrowser::forwardAvailable, forward_, &QAction::setEnabled);
  connect(browser_, &QTextBrowser::sourceChanged, this, &HelpViewer::source_changed);
  connect(find_, &QLineEdit::returnPressed, this, &HelpViewer::find_next);
  connect(new QShortcut(QKeySequence::Find, this), &QShortcut::activated, this, [this] {
    find_->setFocus();
    find_->selectAll();
  });
  connect(new QShortcut(QKeySequence(Qt::Key_Escape), this), &QShortcut::activated, this,
          &QWidget::close);
  back_->setEnabled(false);
  forward_->setEnabled(false);
  restyle();
}

QString HelpViewer::find_guide() {
  const QDir program(QCoreApplication::applicationDirPath());
  const QStringList places = {program.filePath(QStringLiteral("../share/doc/rewardloupe/guide")),
                              program.filePath(QStringLiteral("../share/rewardloupe/guide")),
                              QStringLiteral(LOUPE_GUIDE_FOLDER)};
  for (const QString& place : places) {
    if (QFileInfo::exists(QDir(place).filePath(QStringLiteral("README.md")))) {
      return QDir(place).canonicalPath();
    }
  }
  return {};
}

void HelpViewer::show_page(const QString& page) {
  if (folder_.isEmpty()) {
    show_markdown(tr("Guide"),
                  tr("The guide is not installed beside this program. It is the folder "
                     "`docs/guide` of the sources."));
    return;
  }
  QString path = QDir(folder_).filePath(page + QStringLiteral(".md"));
  if (!QFileInfo::exists(path)) path = QDir(folder_).filePath(QStringLiteral("README.md"));
  browser_->setSource(QUrl::fromLocalFile(path), QTextDocument::MarkdownResource);
}

void HelpViewer::show_markdown(const QString& title, const QString& text) {
  browser_->setSource(QUrl());
  browser_->setMarkdown(text);
  polish();
  setWindowTitle(title);
}

void HelpViewer::source_changed() {
  const QUrl source = browser_->source();
  if (source.isEmpty()) return;
  polish();
  setWindowTitle(tr("RewardLoupe guide: %1").arg(QFileInfo(source.path()).completeBaseName()));
  if (source.hasFragment()) go_to_heading(source.fragment());
}

void HelpViewer::polish() {
  QTextDocument* document = browser_->document();
  for (QTextFrame* frame : document->rootFrame()->childFrames()) {
    auto* table = qobject_cast<QTextTable*>(frame);
    if (table == nullptr) continue;
    QTextTableFormat format = table->format();
    format.setCellPadding(theme::grid / 2);
    format.setCellSpacing(0);
    format.setBorder(1);
    format.setBorderCollapse(true);
    format.setBorderStyle(QTextFrameFormat::BorderStyle_Solid);
    format.setBorderBrush(theme::line());
    format.setBottomMargin(theme::grid);
    table->setFormat(format);
  }
  for (QTextBlock block = document->begin(); block.isValid(); block = block.next()) {
    if (block.blockFormat().headingLevel() == 0) continue;
    QTextBlockFormat format = block.blockFormat();
    format.setTopMargin(block.blockNumber() == 0 ? 0 : 2 * theme::grid);
    format.setBottomMargin(theme::grid);
    QTextCursor(block).setBlockFormat(format);
  }
}

void HelpViewer::go_to_heading(const QString& fragment) {
  for (QTextBlock block = browser_->document()->begin(); block.isValid(); block = block.next()) {
    if (block.blockFormat().headingLevel() == 0 || slug(block.text()) != fragment) continue;
    QTextCursor cursor(block);
    browser_->moveCursor(QTextCursor::End);  // so that the heading comes to the top
    browser_->setTextCursor(cursor);
    return;
  }
}

void HelpViewer::find_next() {
  if (find_->text().isEmpty() || browser_->find(find_->text())) return;
  browser_->moveCursor(QTextCursor::Start);
  browser_->find(find_->text());
}

void HelpViewer::changeEvent(QEvent* event) {
  QWidget::changeEvent(event);
  if (event->type() == QEvent::PaletteChange) restyle();
}

void HelpViewer::restyle() {
  const QColor colour = palette().color(QPalette::ButtonText);
  back_->setIcon(icon(QStringLiteral("back"), colour));
  forward_->setIcon(icon(QStringLiteral("forward"), colour));
  home_->setIcon(icon(QStringLiteral("home"), colour));
  polish();
}

}  // namespace loupe::ui
