// SPDX-License-Identifier: GPL-3.0-or-later
// The conversation with the engine, against a fake one that greets, stutters, dawdles, refuses and
// dies.
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QtTest>

#include "ui/client/engine_client.h"

using namespace loupe;
using namespace loupe::ui;

namespace {

using State = EngineClient::State;

QStringList fake(const QStringList& options = {}) {
  return QStringList{QStringLiteral(LOUPE_FAKE_ENGINE)} + options +
         QStringList{QStringLiteral("serve")};
}

}  // namespace

class TestEngineClient : public QObject {
  Q_OBJECT
 private slots:
  void greets_and_answers() {
    EngineClient client(fake());
    QSignalSpy states(&client, &EngineClient::state_changed);
    client.start();
    QCOMPARE(client.state(), State::starting);
    api::json echoed;
    // Asked before the engine is ready: it waits.
    client.request("test/echo", {{"text", "hello"}}, this,
                   [&](const api::json& result) { echoed = result; });
    QTRY_COMPARE(client.state(), State::ready);
    QCOMPARE(client.server().version, std::string("0.0-fake"));
    QTRY_COMPARE(echoed.value("text", ""), std::string("hello"));
    QCOMPARE(states.count(), 2);
    QCOMPARE(client.pending(), 0);
  }

