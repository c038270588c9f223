// SPDX-License-Identifier: GPL-3.0-or-later
// The item models of the Models page, and how tokens are grouped, without a window.
#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <QtTest>

#include "ui/models/memory_table_model.h"
#include "ui/models/model_filter.h"
#include "ui/models/model_table_model.h"
#include "ui/models/model_text.h"
#include "ui/models/tensor_table_model.h"
#include "ui/models/token_groups.h"
#include "ui/models/token_list_model.h"
#include "ui/widgets/format.h"

using namespace loupe;
using namespace loupe::ui;

namespace {

api::Model model_of(int64_t id, const std::string& name) {
  api::Model model;
  model.id = id;
  model.name = name;
  model.status = "ok";
  return model;
}

api::PlayToken token_of(int64_t id, const std::string& bytes, int64_t begin, int64_t group) {
  api::PlayToken token;
  token.id = id;
  token.text = bytes;
  token.bytes = api::base64_encode(bytes);
  token.begin = begin;
  token.end = begin + static_cast<int64_t>(bytes.size());
  token.group = group;
  return token;
}

}  // namespace

class TestModelsTables : public QObject {
  Q_OBJECT
 private slots:
  void news_come_as_what_differs() {
    ModelTableModel table;
    QAbstractItemModelTester tester(&table, QAbstractItemModelTester::FailureReportingMode::QtTest);
    ModelFilter filter;
    filter.setSourceModel(&table);
    QAbstractItemModelTester filter_tester(&filter,
                                           QAbstractItemModelTester::FailureReportingMode::QtTest);
    table.set_models({model_of(1, "one"), model_of(3, "three")});
    QSignalSpy reset(&table, &QAbstractItemModel::modelReset);
    QSignalSpy changed(&table, &QAbstractItemModel::dataChanged);
    table.set_models({model_of(1, "one"), model_of(2, "two"), model_of(3, "three")});
    QCOMPARE(table.rowCount(), 3);
    api::Model renamed = model_of(2, "zwei");
    table.set_models({model_of(1, "one"), renamed, model_of(3, "three")});
    QCOMPARE(changed.count(), 1);
    QCOMPARE(changed[0][0].toModelIndex(), table.index(1, ModelTableModel::name));
    table.set_models({renamed});
    QCOMPARE(table.rowCount(), 1);
    QCOMPARE(reset.count(), 0);
    table.set_models({model_of(5, "five"), renamed, model_of(1, "one")});
    table.set_models({model_of(1, "one"), renamed, model_of(5, "five")});  // another order
    QCOMPARE(reset.count(), 0);
    QCOMPARE(table.model(0).id, int64_t(1));
    filter.set_words(QStringLiteral("ZWEI"));
    QCOMPARE(filter.rowCount(), 1);
    table.set_models({});
  }

  void names_and_notes_are_written() {
    ModelTableModel table;
    table.set_models({model_of(7, "seven")});
    QSignalSpy renamed(&table, &ModelTableModel::renamed);
    QSignalSpy noted(&table, &ModelTableModel::note_written);
    const QModelIndex name = table.index(0, ModelTableModel::name);
    QVERIFY(table.setData(name, QStringLiteral(" sieben ")));
    QVERIFY(!table.setData(name, QStringLiteral("sieben")));
    QVERIFY(!table.setData(name, QStringLiteral("  ")));
    QVERIFY(!table.setData(table.index(0, ModelTableModel::size), QStringLiteral("3")));
    QVERIFY(table.setData(table.index(0, ModelTableModel::note), QStringLiteral("a \"note\", so")));
    QCOMPARE(renamed.count(), 1);
    QCOMPARE(renamed[0][1].toString(), QStringLiteral("sieben"));
    QCOMPARE(noted.count(), 1);
    QVERIFY(table.csv({0}).contains("\"a \"\"note\"\", so\""));
  }

  void states_of_files() {
    api::Model model = model_of(1, "tiny");
    QVERIFY(status_trouble(model).isEmpty());
    model.status = "missing: /far/away/a: b.gguf";
    QCOMPARE(status_path_of(model.status), QStringLiteral("/far/away/a: b.gguf"));
    QCOMPARE(status_text(model.status), QStringLiteral("missing: a: b.gguf"));
    QVERIFY(status_trouble(model).startsWith(QStringLiteral("a: b.gguf")));
    model.status = "missing";
    QVERIFY(status_trouble(model).contains(QStringLiteral("tiny")));
    QCOMPARE(kind_of(model), QStringLiteral("LM"));
  }

