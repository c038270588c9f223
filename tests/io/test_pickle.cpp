// SPDX-License-Identifier: GPL-3.0-or-later
// Pickled checkpoints are refused with the reason and a command that turns them into safetensors.
#include <QTemporaryDir>
#include <QtTest>

#include "core/base/file.h"
#include "core/io/pickle.h"
#include "core/io/safetensors.h"
#include "tests/io/fixtures.h"

using namespace loupe;
using namespace loupe::io;

namespace {

class Folder {
 public:
  std::filesystem::path path() const { return folder_.path().toStdString(); }
  std::filesystem::path add(const std::string& name, std::string_view content = "") const {
    (void)write_text_file(path() / name, content);
    return path() / name;
  }
  Result<void> refuse() const { return refuse_pickle(path()); }

 private:
  QTemporaryDir folder_;
};

bool mentions(const Error& error, const std::string& text) {
  return error.text().find(text) != std::string::npos;
}

}  // namespace

class TestPickle : public QObject {
  Q_OBJECT

 private slots:
  void files_by_name_data() {
    QTest::addColumn<QString>("name");
    for (const char* name : {"pytorch_model.bin", "pytorch_model-00001-of-00002.bin", "model.pt",
                             "MODEL.PTH", "last.ckpt", "state.pkl"})
      QTest::newRow(name) << name;
  }
  void files_by_name() {
    QFETCH(QString, name);
    const Folder folder;
    const auto file = folder.add(name.toStdString());
    const auto refused = refuse_pickle(file);
    QVERIFY(!refused);
    QCOMPARE(refused.error().code, ErrorCode::unsupported);
    QVERIFY2(mentions(refused.error(), name.toStdString()), refused.error().text().c_str());
    QVERIFY(mentions(refused.error(), "would run any code"));
    QVERIFY(mentions(refused.error(), "weights_only=True"));
    QVERIFY(mentions(refused.error(), ".safetensors'"));
  }

  void files_by_content() {
    using namespace std::string_view_literals;
    const Folder folder;
    QVERIFY(!refuse_pickle(folder.add("a.bin", "\x80\x02}q\x00."sv)));
    QVERIFY(
        !refuse_pickle(folder.add("b.bin", "PK\x03\x04\x00\x00\x08\x08 archive/data.pkl rest"sv)));
    QVERIFY(refuse_pickle(folder.add("c.bin", "PK\x03\x04 archive/pictures"sv)));
    QVERIFY(refuse_pickle(folder.add("d.bin", "\x80\x09"sv)));
    QVERIFY(refuse_pickle(folder.add("e.bin", "")));
  }

  void what_is_no_pickle_passes() {
    const Folder folder;
    QVERIFY(folder.refuse());
    folder.add("config.json", "{}");
    folder.add("training_args.txt");
    QVERIFY(folder.refuse());
    QVERIFY(refuse_pickle(folder.path() / "config.json"));
    QVERIFY(refuse_pickle(folder.path() / "absent.pt"));
    QVERIFY(refuse_pickle(folder.path() / "absent"));
  }

  void a_folder_of_pickles_only() {
    const Folder folder;
    folder.add("config.json", "{}");
    folder.add("pytorch_model-00002-of-00002.bin");
    folder.add("pytorch_model-00001-of-00002.bin");
    const auto refused = folder.refuse();
    QVERIFY(!refused);
    QCOMPARE(refused.error().code, ErrorCode::unsupported);
    QVERIFY(mentions(refused.error(), "pytorch_model-00001-of-00002.bin"));
    QVERIFY(mentions(refused.error(), "save_pretrained"));
    QVERIFY(mentions(refused.error(), folder.path().string()));
    const auto opened = SafetensorsFile::open_folder(folder.path());
    QVERIFY(!opened);
    QVERIFY(mentions(opened.error(), "would run any code"));
  }

  // Safe weights beside pickled ones: nothing to refuse.
  void safe_weights_win() {
    const Folder folder;
    folder.add("pytorch_model.bin");
    folder.add("other.safetensors");
    QVERIFY(folder.refuse());
  }

  void an_open_says_so_too() {
    const Folder folder;
    const auto opened = SafetensorsFile::open(folder.add("model.pt", "\x80\x02"));
    QVERIFY(!opened);
    QVERIFY(mentions(opened.error(), "Python pickle"));
  }

  // A quote in a path cannot end the command's argument.
  void paths_are_quoted() {
    const Folder folder;
    const auto refused = refuse_pickle(folder.add("it's; rm.pt"));
    QVERIFY(!refused);
    QVERIFY2(mentions(refused.error(), "it'\\''s; rm.pt'"), refused.error().text().c_str());
  }
};

QTEST_APPLESS_MAIN(TestPickle)
#include "test_pickle.moc"
