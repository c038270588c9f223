// SPDX-License-Identifier: GPL-3.0-or-later
// The parts of the frame that need no window: commands, history, what fits what was typed, the
// session's file, the tables.
#include <QAbstractItemModelTester>
#include <QFile>
#include <QTemporaryDir>
#include <QToolButton>
#include <QtTest>

#include "ui/frame/command_palette.h"
#include "ui/frame/engine_setup.h"
#include "ui/frame/fuzzy.h"
#include "ui/frame/job_table_model.h"
#include "ui/frame/place_history.h"
#include "ui/frame/session.h"
#include "ui/widgets/banner.h"
#include "ui/widgets/engine_folder_model.h"

using namespace loupe;
using namespace loupe::ui;

namespace {

QStringList words(const char* text) {
  return QString::fromLatin1(text).split(QLatin1Char(' '));
}

api::Job job(int64_t id, const char* status, int64_t run = 0) {
  api::Job made;
  made.id = id;
  made.kind = "train";
  made.status = status;
  made.run_id = run;
  made.title = "job " + std::to_string(id);
  return made;
}

}  // namespace

class TestFrameParts : public QObject {
  Q_OBJECT
 private slots:
  void the_command_of_the_engine() {
    EngineSetup setup;
    setup.built_in = words("/bin/engine");
    setup.workspace = "/a b/ws";
    QVERIFY(!is_remote(setup));
    QCOMPARE(command_of(setup), (QStringList{"/bin/engine", "serve", "--workspace", "/a b/ws"}));
    setup.threads = 3;
    setup.device = "cuda:1";
    setup.cache_gb = 2.5;
    QCOMPARE(command_of(setup).mid(4), words("--threads 3 --device cuda:1 --cache-gb 2.5"));
  }

  void ssh_asks_for_no_password_and_gets_quoted_words() {
    EngineSetup setup;
    setup.given = words("/usr/bin/ssh box rewardloupe-engine");
    setup.workspace = "/data/it's here";
    QVERIFY(is_remote(setup));
    QCOMPARE(command_of(setup),
             (QStringList{"/usr/bin/ssh", "-o", "BatchMode=yes", "box", "rewardloupe-engine",
                          "serve", "--workspace", "'/data/it'\\''s here'"}));
    setup.given = words("ssh -o BatchMode=no box rewardloupe-engine serve");
    setup.workspace.clear();
    QCOMPARE(command_of(setup), setup.given);
    // A workspace that the command names itself gives way to the one switched to.
    setup.given = words("ssh box engine --workspace /old serve");
    setup.workspace = "/new";
    QCOMPARE(command_of(setup), words("ssh -o BatchMode=yes box engine --workspace /new serve"));
  }

  void history_goes_back_and_forward() {
    PlaceHistory history;
    QVERIFY(!history.can_go_back() && history.back() == nullptr);
    for (const char* page : {"home", "runs", "inspect"}) history.visit({{"page", page}});
    history.visit({{"page", "inspect"}});  // no step
    QCOMPARE(history.places().size(), size_t(3));
    QCOMPARE(history.back()->at("page").get<std::string>(), std::string("runs"));
    QCOMPARE(history.back()->at("page").get<std::string>(), std::string("home"));
    QVERIFY(!history.can_go_back());
    QCOMPARE(history.forward()->at("page").get<std::string>(), std::string("runs"));
    history.visit({{"page", "shift"}});
    QVERIFY(!history.can_go_forward());
    QCOMPARE(history.last(2).size(), size_t(2));
    for (int i = 0; i < 300; ++i) history.visit({{"page", "inspect"}, {"index", i}});
    QCOMPARE(history.places().size(), PlaceHistory::kept);
  }

  void what_was_typed_finds_what_was_meant() {
    QVERIFY(fuzzy_score("imp0", "im-persona-s0").has_value());
    QVERIFY(!fuzzy_score("imx", "im-persona-s0").has_value());
    QVERIFY(*fuzzy_score("set", "Settings…") > *fuzzy_score("set", "Show as text"));
    QVERIFY(*fuzzy_score("runs", "Runs") > *fuzzy_score("runs", "Show all reruns of it"));
    QVERIFY(fuzzy_score("new work", "New workspace…").has_value());
    QVERIFY(fuzzy_score("WORK NEW", "New workspace…").has_value());
    QCOMPARE(fuzzy_score("", "anything"), std::optional<int>(0));
  }

