// SPDX-License-Identifier: GPL-3.0-or-later
// Ctrl+K: everything that can be done or gone to, in one list over the window, by a few letters of
// its name and without the mouse.
#pragma once

#include <QAbstractListModel>
#include <QFrame>
#include <QPointer>
#include <QStringList>
#include <functional>
#include <vector>

class QLabel;
class QLineEdit;
class QListView;

namespace loupe::ui {

struct PaletteItem {
  QString key;  // the same from day to day: what was chosen lately comes first
  QString title, detail;
  QString kind;  // "Action", "Run", …
  QString shortcut;
  std::function<void()> act;
  std::function<void()> act_other;  // with Shift; may be empty
};

class PaletteModel : public QAbstractListModel {
  Q_OBJECT
 public:
  enum Role { detail_role = Qt::UserRole, kind_role, shortcut_role };

  using QAbstractListModel::QAbstractListModel;
  // recent: keys, newest first.
  void set_items(std::vector<PaletteItem> items, const QStringList& recent);
  void set_typed(const QString& typed);
  const PaletteItem& item(int row) const { return items_[size_t(shown_[size_t(row)])]; }

  int rowCount(const QModelIndex& parent = {}) const override;
  QVariant data(const QModelIndex& index, int role) const override;

 private:
  std::vector<PaletteItem> items_;
  std::vector<int> shown_;
  QStringList recent_;
};

class CommandPalette : public QFrame {
  Q_OBJECT
 public:
  // Lies over `over`, hidden until it is opened.
  explicit CommandPalette(QWidget* over);
  void open(std::vector<PaletteItem> items);
  const QStringList& recent() const { return recent_; }
  void set_recent(const QStringList& keys) { recent_ = keys; }

 signals:
  // Something was chosen; recent() has it in front.
  void chosen();

 protected:
  bool eventFilter(QObject* watched, QEvent* event) override;
  void hideEvent(QHideEvent*) override;
  void paintEvent(QPaintEvent*) override;

 private:
  void place();
  void choose(bool other);
  void filter(const QString& typed);

  PaletteModel* model_;
  QLineEdit* typed_;
  QListView* list_;
  QLabel* nothing_;
  QPointer<QWidget> before_;  // had the focus
  QStringList recent_;
};

}  // namespace loupe::ui
