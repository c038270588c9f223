// SPDX-License-Identifier: GPL-3.0-or-later
// The guide in a window of its own: the Markdown pages of docs/guide, their links and pictures.
#pragma once

#include <QWidget>

class QAction;
class QLineEdit;
class QTextBrowser;

namespace loupe::ui {

class HelpViewer : public QWidget {
  Q_OBJECT
 public:
  // folder: of the guide; empty where there is none.
  explicit HelpViewer(const QString& folder, QWidget* parent = nullptr);

  // page: a file's name without its ending; the guide's first page where there is none of it.
  void show_page(const QString& page);
  // Something made by the window itself, e.g. the list of shortcuts.
  void show_markdown(const QString& title, const QString& text);
  QTextBrowser* browser() const { return browser_; }

  // Beside the sources, or where it is installed; empty where it is not found.
  static QString find_guide();

 private:
  void source_changed();
  // Room around what Markdown sets close together.
  void polish();
  void go_to_heading(const QString& fragment);
  void find_next();
  void restyle();

 protected:
  void changeEvent(QEvent*) override;

 private:
  QString folder_;
  QTextBrowser* browser_;
  QAction* back_;
  QAction* forward_;
  QAction* home_;
  QLineEdit* find_;
};

}  // namespace loupe::ui
