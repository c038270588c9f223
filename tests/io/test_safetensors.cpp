// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTemporaryDir>
#include <QtTest>
#include <fstream>
#include <memory>

#include "core/io/safetensors.h"
#include "tests/io/fixtures.h"

using namespace loupe;
using namespace loupe::io;
using namespace loupe::io::testing;

class TestSafetensors : public QObject {
  Q_OBJECT

  std::unique_ptr<QTemporaryDir> folder_;
  std::shared_ptr<const SafetensorsFile> file_;

  std::filesystem::path path(const std::string& name) {
    return std::filesystem::path(folder_->path().toStdString()) / name;
  }
  // A copy of the sharded fixture with another index.
  std::filesystem::path sharded_with_index(const std::string& index) {
    for (const auto& entry : std::filesystem::directory_iterator(golden("sharded")))
      std::filesystem::copy_file(entry.path(), path(entry.path().filename().string()));
    std::ofstream(path("model.safetensors.index.json")) << index;
    return folder_->path().toStdString();
  }
  static TensorToWrite to_write(const std::string& name, DType dtype, std::vector<int64_t> shape,
                                const Bytes& data) {
    return {name, dtype, std::move(shape), data};
  }

 private slots:
  void initTestCase() {
    const auto file = SafetensorsFile::open(golden("types.safetensors"));
    QVERIFY2(file, file ? "" : file.error().text().c_str());
    file_ = *file;
  }
  void init() { folder_ = std::make_unique<QTemporaryDir>(); }

  void reads_what_the_package_wrote() {
    const std::vector<float> expected{-1.5f, -0.75f, 0.0f, 0.75f, 1.5f, 2.25f};
    for (const char* name : {"float64", "float32", "float16", "bfloat16"}) {
      const TensorInfo* info = file_->find(name);
      QVERIFY2(info, name);
      QCOMPARE(info->shape, (std::vector<int64_t>{2, 3}));
      QCOMPARE(values_of(*info), expected);
    }
    QCOMPARE(file_->find("float64")->dtype, DType::f64);
    QCOMPARE(file_->find("bfloat16")->dtype, DType::bf16);
    QCOMPARE(file_->find("bool")->dtype, DType::boolean);
    QCOMPARE(file_->find("uint8")->dtype, DType::u8);
    const TensorInfo* longs = file_->find("int64");
    QVERIFY(longs && longs->dtype == DType::i64);
    int64_t first = 0;
    std::memcpy(&first, longs->data.data(), sizeof(first));
    QCOMPARE(first, int64_t{-6});
  }

  void reads_odd_shapes_and_names() {
    QVERIFY(file_->find("scalar")->shape.empty());
    QCOMPARE(values_of(*file_->find("scalar")), std::vector<float>{0.25f});
    QCOMPARE(file_->find("empty")->shape, (std::vector<int64_t>{0, 3}));
    QVERIFY(file_->find("empty")->data.empty());
    QVERIFY(file_->find("名前"));
  }

  void reads_metadata() { QCOMPARE(file_->metadata().at("note"), std::string("Grüße")); }

  void reads_a_sharded_folder() {
    const auto all = SafetensorsFile::open_folder(golden("sharded"));
    QVERIFY2(all, all ? "" : all.error().text().c_str());
    QCOMPARE((*all)->tensors().size(), size_t{3});
    QCOMPARE((*all)->files().size(), size_t{2});
    QCOMPARE(values_of(*(*all)->find("b")), (std::vector<float>{7, 7, 7, 7}));
    QCOMPARE(values_of(*(*all)->find("c")), (std::vector<float>{0, 1, 2}));
  }

  void a_folder_without_index_is_one_file() {
    std::filesystem::copy_file(golden("types.safetensors"), path("model.safetensors"));
    const auto file = SafetensorsFile::open_folder(folder_->path().toStdString());
    QVERIFY(file);
    QCOMPARE((*file)->tensors().size(), file_->tensors().size());
  }

  void a_folder_without_weights_is_not_found() {
    const auto file = SafetensorsFile::open_folder(folder_->path().toStdString());
    QCOMPARE(file.error().code, ErrorCode::not_found);
  }

  void bad_indexes_are_refused_data() {
    QTest::addColumn<QString>("index");
    QTest::addColumn<QString>("says");
    const QString one = "\"model-00001-of-00002.safetensors\"";
    const QString two = "\"model-00002-of-00002.safetensors\"";
    QTest::newRow("no json") << "{"
                             << "bad JSON";
    QTest::newRow("array") << "[]"
                           << "weight_map";
    QTest::newRow("no map") << "{}"
                            << "weight_map";
    QTest::newRow("map no object") << "{\"weight_map\": 5}"
                                   << "weight_map";
    QTest::newRow("empty map") << "{\"weight_map\": {}}"
                               << "lists no tensors";
    QTest::newRow("number") << "{\"weight_map\": {\"a\": 1}}"
                            << "no string";
    QTest::newRow("parent") << "{\"weight_map\": {\"a\": \"../x.safetensors\"}}"
                            << "plain file name";
    QTest::newRow("absolute") << "{\"weight_map\": {\"a\": \"/etc/passwd\"}}"
                              << "plain file name";
    QTest::newRow("dots") << "{\"weight_map\": {\"a\": \"..\"}}"
                          << "plain file name";
    QTest::newRow("nul") << "{\"weight_map\": {\"a\": \"x\\u0000y\"}}"
                         << "plain file name";
    QTest::newRow("missing shard") << "{\"weight_map\": {\"a\": \"absent.safetensors\"}}"
                                   << "absent";
    QTest::newRow("wrong shard") << "{\"weight_map\": {\"a\": " + two + ", \"b\": " + one + "}}"
                                 << "`a`";
    QTest::newRow("no such tensor") << "{\"weight_map\": {\"zz\": " + one + "}}"
                                    << "`zz`";
  }
  void bad_indexes_are_refused() {
    QFETCH(QString, index);
    QFETCH(QString, says);
    const auto file = SafetensorsFile::open_folder(sharded_with_index(index.toStdString()));
    QVERIFY(!file);
    const QString text = QString::fromStdString(file.error().text());
    QVERIFY2(text.contains(says), qPrintable(text));
  }

