// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>
#include <limits>

#include "core/io/safetensors.h"
#include "tests/io/fixtures.h"

using namespace loupe;
using namespace loupe::io;
using namespace loupe::io::testing;

LOUPE_WATCH_ALLOCATIONS

namespace {

Bytes file_of(std::string_view header, size_t data_bytes, uint64_t length) {
  Bytes bytes(sizeof(length) + header.size() + data_bytes);
  std::memcpy(bytes.data(), &length, sizeof(length));
  std::memcpy(bytes.data() + sizeof(length), header.data(), header.size());
  return bytes;
}

}  // namespace

class TestSafetensorsCorrupt : public QObject {
  Q_OBJECT

 private slots:
  void lies_are_refused_data() {
    QTest::addColumn<QByteArray>("header");
    QTest::addColumn<QString>("says");
    const auto row = [](const char* name, const QByteArray& header, const char* says) {
      QTest::newRow(name) << header << says;
    };
    // Each with eight bytes of data.
    const auto fields = [](const QByteArray& text) { return QByteArray("{\"t\":{" + text + "}}"); };
    row("not json", "{nope}", "bad JSON");
    row("array", "[]", "does not begin with {");
    row("leading space", " {}", "does not begin with {");
    row("cut", "{\"t\":{\"dtype\":\"F32\"", "bad JSON");
    row("text behind", "{} x", "bad JSON");
    row("utf-8", "{\"\xFF\":{}}", "UTF-8");
    row("null tensor", "{\"t\":null}", "unexpected null in `t`");
    row("string tensor", "{\"t\":\"x\"}", "unexpected a string in `t`");
    row("nested", fields("\"dtype\":{}"), "unexpected an object");
    row("nested shape", fields("\"dtype\":\"F32\",\"shape\":[[2]],\"data_offsets\":[0,8]"),
        "an array");
    row("unknown field", fields("\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8],\"x\":1"),
        "unknown field `x`");
    row("no dtype", fields("\"shape\":[2],\"data_offsets\":[0,8]"), "lacks the field `dtype`");
    row("no shape", fields("\"dtype\":\"F32\",\"data_offsets\":[0,8]"), "lacks the field `shape`");
    row("no offsets", fields("\"dtype\":\"F32\",\"shape\":[2]"), "lacks the field `data_offsets`");
    row("one offset", fields("\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[8]"),
        "two data_offsets");
    row("three offsets", fields("\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8,8]"),
        "two data_offsets");
    row("dtype twice",
        fields("\"dtype\":\"F32\",\"dtype\":\"F16\",\"shape\":[2],\"data_offsets\":[0,8]"),
        "`dtype` appears twice");
    row("shape number", fields("\"dtype\":\"F32\",\"shape\":2,\"data_offsets\":[0,8]"),
        "unexpected a number");
    row("negative shape", fields("\"dtype\":\"F32\",\"shape\":[-2],\"data_offsets\":[0,8]"),
        "negative");
    row("fractional shape", fields("\"dtype\":\"F32\",\"shape\":[2.0],\"data_offsets\":[0,8]"),
        "no integer");
    row("shape beyond 2^64",
        fields("\"dtype\":\"F32\",\"shape\":[99999999999999999999],\"data_offsets\":[0,8]"),
        "no integer");
    row("shape beyond 2^63",
        fields("\"dtype\":\"F32\",\"shape\":[18446744073709551615],\"data_offsets\":[0,8]"),
        "dimension of");
    row("shape wraps",
        fields("\"dtype\":\"F32\",\"shape\":[4611686018427387904,4,2],\"data_offsets\":[0,8]"),
        "more than any file");
    row("bytes wrap",
        fields("\"dtype\":\"F32\",\"shape\":[4611686018427387906],\"data_offsets\":[0,8]"),
        "more than any file");
    row("too large a shape", fields("\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[0,8]"),
        "8 bytes, its shape and type need 12");
    row("wrong type", fields("\"dtype\":\"F64\",\"shape\":[2],\"data_offsets\":[0,8]"), "need 16");
    row("unknown type", fields("\"dtype\":\"F8_E4M3\",\"shape\":[8],\"data_offsets\":[0,8]"),
        "tensor `t`: its type `F8_E4M3` is unsupported");
    row("quantised type", fields("\"dtype\":\"Q8_0\",\"shape\":[8],\"data_offsets\":[0,8]"),
        "is unsupported");
    row("beyond the end", fields("\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[0,12]"),
        "beyond the end");
    row("backwards", fields("\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[8,0]"),
        "ends before it begins");
    row("hole in front", fields("\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]"), "hole");
    row("rest", fields("\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]"),
        "belong to no tensor");
    row("no tensors but data", "{}", "8 bytes at the end");
    row("overlap",
        "{\"a\":{\"dtype\":\"U8\",\"shape\":[6],\"data_offsets\":[0,6]},\"b\":{\"dtype\":\"U8\","
        "\"shape\":[4],\"data_offsets\":[4,8]}}",
        "overlaps");
    row("same place",
        "{\"a\":{\"dtype\":\"U8\",\"shape\":[8],\"data_offsets\":[0,8]},\"b\":{\"dtype\":\"U8\","
        "\"shape\":[8],\"data_offsets\":[0,8]}}",
        "overlaps");
    row("hole",
        "{\"a\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[0,2]},\"b\":{\"dtype\":\"U8\","
        "\"shape\":[4],\"data_offsets\":[4,8]}}",
        "hole");
    row("name twice",
        "{\"a\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[0,4]},\"a\":{\"dtype\":\"U8\","
        "\"shape\":[4],\"data_offsets\":[4,8]}}",
        "`a` appears twice");
    row("empty name", "{\"\":{\"dtype\":\"U8\",\"shape\":[8],\"data_offsets\":[0,8]}}",
        "empty name");
    row("metadata no object", "{\"__metadata__\":5}", "unexpected a number in `__metadata__`");
    row("metadata number", "{\"__metadata__\":{\"k\":5}}", "unexpected a number in `__metadata__`");
    row("metadata nested", "{\"__metadata__\":{\"k\":{}}}", "unexpected an object");
    row("metadata twice", "{\"__metadata__\":{},\"__metadata__\":{}}", "appears twice");
    QByteArray dims("1");
    for (int i = 0; i < 70; ++i) dims += ",1";
    row("too many dimensions",
        fields("\"dtype\":\"U8\",\"shape\":[" + dims + "],\"data_offsets\":[0,1]"),
        "too many dimensions");
    row("deep", "{" + QByteArray(100'000, '['), "bad JSON");
  }
  void lies_are_refused() {
    QFETCH(QByteArray, header);
    QFETCH(QString, says);
    const Bytes bytes = file_of(header.toStdString(), 8, header.size());
    largest_allocation = 0;
    const auto file = SafetensorsFile::parse(bytes, "lie.safetensors");
    const size_t allocated = largest_allocation;
    QVERIFY(!file);
    const QString text = QString::fromStdString(file.error().text());
    QVERIFY2(text.contains(says), qPrintable(text));
    QVERIFY2(text.startsWith("lie.safetensors"), qPrintable(text));
    QVERIFY2(allocated < 1'000'000, qPrintable(QString::number(allocated)));
  }

  void header_lengths_are_checked() {
    const std::string header = "{}";
    for (const uint64_t length :
         {uint64_t{3}, uint64_t{100}, uint64_t{1} << 32, uint64_t{100'000'001},
          std::numeric_limits<uint64_t>::max(), std::numeric_limits<uint64_t>::max() - 7}) {
      largest_allocation = 0;
      QVERIFY(!SafetensorsFile::parse(file_of(header, 0, length), "lie"));
      QVERIFY(largest_allocation < 100'000);
    }
    QVERIFY(!SafetensorsFile::parse(file_of(header, 0, 0), "lie"));
    QVERIFY(SafetensorsFile::parse(file_of(header, 0, 2), "honest"));
    QVERIFY(SafetensorsFile::parse(file_of("{}      ", 0, 8), "padded"));
  }

  void a_file_cut_anywhere_is_refused_data() {
    QTest::addColumn<QString>("name");
    for (const char* name : {"types.safetensors", "sharded/model-00001-of-00002.safetensors"})
      QTest::newRow(name) << name;
  }
  void a_file_cut_anywhere_is_refused() {
    QFETCH(QString, name);
    const Bytes whole = read_bytes(golden(name.toStdString()));
    QVERIFY(SafetensorsFile::parse(whole, "whole"));
    for (size_t size = 0; size < whole.size(); ++size) {
      const Bytes cut(whole.begin(), whole.begin() + static_cast<ptrdiff_t>(size));
      const auto parsed = SafetensorsFile::parse(cut, "cut");
      if (parsed) QFAIL(qPrintable(QString("accepted at %1 bytes").arg(size)));
      QVERIFY(parsed.error().where.starts_with("cut"));
    }
  }
};

QTEST_APPLESS_MAIN(TestSafetensorsCorrupt)
#include "test_safetensors_corrupt.moc"