  void the_palette_remembers_what_was_used() {
    PaletteModel model;
    QAbstractItemModelTester tester(&model);
    std::vector<PaletteItem> items;
    for (const char* title : {"Alpha run", "Beta run", "Gamma"}) {
      items.push_back({title, title, "detail", "Run", {}, {}, {}});
    }
    model.set_items(items, {"Gamma", "Beta run"});
    const auto at = [&](int row) { return model.index(row).data().toString(); };
    QCOMPARE(at(0), QStringLiteral("Gamma"));
    QCOMPARE(at(1), QStringLiteral("Beta run"));
    QCOMPARE(at(2), QStringLiteral("Alpha run"));
    model.set_typed("run");
    QCOMPARE(model.index(0).data().toString(), QStringLiteral("Beta run"));
    model.set_typed("nothing of this");
    QCOMPARE(model.rowCount(), 0);
  }

  void jobs_in_their_order() {
    JobTableModel model;
    QAbstractItemModelTester tester(&model);
    std::vector<api::Job> jobs = {job(1, "done"), job(2, "stopped", 7), job(3, "queued"),
                                  job(4, "running"), job(5, "failed", 7)};
    model.set_jobs(jobs);
    const auto id = [&](int row) {
      return model.index(row, 0).data(JobTableModel::id_role).toInt();
    };
    QCOMPARE(id(0), 4);
    QCOMPARE(id(1), 3);
    QCOMPARE(id(2), 5);
    QCOMPARE(id(4), 1);
    QVERIFY(can_resume(jobs[4], jobs));
    QVERIFY(!can_resume(jobs[1], jobs));  // a later job of the run took over
    QVERIFY(!can_resume(jobs[0], jobs));
    jobs[3].done = 5;
    jobs[3].total = 10;
    model.set_jobs(jobs);
    QCOMPARE(model.index(0, 0).data(JobTableModel::share_role).toDouble(), 0.5);
    model.set_jobs({});
    QCOMPARE(model.rowCount(), 0);
  }

  void folders_of_the_engine() {
    EngineFolderModel model;
    EngineFolderFilter filter;
    filter.setSourceModel(&model);
    QAbstractItemModelTester tester(&model);
    QAbstractItemModelTester filter_tester(&filter);
    api::FolderListing listing;
    listing.path = "/data";
    for (const char* name : {"models", ".cache", "a.gguf", "b.jsonl", "notes.txt"}) {
      api::FolderEntry entry;
      entry.name = name;
      entry.is_folder =
          !entry.name.ends_with("f") && !entry.name.ends_with("l") && !entry.name.ends_with("txt");
      entry.kind = entry.name.ends_with("gguf")    ? "model"
                   : entry.name.ends_with("jsonl") ? "data"
                                                   : "";
      listing.entries.push_back(entry);
    }
    model.set_listing(listing);
    filter.set_kinds({"model"});
    filter.sort(EngineFolderModel::name);
    QCOMPARE(filter.rowCount(), 2);
    QCOMPARE(filter.index(0, 0).data().toString(), QStringLiteral("models"));
    filter.sort(EngineFolderModel::name, Qt::DescendingOrder);
    QCOMPARE(filter.index(0, 0).data().toString(), QStringLiteral("models"));  // folders first
    filter.set_all(true);
    QCOMPARE(filter.rowCount(), 5);
    filter.set_words("not");
    QCOMPARE(filter.rowCount(), 1);
  }

