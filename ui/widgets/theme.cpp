// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/theme.h"

#include <QApplication>
#include <QPalette>
#include <QStyleFactory>
#include <QWidget>
#include <algorithm>

// Resources of a static library are linked in only when asked for, from outside any namespace.
static void register_resources() {
  Q_INIT_RESOURCE(rewardloupe);
}

namespace loupe::ui::theme {
namespace {

struct Look {
  Mode mode = Mode::system;
  bool system_is_dark = false;
  bool dark = false;
};

Look& look() {
  static Look instance;
  return instance;
}

QColor pick(const char* light, const char* dark) {
  return QColor(is_dark() ? dark : light);
}

QPalette make_palette() {
  const QColor window = pick("#f5f6f8", "#1d2024");
  const QColor base = pick("#ffffff", "#25292e");
  const QColor text = pick("#1b1f24", "#e4e7eb");
  const QColor button = pick("#eceef1", "#2e3339");
  const QColor accent = pick("#2f6fce", "#4a86d8");
  const QColor faint = pick("#9aa1a9", "#737b84");
  QPalette p(button, window);
  p.setColor(QPalette::Window, window);
  p.setColor(QPalette::WindowText, text);
  p.setColor(QPalette::Base, base);
  p.setColor(QPalette::AlternateBase, pick("#f8f9fb", "#292d33"));
  p.setColor(QPalette::Text, text);
  p.setColor(QPalette::PlaceholderText, pick("#616a73", "#a3acb6"));
  p.setColor(QPalette::Button, button);
  p.setColor(QPalette::ButtonText, text);
  p.setColor(QPalette::BrightText, pick("#b3261e", "#ff8a80"));
  p.setColor(QPalette::ToolTipBase, pick("#ffffff", "#33393f"));
  p.setColor(QPalette::ToolTipText, text);
  p.setColor(QPalette::Highlight, accent);
  p.setColor(QPalette::HighlightedText, QColor(Qt::white));
  p.setColor(QPalette::Link, accent);
  p.setColor(QPalette::LinkVisited, accent);
  p.setColor(QPalette::Light, pick("#ffffff", "#3a4047"));
  p.setColor(QPalette::Midlight, pick("#f0f1f4", "#33383e"));
  p.setColor(QPalette::Mid, pick("#c9ced4", "#474e56"));
  p.setColor(QPalette::Dark, pick("#aab1b9", "#15181b"));
  p.setColor(QPalette::Shadow, pick("#7b838c", "#0b0d0f"));
  for (const auto role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText}) {
    p.setColor(QPalette::Disabled, role, faint);
  }
  p.setColor(QPalette::Disabled, QPalette::Highlight, pick("#c9ced4", "#474e56"));
  return p;
}

}  // namespace

void initialise() {
  register_resources();
  const QPalette system = QApplication::palette();
  look().system_is_dark =
      system.color(QPalette::Window).lightness() < system.color(QPalette::WindowText).lightness();
  QApplication::setStyle(QStyleFactory::create(QStringLiteral("Fusion")));
  apply(Mode::system);
}

void apply(Mode mode) {
  look().mode = mode;
  look().dark = mode == Mode::dark || (mode == Mode::system && look().system_is_dark);
  QApplication::setPalette(make_palette());
}

Mode mode() {
  return look().mode;
}
bool is_dark() {
  return look().dark;
}

QColor explicit_model() {
  return pick("#0b7a75", "#3fc1b8");
}
QColor implicit_model() {
  return pick("#b8500b", "#f79a4b");
}
QColor reference() {
  return pick("#6b737c", "#98a1ab");
}

QColor of_type(const QString& type) {
  if (type == QLatin1String("EX")) return explicit_model();
  if (type == QLatin1String("IM")) return implicit_model();
  return reference();
}

QColor of_type(const QString& type, int k) {
  QColor colour = of_type(type);
  if (k <= 0) return colour;
  float h = 0, s = 0, l = 0;
  colour.getHslF(&h, &s, &l);
  // Lighter and darker by turns, staying readable on the background.
  static constexpr float steps[] = {0.14f, -0.10f, 0.24f, -0.16f};
  l = std::clamp(l + steps[(k - 1) % 4], is_dark() ? 0.40f : 0.18f, is_dark() ? 0.85f : 0.62f);
  return QColor::fromHslF(h, s, l);
}

QColor secondary_text() {
  return pick("#5a636d", "#a3acb6");
}
QColor line() {
  return pick("#d9dde2", "#3a4047");
}
QColor raised() {
  return pick("#ffffff", "#25292e");
}
QColor error() {
  return pick("#b3261e", "#ff8a80");
}
QColor good() {
  return pick("#2e7d32", "#7fd18a");
}
QColor warning() {
  return pick("#9a6700", "#f2c14e");
}

QFont scaled(const QFont& base, double factor, bool bold) {
  QFont font = base;
  if (base.pointSizeF() > 0) {
    font.setPointSizeF(base.pointSizeF() * factor);
  } else {
    font.setPixelSize(std::max(1, qRound(base.pixelSize() * factor)));
  }
  font.setBold(bold);
  return font;
}

void make_secondary(QWidget* label) {
  label->setForegroundRole(QPalette::PlaceholderText);
}

void dim_text(QWidget* editor) {
  QPalette own;
  own.setColor(QPalette::Text, secondary_text());
  editor->setPalette(own);
}

}  // namespace loupe::ui::theme
