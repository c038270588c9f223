// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTemporaryDir>
#include <QtTest>
#include <cmath>

#include "ui/widgets/line_chart.h"
#include "ui/widgets/theme.h"

using namespace loupe::ui;

namespace {

LineChart::Series line(const QString& name, int points) {
  LineChart::Series series;
  series.name = name;
  series.colour = Qt::red;
  for (int i = 0; i < points; ++i) {
    series.x.append(i);
    series.y.append(1.0 / (i + 1));
  }
  return series;
}

}  // namespace

class TestLineChart : public QObject {
  Q_OBJECT
 private slots:
  void initTestCase() { theme::initialise(); }

  void a_flood_of_points_costs_few_paints() {
    LineChart chart(QStringLiteral("Loss"), QStringLiteral("epoch"), QStringLiteral("loss"));
    chart.resize(400, 240);
    chart.show();
    QVERIFY(QTest::qWaitForWindowExposed(&chart));
    QTest::qWait(60);
    const int before = chart.replots();
    for (int i = 1; i <= 500; ++i) chart.set_series({line(QStringLiteral("run"), i)});
    QTRY_VERIFY(chart.replots() > before);
    QVERIFY(chart.replots() - before <= 3);
  }

  void odd_data_does_no_harm() {
    LineChart chart(QStringLiteral("Loss"), QStringLiteral("epoch"), QStringLiteral("loss"));
    chart.flush();
    LineChart::Series odd = line(QStringLiteral("odd"), 3);
    odd.y = {std::nan(""), INFINITY, 2.0};
    chart.set_series({odd, {}});
    chart.set_legend({{QStringLiteral("odd"), Qt::red}});
    chart.flush();
    QVERIFY(!chart.grab().isNull());
  }

  void exports() {
    QTemporaryDir folder;
    LineChart chart(QStringLiteral("Loss"), QStringLiteral("epoch"), QStringLiteral("loss"));
    chart.resize(400, 240);
    chart.set_series({line(QStringLiteral("a,b"), 3)});
    chart.flush();
    QVERIFY(chart.save_png(folder.filePath(QStringLiteral("loss.png"))));
    QVERIFY(chart.save_pdf(folder.filePath(QStringLiteral("loss.pdf"))));
    QVERIFY(!chart.save_png(folder.filePath(QStringLiteral("no/such/folder.png"))));
    QVERIFY(!QImage(folder.filePath(QStringLiteral("loss.png"))).isNull());
    QFile pdf(folder.filePath(QStringLiteral("loss.pdf")));
    QVERIFY(pdf.open(QIODevice::ReadOnly));
    QVERIFY(pdf.read(5) == "%PDF-");
    QCOMPARE(chart.csv(), QByteArray("series,epoch,loss\n\"a,b\",0,1\n\"a,b\",1,0.5\n\"a,b\",2,"
                                     "0.3333333333333333\n"));
  }
};

QTEST_MAIN(TestLineChart)
#include "test_line_chart.moc"
