// SPDX-License-Identifier: GPL-3.0-or-later
#include <QElapsedTimer>
#include <QtTest>
#include <bit>
#include <cmath>
#include <limits>

#include "core/io/gguf.h"
#include "core/io/safetensors.h"
#include "tests/io/fixtures.h"

using namespace loupe;
using namespace loupe::io;
using loupe::io::testing::golden;

namespace {

TensorInfo tensor_of(DType dtype, std::vector<int64_t> shape, std::span<const std::byte> data) {
  TensorInfo info;
  info.name = std::string("t");
  info.dtype = dtype;
  info.shape = std::move(shape);
  info.data = data;
  info.file = std::string("memory");
  return info;
}

// IEEE 754 half precision, from its definition.
float half_by_definition(uint16_t half) {
  const int exponent = half >> 10 & 31, mantissa = half & 1023;
  const float sign = half & 0x8000 ? -1.0f : 1.0f;
  if (exponent == 31)
    return mantissa == 0 ? sign * std::numeric_limits<float>::infinity() : std::nanf("");
  if (exponent == 0) return sign * std::ldexp(static_cast<float>(mantissa), -24);
  return sign * std::ldexp(static_cast<float>(1024 + mantissa), exponent - 25);
}

bool same(float a, float b) {
  return (std::isnan(a) && std::isnan(b)) ||
         std::bit_cast<uint32_t>(a) == std::bit_cast<uint32_t>(b);
}

}  // namespace

class TestDequantise : public QObject {
  Q_OBJECT

 private slots:
  // Bit for bit what the gguf package computes.
  void equals_the_reference_data() {
    QTest::addColumn<QString>("name");
    for (const char* name :
         {"f32",    "f16",    "f64",       "bf16",      "q4_0",      "q4_1",      "q5_0",
          "q5_1",   "q8_0",   "q4_k",      "q5_k",      "q6_k",      "q2_k",      "q3_k",
          "iq4_nl", "iq4_xs", "q4_0.made", "q4_1.made", "q5_0.made", "q5_1.made", "q8_0.made"})
      QTest::newRow(name) << name;
  }
  void equals_the_reference() {
    QFETCH(QString, name);
    const auto file = GgufFile::open(golden("types.gguf"));
    QVERIFY2(file, file ? "" : file.error().text().c_str());
    const auto reference = SafetensorsFile::open(golden("types_expected.safetensors"));
    QVERIFY2(reference, reference ? "" : reference.error().text().c_str());
    const TensorInfo* info = (*file)->find(name.toStdString());
    const TensorInfo* expected_info = (*reference)->find(name.toStdString());
    QVERIFY(info && expected_info);
    QCOMPARE(QString(dtype_name(info->dtype)).toLower(), name.section('.', 0, 0));
    QVERIFY(info->shape == expected_info->shape);
    const std::vector<float> values = testing::values_of(*info);
    const std::vector<float> expected = testing::values_of(*expected_info);
    QVERIFY(!values.empty());
    QCOMPARE(values.size(), expected.size());
    for (size_t i = 0; i < values.size(); ++i) {
      if (!same(values[i], expected[i])) {
        QFAIL(qPrintable(QString("element %1: %2, expected %3")
                             .arg(i)
                             .arg(values[i], 0, 'g', 9)
                             .arg(expected[i], 0, 'g', 9)));
      }
    }
  }

  // Every part of a tensor, cut anywhere, is that part of the whole.
  void parts_equal_the_whole_data() { equals_the_reference_data(); }
  void parts_equal_the_whole() {
    QFETCH(QString, name);
    const auto file = GgufFile::open(golden("types.gguf"));
    QVERIFY(file);
    const TensorInfo& info = *(*file)->find(name.toStdString());
    const std::vector<float> whole = testing::values_of(info);
    const size_t size = whole.size();
    for (const size_t first : {size_t{0}, size_t{1}, size_t{31}, size_t{32}, size / 2, size}) {
      for (const size_t count : {size_t{0}, size_t{1}, size_t{32}, size_t{33}, size / 3, size}) {
        std::vector<float> part(count, -7.0f);
        const auto read = read_as_f32(info, first, part);
        QCOMPARE(read.ok(), first <= size && count <= size - first);
        if (!read) continue;
        for (size_t i = 0; i < count; ++i) QVERIFY(same(part[i], whole[first + i]));
      }
    }
    const auto columns = static_cast<size_t>(info.shape.back());
    std::vector<float> row(columns);
    const uint64_t last = size / columns - 1;
    QVERIFY(read_rows(info, last, row));
    for (size_t i = 0; i < columns; ++i) QVERIFY(same(row[i], whole[last * columns + i]));
    QVERIFY(!read_rows(info, last + 1, row));
    QVERIFY(!read_rows(info, ~uint64_t{0} / 2, row));
    QVERIFY(!read_rows(info, 0, std::span(row).first(columns - 1)));
  }

