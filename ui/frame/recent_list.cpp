// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/frame/recent_list.h"

#include <QDateTime>
#include <QHBoxLayout>
#include <QLabel>
#include <QLocale>
#include <QPushButton>
#include <QVBoxLayout>
#include <algorithm>

#include "ui/widgets/theme.h"

namespace loupe::ui {
namespace {

QString name_of(const QString& path) {
  return path.section(QLatin1Char('/'), -1, -1, QString::SectionSkipEmpty);
}

QString when(double seconds) {
  if (seconds <= 0) return {};
  const QDateTime time = QDateTime::fromMSecsSinceEpoch(static_cast<qint64>(seconds * 1000));
  const qint64 days = time.date().daysTo(QDate::currentDate());
  if (days == 0) return RecentList::tr("today, %1").arg(time.toString(QStringLiteral("HH:mm")));
  if (days == 1) return RecentList::tr("yesterday");
  return time.toString(QStringLiteral("yyyy-MM-dd"));
}

// A button of two lines; its text is what a screen reader says.
class RowButton : public QPushButton {
 public:
  RowButton(const QString& path, const QString& time, QWidget* parent) : QPushButton(parent) {
    setFlat(true);
    auto* name = new QLabel(name_of(path), this);
    name->setFont(theme::scaled(font(), 1.0, true));
    auto* opened = new QLabel(time, this);
    theme::make_secondary(opened);
    auto* where = new QLabel(this);
    where->setText(where->fontMetrics().elidedText(path, Qt::ElideMiddle, 340));
    theme::make_secondary(where);
    auto* top = new QHBoxLayout;
    top->addWidget(name, 1);
    top->addWidget(opened);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(theme::grid, theme::grid / 2, theme::grid, theme::grid / 2);
    layout->setSpacing(2);
    layout->addLayout(top);
    layout->addWidget(where);
    for (QLabel* label : {name, opened, where}) {
      label->setTextFormat(Qt::PlainText);
      label->setAttribute(Qt::WA_TransparentForMouseEvents);
    }
    setToolTip(path);
    setAccessibleName(path);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
  }
  QSize sizeHint() const override { return layout()->sizeHint(); }
  QSize minimumSizeHint() const override { return {120, layout()->minimumSize().height()}; }
};

}  // namespace

RecentList::RecentList(EngineClient* client, QWidget* parent) : QWidget(parent), client_(client) {
  setObjectName(QStringLiteral("recent-workspaces"));
  layout_ = new QVBoxLayout(this);
  layout_->setContentsMargins(0, 0, 0, 0);
  layout_->setSpacing(0);
}

void RecentList::set_workspaces(const std::vector<RecentWorkspace>& recent) {
  // Later: it may be a click in one of them that asks for this.
  for (QWidget* line : findChildren<QWidget*>(QString(), Qt::FindDirectChildrenOnly)) {
    line->setParent(nullptr);
    line->deleteLater();
  }
  rows_.clear();
  for (const RecentWorkspace& one : recent) add_row(one);
  look();
}

void RecentList::add_row(const RecentWorkspace& one) {
  auto* line = new QWidget(this);
  const int number = static_cast<int>(rows_.size());
  Row row;
  row.open = new RowButton(one.path, when(one.opened), line);
  row.open->setObjectName(QStringLiteral("recent-%1").arg(number));
  row.remove = new QPushButton(tr("Remove"), line);
  row.remove->setObjectName(QStringLiteral("recent-remove-%1").arg(number));
  row.remove->setToolTip(tr("Its folder is gone: take it off this list"));
  row.remove->setAccessibleName(tr("Remove %1 from the list").arg(one.path));
  row.remove->hide();
  auto* layout = new QHBoxLayout(line);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->addWidget(row.open, 1);
  layout->addWidget(row.remove);
  layout_->addWidget(line);
  connect(row.open, &QPushButton::clicked, this,
          [this, path = one.path] { emit open_wanted(path); });
  connect(row.remove, &QPushButton::clicked, this,
          [this, path = one.path] { emit remove_wanted(path); });
  rows_.insert(one.path, row);
}

void RecentList::look() {
  asking_ = 0;
  const int round = ++asked_;
  if (client_->state() != EngineClient::State::ready) return;
  for (auto it = rows_.cbegin(); it != rows_.cend(); ++it) {
    const QString path = it.key();
    const auto answered = [this, path, round](bool missing) {
      if (round != asked_) return;
      --asking_;
      set_missing(path, missing);
    };
    ++asking_;
    client_->call<api::FolderListing>(
        api::method::fs_list, {{"path", stdstr(path)}}, this,
        [answered](const api::FolderListing& listing) {
          answered(std::none_of(listing.entries.begin(), listing.entries.end(),
                                [](const auto& e) { return e.name == "workspace.sqlite"; }));
        },
        [answered](const Failure& failure) {
          answered(failure.code == QLatin1String("not_found"));
        });
  }
}

void RecentList::set_missing(const QString& path, bool missing) {
  const auto it = rows_.constFind(path);
  if (it == rows_.cend()) return;
  it->open->setEnabled(!missing);
  it->remove->setVisible(missing);
}

}  // namespace loupe::ui