  void tokens_that_share_a_character_are_one_group() {
    const std::string text = "a 🙂\nb";
    const std::vector<api::PlayToken> tokens = {
        token_of(1, "a", 0, 0),    token_of(2, " \xf0\x9f", 1, 1), token_of(3, "\x99", 4, 1),
        token_of(4, "\x82", 5, 1), token_of(5, "\n", 6, 2),        token_of(6, "b", 7, 3)};
    const auto groups = token_groups(tokens, text);
    QCOMPARE(groups.size(), size_t(4));
    QCOMPARE(groups[1].text, QString::fromUtf8(" 🙂"));
    QCOMPARE(groups[1].ids, QStringLiteral("2 3 4"));
    QVERIFY(groups[2].ends_line);
    QVERIFY(!groups[3].ends_line);
    QVERIFY(token_groups({}, "").empty());
    // Offsets that lie outside of the text are cut, not read.
    auto wrong = tokens;
    wrong[3].end = 900;
    wrong[1].begin = -5;
    QCOMPARE(token_groups(wrong, text).size(), size_t(4));
    QCOMPARE(hex_bytes(tokens[1].bytes), QStringLiteral("20 f0 9f"));

    TokenListModel list;
    QAbstractItemModelTester tester(&list, QAbstractItemModelTester::FailureReportingMode::QtTest);
    list.set_tokens(tokens, groups);
    QCOMPARE(list.rowCount(), 6);
    QVERIFY(list.index(2, TokenListModel::text).data().toString().contains("(2 of 3)"));
    QVERIFY(list.csv().contains("\n5,b,6,,62,7,8,3,0\n"));
    list.set_tokens({}, {});
  }

  void memory_bars_share_one_measure() {
    MemoryTableModel memory;
    QAbstractItemModelTester tester(&memory,
                                    QAbstractItemModelTester::FailureReportingMode::QtTest);
    api::MemoryTable table;
    table.available = 4e9;
    table.rows = {{"score", 1e9, 0, 0, 1e8, 1.1e9, true},
                  {"train IM, full", 2e9, 1e9, 2e9, 1e9, 6e9, false}};
    memory.set_table(table);
    QCOMPARE(memory.full(), 6e9);
    QCOMPARE(memory.parts_of(1)[2], 2e9);
    QCOMPARE(memory.index(0, MemoryTableModel::gradients).data().toString(), QStringLiteral("–"));
    QVERIFY(memory.csv().contains("train IM, full"));
    memory.set_table({});
    QCOMPARE(memory.rowCount(), 0);
  }

  void tensors_of_no_engine() {
    EngineClient client(QStringList{QStringLiteral("/no/such/engine")});
    TensorTableModel tensors(&client);
    QAbstractItemModelTester tester(&tensors,
                                    QAbstractItemModelTester::FailureReportingMode::QtTest);
    QSignalSpy failed(&tensors, &TensorTableModel::failed);
    tensors.show_model(1, {});
    QTRY_COMPARE(failed.count(), 1);
    QVERIFY(!tensors.canFetchMore({}));
    QVERIFY(!tensors.loading());
  }

  void sizes_and_counts() {
    QCOMPARE(byte_size(0), QStringLiteral("0 B"));
    QCOMPARE(byte_size(999), QStringLiteral("999 B"));
    QCOMPARE(byte_size(999999), QStringLiteral("1.0 MB"));
    QCOMPARE(byte_size(93140992), QStringLiteral("93.1 MB"));
    QCOMPARE(byte_size(-1), QString(QChar(0x2013)));
    QCOMPARE(short_count(134515008), QStringLiteral("134.5 M"));
    QCOMPARE(short_count(42), QStringLiteral("42"));
    QCOMPARE(short_count(7615616512), QStringLiteral("7.6 B"));
  }
};

QTEST_MAIN(TestModelsTables)
#include "test_models_tables.moc"
