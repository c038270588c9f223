// SPDX-License-Identifier: GPL-3.0-or-later
// The recipe's description: what the guide says of it is true, and older names are still read.
#include <QFile>
#include <QRegularExpression>
#include <QtTest>

#include "core/api/recipe.h"

using namespace loupe::api;

namespace {

QString option_of(const FieldInfo& info) {
  return "--" + QString::fromStdString(info.key).replace('_', '-');
}

// What the guide's table says stands behind an option: the cell after the one that names it.
QString default_in(const QString& guide, const QString& option) {
  for (const QString& line : guide.split('\n')) {
    if (!line.startsWith("| `--")) continue;
    const QStringList cells = line.split('|');
    const QStringList options = cells.value(1).split(',');
    const QStringList defaults = cells.value(2).split(',');
    for (int i = 0; i < options.size(); ++i)
      if (options[i].trimmed() == "`" + option + "`")
        return defaults.value(defaults.size() == 1 ? 0 : i).trimmed();
  }
  return "no such option";
}

}  // namespace

class TestRecipe : public QObject {
  Q_OBJECT
 private slots:
  void the_guide_has_every_option_with_its_default() {
    QFile file(QStringLiteral(LOUPE_SOURCE_DIR "/docs/guide/command-line.md"));
    QVERIFY(file.open(QIODevice::ReadOnly));
    const QString guide = QString::fromUtf8(file.readAll());
    for (const auto& info : infos<Recipe>()) {
      if (info.key == "type") continue;  // an option with words of its own
      const QString said = default_in(guide, option_of(info));
      const auto& standard = info.standard;
      const bool same = standard.is_boolean()  ? said == (standard.get<bool>() ? "on" : "off")
                        : standard.is_number() ? said.toDouble() == standard.get<double>()
                                               : said == standard.get<std::string>().c_str();
      QVERIFY2(same, qPrintable(option_of(info) + ": the guide says \"" + said + "\""));
    }
  }

  void every_field_says_what_it_is() {
    for (const auto& info : infos<Recipe>()) {
      QVERIFY2(!info.doc.title.empty() && !info.doc.why.empty(), info.key.c_str());
      QVERIFY2(info.kind != FieldInfo::Kind::other, info.key.c_str());
    }
  }

  void the_defaults_are_within_their_own_limits() {
    Recipe recipe;
    const auto refusal = read_strict(json(Recipe()), recipe);
    QVERIFY2(!refusal, refusal ? refusal->key.c_str() : "");
  }

  void older_names_are_read_and_become_the_present_ones() {
    const json old = {{"trains", "lora"}, {"accumulate", 3}, {"head_sd", 0.5},
                      {"eval_every", 2},  {"dtype", "bf16"}, {"lr", 1e-4}};
    Recipe recipe;
    QVERIFY(!read_strict(old, recipe));
    QCOMPARE(recipe.tuning, std::string("lora"));
    QCOMPARE(recipe.gradient_accumulation, int64_t(3));
    QCOMPARE(recipe.head_init_std, 0.5);
    QCOMPARE(recipe.eval_every_epochs, int64_t(2));
    QCOMPARE(recipe.compute_dtype, std::string("bf16"));
    const json present = with_present_keys(infos<Recipe>(), old);
    QCOMPARE(present["tuning"], json("lora"));
    QCOMPARE(present["lr"], json(1e-4));
    QVERIFY(!present.contains("trains"));
  }
};

QTEST_APPLESS_MAIN(TestRecipe)
#include "test_recipe.moc"
