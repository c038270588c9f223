// SPDX-License-Identifier: GPL-3.0-or-later
// Every kind of trained run leaves as a folder and comes back with the same rewards.
#include <QtTest>
#include <memory>

#include "tests/engine/brought_driver.h"

using namespace loupe::test;

class TestEngineExport : public QObject {
  Q_OBJECT
 private slots:
  void initTestCase() {
    place_ = std::make_unique<Place>();
    brought_ = std::make_unique<Brought>(*place_);
    const Said imported = place_->import_tiny();
    QVERIFY2(imported.code == 0, imported.described());
    data_ = place_->write_pairs("data.jsonl", 8);
  }

  void leaves_and_comes_back_data() {
    QTest::addColumn<QStringList>("recipe");
    QTest::addColumn<QStringList>("options");
    QTest::addColumn<QString>("opens_with");
    QTest::addColumn<QString>("kind");
    const QString classifier = "AutoModelForSequenceClassification", lm = "AutoModelForCausalLM";
    const QStringList ex{"--type", "ex"}, im{"--type", "im", "--beta", "0.5"};
    const QStringList lora{"--trains", "lora", "--lora-rank", "3"};
    const auto row = [](const char* name, const QStringList& recipe, const QStringList& options,
                        const QString& opens_with, const char* kind) {
      QTest::newRow(name) << recipe << options << opens_with << kind;
    };
    row("ex", ex, {}, classifier, "EX");
    row("ex-mean", ex + QStringList{"--pooling", "mean"}, {}, "", "EX");
    row("ex-head", ex + QStringList{"--trains", "head"}, {}, classifier, "EX");
    row("im", im, {}, lm, "IM");
    row("im-normalised", im + QStringList{"--length-normalised"}, {}, lm, "IM");
    row("im-without-reference", im + QStringList{"--without-reference"}, {}, lm, "IM");
    row("ex-lora", ex + lora, {}, "PeftModel", "adapter");
    row("ex-mean-lora", ex + lora + QStringList{"--pooling", "mean"}, {}, "", "adapter");
    row("im-lora", im + lora, {}, "PeftModel", "adapter");
    row("im-normalised-lora", im + lora + QStringList{"--length-normalised"}, {}, "PeftModel",
        "adapter");
    row("im-lora-some", im + lora + QStringList{"--lora-targets", "q_proj,down_proj"}, {},
        "PeftModel", "adapter");
    row("ex-lora-merged", ex + lora, {"--merged"}, classifier, "EX");
    row("im-lora-merged", im + lora, {"--merged"}, lm, "IM");
  }
  void leaves_and_comes_back() {
    QFETCH(QStringList, recipe);
    QFETCH(QStringList, options);
    QFETCH(QString, opens_with);
    QFETCH(QString, kind);
    const QString name = QString::fromUtf8(QTest::currentDataTag());
    const Said trained =
        place_->run(QStringList{"train", "--model", "tiny", "--data", data_, "--name", name,
                                "--epochs", "1", "--lr", "0.003", "--batch-size", "4"} +
                    recipe);
    QVERIFY2(trained.code == 0, trained.described());
    const auto of_run = brought_->rewards({"--run", name});
    QVERIFY(of_run.size() == 9);

    const QString folder = place_->path("out-" + name);
    const Said exported = place_->run(QStringList{"export", "--run", name, folder} + options);
    QVERIFY2(exported.code == 0, exported.described());
    QCOMPARE(text_of(exported.first()["opens_with"]), opens_with);
    QVERIFY(QFile::exists(folder + "/README.md"));
    QVERIFY(QFile::exists(folder + "/tokenizer.json"));

    const QString back = name + " back";
    const Said imported = place_->run({"model", "import", folder, "--name", back});
    QVERIFY2(imported.code == 0, imported.described());
    QCOMPARE(text_of(imported.first()["kind"]), kind);
    const double off = Brought::apart(brought_->rewards({"--model", back}), of_run);
    QVERIFY2(off < 1e-5, QByteArray::number(off));

    // And once more: what came back leaves again as what it is.
    if (!QStringList{"ex-mean", "im", "im-lora"}.contains(name)) return;
    const QString again = place_->path("again-" + name);
    const Said second = place_->run(QStringList{"export", "--model", back, again} + options);
    QVERIFY2(second.code == 0, second.described());
    QCOMPARE(text_of(second.first()["opens_with"]), opens_with);
    const Said third = place_->run({"model", "import", again, "--name", back + " again"});
    QVERIFY2(third.code == 0, third.described());
    QVERIFY(Brought::apart(brought_->rewards({"--model", back + " again"}), of_run) < 1e-5);
  }

