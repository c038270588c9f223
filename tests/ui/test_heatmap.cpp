// SPDX-License-Identifier: GPL-3.0-or-later
#include <QAccessible>
#include <QImage>
#include <QSignalSpy>
#include <QtTest>
#include <cmath>

#include "ui/widgets/diverging_scale.h"
#include "ui/widgets/scale_legend.h"
#include "ui/widgets/theme.h"
#include "ui/widgets/token_heatmap.h"
#include "ui/widgets/token_layout.h"

using namespace loupe::ui;

namespace {

double contrast(const QColor& a, const QColor& b) {
  const double one = relative_luminance(a) + 0.05, other = relative_luminance(b) + 0.05;
  return std::max(one, other) / std::min(one, other);
}

TokenLayout::Metrics ten_a_character() {
  TokenLayout::Metrics metrics;
  metrics.width = [](const QString& text) { return 10.0 * static_cast<double>(text.size()); };
  return metrics;
}

std::vector<TokenHeatmap::Token> some_tokens() {
  return {{QStringLiteral("minus"), -2, false, QStringLiteral("tip 0")},
          {QStringLiteral(" zero"), 0, true, QStringLiteral("tip 1")},
          {QStringLiteral("plus"), 2, false, QStringLiteral("tip 2")}};
}

}  // namespace

class TestHeatmap : public QObject {
  Q_OBJECT
 private slots:
  void initTestCase() { theme::initialise(); }

  void zero_is_neutral_and_the_ends_are_symmetric() {
    const QColor zero = diverging_colour(0);
    QVERIFY(zero.saturationF() < 0.02f);
    QVERIFY(relative_luminance(zero) > 0.85);
    for (double t = 0.05; t <= 1.0; t += 0.05) {
      const QColor below = diverging_colour(-t), above = diverging_colour(t);
      QVERIFY2(std::abs(relative_luminance(below) - relative_luminance(above)) < 0.06,
               qPrintable(QString::number(t)));
      QVERIFY(below.blue() > below.red());
      QVERIFY(above.red() > above.blue());
    }
    QCOMPARE(diverging_colour(7), diverging_colour(1));
    QCOMPARE(diverging_colour(-7), diverging_colour(-1));
    QVERIFY(diverging_colour(std::nan("")) != zero);
  }

  void stronger_means_darker() {
    for (const double side : {-1.0, 1.0}) {
      double before = 2;
      for (double t = 0; t <= 1.0; t += 0.1) {
        const double now = relative_luminance(diverging_colour(side * t));
        QVERIFY(now < before);
        before = now;
      }
    }
  }

  void text_is_readable_on_every_colour() {
    double worst = 21;
    for (int i = -1000; i <= 1000; ++i) {
      const QColor colour = diverging_colour(i / 1000.0);
      const double here = contrast(colour, text_colour_on(colour));
      worst = std::min(worst, here);
      QVERIFY2(here >= 4.5, qPrintable(QString::number(i / 1000.0)));
      // One colour of text on the whole map: no jump between neighbours.
      QCOMPARE(text_colour_on(colour), QColor(Qt::black));
    }
    qInfo("the worst contrast of the map is %.2f", worst);
    const QColor undefined = diverging_colour(std::nan(""));
    QVERIFY(contrast(undefined, text_colour_on(undefined)) >= 4.5);
  }

  // The same, of the pixels: the darkest one inside a box against its colour.
  void painted_text_is_readable_in_both_themes() {
    for (const auto mode : {theme::Mode::light, theme::Mode::dark}) {
      theme::apply(mode);
      TokenHeatmap heatmap;
      std::vector<TokenHeatmap::Token> tokens;
      for (int i = -10; i <= 10; ++i) tokens.push_back({QStringLiteral("MWI"), i / 10.0});
      heatmap.resize(400, 200);
      heatmap.set_tokens(tokens);
      const QImage image = heatmap.grab().toImage();
      for (int i = 0; i < 21; ++i) {
        const QRect box = heatmap.box_of(i).toAlignedRect().adjusted(3, 3, -3, -3);
        double best = 0;
        for (int y = box.top(); y <= box.bottom(); ++y) {
          for (int x = box.left(); x <= box.right(); ++x) {
            best = std::max(best, contrast(image.pixelColor(x, y), heatmap.colour_of(i)));
          }
        }
        QVERIFY2(best >= 4.5, qPrintable(QStringLiteral("%1: %2").arg(i).arg(best)));
      }
    }
    theme::apply(theme::Mode::system);
  }