  void a_tensor_in_two_shards_is_refused() {
    const auto folder = sharded_with_index(
        "{\"weight_map\": {\"a\": \"model-00001-of-00002.safetensors\", \"b\": "
        "\"copy.safetensors\"}}");
    std::filesystem::copy_file(path("model-00001-of-00002.safetensors"), path("copy.safetensors"));
    const auto file = SafetensorsFile::open_folder(folder);
    QVERIFY(!file);
    QVERIFY(file.error().what.find("also in") != std::string::npos);
  }

  void what_is_written_reads_back() {
    std::vector<TensorToWrite> tensors;
    for (const auto& [name, info] : file_->tensors())
      tensors.push_back({info.name, info.dtype, info.shape, info.data});
    const std::map<std::string, std::string> metadata{{"format", "pt"}, {"ключ", "\"\\\n"}};
    QVERIFY(write_safetensors(path("f"), tensors, metadata));
    const auto copy = SafetensorsFile::open(path("f"));
    QVERIFY2(copy, copy ? "" : copy.error().text().c_str());
    QCOMPARE((*copy)->metadata(), metadata);
    QCOMPARE((*copy)->tensors().size(), file_->tensors().size());
    const std::byte* start =
        read_bytes(path("f")).empty() ? nullptr : (*copy)->find("float64")->data.data();
    for (const auto& [name, info] : file_->tensors()) {
      const TensorInfo* again = (*copy)->find(name);
      QVERIFY2(again, name.c_str());
      QVERIFY(again->dtype == info.dtype);
      QCOMPARE(again->shape, info.shape);
      QVERIFY(std::ranges::equal(again->data, info.data));
      QVERIFY((again->data.data() - start) % block_size(info.dtype).bytes == 0);
    }
  }

  void writing_is_deterministic() {
    const Bytes data(4);
    const auto a = to_write("a", DType::f32, {1}, data), b = to_write("b", DType::f32, {1}, data);
    QVERIFY(write_safetensors(path("1"), {a, b}, {}));
    QVERIFY(write_safetensors(path("2"), {b, a}, {}));
    QVERIFY(read_bytes(path("1")) == read_bytes(path("2")));
    QVERIFY(write_safetensors(path("none"), {}, {}));
    QVERIFY(SafetensorsFile::open(path("none")));
  }

  void what_would_not_read_back_is_not_written() {
    const Bytes data(18);
    const auto refused = [this](const std::vector<TensorToWrite>& tensors,
                                const std::map<std::string, std::string>& metadata = {}) {
      const auto written = write_safetensors(path("f"), tensors, metadata);
      return !written && written.error().code == ErrorCode::invalid_input &&
             !std::filesystem::exists(path("f"));
    };
    const Bytes four(4);
    const auto good = to_write("a", DType::f32, {1}, four);
    QVERIFY(refused({to_write("a", DType::f32, {2}, four)}));
    QVERIFY(refused({to_write("a", DType::f32, {-1}, four)}));
    QVERIFY(refused({to_write("q", DType::q4_0, {32}, data)}));
    QVERIFY(refused({to_write("", DType::f32, {1}, four)}));
    QVERIFY(refused({to_write("__metadata__", DType::f32, {1}, four)}));
    QVERIFY(refused({to_write("\xFF", DType::f32, {1}, four)}));
    QVERIFY(refused({good, good}));
    QVERIFY(refused({good}, {{"k", "\xFF"}}));
  }

  void a_full_disk_leaves_the_old_file() {
    const Bytes data(4096);
    const auto tensor = to_write("a", DType::f32, {1024}, data);
    QVERIFY(write_safetensors(path("f"), {tensor}, {{"which", "old"}}));
    const Bytes old = read_bytes(path("f"));
    for (const int64_t room : {int64_t{0}, int64_t{8}, int64_t{50}, int64_t{4000}}) {
      inject_disk_full_after(room);
      const auto written = write_safetensors(path("f"), {tensor}, {{"which", "new"}});
      inject_disk_full_after(-1);
      QVERIFY(!written);
      QCOMPARE(written.error().code, ErrorCode::disk_full);
      QVERIFY(read_bytes(path("f")) == old);
      QCOMPARE(std::distance(std::filesystem::directory_iterator(path("")), {}), ptrdiff_t{1});
    }
  }
};

QTEST_APPLESS_MAIN(TestSafetensors)
#include "test_safetensors.moc"