  void an_adapter_is_small_and_names_its_base() {
    const json config = read(place_->path("out-im-lora/adapter_config.json"));
    QCOMPARE(text_of(config["base_model_name_or_path"]), QDir(place_->model()).canonicalPath());
    QCOMPARE(config["r"].get<int>(), 3);
    QCOMPARE(config["target_modules"].size(), size_t(7));
    const json some = read(place_->path("out-im-lora-some/adapter_config.json"));
    QCOMPARE(some["target_modules"], (json{"q_proj", "down_proj"}));
    const auto size = [&](const QString& file) { return QFileInfo(place_->path(file)).size(); };
    QVERIFY(size("out-im-lora/adapter_model.safetensors") > 0);
    QVERIFY(size("out-im-lora/adapter_model.safetensors") * 2 <
            size("out-im-lora-merged/model.safetensors"));
  }

  void a_reference_that_is_only_named() {
    const QString folder = place_->path("alone");
    const Said exported = place_->run({"export", "--run", "im", "--no-reference", folder});
    QVERIFY2(exported.code == 0, exported.described());
    QVERIFY(!QFile::exists(folder + "/reference"));
    const Said imported = place_->run({"model", "import", folder, "--name", "alone"});
    QVERIFY2(imported.code == 0, imported.described());
    QCOMPARE(text_of(imported.first()["kind"]), QString("IM"));
    QVERIFY(Brought::apart(brought_->rewards({"--model", "alone"}),
                           brought_->rewards({"--run", "im"})) < 1e-5);
  }

  // What changes more than an adapter can say leaves as a whole model, nothing of it lost.
  void what_is_no_adapter_leaves_whole_data() {
    QTest::addColumn<QString>("adapter");
    QTest::addColumn<bool>("trained");
    QTest::newRow("an adapter with modules of its own") << "saved-modules" << false;
    QTest::newRow("an adapter with embeddings") << "embeddings" << false;
    QTest::newRow("every parameter trained on an adapter") << "all-linear" << true;
  }
  void what_is_no_adapter_leaves_whole() {
    QFETCH(QString, adapter);
    QFETCH(bool, trained);
    const QString folder = Brought::golden("brought/adapters/" + adapter);
    const Said imported =
        place_->run({"model", "import", folder, "--base", "tiny", "--name", adapter});
    QVERIFY2(imported.code == 0, imported.described());
    QStringList of{"--model", adapter};
    if (trained) {
      of = QStringList{"--run", "on-" + adapter};
      const Said said = place_->run({"train", "--type", "im", "--beta", "0.5", "--model", adapter,
                                     "--data", data_, "--name", of[1], "--epochs", "1", "--lr",
                                     "0.003", "--batch-size", "4"});
      QVERIFY2(said.code == 0, said.described());
    }
    const QString out = place_->path("whole-" + adapter);
    const Said exported = place_->run(QStringList{"export", out} + of);
    QVERIFY2(exported.code == 0, exported.described());
    QCOMPARE(text_of(exported.first()["opens_with"]), QString("AutoModelForCausalLM"));
    QCOMPARE(place_->run({"model", "import", out, "--name", adapter + " back"}).code, 0);
    const double off =
        Brought::apart(brought_->rewards({"--model", adapter + " back"}), brought_->rewards(of));
    QVERIFY2(off < 1e-4, QByteArray::number(off));
  }

  void nothing_is_written_over() {
    const QString folder = place_->path("full");
    QDir().mkpath(folder);
    place_->write("full/keep.txt", "mine");
    const Said said = place_->run({"export", "--run", "ex", folder});
    QVERIFY(said.code > 0);
    QCOMPARE(QDir(folder).entryList(QDir::Files), QStringList{"keep.txt"});
    QVERIFY(!QFile::exists(folder + ".partial"));
  }

 private:
  static json read(const QString& path) {
    std::ifstream stream(path.toStdString());
    return json::parse(stream, nullptr, false);
  }

  std::unique_ptr<Place> place_;
  std::unique_ptr<Brought> brought_;
  QString data_;
};

QTEST_GUILESS_MAIN(TestEngineExport)
#include "test_engine_export.moc"