  void skips_banners_and_joins_pieces() {
    EngineClient client(fake({"--banner", "--split"}));
    QSignalSpy notes(&client, &EngineClient::notified);
    client.start();
    QTRY_COMPARE(client.state(), State::ready);
    const std::string long_text(300'000, 'x');
    std::string back;
    client.request("test/echo", {{"text", long_text}}, this,
                   [&](const api::json& result) { back = result.value("text", ""); });
    QTRY_COMPARE(back.size(), long_text.size());
    QVERIFY(notes.count() >= 1);
    QVERIFY(client.log_tail().contains(QStringLiteral("Welcome to fakehost")));
    QTRY_VERIFY(client.log_tail().contains(QStringLiteral("setlocale")));
  }

  void a_newer_request_of_a_slot_silences_the_older() {
    EngineClient client(fake({"--slow", "attribute", "300"}));
    client.start();
    QStringList answers;
    const auto note = [&](const QString& name) {
      return [&answers, name](const api::json&) { answers << name; };
    };
    const auto never = [&](const Failure&) { answers << QStringLiteral("failed"); };
    const api::json params{{"of", "run:1"}, {"pair", {{"set", "test"}, {"index", 0}}}};
    QTRY_COMPARE(client.state(), State::ready);
    client.request("attribute", params, this, note("old"), never, "slot");
    client.request("attribute", params, this, note("new"), never, "slot");
    client.request("test/echo", {}, this, note("other"), never);
    QTRY_VERIFY(answers.contains(QStringLiteral("other")));
    QCOMPARE(answers, (QStringList{"new", "other"}));
  }

  void cancel_is_final_and_told_to_the_engine() {
    EngineClient client(fake({"--slow", "attribute", "100"}));
    client.start();
    QTRY_COMPARE(client.state(), State::ready);
    bool called = false;
    const auto id = client.request(
        "attribute", {{"run", 1}, {"prompt", ""}, {"chosen", ""}, {"rejected", ""}}, this,
        [&](const api::json&) { called = true; }, [&](const Failure&) { called = true; });
    client.cancel(id);
    QCOMPARE(client.pending(), 0);
    qint64 told = 0;
    client.request("test/cancelled", {}, this,
                   [&](const api::json& result) { told = result.value("id", qint64(0)); });
    QTRY_COMPARE(told, id);
    QVERIFY(!called);
  }

  void errors_carry_what_where_and_hint() {
    EngineClient client(fake({"--fail", "runs/list"}));
    client.start();
    Failure failure;
    client.request("runs/list", {}, this, {}, [&](const Failure& f) { failure = f; });
    QTRY_VERIFY(!failure.what.isEmpty());
    QCOMPARE(failure.rpc_code, api::error_request);
    QCOMPARE(failure.code, QStringLiteral("not_found"));
    QCOMPARE(failure.what, QStringLiteral("the checkpoint of this run is missing"));
    QVERIFY(failure.details().contains(QStringLiteral("artifacts/7/model.safetensors")));
    QVERIFY(failure.details().contains(QStringLiteral("Train the run again.")));
  }

  void an_answer_of_another_shape_is_a_failure() {
    EngineClient client(fake());
    client.start();
    Failure failure;
    bool read = false;
    client.call<api::Run>(
        "test/echo", {{"id", "no number"}}, this, [&](api::Run) { read = true; },
        [&](const Failure& f) { failure = f; });
    QTRY_VERIFY(!failure.what.isEmpty());
    QVERIFY(!read);
  }

  void death_fails_what_was_asked_and_keeps_the_last_words() {
    EngineClient client(fake({"--die-on", "attribute"}));
    client.start();
    QTRY_COMPARE(client.state(), State::ready);
    int failures = 0;
    for (int i = 0; i < 3; ++i) {
      client.request("attribute", {}, this, {}, [&](const Failure&) { ++failures; });
    }
    QTRY_COMPARE(client.state(), State::dead);
    QTRY_COMPARE(failures, 3);
    QVERIFY(client.death_reason().contains(QStringLiteral("code 3")));
    QVERIFY(client.log_tail().contains(QStringLiteral("out of memory")));
    // Asked of a dead engine: an answer all the same.
    client.request("runs/list", {}, this, {}, [&](const Failure&) { ++failures; });
    QTRY_COMPARE(failures, 4);
    QCOMPARE(client.pending(), 0);
  }

  void restart_works_and_drops_old_answers() {
    QTemporaryDir folder;
    EngineClient client(
        fake({"--die-once", folder.filePath("died"), "--slow", "runs/list", "300"}));
    client.start();
    QTRY_COMPARE(client.state(), State::ready);
    client.request("attribute", {}, this, {});
    QTRY_COMPARE(client.state(), State::dead);
    client.start();
    QTRY_COMPARE(client.state(), State::ready);
    QCOMPARE(client.generation(), 2);
    QVERIFY(client.death_reason().isEmpty());
    // A restart in the middle of a request: a failure, and never the old answer.
    int answers = 0, failures = 0;
    client.request(
        "runs/list", {}, this, [&](const api::json&) { ++answers; },
        [&](const Failure&) { ++failures; });
    client.start();
    QTRY_COMPARE(failures, 1);
    QTRY_COMPARE(client.state(), State::ready);
    QTest::qWait(400);
    QCOMPARE(answers, 0);
  }

  void a_program_that_is_not_there_is_a_death_with_a_reason() {
    EngineClient client({QStringLiteral("/no/such/engine"), QStringLiteral("serve")});
    client.start();
    QTRY_COMPARE(client.state(), State::dead);
    QVERIFY(client.death_reason().contains(QStringLiteral("/no/such/engine serve")));
  }

  void another_protocol_is_refused() {
    EngineClient client(fake({"--protocol", "99"}));
    client.start();
    QTRY_COMPARE(client.state(), State::dead);
    QVERIFY(client.death_reason().contains(QStringLiteral("99")));
  }

  void a_silent_engine_keeps_nobody_waiting() {
    EngineClient client(fake({"--silent"}));
    client.start();
    QTest::qWait(200);
    QCOMPARE(client.state(), State::starting);
    QElapsedTimer timer;
    timer.start();
    client.stop();
    QVERIFY(timer.elapsed() < 3000);
    QCOMPARE(client.state(), State::stopped);
  }

  void a_hung_engine_is_noticed() {
    EngineClient client(fake({"--slow", "ping", "400"}));
    client.set_ping_interval(100);
    client.start();
    QTRY_COMPARE(client.state(), State::ready);
    QVERIFY(client.responsive());
    QTRY_VERIFY(!client.responsive());
    client.set_ping_interval(2000);
    QTRY_VERIFY(client.responsive());
  }

  void says_what_the_engine_is_at() {
    EngineClient client(fake({"--slow", "test/echo", "150"}));
    client.start();
    QVERIFY(!client.work().has_value());
    client.request("test/echo", {{"run", 2}, {"text", "long"}}, this, {});
    client.request("runs/list", {}, this, {});
    QCOMPARE(client.work()->method, QStringLiteral("test/echo"));
    QCOMPARE(client.work()->about, (api::json{{"run", 2}}));
    QCOMPARE(client.work()->others, 1);
    QTRY_VERIFY(!client.work().has_value());
  }

  void another_command_takes_effect_with_the_next_start() {
    EngineClient client({QStringLiteral("/no/such/engine")});
    client.start();
    QTRY_COMPARE(client.state(), State::dead);
    QCOMPARE(client.exit_code(), -1);
    client.set_command(fake({"--die-on", "runs/list"}));
    client.start();
    QTRY_COMPARE(client.state(), State::ready);
    client.request("runs/list", {}, this, {});
    QTRY_COMPARE(client.state(), State::dead);
    QCOMPARE(client.exit_code(), 3);
  }

  void nobody_is_called_after_its_object_is_gone() {
    EngineClient client(fake({"--slow", "test/echo", "100"}));
    client.start();
    bool called = false;
    {
      QObject context;
      client.request("test/echo", {}, &context, [&](const api::json&) { called = true; });
    }
    QTRY_COMPARE(client.state(), State::ready);
    QTRY_COMPARE(client.pending(), 0);
    QVERIFY(!called);
  }
};

QTEST_GUILESS_MAIN(TestEngineClient)
#include "test_engine_client.moc"
