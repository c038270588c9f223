// SPDX-License-Identifier: GPL-3.0-or-later
// Descriptions of values: what is left out does not compile, and what is asked is read strictly.
#include <QtTest>
#include <cmath>
#include <limits>
#include <map>

#include "core/api/describe_json.h"
#include "core/api/methods.h"

using namespace loupe::api;

// The conversions are found by the namespace of a value.
namespace loupe::api {

constexpr std::string_view sizes[] = {"small", "large"};

struct Inner {
  std::vector<double> values;
  std::map<std::string, double> named;
  LOUPE_FIELDS(Inner, values, named)
};
struct Example {
  std::string size = "small";
  int64_t count = 3;
  uint64_t seed = 0;
  double rate = 0.5;
  bool flag = false;
  std::optional<std::string> note;
  std::vector<std::pair<int64_t, int64_t>> links;
  json anything;
  ScorerId of;
  Inner inner;
  static constexpr auto fields() {
    using T = Example;
    return std::tuple(field("size", &T::size, {.choices = sizes}),
                      field("count", &T::count, {.least = 1, .most = 10, .needed = true}),
                      field("seed", &T::seed),
                      field("rate", &T::rate, {.least = 0, .above_least = true, .was = "speed"}),
                      field("flag", &T::flag), field("note", &T::note), field("links", &T::links),
                      field("anything", &T::anything), field("of", &T::of),
                      field("inner", &T::inner));
  }
};

struct Whole {
  int64_t id = 0;
  std::string name;
  double last = 0;
  LOUPE_FIELDS(Whole, id, name, last)
};
struct WithoutTheLast {
  int64_t id = 0;
  std::string name;
  double last = 0;
  LOUPE_FIELDS(WithoutTheLast, id, name)
};
struct WithoutTheMiddle {
  int64_t id = 0;
  double middle = 0, last = 0;
  LOUPE_FIELDS(WithoutTheMiddle, id, last)
};
struct WithoutAnOptional {
  int64_t id = 0;
  std::optional<int64_t> last;
  LOUPE_FIELDS(WithoutAnOptional, id)
};
struct OutOfOrder {
  int64_t id = 0;
  std::string name;
  LOUPE_FIELDS(OutOfOrder, name, id)
};
struct Empty {
  LOUPE_FIELDS(Empty)
};
static_assert(names_every_member<Example>());
static_assert(names_every_member<Whole>());
static_assert(names_every_member<Empty>());
static_assert(!names_every_member<WithoutTheLast>());
static_assert(!names_every_member<WithoutTheMiddle>());
static_assert(!names_every_member<WithoutAnOptional>());
static_assert(!names_every_member<OutOfOrder>());

}  // namespace loupe::api

namespace {

// The key and the reason; "" where it is read.
std::string refusal(const char* text) {
  Example value;
  const auto refused = read_strict(json::parse(text), value);
  return refused ? refused->key + ": " + refused->what : "";
}

// Another value than the default in every leaf, whatever its kind.
void fill(json& value, int& next) {
  if (value.is_string()) {
    // What travels as one text has its own form.
    value = "run:" + std::to_string(next++);
  } else if (value.is_boolean()) {
    value = !value.get<bool>();
  } else if (value.is_number_integer()) {
    value = next++;
  } else if (value.is_number_float()) {
    value = next++ + 0.5;
  } else if (value.is_object()) {
    for (auto& [key, entry] : value.items()) fill(entry, next);
  }
}

template <class T>
void check_round_trip(const char* method) {
  json filled = T();
  int next = 1;
  fill(filled, next);
  const json again = filled.get<T>();
  if (again != filled)
    QFAIL(qPrintable(QString("%1: %2 came back as %3")
                         .arg(method, QString::fromStdString(filled.dump()),
                              QString::fromStdString(again.dump()))));
}

}  // namespace

class TestDescribe : public QObject {
  Q_OBJECT
 private slots:
  void every_value_of_every_method_comes_back() {
    int methods = 0;
    each_method(AllMethods(), [&]<class M>() {
      check_round_trip<typename M::Params>(M::name);
      check_round_trip<typename M::Result>(M::name);
      if constexpr (!std::is_void_v<typename M::Partial>)
        check_round_trip<typename M::Partial>(M::name);
      ++methods;
    });
    QVERIFY(methods > 30);
  }

