// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>
#include <set>

#include "core/shift/transformation.h"
#include "core/shift/words.h"

using namespace loupe::shift;

namespace {

std::string applied(const char* id, std::string_view text, uint64_t seed = 0) {
  const Transformation* found = transformation(id);
  return found == nullptr ? "there is none" : found->apply(text, seed);
}

// What people write, and what they paste.
const std::vector<std::string>& texts() {
  static const std::vector<std::string> list{
      "",
      " \n\t ",
      "yes",
      "In my view, the answer is yes.",
      "I do not know whether it is late; you will see that we cannot wait. He said: \"Do not!\"",
      "It's a matter of taste, isn't it? I'd say so\xE2\x80\xA6 They won\xE2\x80\x99t mind.",
      "Die Straße ist naß. Größe zählt nicht, oder?",
      "Ο Οδυσσέας είναι ΣΟΦΟΣ.",
      "Не знаю. Это хорошо!",
      "我不知道。这很好！",
      "هذا جيد. شكرا",
      "cafe\xCC\x81 au lait, na\xC3\xAFve",
      "Great idea \xF0\x9F\x9A\x80\xF0\x9F\x91\xA9\xE2\x80\x8D\xF0\x9F\x92\xBB!!! \xF0\x9F\x98\x80",
      "Use `Foo::do_not(x)` here. It is quick.",
      "Try this:\n\n```python\nIF = \"It is not\"  # Do not\n```\n\nIt is not hard.",
      "See https://Example.org/It%20is?Q=Do-Not or write to Jane.Doe@Example.org. It is fine.",
      "- First, it is cheap.\n- Second, do not worry.\n",
      "a `b ``c ~~~ d",
      "```\nnever closed: It is",
  };
  return list;
}

}  // namespace

class TestTransformations : public QObject {
  Q_OBJECT
 private slots:
  void each_says_what_it_does() {
    std::set<std::string_view> ids;
    for (const auto& one : transformations()) {
      QVERIFY(ids.insert(one.id).second);
      QVERIFY(!one.title.empty() && !one.why.empty());
      QVERIFY(one.apply != nullptr);
      QCOMPARE(transformation(one.id), &one);
    }
    QVERIFY(ids.size() >= 9);
    QVERIFY(transformation("no-such-thing") == nullptr);
  }

  // Of any text: the same for the same seed, still UTF-8, and code, links and addresses as they
  // were.
  void any_text_survives() {
    for (const auto& one : transformations()) {
      QCOMPARE(one.apply("", 0), std::string());
      for (const std::string& text : texts()) {
        for (const uint64_t seed : {uint64_t{0}, uint64_t{1}, ~uint64_t{0}}) {
          const std::string got = one.apply(text, seed);
          QCOMPARE(got, one.apply(text, seed));
          QVERIFY2(QString::fromStdString(got).toStdString() == got &&
                       !QString::fromStdString(got).contains(QChar(0xFFFD)),
                   got.c_str());
          std::string spared, spared_after;
          for (const Piece& piece : pieces_of(text))
            if (!piece.prose) spared += piece.text;
          for (const Piece& piece : pieces_of(got))
            if (!piece.prose) spared_after += piece.text;
          QCOMPARE(spared_after, spared);
        }
      }
    }
  }

  void twice_is_once() {
    for (const char* id :
         {"lower-case", "upper-case", "sentence-case", "contract", "expand", "filler", "thanks"})
      for (const std::string& text : texts()) {
        const std::string once = applied(id, text);
        QCOMPARE(applied(id, once), once);
      }
    // A final mark that came goes again.
    for (const char* text : {"yes", "yes \n", "Größe", "`code`"})
      QCOMPARE(applied("full-stop", applied("full-stop", text)), std::string(text));
  }