  void a_screen_reader_finds_every_token() {
    TokenHeatmap heatmap;
    heatmap.resize(300, 80);
    heatmap.set_tokens(some_tokens());
    heatmap.show();
    QVERIFY(QTest::qWaitForWindowExposed(&heatmap));
    QAccessibleInterface* list = QAccessible::queryAccessibleInterface(&heatmap);
    QVERIFY(list != nullptr);
    QCOMPARE(list->role(), QAccessible::List);
    QCOMPARE(list->childCount(), 3);
    QAccessibleInterface* token = list->child(2);
    QCOMPARE(token->role(), QAccessible::ListItem);
    QCOMPARE(token->text(QAccessible::Name), QStringLiteral("plus, +2.000"));
    QCOMPARE(token->text(QAccessible::Description), QStringLiteral("tip 2"));
    QCOMPARE(token->parent()->object(), static_cast<QObject*>(&heatmap));
    QCOMPARE(list->indexOfChild(token), 2);
    QCOMPARE(list->child(3), nullptr);
    const QPoint centre = token->rect().center();
    QCOMPARE(list->childAt(centre.x(), centre.y()), token);
    heatmap.setFocus();
    QTest::keyClick(&heatmap, Qt::Key_End);
    QVERIFY(token->state().focused);
    QCOMPARE(list->focusChild(), token);
    heatmap.set_tokens({});
    QCOMPARE(list->childCount(), 0);
    QVERIFY(!token->isValid());
    QVERIFY(token->text(QAccessible::Name).isEmpty());
  }

  void the_key_of_the_scale_makes_room_for_its_note() {
    ScaleLegend legend;
    legend.set_rows(
        {{QStringLiteral("EX  run"), Qt::red, 2}, {QStringLiteral("IM  run"), Qt::red, 1}},
        QStringLiteral("What the scale is, said in a line that needs some room."));
    QVERIFY(legend.heightForWidth(420) > legend.heightForWidth(1000));
    QVERIFY(
        legend.accessibleDescription().contains(QStringLiteral("EX  run: from −2.000 to +2.000")));
  }

  void layout_wraps_and_hits() {
    TokenLayout layout;
    // 2 * padding + 10 a character: 26, 46, 26 wide; a line holds 100 - 2 * margin.
    layout.arrange({{"ab"}, {"cdef"}, {"gh"}}, 100, ten_a_character());
    const auto& boxes = layout.boxes();
    QCOMPARE(boxes.size(), size_t(3));
    QCOMPARE(boxes[0], QRectF(4, 4, 26, 20));
    QCOMPARE(boxes[1], QRectF(32, 4, 46, 20));
    QCOMPARE(boxes[2], QRectF(4, 28, 26, 20));
    QCOMPARE(layout.height(), 52.0);
    for (int i = 0; i < 3; ++i) QCOMPARE(layout.hit(boxes[static_cast<size_t>(i)].center()), i);
    QCOMPARE(layout.hit({31, 14}), -1);  // between two boxes
    QCOMPARE(layout.hit({10, 26}), -1);  // between two lines
    QCOMPARE(layout.hit({90, 90}), -1);
    QCOMPARE(layout.hit({-5, -5}), -1);
  }

  void layout_breaks_lines_and_cuts_the_overlong() {
    TokenLayout layout;
    layout.arrange({{"a", true}, {QString(50, QLatin1Char('w'))}, {"b"}}, 100, ten_a_character());
    QCOMPARE(layout.boxes()[1], QRectF(4, 28, 92, 20));
    QCOMPARE(layout.boxes()[2].topLeft(), QPointF(4, 52));
    layout.arrange({}, 100, ten_a_character());
    QCOMPARE(layout.hit({10, 10}), -1);
    QVERIFY(layout.height() > 0);
  }