  void no_two_methods_share_a_name() {
    std::map<std::string, int> names;
    each_method(AllMethods(), [&]<class M>() { ++names[M::name]; });
    for (const auto& [name, count] : names) QVERIFY2(count == 1, name.c_str());
  }

  void what_is_asked_is_read_strictly() {
    QCOMPARE(refusal(R"({"count": 4})"), std::string());
    QCOMPARE(refusal("{}"), std::string("count: is missing"));
    QCOMPARE(refusal("[]"), std::string(": must be an object, and is a list"));
    QCOMPARE(refusal(R"({"count": 0})"), std::string("count: is 0; it must be from 1 to 10"));
    QCOMPARE(refusal(R"({"count": 11})"), std::string("count: is 11; it must be from 1 to 10"));
    QCOMPARE(refusal(R"({"count": 2.5})"),
             std::string("count: must be a whole number, and is a number"));
    QCOMPARE(refusal(R"({"count": 2, "rate": 0})"),
             std::string("rate: is 0; it must be more than 0"));
    QCOMPARE(refusal(R"({"count": 2, "rate": "NaN"})"),
             std::string("rate: is no finite number; it must be more than 0"));
    QCOMPARE(refusal(R"({"count": 2, "rate": "fast"})"),
             std::string("rate: must be a number, and is a text"));
    QCOMPARE(refusal(R"({"count": 2, "seed": -1})"), std::string("seed: must not be negative"));
    QCOMPARE(refusal(R"({"count": 2, "size": "huge"})"),
             std::string("size: is \"huge\"; it can be small or large"));
    QCOMPARE(refusal(R"({"count": 2, "colour": 1})"), std::string("colour: is not known here"));
    QCOMPARE(refusal(R"({"count": 2, "inner": {"valeus": []}})"),
             std::string("inner.valeus: is not known here"));
    QCOMPARE(refusal(R"({"count": 2, "inner": {"values": [1, "x"]}})"),
             std::string("inner.values[1]: must be a number, and is a text"));
    QCOMPARE(refusal(R"({"count": 2, "of": "job:3"})"),
             std::string("of: is \"job:3\"; it must be run:ID or model:ID"));
    QCOMPARE(refusal(R"({"count": 2, "links": [[1, 2, 3]]})"),
             std::string("links[0]: must be a list of two, and is a list"));
  }

  void what_is_not_given_keeps_its_value() {
    Example value;
    value.rate = 4;
    value.note = "kept";
    QVERIFY(!read_strict(json::parse(R"({"count": 5, "note": null})"), value));
    QCOMPARE(value.rate, 4.0);
    QCOMPARE(*value.note, std::string("kept"));
    QCOMPARE(value.count, int64_t(5));
  }

  void an_older_key_is_still_read() {
    Example value;
    QVERIFY(!read_strict(json::parse(R"({"count": 5, "speed": 2.5})"), value));
    QCOMPARE(value.rate, 2.5);
    QVERIFY(!json(value).contains("speed"));
  }

  void numbers_that_are_not_finite_travel_in_lists_too() {
    Example value;
    value.inner.values = {1, std::numeric_limits<double>::quiet_NaN(),
                          -std::numeric_limits<double>::infinity()};
    value.inner.named["loss"] = std::numeric_limits<double>::infinity();
    const json written = json::parse(json(value).dump());
    QCOMPARE(written["inner"]["values"], json({1.0, "NaN", "-Infinity"}));
    const auto back = written.get<Example>();
    QCOMPARE(back.inner.values.size(), size_t(3));
    QVERIFY(std::isnan(back.inner.values[1]));
    QCOMPARE(back.inner.values[2], value.inner.values[2]);
    QCOMPARE(back.inner.named.at("loss"), value.inner.named.at("loss"));
  }

  void scorers_are_texts() {
    for (const auto& id : {ScorerId(), ScorerId::run(3), ScorerId::model(12)})
      QVERIFY(ScorerId::of_text(id.text()) == id);
    for (const char* bad : {"run:", "run:x", "run:3 ", "3", "model:-"})
      QVERIFY2(!ScorerId::of_text(bad), bad);
  }
};

QTEST_APPLESS_MAIN(TestDescribe)
#include "test_describe.moc"
