// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/engine_badge.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QPushButton>

#include "ui/widgets/theme.h"

namespace loupe::ui {
namespace {

constexpr int widest = 340;  // of the words; the tooltip has them whole

}  // namespace

EngineBadge::EngineBadge(QWidget* parent) : QWidget(parent) {
  setObjectName(QStringLiteral("engine-badge"));
  dot_ = new QLabel(this);
  text_ = new QLabel(this);
  text_->setObjectName(QStringLiteral("engine-state"));
  restart_ = new QPushButton(tr("Restart"), this);
  restart_->setObjectName(QStringLiteral("engine-restart"));
  restart_->setToolTip(
      tr("Start the engine again. Training jobs are processes of their own and "
         "go on."));
  auto* layout = new QHBoxLayout(this);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->setSpacing(theme::grid);
  layout->addWidget(dot_);
  layout->addWidget(text_);
  layout->addWidget(restart_);
  connect(restart_, &QPushButton::clicked, this, &EngineBadge::restart_wanted);
  restyle();
}

void EngineBadge::set_state(State state, const QString& tooltip, const QString& work) {
  setToolTip(tooltip);
  if (state == state_ && work == work_) return;
  state_ = state;
  work_ = work;
  restyle();
}

void EngineBadge::set_remote(bool remote) {
  remote_ = remote;
  restyle();
}

void EngineBadge::changeEvent(QEvent* event) {
  QWidget::changeEvent(event);
  if (event->type() == QEvent::PaletteChange) restyle();
}

void EngineBadge::restyle() {
  QColor colour = theme::reference();
  QString word;
  switch (state_) {
    case State::starting:
      word = remote_ ? tr("engine connecting…") : tr("engine starting…");
      break;
    case State::ready:
      word = tr("engine ready"), colour = theme::good();
      break;
    case State::busy:
      word = work_.isEmpty() ? tr("engine busy") : tr("engine busy: %1").arg(work_);
      colour = palette().color(QPalette::Highlight);
      break;
    case State::silent:
      word = tr("engine not answering"), colour = theme::warning();
      break;
    case State::dead:
      word = remote_ ? tr("engine lost") : tr("engine died"), colour = theme::error();
      break;
  }
  said_ = word;
  text_->setText(text_->fontMetrics().elidedText(word, Qt::ElideRight, widest));
  setAccessibleName(word);
  restart_->setText(remote_ ? tr("Reconnect") : tr("Restart"));
  restart_->setAccessibleName(remote_ ? tr("Connect to the engine again")
                                      : tr("Restart the engine"));
  restart_->setVisible(state_ == State::dead || state_ == State::silent);
  const qreal ratio = devicePixelRatioF();
  QPixmap dot(qRound(10 * ratio), qRound(10 * ratio));
  dot.setDevicePixelRatio(ratio);
  dot.fill(Qt::transparent);
  QPainter painter(&dot);
  painter.setRenderHint(QPainter::Antialiasing);
  painter.setPen(Qt::NoPen);
  painter.setBrush(colour);
  painter.drawEllipse(QRectF(1, 1, 8, 8));
  painter.end();
  dot_->setPixmap(dot);
}

}  // namespace loupe::ui
