// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/drop_target.h"

#include <QDropEvent>
#include <QLabel>
#include <QMimeData>
#include <QPainter>
#include <QUrl>
#include <QVBoxLayout>

#include "ui/widgets/theme.h"

namespace loupe::ui {

DropTarget::DropTarget(QWidget* over) : QWidget(over) {
  setObjectName(QStringLiteral("drop-target"));
  setAttribute(Qt::WA_TransparentForMouseEvents);
  said_ = new QLabel(this);
  said_->setObjectName(QStringLiteral("drop-said"));
  said_->setTextFormat(Qt::PlainText);
  said_->setAlignment(Qt::AlignCenter);
  said_->setWordWrap(true);
  said_->setFont(theme::scaled(font(), 1.35, true));
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(4 * theme::grid, 4 * theme::grid, 4 * theme::grid, 4 * theme::grid);
  layout->addWidget(said_);
  hide();
}

QString DropTarget::path_in(const QMimeData* data) {
  for (const QUrl& url : data->urls()) {
    if (!url.isLocalFile()) continue;
    QString path = url.toLocalFile();
    while (path.size() > 1 && path.endsWith(QLatin1Char('/'))) path.chop(1);
    return path;
  }
  return {};
}

bool DropTarget::take(QObject* receiver, QEvent* event) {
  const QEvent::Type type = event->type();
  if (type != QEvent::DragEnter && type != QEvent::DragMove && type != QEvent::DragLeave &&
      type != QEvent::Drop) {
    return false;
  }
  const auto* widget = qobject_cast<const QWidget*>(receiver);
  if (widget == nullptr || widget->window() != window()) return false;
  if (type == QEvent::DragLeave) {
    hide();
    return false;
  }
  auto* drop = static_cast<QDropEvent*>(event);
  const QString path = path_in(drop->mimeData());
  if (path.isEmpty()) return false;
  drop->setDropAction(Qt::CopyAction);
  drop->accept();
  if (type == QEvent::Drop) {
    hide();
    emit dropped(path);
  } else {
    hover(path);
  }
  return true;
}

void DropTarget::hover(const QString& path) {
  const QString name = path.section(QLatin1Char('/'), -1);
  said_->setText(path.endsWith(QLatin1String(".rlproj"))
                     ? tr("Drop to open the project %1").arg(name)
                     : tr("Drop to import the model %1").arg(name));
  setGeometry(parentWidget()->rect());
  raise();
  show();
}

void DropTarget::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  painter.setRenderHint(QPainter::Antialiasing);
  QColor veil = palette().color(QPalette::Window);
  veil.setAlphaF(0.88f);
  painter.fillRect(rect(), veil);
  painter.setPen(QPen(palette().color(QPalette::Highlight), 2, Qt::DashLine));
  painter.drawRoundedRect(QRectF(rect()).adjusted(12, 12, -12, -12), 8, 8);
}

}  // namespace loupe::ui
