// SPDX-License-Identifier: GPL-3.0-or-later
// Importing models, good and bad, with the program itself.
#include <QtTest>
#include <memory>

#include "tests/engine/engine_driver.h"

using namespace loupe::test;

class TestEngineModels : public QObject {
  Q_OBJECT
 private slots:
  void initTestCase() { place_ = std::make_unique<Place>(); }
  void import_list_and_show() {
    const Place& place = *place_;
    const Said imported = place.import_tiny();
    QVERIFY2(imported.code == 0, imported.described());
    QVERIFY(imported.only_json);
    QCOMPARE(imported.first()["parameters"].get<int>(), 43744);
    QCOMPARE(imported.first()["architecture"].get<std::string>(), "LlamaForCausalLM");

    const json list = place.run({"model", "list"}).first();
    QCOMPARE(list.size(), size_t(1));
    QCOMPARE(list[0]["name"].get<std::string>(), "tiny");
    QCOMPARE(list[0]["status"].get<std::string>(), "ok");
    QCOMPARE(text_of(list[0]["path"]), QDir(place.model()).canonicalPath());

    const json shown = place.run({"model", "show", "tiny"}).first();
    std::set<std::string> names;
    for (const auto& file : shown["files"]) {
      QFile on_disk(text_of(file["path"]));
      QCOMPARE(file["size"].get<qint64>(), on_disk.size());
      QVERIFY(on_disk.open(QIODevice::ReadOnly));
      QCOMPARE(QByteArray::fromStdString(file["sha256"]),
               QCryptographicHash::hash(on_disk.readAll(), QCryptographicHash::Sha256).toHex());
      names.insert(QFileInfo(on_disk).fileName().toStdString());
    }
    QVERIFY(names.contains("model.safetensors"));
    QVERIFY(names.contains("config.json"));
    QVERIFY(names.contains("tokenizer.json"));
    QVERIFY(!shown["details"]["chat_template"].get<std::string>().empty());

    const Said again = place.import_tiny();
    QVERIFY(again.code > 0);
    QVERIFY2(again.err.find("tiny") != std::string::npos, again.described());
    const Said unknown = place.run({"model", "show", "huge"});
    QVERIFY(unknown.code > 0);
    QVERIFY2(unknown.err.find("huge") != std::string::npos, unknown.described());
  }

  void what_cannot_be_imported_data() {
    QTest::addColumn<QString>("damage");
    QTest::addColumn<QString>("named");
    QTest::newRow("no such file") << "absent"
                                  << "nothing-here";
    QTest::newRow("no config") << "config"
                               << "config.json";
    QTest::newRow("unknown architecture") << "architecture"
                                          << "config.json";
    QTest::newRow("truncated weights") << "truncate"
                                       << "model.safetensors";
    QTest::newRow("no tokenizer") << "tokenizer"
                                  << "tokenizer.json";
    QTest::newRow("config is no JSON") << "garbage"
                                       << "config.json";
  }
  void what_cannot_be_imported() {
    QFETCH(QString, damage);
    QFETCH(QString, named);
    const Place& place = *place_;
    const QString folder = QString("spoilt-%1").arg(damage);
    QString path = place.copy_model(folder);
    if (damage == "absent") path = place.path("nothing-here");
    if (damage == "config") QVERIFY(QFile::remove(path + "/config.json"));
    if (damage == "tokenizer") QVERIFY(QFile::remove(path + "/tokenizer.json"));
    if (damage == "garbage") place.write(folder + "/config.json", "{\"hidden_size\": 32,");
    if (damage == "architecture") {
      QFile config(path + "/config.json");
      QVERIFY(config.open(QIODevice::ReadOnly));
      QByteArray text = config.readAll();
      config.close();
      text.replace("LlamaForCausalLM", "WalrusForCausalLM").replace("\"llama\"", "\"walrus\"");
      place.write(folder + "/config.json", text);
    }
    if (damage == "truncate") {
      QFile weights(path + "/model.safetensors");
      QVERIFY(weights.resize(weights.size() - 100));
    }
    const Said said = place.run({"model", "import", path});
    QVERIFY2(said.code > 0, said.described());
    QVERIFY2(text_of(said.err).contains(named), said.described());
    QVERIFY(said.only_json);
    QVERIFY(!said.error()["what"].get<std::string>().empty());
    if (damage == "architecture")
      QVERIFY2(said.err.find("WalrusForCausalLM") != std::string::npos, said.described());
  }

