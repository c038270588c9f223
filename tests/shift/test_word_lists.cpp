// SPDX-License-Identifier: GPL-3.0-or-later
// The word lists in resources/words: their form, and that they are what their scripts make.
#include <QFile>
#include <QProcess>
#include <QRegularExpression>
#include <QTemporaryDir>
#include <QtTest>

#include "core/shift/words.h"

namespace {

QByteArray content(const QString& path) {
  QFile file(path);
  return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

}  // namespace

class TestWordLists : public QObject {
  Q_OBJECT

  const QString path_ = LOUPE_SOURCE_DIR "/resources/words/british_american.tsv";
  QMap<QString, QString> pairs_;

 private slots:
  void initTestCase() {
    static const QRegularExpression form("^([a-z]+)\t([a-z]+)$");
    QString last;
    const QStringList lines = QString::fromUtf8(content(path_)).split('\n');
    QVERIFY(lines.last().isEmpty());  // the file ends with a line end
    for (const QString& line : lines.mid(0, lines.size() - 1)) {
      const auto match = form.match(line);
      QVERIFY2(match.hasMatch(), qPrintable(line));
      QVERIFY2(last < match.captured(1), qPrintable(line));  // sorted, none twice
      last = match.captured(1);
      pairs_[last] = match.captured(2);
    }
    QVERIFY2(pairs_.size() >= 1000, qPrintable(QString::number(pairs_.size())));
  }

  void the_program_has_it() {
    QCOMPARE(QByteArray(loupe::shift::british_american_words.data(),
                        static_cast<qsizetype>(loupe::shift::british_american_words.size())),
             content(path_));
    const loupe::shift::WordTable table(loupe::shift::british_american_words);
    QCOMPARE(table.size(), static_cast<size_t>(pairs_.size()));
    QCOMPARE(table.replaced_in("The COLOUR of my neighbour's theatre, `colour` aside"),
             std::string("The COLOR of my neighbor's theater, `colour` aside"));
  }

  void none_goes_on() {
    for (auto pair = pairs_.cbegin(); pair != pairs_.cend(); ++pair) {
      QVERIFY2(pair.key() != pair.value(), qPrintable(pair.key()));
      QVERIFY2(!pairs_.contains(pair.value()), qPrintable(pair.key() + " -> " + pair.value()));
    }
  }

  void each_family_is_there_with_its_inflections() {
    for (const auto& [british, american] :
         std::initializer_list<std::pair<const char*, const char*>>{
             {"colour", "color"},
             {"favourites", "favorites"},
             {"neighbourhood", "neighborhood"},
             {"organise", "organize"},
             {"realising", "realizing"},
             {"civilisations", "civilizations"},
             {"analysed", "analyzed"},
             {"theatres", "theaters"},
             {"centring", "centering"},
             {"defence", "defense"},
             {"catalogued", "cataloged"},
             {"travelled", "traveled"},
             {"counsellors", "counselors"},
             {"jewellery", "jewelry"},
             {"marvellous", "marvelous"},
             {"fulfils", "fulfills"},
             {"skilfully", "skillfully"},
             {"anaemic", "anemic"},
             {"foetus", "fetus"},
             {"manoeuvring", "maneuvering"},
             {"greyer", "grayer"},
             {"ploughed", "plowed"},
             {"judgement", "judgment"},
             {"aluminium", "aluminum"}}) {
      QVERIFY2(pairs_.contains(british), british);
      QCOMPARE(pairs_[british], QString(american));
    }
  }

  // Another sense of the word is written the American way in Britain too, or is another word.
  void ambiguous_words_are_left_alone() {
    for (const char* word :
         {"practice", "practise",   "practised", "program",  "programme", "programmes", "check",
          "cheque",   "cheques",    "tyre",      "tire",     "storey",    "story",      "metre",
          "metres",   "meter",      "draught",   "disc",     "dialogue",  "spelt",      "smelt",
          "analyses", "paralyses",  "advertise", "exercise", "surprise",  "compromise", "revise",
          "promise",  "practising", "greyhound"})
      QVERIFY2(!pairs_.contains(word), word);
  }

  void the_script_makes_the_file() {
    QTemporaryDir folder;
    const QString made = folder.filePath("made.tsv");
    QProcess script;
    script.start("python3", {LOUPE_SOURCE_DIR "/scripts/make_spelling_pairs", made});
    QVERIFY(script.waitForFinished(30000));
    QVERIFY2(script.exitCode() == 0, script.readAllStandardError().constData());
    QCOMPARE(content(made), content(path_));
  }
};

QTEST_GUILESS_MAIN(TestWordLists)
#include "test_word_lists.moc"