  void a_session_comes_back_as_it_was() {
    QTemporaryDir folder;
    SessionFile file(folder.filePath("deep/session.json"));
    Session session;
    session.geometry = QByteArray("\x01\x00\xff", 3);
    session.splitters["runs-splitter"] = "abc";
    session.settings = {2, "cpu", 1.5, "ssh box engine", theme::Mode::dark};
    session.workspace = QString::fromUtf8("/ä/ws");
    session.page = "inspect";
    session.places["inspect"] = {{"set", "test"}, {"index", 3}};
    session.history = {{{"page", "runs"}}, {{"page", "inspect"}, {"index", 3}}};
    remember_workspace(&session.recent, "/one", "", 1);
    remember_workspace(&session.recent, "/two", "", 2);
    remember_workspace(&session.recent, "/one", "", 3);
    session.palette = QStringList{"run:1"};
    QCOMPARE(file.save(session), QString());
    QString note;
    const Session read = SessionFile(file.path()).load(&note);
    QVERIFY2(note.isEmpty(), qPrintable(note));
    QCOMPARE(read.geometry, session.geometry);
    QCOMPARE(read.splitters, session.splitters);
    QCOMPARE(read.settings.device, session.settings.device);
    QCOMPARE(read.settings.cache_gb, 1.5);
    QCOMPARE(read.settings.theme, theme::Mode::dark);
    QCOMPARE(read.workspace, session.workspace);
    QVERIFY(read.places["inspect"] == session.places["inspect"]);
    QVERIFY(read.history == session.history);
    QCOMPARE(read.recent.size(), size_t(2));
    QCOMPARE(read.recent[0].path, QStringLiteral("/one"));
    QCOMPARE(read.palette, session.palette);
  }

  void damaged_and_newer_sessions_are_put_aside_data() {
    QTest::addColumn<QByteArray>("text");
    QTest::newRow("cut") << QByteArray("{\"version\": 1, \"geometry\": \"ab");
    QTest::newRow("empty") << QByteArray();
    QTest::newRow("newer") << QByteArray("{\"version\": 99}");
    QTest::newRow("no version") << QByteArray("{}");
    QTest::newRow("another shape") << QByteArray("{\"version\": 1, \"recent\": 5}");
    QTest::newRow("wrong types") << QByteArray(
        "{\"version\": 1, \"settings\": {\"threads\": \"x\"}}");
    QTest::newRow("noise") << QByteArray("\xff\x00\x12", 3);
  }
  void damaged_and_newer_sessions_are_put_aside() {
    QFETCH(QByteArray, text);
    QTemporaryDir folder;
    const QString path = folder.filePath("session.json");
    {
      QFile file(path);
      QVERIFY(file.open(QIODevice::WriteOnly));
      file.write(text);
    }
    QString note;
    const Session session = SessionFile(path).load(&note);
    QVERIFY(!note.isEmpty());
    QVERIFY(session.recent.empty() && session.page.isEmpty());
    const QStringList kept = QDir(folder.path()).entryList({"session.json.damaged-*"});
    QCOMPARE(kept.size(), 1);
    QFile aside(folder.filePath(kept[0]));
    QVERIFY(aside.open(QIODevice::ReadOnly));
    QCOMPARE(aside.readAll(), text);
    QVERIFY(!QFile::exists(path));
  }

  void a_banner_loses_no_message() {
    Banner banner;
    const auto say = [&](const char* key, const char* text) {
      Banner::Message message;
      message.key = key;
      message.text = text;
      banner.show_message(message);
    };
    say("a", "first");
    say("b", "second");
    say("b", "second, again");
    QCOMPARE(banner.count(), 2);
    QCOMPARE(banner.message().text, QStringLiteral("second, again"));
    say("a", "first");  // said already: stays where it is
    QCOMPARE(banner.message().key, QStringLiteral("b"));
    banner.show();
    auto* more = banner.findChild<QToolButton*>("banner-more");
    QCOMPARE(more->text(), QStringLiteral("1 more"));
    QTest::mouseClick(more, Qt::LeftButton);
    QCOMPARE(banner.message().text, QStringLiteral("first"));
    QTest::mouseClick(banner.findChild<QToolButton*>("banner-close"), Qt::LeftButton);
    QCOMPARE(banner.message().key, QStringLiteral("b"));
    QVERIFY(banner.isVisible());
    banner.clear("b");
    QVERIFY(!banner.isVisible());
  }
};

QTEST_MAIN(TestFrameParts)
#include "test_frame_parts.moc"
