// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>
#include <memory>
#include <set>

#include "core/base/result.h"

using namespace loupe;

namespace {

Result<int> positive(int value) {
  if (value <= 0) return Error{ErrorCode::invalid_input, "not positive", "value", "use 1"};
  return value;
}

Result<int> doubled(int value) {
  LOUPE_TRY(const int checked, positive(value));
  return 2 * checked;
}

Result<void> check_both(int a, int b) {
  const auto check = [](int value) -> Result<void> {
    if (value <= 0) return Error{ErrorCode::invalid_input, std::to_string(value), {}, {}};
    return {};
  };
  LOUPE_CHECK(check(a));
  LOUPE_CHECK(check(b));
  return {};
}

Result<std::unique_ptr<int>> owned() {
  LOUPE_TRY(auto pointer, Result<std::unique_ptr<int>>(std::make_unique<int>(5)));
  return pointer;
}

}  // namespace

class TestResult : public QObject {
  Q_OBJECT

 private slots:
  void carries_value_or_error() {
    QCOMPARE(*doubled(4), 8);
    const Result<int> failed = doubled(-1);
    QVERIFY(!failed);
    QCOMPARE(failed.error().code, ErrorCode::invalid_input);
    QCOMPARE(failed.error().what, std::string("not positive"));
  }

  void check_stops_at_the_first_error() {
    QVERIFY(check_both(1, 2));
    QCOMPARE(check_both(-3, -4).error().what, std::string("-3"));
    QCOMPARE(check_both(1, -4).error().what, std::string("-4"));
  }

  void moves_values_that_cannot_be_copied() { QCOMPARE(**owned(), 5); }

  void text_has_only_what_is_there() {
    QCOMPARE((Error{ErrorCode::io, "what", "where", "hint"}.text()),
             std::string("where: what (hint)"));
    QCOMPARE((Error{ErrorCode::io, "what", "", ""}.text()), std::string("what"));
    QCOMPARE((Error{ErrorCode::io, "what", "where", ""}.text()), std::string("where: what"));
  }

  void code_names_are_distinct_and_come_back() {
    std::set<std::string> names;
    const int last = static_cast<int>(ErrorCode::internal);
    for (int i = 0; i <= last; ++i) {
      const auto code = static_cast<ErrorCode>(i);
      names.insert(error_code_name(code));
      QCOMPARE(error_code_from_name(error_code_name(code)), code);
    }
    QCOMPARE(static_cast<int>(names.size()), last + 1);
    QCOMPARE(error_code_from_name("no such code"), ErrorCode::internal);
  }
};

QTEST_APPLESS_MAIN(TestResult)
#include "test_result.moc"