  void every_half_is_exact() {
    std::vector<uint16_t> halves(65536);
    for (size_t i = 0; i < halves.size(); ++i) halves[i] = static_cast<uint16_t>(i);
    const auto values =
        testing::values_of(tensor_of(DType::f16, {65536}, std::as_bytes(std::span(halves))));
    QCOMPARE(values.size(), halves.size());
    for (size_t i = 0; i < halves.size(); ++i)
      if (!same(values[i], half_by_definition(halves[i]))) QFAIL(qPrintable(QString::number(i)));
  }

  void needs_no_alignment() {
    std::vector<std::byte> bytes(1 + 3 * sizeof(double));
    const double source[] = {0.5, -2.0, 1e300};
    std::memcpy(bytes.data() + 1, source, sizeof(source));
    const auto values = testing::values_of(tensor_of(DType::f64, {3}, std::span(bytes).subspan(1)));
    QCOMPARE(values, (std::vector<float>{0.5f, -2.0f, std::numeric_limits<float>::infinity()}));
  }

  void an_empty_tensor_gives_nothing() {
    std::vector<float> none;
    QVERIFY(read_as_f32(tensor_of(DType::f32, {0, 3}, {}), none));
  }

  void integers_are_refused() {
    const std::vector<std::byte> bytes(8);
    for (const DType dtype :
         {DType::i64, DType::i32, DType::i16, DType::i8, DType::u8, DType::boolean}) {
      std::vector<float> out(8 / block_size(dtype).bytes);
      const auto info = tensor_of(dtype, {static_cast<int64_t>(out.size())}, bytes);
      const auto read = read_as_f32(info, out);
      QVERIFY(!read);
      QCOMPARE(read.error().code, ErrorCode::unsupported);
      QVERIFY(read.error().where.find("`t`") != std::string::npos);
    }
  }

  void sizes_must_agree() {
    const std::vector<std::byte> bytes(36);
    std::vector<float> out(64);
    QVERIFY(read_as_f32(tensor_of(DType::q4_0, {2, 32}, bytes), out));
    QVERIFY(!read_as_f32(tensor_of(DType::q4_0, {2, 32}, std::span(bytes).first(35)), out));
    QVERIFY(!read_as_f32(tensor_of(DType::q4_0, {2, 31}, bytes), out));
    QVERIFY(!read_as_f32(tensor_of(DType::q4_0, {-2, -32}, bytes), out));
    QVERIFY(!read_as_f32(tensor_of(DType::q4_0, {int64_t{1} << 40, int64_t{1} << 40}, bytes), out));
    QVERIFY(!read_as_f32(tensor_of(DType::q4_0, {2, 32}, bytes), std::span(out).first(63)));
  }

  void sizes_of_blocks() {
    QCOMPARE(tensor_bytes(DType::q6_k, {3, 512}), std::optional<uint64_t>(3 * 2 * 210));
    QCOMPARE(tensor_bytes(DType::bf16, {}), std::optional<uint64_t>(2));
    QCOMPARE(tensor_bytes(DType::f64, {int64_t{1} << 62}), std::nullopt);
  }

  // Told in gigabytes of floats a second; eight million elements, so that memory counts.
  void speed_data() { equals_the_reference_data(); }
  void speed() {
    QFETCH(QString, name);
    const auto file = GgufFile::open(golden("types.gguf"));
    const DType dtype = (*file)->find(name.toStdString())->dtype;
    const int64_t elements = 256 * 32768;
    const std::vector<std::byte> bytes(*tensor_bytes(dtype, {elements}));
    std::vector<float> out(static_cast<size_t>(elements));
    const auto info = tensor_of(dtype, {elements}, bytes);
    QVERIFY(read_as_f32(info, out));
    QElapsedTimer timer;
    timer.start();
    QVERIFY(read_as_f32(info, out));
    const double seconds = static_cast<double>(timer.nsecsElapsed()) * 1e-9;
    const double rate = static_cast<double>(elements) * 4e-9 / seconds;
    qInfo("%s: %.1f GB/s", dtype_name(dtype), rate);
    QVERIFY(rate > 0.01);
  }
};

QTEST_APPLESS_MAIN(TestDequantise)
#include "test_dequantise.moc"
