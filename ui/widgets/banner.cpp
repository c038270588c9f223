// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/banner.h"

#include <QAccessible>
#include <QApplication>
#include <QClipboard>
#include <QEvent>
#include <QFontDatabase>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QPainter>
#include <QPlainTextEdit>
#include <QProgressBar>
#include <QPushButton>
#include <QToolButton>
#include <QVBoxLayout>
#include <algorithm>

#include "ui/widgets/icons.h"
#include "ui/widgets/theme.h"

namespace loupe::ui {
namespace {

constexpr size_t kept_messages = 20;
constexpr int details_lines = 8;  // more are scrolled

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
  progress_ = new QProgressBar(this);
  progress_->setObjectName(QStringLiteral("banner-progress"));
  progress_->setAccessibleName(tr("Progress"));
  progress_->setRange(0, 1000);
  progress_->setFixedWidth(200);
  action_ = new QPushButton(this);
  action_->setObjectName(QStringLiteral("banner-action"));
  details_button_ = new QPushButton(tr("Details"), this);
  details_button_->setObjectName(QStringLiteral("banner-details"));
  details_button_->setCheckable(true);
  copy_ = new QPushButton(tr("Copy"), this);
  copy_->setObjectName(QStringLiteral("banner-copy"));
  copy_->setToolTip(tr("Copy the message and its details, to paste into a report"));
  more_ = new QToolButton(this);
  more_->setObjectName(QStringLiteral("banner-more"));
  more_->setAutoRaise(true);
  more_->setToolTip(tr("Show the message before this one"));
  close_ = new QToolButton(this);
  close_->setObjectName(QStringLiteral("banner-close"));
  close_->setAutoRaise(true);
  close_->setAccessibleName(tr("Close the message"));
  close_->setToolTip(tr("Close the message"));
  details_ = new QPlainTextEdit(this);
  details_->setReadOnly(true);
  details_->setFont(QFontDatabase::systemFont(QFontDatabase::FixedFont));
  details_->setObjectName(QStringLiteral("banner-details-text"));
  details_->setAccessibleName(tr("Details of the message"));
  details_->hide();

  auto* line = new QHBoxLayout;
  line->setSpacing(theme::grid);
  line->addWidget(icon_, 0, Qt::AlignTop);
  line->addWidget(text_, 1);
  for (QWidget* part :
       std::initializer_list<QWidget*>{progress_, action_, details_button_, copy_, more_, close_}) {
    line->addWidget(part, 0, Qt::AlignTop);
  }
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(2 * theme::grid, theme::grid, theme::grid, theme::grid);
  layout->addLayout(line);
  layout->addWidget(details_);

  connect(action_, &QPushButton::clicked, this, [this] {
    if (const auto act = message().act) act();  // a copy: it may close the message
  });
  connect(details_button_, &QPushButton::toggled, details_, &QWidget::setVisible);
  connect(copy_, &QPushButton::clicked, this, &Banner::copy);
  connect(more_, &QToolButton::clicked, this, &Banner::step);
  connect(close_, &QToolButton::clicked, this, &Banner::close_current);
  setVisible(false);
  restyle();
}

const Banner::Message& Banner::message() const {
  static const Message none;
  return messages_.empty() ? none : messages_.back();
}

std::vector<Banner::Message>::iterator Banner::find(const QString& key) {
  return std::find_if(messages_.begin(), messages_.end(),
                      [&](const Message& one) { return one.key == key; });
}

bool Banner::has(const QString& key) const {
  return std::any_of(messages_.begin(), messages_.end(),
                     [&](const Message& one) { return one.key == key; });
}

void Banner::show_message(Message message) {
  const auto older = find(message.key);
  if (older != messages_.end()) {
    const bool same = older->text == message.text && older->details == message.details &&
                      older->action == message.action && older->hint == message.hint;
    if (same) {
      // Nothing new to read: it stays where it is, however often it is said.
      const bool shown = older + 1 == messages_.end();
      *older = std::move(message);
      if (shown && older->progress >= 0) progress_->setValue(qRound(1000 * older->progress));
      return;
    }
    messages_.erase(older);
  }
  messages_.push_back(std::move(message));
  if (messages_.size() > kept_messages) messages_.erase(messages_.begin());
  show_current();
  QAccessibleEvent alert(this, QAccessible::Alert);
  QAccessible::updateAccessibility(&alert);
}

void Banner::clear(const QString& key) {
  const auto found = find(key);
  if (found == messages_.end()) return;
  messages_.erase(found);
  show_current();
}

void Banner::close_current() {
  if (!messages_.empty()) messages_.pop_back();
  show_current();
}

void Banner::step() {
  std::rotate(messages_.begin(), messages_.end() - 1, messages_.end());
  show_current();
}

void Banner::show_current() {
  const Message& shown = message();
  if (!messages_.empty()) {
    const QString text =
        shown.hint.isEmpty() ? shown.text : shown.text + QLatin1Char('\n') + shown.hint;
    const bool fresh = details_->toPlainText() != shown.details || text_->text() != text;
    text_->setText(text);
    progress_->setVisible(shown.progress >= 0);
    progress_->setValue(qRound(1000 * qMax(0.0, shown.progress)));
    action_->setVisible(!shown.action.isEmpty());
    action_->setText(shown.action);
    details_button_->setVisible(!shown.details.isEmpty());
    if (fresh) details_button_->setChecked(false);
    details_->setPlainText(shown.details);
    const int lines = qBound(2, details_->document()->blockCount(), details_lines);
    details_->setFixedHeight(details_->fontMetrics().lineSpacing() * lines + 2 * theme::grid);
    more_->setVisible(count() > 1);
    more_->setText(tr("%1 more").arg(count() - 1));
    more_->setAccessibleName(tr("%1 more messages").arg(count() - 1));
    setAccessibleName(shown.text);
    restyle();
  }
  setVisible(!messages_.empty());
}

void Banner::copy() const {
  QStringList parts{message().text};
  for (const QString& part : {message().hint, message().details}) {
    if (!part.isEmpty()) parts << part;
  }
  QApplication::clipboard()->setText(parts.join(QLatin1Char('\n')));
}

void Banner::changeEvent(QEvent* event) {
  QFrame::changeEvent(event);
  if (event->type() == QEvent::PaletteChange && !restyling_) restyle();
}

void Banner::keyPressEvent(QKeyEvent* event) {
  if (event->key() == Qt::Key_Escape) {
    close_current();
  } else {
    QFrame::keyPressEvent(event);
  }
}

void Banner::restyle() {
  const Severity severity = message().severity;
  const QColor colour = colour_of(severity);
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
  const QString name = severity == Severity::info      ? QStringLiteral("info")
                       : severity == Severity::warning ? QStringLiteral("warning")
                                                       : QStringLiteral("error");
  icon_->setPixmap(icon_pixmap(name, colour, 20, devicePixelRatioF()));
  close_->setIcon(icon(QStringLiteral("close"), theme::secondary_text()));
}

}  // namespace loupe::ui
