// SPDX-License-Identifier: GPL-3.0-or-later
// Every lie that a GGUF file can tell is an Error that says where, and costs no memory.
#include <QtTest>
#include <limits>

#include "core/io/gguf.h"
#include "tests/io/fixtures.h"

using namespace loupe;
using namespace loupe::io;
using namespace loupe::io::testing;

LOUPE_WATCH_ALLOCATIONS

Q_DECLARE_METATYPE(loupe::io::testing::Bytes)

namespace {

constexpr uint64_t kHuge = std::numeric_limits<uint64_t>::max();
constexpr uint32_t kU8 = 0, kU32 = 4, kBool = 7, kString = 8, kArray = 9, kU64 = 10;
constexpr uint32_t kF32 = 0, kQ4_0 = 2, kQ4_K = 12;

}  // namespace

class TestGgufCorrupt : public QObject {
  Q_OBJECT

 private slots:
  void lies_are_refused_data() {
    QTest::addColumn<Bytes>("bytes");
    QTest::addColumn<int>("code");
    QTest::addColumn<QString>("says");
    const auto row = [](const char* name, const GgufBuilder& builder, const char* says,
                        ErrorCode code = ErrorCode::corrupt) {
      QTest::newRow(name) << builder.bytes() << static_cast<int>(code) << says;
    };
    const auto pair = [](const char* key = "k") {
      return std::move(GgufBuilder(0, 1).string(key));
    };
    const auto two = [](std::vector<uint64_t> dims, uint64_t offset) {
      return std::move(
          GgufBuilder(2, 0).tensor("a", {8}, kF32, 0).tensor("b", dims, kF32, offset).data(64));
    };
    const auto one = [](std::vector<uint64_t> dims, uint32_t type, uint64_t offset = 0) {
      return std::move(GgufBuilder(1, 0).tensor("weird", dims, type, offset).data(64));
    };

    row("version 1", GgufBuilder(0, 0, 1), "version 1", ErrorCode::unsupported);
    row("version 4", GgufBuilder(0, 0, 4), "version 4", ErrorCode::unsupported);
    row("big-endian", GgufBuilder(0, 0, 3u << 24), "big-endian", ErrorCode::unsupported);
    row("tensor count", GgufBuilder(kHuge, 0), "tensor count");
    row("tensor count, 2^32", GgufBuilder(uint64_t{1} << 32, 0), "tensor count");
    row("metadata count", GgufBuilder(0, kHuge), "metadata count");
    row("metadata count, one too many", GgufBuilder(0, 1), "metadata count");

    row("key length", GgufBuilder(0, 1).number(kHuge).data(64), "key 1");
    row("empty key", pair("").number(kU8).number<uint8_t>(1).data(8), "key 1 is empty");
    row("key not UTF-8", pair("\xFF").number(kU8).number<uint8_t>(1).data(8), "not valid UTF-8");
    row("key twice",
        GgufBuilder(0, 2)
            .string("k")
            .number(kU8)
            .number<uint8_t>(1)
            .string("k")
            .number(kU8)
            .number<uint8_t>(1),
        "`k` appears twice");
    row("value type", pair().number<uint32_t>(13).data(8), "unknown type 13");
    row("bool 2", pair().number(kBool).number<uint8_t>(2), "expected 0 or 1");
    row("string length", pair().number(kString).number(kHuge).data(8), "`k`");
    row("string length, wraps to small", pair().number(kString).number(kHuge - 7).data(8), "`k`");
    for (const uint32_t element : {0u, 1u, 2u, 3u, 4u, 5u, 6u, 7u, 8u, 10u, 11u, 12u}) {
      for (const uint64_t count : {kHuge, uint64_t{1} << 61, uint64_t{1} << 32, uint64_t{1000}}) {
        row(qPrintable(QString("array of %1, %2").arg(element).arg(count)),
            pair().number(kArray).number(element).number(count).data(64), "`k`'s length");
      }
    }
    row("array of arrays", pair().number(kArray).number(kArray).number<uint64_t>(1).data(64),
        "array of arrays", ErrorCode::unsupported);
    row("array of unknown", pair().number(kArray).number<uint32_t>(99).number<uint64_t>(1),
        "unknown type 99");
    row("array beyond int64", pair().number(kArray).number(kU64).number<uint64_t>(1).number(kHuge),
        "2^63", ErrorCode::unsupported);
    row("string in array", pair().number(kArray).number(kString).number<uint64_t>(1).number(kHuge),
        "`k`");

    for (const uint32_t alignment : {0u, 3u, 33u, 48u, 1u << 31, ~0u}) {
      row(qPrintable(QString("alignment %1").arg(alignment)),
          pair("general.alignment").number(kU32).number(alignment), "general.alignment");
    }
    row("alignment a string", pair("general.alignment").number(kString).string("32"),
        "general.alignment");
    row("alignment beyond the file",
        GgufBuilder(1, 1)
            .string("general.alignment")
            .number(kU32)
            .number(1u << 30)
            .tensor("weird", {1}, kF32, 0)
            .data(64),
        "beyond the end");

    row("empty name", GgufBuilder(1, 0).tensor("", {8}, kF32, 0).data(64), "is empty");
    row("name not UTF-8", GgufBuilder(1, 0).tensor("\xC0", {8}, kF32, 0).data(64), "UTF-8");
    row("name length", GgufBuilder(1, 0).number(kHuge).data(64), "name of tensor 1");
    row("no dimensions", one({}, kF32), "0 dimensions");
    row("five dimensions", one({1, 1, 1, 1, 1}, kF32), "5 dimensions");
    row("dimension count", GgufBuilder(1, 0).string("weird").number(~0u).data(64),
        "4294967295 dim");
    row("zero dimension", one({8, 0}, kF32), "dimension of 0");
    row("huge dimension", one({kHuge}, kF32), "dimension of 18446744073709551615");
    row("product overflows", one({uint64_t{1} << 32, uint64_t{1} << 32}, kF32), "larger than any");
    row("product wraps to 4", one({uint64_t{1} << 62, 4, 4}, kF32), "larger than any");
    row("bytes overflow", one({uint64_t{1} << 62}, kF32), "larger than any");
    row("partial block", one({16, 2}, kQ4_0), "Q4_0 blocks");
    row("partial superblock", one({128, 2}, kQ4_K), "Q4_K blocks");
    row("removed type", one({32}, 4), "unknown type 4");
    row("unknown type", one({32}, 1000), "unknown type 1000");
    row("i-quant", one({256}, 16), "`weird` is unsupported: its type is IQ2_XXS",
        ErrorCode::unsupported);
    row("Q8_K", one({256}, 15), "`weird` is unsupported: its type is Q8_K", ErrorCode::unsupported);
    row("data too short", one({17}, kF32), "beyond the end");
    row("offset beyond the file", one({1}, kF32, 96), "beyond the end");
    row("offset huge", one({1}, kF32, kHuge - 31), "beyond the end");
    row("offset not aligned", one({1}, kF32, 4), "no multiple of the alignment 32");
    row("same place", two({8}, 0), "overlaps");
    row("overlap", GgufBuilder(2, 0).tensor("a", {9}, kF32, 0).tensor("b", {8}, kF32, 32).data(64),
        "overlaps that of tensor `a`");
    row("name twice",
        GgufBuilder(2, 0).tensor("a", {8}, kF32, 0).tensor("a", {8}, kF32, 32).data(64),
        "`a` appears twice");
  }
  void lies_are_refused() {
    QFETCH(Bytes, bytes);
    QFETCH(int, code);
    QFETCH(QString, says);
    largest_allocation = 0;
    const auto file = GgufFile::parse(bytes, "lie.gguf");
    const size_t allocated = largest_allocation;
    QVERIFY(!file);
    const QString text = QString::fromStdString(file.error().text());
    QVERIFY2(text.contains(says), qPrintable(text));
    QVERIFY2(text.startsWith("lie.gguf"), qPrintable(text));
    QCOMPARE(static_cast<int>(file.error().code), code);
    QVERIFY2(allocated < 100'000, qPrintable(QString::number(allocated)));
  }

  void the_honest_neighbours_are_accepted() {
    QVERIFY(GgufFile::parse(GgufBuilder(1, 0).tensor("a", {16}, kF32, 0).data(64).bytes(), "f"));
    QVERIFY(GgufFile::parse(
        GgufBuilder(2, 0).tensor("b", {8}, kF32, 32).tensor("a", {8}, kF32, 0).data(64).bytes(),
        "f"));
    QVERIFY(
        GgufFile::parse(GgufBuilder(1, 0).tensor("a", {32, 2}, kQ4_0, 0).data(36).bytes(), "f"));
  }

  void other_files_are_no_gguf() {
    for (const char* text : {"", "GGU", "GGML", "{\"a\": 1}", "PK\x03\x04"}) {
      const auto bytes = std::as_bytes(std::span(text, std::strlen(text)));
      const auto file = GgufFile::parse(bytes, "other");
      QVERIFY(!file);
      QCOMPARE(file.error().what, std::string("not a GGUF file"));
    }
  }

  void a_file_cut_anywhere_is_refused() {
    const Bytes whole = read_bytes(golden("types.gguf"));
    const auto file = GgufFile::parse(whole, "whole");
    QVERIFY(file);
    // Behind the last tensor there is only padding.
    size_t end = 0;
    for (const auto& [name, info] : (*file)->tensors())
      end = std::max(end, static_cast<size_t>(info.data.data() + info.data.size() - whole.data()));
    QVERIFY(end > whole.size() - 32);
    for (size_t size = 0; size < end; ++size) {
      const Bytes cut(whole.begin(), whole.begin() + static_cast<ptrdiff_t>(size));
      const auto parsed = GgufFile::parse(cut, "cut");
      if (parsed) QFAIL(qPrintable(QString("accepted at %1 bytes").arg(size)));
      QVERIFY(parsed.error().where.starts_with("cut"));
      QVERIFY(!parsed.error().what.empty());
    }
  }
};

QTEST_APPLESS_MAIN(TestGgufCorrupt)
#include "test_gguf_corrupt.moc"
