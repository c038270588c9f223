// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/banner.h"

#include <QAccessible>
#include <QApplication>
#include <QClipboard>
#include <QEvent>
#include <QFontDatabase>
#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QToolButton>
#include <QVBoxLayout>

#include "ui/widgets/icons.h"
#include "ui/widgets/theme.h"

namespace loupe::ui {
namespace {

QColor colour_of(Banner::Severity severity) {
  switch (severity) {
    case Banner::Severity::info:
      return QApplication::palette().color(QPalette::Highlight);
    case Banner::Severity::warning:
      return theme::warning();
    case Banner::Severity::error:
      break;
  }
  return theme::error();
}

}  // namespace

Banner::Banner(QWidget* parent) : QFrame(parent) {
  setObjectName(QStringLiteral("banner"));
  setAutoFillBackground(true);
  icon_ = new QLabel(this);
  text_ = new QLabel(this);
  text_->setObjectName(QStringLiteral("banner-text"));
  text_->setWordWrap(true);
  text_->setTextFormat(Qt::PlainText);
  text_->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
  action_ = new QPushButton(this);
  action_->setObjectName(QStringLiteral("banner-action"));
  details_button_ = new QPushButton(tr("Details"), this);
  details_button_->setObjectName(QStringLiteral("banner-details"));
  details_button_->setCheckable(true);
  copy_ = new QPushButton(tr("Copy"), this);
  copy_->setObjectName(QStringLiteral("banner-copy"));
  copy_->setToolTip(tr("Copy the message and its details, to paste into a report"));
  close_ = new QToolButton(this);
  close_->setObjectName(QStringLiteral("banner-close"));
  close_->setAutoRaise(true);
  close_->setAccessibleName(tr("Close the message"));
  close_->setToolTip(tr("Close the message"));
  details_ = new QPlainTextEdit(this);
  details_->setReadOnly(true);
  details_->setFont(QFontDatabase::systemFont(QFontDatabase::FixedFont));
  details_->setMaximumHeight(140);
  details_->setAccessibleName(tr("Details of the message"));
  details_->hide();

  auto* line = new QHBoxLayout;
  line->setSpacing(theme::grid);
  line->addWidget(icon_, 0, Qt::AlignTop);
  line->addWidget(text_, 1);
  for (QWidget* button : {static_cast<QWidget*>(action_), static_cast<QWidget*>(details_button_),
                          static_cast<QWidget*>(copy_), static_cast<QWidget*>(close_)}) {
    line->addWidget(button, 0, Qt::AlignTop);
  }
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(2 * theme::grid, theme::grid, theme::grid, theme::grid);
  layout->addLayout(line);
  layout->addWidget(details_);

  connect(action_, &QPushButton::clicked, this, [this] {
    if (message_.act) message_.act();
  });
  connect(details_button_, &QPushButton::toggled, details_, &QWidget::setVisible);
  connect(copy_, &QPushButton::clicked, this, &Banner::copy);
  connect(close_, &QToolButton::clicked, this, &QWidget::hide);
  setVisible(false);
  restyle();
}

void Banner::show_message(Message message) {
  const bool same = isVisible() && message.key == message_.key &&
                    message.details == message_.details && message.text == message_.text;
  message_ = std::move(message);
  if (same) return;
  text_->setText(message_.hint.isEmpty() ? message_.text
                                         : message_.text + QLatin1Char('\n') + message_.hint);
  action_->setVisible(!message_.action.isEmpty());
  action_->setText(message_.action);
  details_button_->setVisible(!message_.details.isEmpty());
  details_button_->setChecked(false);
  details_->setPlainText(message_.details);
  setAccessibleName(message_.text);
  restyle();
  show();
  QAccessibleEvent alert(this, QAccessible::Alert);
  QAccessible::updateAccessibility(&alert);
}

void Banner::clear(const QString& key) {
  if (message_.key == key) hide();
}

void Banner::copy() const {
  QStringList parts{message_.text};
  for (const QString& part : {message_.hint, message_.details}) {
    if (!part.isEmpty()) parts << part;
  }
  QApplication::clipboard()->setText(parts.join(QLatin1Char('\n')));
}

void Banner::changeEvent(QEvent* event) {
  QFrame::changeEvent(event);
  if (event->type() == QEvent::PaletteChange && !restyling_) restyle();
}

void Banner::restyle() {
  const QColor colour = colour_of(message_.severity);
  const QColor base = theme::raised();
  const auto mix = [](const QColor& a, const QColor& b, double share) {
    return QColor::fromRgbF(static_cast<float>(a.redF() * share + b.redF() * (1 - share)),
                            static_cast<float>(a.greenF() * share + b.greenF() * (1 - share)),
                            static_cast<float>(a.blueF() * share + b.blueF() * (1 - share)));
  };
  QPalette own;
  own.setColor(QPalette::Window, mix(colour, base, 0.14));
  restyling_ = true;
  setPalette(own);
  restyling_ = false;
  icon_->setPixmap(icon_pixmap(
      message_.severity == Severity::info ? QStringLiteral("info") : QStringLiteral("error"),
      colour, 20, devicePixelRatioF()));
  close_->setIcon(icon(QStringLiteral("close"), theme::secondary_text()));
}

}  // namespace loupe::ui