  void by_hand_data() {
    QTest::addColumn<QString>("id");
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("want");
    const auto row = [](const char* id, const char* text, const char* want) {
      QTest::addRow("%s: %s", id, text) << id << text << want;
    };
    row("lower-case", "In My View", "in my view");
    row("lower-case", "ΣΟΦΟΣ", "σοφο\xCF\x82");  // the final sigma
    row("lower-case", "Use `FOO` AND http://A.B/C", "use `FOO` and http://A.B/C");
    row("upper-case", "straße, I", "STRASSE, I");
    row("upper-case", "это 😀 ok", "ЭТО 😀 OK");
    row("upper-case", "a\n```\nb\n```\nc", "A\n```\nb\n```\nC");
    row("sentence-case", "IN MY VIEW, i think. yes! no? 3.14 IS pi\nok",
        "In my view, I think. Yes! No? 3.14 is pi\nOk");
    row("sentence-case", "HE SAID \"NO.\" THEN he left", "He said \"no.\" Then he left");
    row("sentence-case", "CALL `Run` FIRST. `Stop` LATER", "Call `Run` first. `Stop` later");
    row("sentence-case", "ЭТО ХОРОШО. ДА", "Это хорошо. Да");
    row("contract", "I do not know; it is late. CANNOT", "I don't know; it's late. CAN'T");
    row("contract", "Do not. I am here, you are there, let us go",
        "Don't. I'm here, you're there, let's go");
    row("contract", "Yes, I am. I know what it is.", "Yes, I am. I know what it is.");
    row("contract", "It is not so; I would not say it", "It isn't so; I wouldn't say it");
    row("contract", "We have seen that they have seven", "We've seen that they have seven");
    row("contract", "undo nothing, redo not, do_not", "undo nothing, redo not, do_not");
    row("contract", "Do  not `do not` do not", "Don't `do not` don't");
    row("contract", "I AM NOT SURE THAT IT IS SO", "I'M NOT SURE THAT IT'S SO");
    row("expand", "I don't know; it's late, I'd say", "I do not know; it is late, I would say");
    row("expand", "Won’t, CAN'T, 'don't'", "Will not, CANNOT, 'do not'");
    row("expand", "the dog's bone, dogs'", "the dog's bone, dogs'");
    row("typo", "a b", "a b");
    row("typo", "aaaa", "aaaa");
    row("typo", "ab `certainly`", "ba `certainly`");
    row("filler", "In my view", "Well, in my view");
    row("filler", "I think", "Well, I think");
    row("filler", "I'm sure", "Well, I'm sure");
    row("filler", " UN resolutions", " Well, UN resolutions");
    row("filler", "Это так", "Well, это так");
    row("filler", "`Foo` is a name", "Well, `Foo` is a name");
    row("filler", "```\nx\n```", "```\nx\n```");
    row("full-stop", "yes", "yes.");
    row("full-stop", "yes. ", "yes ");
    row("full-stop", "真的？", "真的");
    row("full-stop", "  ", "  ");
    row("full-stop", "so:\n```\nx\n```\n", "so:\n```\nx\n```\n");
    row("thanks", "yes", "yes. Thank you for asking.");
    row("thanks", "yes!\n", "yes! Thank you for asking.\n");
    row("thanks", "so:\n```\nx\n```", "so:\n```\nx\n```\n\nThank you for asking.");
  }

  void by_hand() {
    QFETCH(QString, id);
    QFETCH(QString, text);
    QFETCH(QString, want);
    QCOMPARE(QString::fromStdString(applied(qPrintable(id), text.toStdString())), want);
  }

  void typo_swaps_two_letters_of_the_longest_word() {
    const std::string text = "My response would be certainly";
    std::set<std::string> seen;
    for (uint64_t seed = 0; seed < 20; ++seed) {
      const std::string got = applied("typo", text, seed);
      int differing = 0;
      for (size_t i = 0; i < text.size(); ++i) differing += text[i] != got[i];
      QCOMPARE(differing, 2);
      QVERIFY(got.starts_with("My response would be c"));
      seen.insert(got);
    }
    QCOMPARE(seen.size(), size_t{7});  // the places of "ertainly"
    // An accent stays with its letter.
    QCOMPARE(applied("typo", "e\xCC\x81tat"), std::string("e\xCC\x81tta"));
    QCOMPARE(applied("typo", "te\xCC\x81"), std::string("te\xCC\x81"));
  }

  void contractions_come_back() {
    for (const char* text : {"They will not mind; we would not either.",
                             "I am sure that it is so, and you are right."})
      QCOMPARE(applied("expand", applied("contract", text)), std::string(text));
  }

  void pieces_are_the_text() {
    for (const std::string& text : texts()) {
      std::string joined;
      for (const Piece& piece : pieces_of(text)) {
        QVERIFY(!piece.text.empty());
        joined += piece.text;
      }
      QCOMPARE(joined, text);
    }
    const auto spared = [](std::string_view text) {
      std::string out;
      for (const Piece& piece : pieces_of(text))
        if (!piece.prose) out += "<" + std::string(piece.text) + ">";
      return out;
    };
    QCOMPARE(spared("a `b` c ``d ` e`` f `g"), std::string("<`b`><``d ` e``>"));
    QCOMPARE(spared("~~~\n```\n~~~\nx"), std::string("<~~~\n```\n~~~\n>"));
    QCOMPARE(spared("mail a@b.org, or @someone, or www.a.org"),
             std::string("<a@b.org,><www.a.org>"));
  }

  void english_is_told_from_its_neighbours() {
    for (const char* text : {"", "Grey", "In my view, the answer is yes, and it would not change.",
                             "The colour of the theatre, `centre analyse utilise` aside"})
      QVERIFY2(is_english(text), text);
    for (const char* text : {"Le centre-ville propose une analyse des fibres et des litres.",
                             "Die Antwort auf diese Frage ist in meinen Augen ein klares Ja.",
                             "La respuesta correcta es que no hay nada que organizar ahora."})
      QVERIFY2(!is_english(text), text);
  }

  void words_keep_their_form() {
    const WordTable table({{"colour", "color"}, {"colour", "hue"}, {"grey area", "gray area"}});
    QCOMPARE(table.replaced_in("Colour, COLOUR; colour's (colour) 'colour' COLOUR\xE2\x80\x99S"),
             std::string("Color, COLOR; color's (color) 'color' COLOR\xE2\x80\x99S"));
    QCOMPARE(table.replaced_in("colours colour_x xcolour Grey Area grey\narea"),
             std::string("colours colour_x xcolour Gray area grey\narea"));
    QCOMPARE(table.replaced_in("colour blind, colour red, colour",
                               [](const std::string& word) { return word == "blind"; }),
             std::string("color blind, colour red, colour"));
  }
};

QTEST_APPLESS_MAIN(TestTransformations)
#include "test_transformations.moc"
