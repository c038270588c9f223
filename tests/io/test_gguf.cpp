// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTemporaryDir>
#include <QtTest>
#include <limits>

#include "core/io/gguf.h"
#include "tests/io/fixtures.h"

using namespace loupe;
using namespace loupe::io;
using namespace loupe::io::testing;

class TestGguf : public QObject {
  Q_OBJECT

  std::shared_ptr<const GgufFile> file_;

 private slots:
  void initTestCase() {
    const auto file = GgufFile::open(golden("types.gguf"));
    QVERIFY2(file, file ? "" : file.error().text().c_str());
    file_ = *file;
  }

  void reads_scalars() {
    QCOMPARE(file_->get_string("general.architecture"), std::optional<std::string>("llama"));
    QCOMPARE(file_->get_string("test.string"), std::optional<std::string>("schöne Grüße"));
    QCOMPARE(file_->get_int("test.u8"), std::optional<int64_t>(200));
    QCOMPARE(file_->get_int("test.i8"), std::optional<int64_t>(-100));
    QCOMPARE(file_->get_int("test.u16"), std::optional<int64_t>(60000));
    QCOMPARE(file_->get_int("test.i16"), std::optional<int64_t>(-30000));
    QCOMPARE(file_->get_int("test.u32"), std::optional<int64_t>(4'000'000'000));
    QCOMPARE(file_->get_int("test.i32"), std::optional<int64_t>(-2'000'000'000));
    QCOMPARE(file_->get_int("test.i64"), std::optional(std::numeric_limits<int64_t>::min()));
    QCOMPARE(std::get<uint64_t>(file_->metadata().at("test.u64")),
             std::numeric_limits<uint64_t>::max());
    QCOMPARE(file_->get_float("test.f32"), std::optional<double>(0.1f));
    QCOMPARE(file_->get_float("test.f64"), std::optional<double>(0.1));
    QCOMPARE(file_->get_bool("test.bool"), std::optional<bool>(true));
  }

  void numbers_convert_only_without_loss() {
    QCOMPARE(file_->get_int("test.u64"), std::nullopt);
    QCOMPARE(file_->get_int("test.f64"), std::nullopt);
    QCOMPARE(file_->get_int("test.bool"), std::optional<int64_t>(1));
    QCOMPARE(file_->get_float("test.i16"), std::optional<double>(-30000));
    QCOMPARE(file_->get_float("test.string"), std::nullopt);
    QCOMPARE(file_->get_bool("test.u8"), std::nullopt);
    QCOMPARE(file_->get_string("absent"), std::nullopt);
    QCOMPARE(file_->get_strings("test.ints"), nullptr);
  }

  void reads_arrays() {
    const auto* strings = file_->get_strings("test.strings");
    QVERIFY(strings);
    QCOMPARE(*strings, (std::vector<std::string>{"a", "", "\u2581the", "💡"}));
    const auto* ints = file_->get_ints("test.ints");
    QVERIFY(ints);
    QCOMPARE(*ints, (std::vector<int64_t>{1, -2, 3}));
    const auto* floats = file_->get_floats("test.floats");
    QVERIFY(floats);
    QCOMPARE(*floats, (std::vector<double>{0.5, -1.25}));
    const auto* bools = file_->get_ints("test.bools");
    QVERIFY(bools);
    QCOMPARE(*bools, (std::vector<int64_t>{1, 0, 1}));
  }

  void shapes_are_outermost_first() {
    const TensorInfo* info = file_->find("f32");
    QVERIFY(info);
    QCOMPARE(info->shape, (std::vector<int64_t>{2, 3}));
    QCOMPARE(info->numel(), int64_t{6});
    QCOMPARE(file_->find("q6_k")->shape, (std::vector<int64_t>{11, 256}));
    QCOMPARE(file_->find("absent"), nullptr);
    QCOMPARE(file_->tensors().size(), size_t{25});
  }

  void integers_are_there_as_they_are() {
    const TensorInfo* info = file_->find("i16");
    QVERIFY(info && info->dtype == DType::i16);
    int16_t values[3];
    QCOMPARE(info->data.size(), sizeof(values));
    std::memcpy(values, info->data.data(), sizeof(values));
    QCOMPARE(values[0], int16_t{-1});
    QCOMPARE(values[2], int16_t{32767});
  }

  void version_2_reads_alike() {
    Bytes bytes = read_bytes(golden("types.gguf"));
    bytes[4] = std::byte{2};
    const auto file = GgufFile::parse(bytes, "v2");
    QVERIFY(file);
    QCOMPARE(values_of(*(*file)->find("q4_0.made")), values_of(*file_->find("q4_0.made")));
  }

  void the_mapping_outlives_the_file_on_disk() {
    QTemporaryDir folder;
    const std::filesystem::path copy = folder.filePath("copy.gguf").toStdString();
    std::filesystem::copy_file(golden("types.gguf"), copy);
    const auto file = GgufFile::open(copy).value();
    std::filesystem::remove(copy);
    QCOMPARE(values_of(*file->find("q8_0.made")), values_of(*file_->find("q8_0.made")));
  }

  void honours_general_alignment() {
    GgufBuilder builder(2, 1);
    builder.string("general.alignment").number<uint32_t>(4).number<uint32_t>(128);
    builder.tensor("a", {1}, 0, 0).tensor("b", {1}, 0, 128);
    builder.data(132, 128);
    Bytes bytes = builder.bytes();
    const float value = 2.5f;
    std::memcpy(bytes.data() + bytes.size() - 4, &value, 4);
    const auto file = GgufFile::parse(bytes, "aligned");
    QVERIFY2(file, file ? "" : file.error().text().c_str());
    QCOMPARE(values_of(*(*file)->find("b")), std::vector<float>{2.5f});
  }

  void a_file_without_tensors_is_fine() {
    QVERIFY(GgufFile::parse(GgufBuilder(0, 0).bytes(), "empty"));
  }

  void a_missing_file_is_not_found() {
    QCOMPARE(GgufFile::open(golden("absent.gguf")).error().code, ErrorCode::not_found);
  }
};

QTEST_APPLESS_MAIN(TestGguf)
#include "test_gguf.moc"