  void neighbours_above_and_below() {
    TokenLayout layout;
    layout.arrange({{"ab"}, {"cdef"}, {"gh"}, {"ij"}}, 100, ten_a_character());
    QCOMPARE(layout.vertical_neighbour(1, +1), 3);
    QCOMPARE(layout.vertical_neighbour(0, +1), 2);
    QCOMPARE(layout.vertical_neighbour(3, -1), 1);
    QCOMPARE(layout.vertical_neighbour(3, +1), 3);
    QCOMPARE(layout.vertical_neighbour(0, -1), 0);
  }

  void thousands_of_tokens_are_laid_out_quickly() {
    std::vector<TokenLayout::Token> tokens(20000, {QStringLiteral("word")});
    TokenLayout layout;
    QElapsedTimer timer;
    timer.start();
    layout.arrange(tokens, 600, ten_a_character());
    QCOMPARE(layout.hit(layout.boxes().back().center()), 19999);
    QVERIFY(timer.elapsed() < 1000);
  }

  void colours_follow_the_limit() {
    TokenHeatmap heatmap;
    heatmap.set_tokens(some_tokens());
    heatmap.set_limit(2);
    QCOMPARE(heatmap.colour_of(0), diverging_colour(-1));
    QCOMPARE(heatmap.colour_of(1), diverging_colour(0));
    QCOMPARE(heatmap.colour_of(2), diverging_colour(1));
    heatmap.set_limit(4);
    QCOMPARE(heatmap.colour_of(2), diverging_colour(0.5));
    heatmap.set_limit(0);
    QCOMPARE(heatmap.colour_of(2), diverging_colour(0));
  }

  void what_is_painted_is_the_map_in_both_themes() {
    for (const auto mode : {theme::Mode::light, theme::Mode::dark}) {
      theme::apply(mode);
      TokenHeatmap heatmap;
      heatmap.resize(300, 80);
      heatmap.set_tokens(some_tokens());
      heatmap.set_limit(2);
      const QImage image = heatmap.grab().toImage();
      for (int i = 0; i < 3; ++i) {
        const QRectF box = heatmap.box_of(i);
        const QPoint corner(static_cast<int>(box.center().x()), static_cast<int>(box.top()) + 1);
        QCOMPARE(image.pixelColor(corner).rgb(), heatmap.colour_of(i).rgb());
      }
    }
    theme::apply(theme::Mode::system);
  }

  void mouse_and_keys_pick_tokens() {
    TokenHeatmap heatmap;
    heatmap.resize(300, 80);
    heatmap.set_tokens(some_tokens());
    heatmap.show();
    QVERIFY(QTest::qWaitForWindowExposed(&heatmap));
    QSignalSpy picked(&heatmap, &TokenHeatmap::current_changed);
    QTest::mouseMove(&heatmap, heatmap.box_of(2).center().toPoint());
    QTRY_COMPARE(heatmap.current(), 2);
    QCOMPARE(heatmap.accessibleDescription(), QStringLiteral("tip 2"));
    heatmap.setFocus();
    QTest::keyClick(&heatmap, Qt::Key_Home);
    QCOMPARE(heatmap.current(), 0);
    QTest::keyClick(&heatmap, Qt::Key_Right);
    QCOMPARE(heatmap.current(), 1);
    QTest::keyClick(&heatmap, Qt::Key_End);
    QTest::keyClick(&heatmap, Qt::Key_Right);
    QCOMPARE(heatmap.current(), 2);
    QVERIFY(picked.count() >= 4);
  }

  void height_follows_the_width() {
    TokenHeatmap heatmap;
    heatmap.set_tokens(std::vector<TokenHeatmap::Token>(60, {QStringLiteral(" token"), 1}));
    QVERIFY(heatmap.heightForWidth(200) > 2 * heatmap.heightForWidth(800));
  }
};

QTEST_MAIN(TestHeatmap)
#include "test_heatmap.moc"
