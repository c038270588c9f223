// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>

#include "tests/support/case.h"

class CaseRunner : public QObject {
  Q_OBJECT
 private slots:
  void run_data() {
    QTest::addColumn<int>("index");
    const auto list = loupe::test::cases();
    for (int i = 0; i < static_cast<int>(list.size()); ++i)
      QTest::newRow(list[static_cast<size_t>(i)].name.c_str()) << i;
  }
  void run() {
    QFETCH(int, index);
    std::string problem;
    try {
      problem = loupe::test::cases()[static_cast<size_t>(index)].check();
    } catch (const std::exception& error) {
      problem = std::string("threw: ") + error.what();
    }
    if (problem.starts_with("SKIP: ")) QSKIP(problem.substr(6).c_str());
    QVERIFY2(problem.empty(), problem.c_str());
  }
};

QTEST_APPLESS_MAIN(CaseRunner)
#include "case_runner.moc"