  void none_of_them_left_a_trace() {
    const json list = place_->run({"model", "list"}).first();
    QCOMPARE(list.size(), size_t(1));
    QCOMPARE(list[0]["name"].get<std::string>(), "tiny");
  }

  void files_that_changed_after_the_import() {
    const Place& place = *place_;
    const QString path = place.copy_model("model");
    QCOMPARE(place.run({"model", "import", path, "--name", "copy"}).code, 0);
    QFile weights(path + "/model.safetensors");
    const QByteArray before = [&] {
      return weights.open(QIODevice::ReadOnly) ? weights.readAll() : QByteArray();
    }();
    weights.close();
    QByteArray after = before;
    after[after.size() - 1] = static_cast<char>(after.back() ^ 1);  // the same size
    place.write("model/model.safetensors", after);
    QCOMPARE(text_of(status_of("copy")), "changed: " + path + "/model.safetensors");

    const QString data = place.write_pairs("data.jsonl", 4);
    const Said trained =
        place.run({"train", "--model", "copy", "--data", data, "--epochs", "1", "--threads", "1"});
    QVERIFY2(trained.code > 0, trained.described());
    QVERIFY2(trained.err.find("model.safetensors") != std::string::npos, trained.described());
    QCOMPARE(place.run({"runs", "list"}).first()[0]["status"].get<std::string>(), "failed");

    // The same bytes with another time are the same model.
    place.write("model/model.safetensors", before);
    QCOMPARE(status_of("copy"), std::string("ok"));
    QVERIFY(QFile::remove(path + "/tokenizer.json"));
    QCOMPARE(text_of(status_of("copy")), "missing: " + path + "/tokenizer.json");
  }

  void tokens_and_their_log_probabilities() {
    const Place& place = *place_;
    const std::string text = "my view, naïve 🙂\tof people";
    const Said tokens = place.run({"tokenize", "--model", "tiny", text_of(text)});
    QVERIFY2(tokens.code == 0, tokens.described());
    QByteArray bytes;
    for (const auto& token : tokens.first()) {
      QCOMPARE(token["begin"].get<qint64>(), bytes.size());
      bytes += QByteArray::fromBase64(QByteArray::fromStdString(token["bytes"]));
      QCOMPARE(token["end"].get<qint64>(), bytes.size());
    }
    QCOMPARE(bytes.toStdString(), text);

    const Said said = place.run(
        {"logprobs", "--model", "tiny", "--prompt", "would you?", "--response", "my view"});
    QVERIFY2(said.code == 0, said.described());
    const json value = said.first();
    double sum = 0;
    for (const auto& token : value["tokens"]) {
      QVERIFY(token["log_prob"].get<double>() < 0);
      sum += token["log_prob"].get<double>();
    }
    QVERIFY(value["tokens"].size() >= 3);
    QVERIFY(std::abs(sum - value["sum"].get<double>()) < 1e-9);
    // The files themselves do as well as the name.
    const Said direct = place.run(
        {"logprobs", "--model", place.model(), "--prompt", "would you?", "--response", "my view"});
    QCOMPARE(direct.first(), said.first());
  }

 private:
  std::string status_of(const std::string& model) const {
    for (const auto& row : place_->run({"model", "list"}).first())
      if (row["name"] == model) return row["status"];
    return "not listed";
  }

  std::unique_ptr<Place> place_;
};

QTEST_GUILESS_MAIN(TestEngineModels)
#include "test_engine_models.moc"
