// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/frame/top_bar.h"

#include <QAction>
#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QMenu>
#include <QPushButton>
#include <QToolButton>

#include "ui/widgets/engine_badge.h"
#include "ui/widgets/icons.h"
#include "ui/widgets/theme.h"

namespace loupe::ui {
namespace {

constexpr int widest_name = 240, widest_devices = 220;

// Looks like the field it opens; is a button, so that it takes no key from the page.
class SearchButton : public QPushButton {
 public:
  using QPushButton::QPushButton;
  QSize sizeHint() const override { return {320, QPushButton::sizeHint().height()}; }
  QSize minimumSizeHint() const override { return {140, QPushButton::sizeHint().height()}; }
};

}  // namespace

TopBar::TopBar(QAction* back, QAction* forward, QAction* palette, QWidget* parent)
    : QWidget(parent) {
  setObjectName(QStringLiteral("top-bar"));
  workspace_ = new QToolButton(this);
  workspace_->setObjectName(QStringLiteral("workspace-name"));
  workspace_->setFont(theme::scaled(font(), 1.1, true));
  workspace_->setAutoRaise(true);
  workspace_->setToolButtonStyle(Qt::ToolButtonTextOnly);
  workspace_->setFocusPolicy(Qt::TabFocus);
  menu_ = new QMenu(workspace_);
  menu_->setObjectName(QStringLiteral("workspace-menu"));
  connect(workspace_, &QToolButton::clicked, this,
          [this] { menu_->popup(workspace_->mapToGlobal(QPoint(0, workspace_->height()))); });

  const auto step = [this](QAction* action, const char* name) {
    auto* button = new QToolButton(this);
    button->setObjectName(QString::fromLatin1(name));
    button->setDefaultAction(action);
    button->setToolButtonStyle(Qt::ToolButtonIconOnly);
    button->setIconSize({20, 20});
    button->setAutoRaise(true);
    button->setFocusPolicy(Qt::TabFocus);
    button->setAccessibleName(action->iconText());
    return button;
  };
  back_ = step(back, "go-back");
  forward_ = step(forward, "go-forward");

  search_ = new SearchButton(tr("Search everything"), this);
  search_->setObjectName(QStringLiteral("search-everything"));
  search_->setToolTip(palette->toolTip());
  search_->setFocusPolicy(Qt::TabFocus);
  search_->setAccessibleName(tr("Search everything"));
  auto* shortcut = new QLabel(palette->shortcut().toString(QKeySequence::NativeText), search_);
  theme::make_secondary(shortcut);
  shortcut->setAttribute(Qt::WA_TransparentForMouseEvents);
  auto* inside = new QHBoxLayout(search_);
  inside->setContentsMargins(theme::grid, 0, theme::grid, 0);
  inside->addStretch(1);
  inside->addWidget(shortcut);
  connect(search_, &QPushButton::clicked, palette, &QAction::trigger);

  badge_ = new EngineBadge(this);
  devices_ = new QLabel(this);
  devices_->setObjectName(QStringLiteral("engine-devices"));
  theme::make_secondary(devices_);

  auto* layout = new QHBoxLayout(this);
  layout->setContentsMargins(theme::grid, theme::grid, 2 * theme::grid, theme::grid);
  layout->setSpacing(theme::grid);
  layout->addWidget(workspace_);
  layout->addWidget(back_);
  layout->addWidget(forward_);
  layout->addStretch(1);
  layout->addWidget(search_, 2);
  layout->addStretch(1);
  layout->addWidget(badge_);
  layout->addSpacing(theme::grid);
  layout->addWidget(devices_);
  restyle();
}

void TopBar::set_workspace(const QString& name, const QString& tooltip) {
  const QString shown = name.isEmpty() ? tr("Workspace") : name;
  name_ = name;
  workspace_->setText(workspace_->fontMetrics().elidedText(shown, Qt::ElideMiddle, widest_name) +
                      QStringLiteral("  ▾"));
  workspace_->setToolTip(tooltip.isEmpty()
                             ? tr("Switch to another workspace, or make one")
                             : tooltip + QLatin1Char('\n') +
                                   tr("Click to switch to another workspace, or to make one"));
  workspace_->setAccessibleName(tr("Workspace %1").arg(shown));
}

void TopBar::set_devices(const QString& devices, const QString& tooltip) {
  devices_->setText(devices_->fontMetrics().elidedText(devices, Qt::ElideRight, widest_devices));
  devices_->setToolTip(tooltip);
}

void TopBar::changeEvent(QEvent* event) {
  QWidget::changeEvent(event);
  if (event->type() == QEvent::PaletteChange) restyle();
}

void TopBar::restyle() {
  const QColor colour = palette().color(QPalette::ButtonText);
  back_->defaultAction()->setIcon(icon(QStringLiteral("back"), colour));
  forward_->defaultAction()->setIcon(icon(QStringLiteral("forward"), colour));
  search_->setIcon(icon(QStringLiteral("search"), theme::secondary_text()));
  search_->setStyleSheet(QStringLiteral("QPushButton { text-align: left; padding: 4px 8px; }"));
}

}  // namespace loupe::ui
