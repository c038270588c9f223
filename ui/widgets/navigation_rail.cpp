// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/navigation_rail.h"

#include <QButtonGroup>
#include <QEvent>
#include <QPainter>
#include <QToolButton>
#include <QVBoxLayout>

#include "ui/widgets/icons.h"
#include "ui/widgets/theme.h"

namespace loupe::ui {
namespace {

// Says where one is without relying on the style's pressed look: a bar at the left edge and a tint.
class RailButton : public QToolButton {
 public:
  using QToolButton::QToolButton;

 protected:
  void paintEvent(QPaintEvent*) override {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const QColor accent = palette().color(QPalette::Highlight);
    QColor tint = accent;
    tint.setAlphaF(isChecked() ? 0.16f : underMouse() ? 0.08f : 0.0f);
    painter.setPen(Qt::NoPen);
    painter.setBrush(tint);
    painter.drawRoundedRect(QRectF(rect()).adjusted(5, 1, -5, -1), 6, 6);
    if (isChecked()) {
      painter.setBrush(accent);
      painter.drawRoundedRect(QRectF(0, 10, 3, height() - 20), 1.5, 1.5);
    }
    const int side = iconSize().width();
    icon().paint(&painter, (width() - side) / 2, 9, side, side);
    painter.setPen(isChecked() ? accent : theme::secondary_text());
    painter.drawText(QRect(0, 9 + side, width(), height() - side - 12), Qt::AlignCenter, text());
    if (hasFocus()) {
      painter.setBrush(Qt::NoBrush);
      painter.setPen(QPen(accent, 1));
      painter.drawRoundedRect(QRectF(rect()).adjusted(5.5, 1.5, -5.5, -1.5), 6, 6);
    }
  }
};

constexpr int rail_width = 76, button_height = 60, icon_size = 24;

}  // namespace

NavigationRail::NavigationRail(QWidget* parent) : QWidget(parent) {
  setFixedWidth(rail_width);
  setAccessibleName(tr("Pages"));
  layout_ = new QVBoxLayout(this);
  layout_->setContentsMargins(0, theme::grid, 0, theme::grid);
  layout_->setSpacing(theme::grid / 2);
  layout_->addStretch(1);
  group_ = new QButtonGroup(this);
  group_->setExclusive(true);
  connect(group_, &QButtonGroup::idClicked, this, &NavigationRail::picked);
}

void NavigationRail::add_page(const QString& name, const QString& icon_name,
                              const QString& tooltip) {
  auto* button = new RailButton(this);
  button->setText(name);
  button->setToolTip(tooltip);
  button->setAccessibleName(name);
  button->setCheckable(true);
  button->setFixedSize(rail_width, button_height);
  button->setIconSize({icon_size, icon_size});
  button->setFocusPolicy(Qt::TabFocus);
  group_->addButton(button, static_cast<int>(icons_.size()));
  icons_.append(icon_name);
  layout_->insertWidget(layout_->count() - 1, button);
  restyle();
}

void NavigationRail::set_current(int page) {
  if (QAbstractButton* button = group_->button(page)) button->setChecked(true);
  restyle();
}

int NavigationRail::current() const {
  return group_->checkedId();
}

void NavigationRail::changeEvent(QEvent* event) {
  QWidget::changeEvent(event);
  if (event->type() == QEvent::PaletteChange) restyle();
}

void NavigationRail::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  painter.fillRect(rect(), theme::raised());
  painter.fillRect(width() - 1, 0, 1, height(), theme::line());
}

void NavigationRail::restyle() {
  for (int i = 0; i < icons_.size(); ++i) {
    QAbstractButton* button = group_->button(i);
    button->setIcon(icon(icons_[i], button->isChecked() ? palette().color(QPalette::Highlight)
                                                        : theme::secondary_text()));
  }
}

}  // namespace loupe::ui
