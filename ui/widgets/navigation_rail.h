// SPDX-License-Identifier: GPL-3.0-or-later
// The pages of the window, an icon and a word each, down the left side.
#pragma once

#include <QVector>
#include <QWidget>

class QButtonGroup;
class QToolButton;
class QVBoxLayout;

namespace loupe::ui {

class NavigationRail : public QWidget {
  Q_OBJECT
 public:
  explicit NavigationRail(QWidget* parent = nullptr);

  // Pages are numbered from 0 in the order they are added.
  void add_page(const QString& name, const QString& icon_name, const QString& tooltip);
  void set_current(int page);
  int current() const;

 signals:
  void picked(int page);

 protected:
  void changeEvent(QEvent*) override;
  void paintEvent(QPaintEvent*) override;

 private:
  void restyle();
  QVBoxLayout* layout_;
  QButtonGroup* group_;
  QVector<QString> icons_;
};

}  // namespace loupe::ui
