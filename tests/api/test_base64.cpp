// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>

#include "core/api/messages.h"

using namespace loupe::api;

class TestBase64 : public QObject {
  Q_OBJECT
 private slots:
  void knows_the_vectors_of_rfc_4648() {
    const std::pair<const char*, const char*> vectors[] = {{"", ""},
                                                           {"f", "Zg=="},
                                                           {"fo", "Zm8="},
                                                           {"foo", "Zm9v"},
                                                           {"foob", "Zm9vYg=="},
                                                           {"fooba", "Zm9vYmE="},
                                                           {"foobar", "Zm9vYmFy"}};
    for (const auto& [plain, coded] : vectors) {
      QCOMPARE(base64_encode(plain), std::string(coded));
      QCOMPARE(base64_decode(coded), std::string(plain));
    }
  }

  void agrees_with_qt_on_every_byte_and_length() {
    std::string bytes;
    for (int i = 0; i < 600; ++i) {
      const QByteArray reference = QByteArray::fromStdString(bytes).toBase64();
      QCOMPARE(QByteArray::fromStdString(base64_encode(bytes)), reference);
      QCOMPARE(base64_decode(reference.toStdString()), bytes);
      bytes += static_cast<char>(i * 7 % 256);
    }
  }

  void ignores_what_is_not_base64() {
    QCOMPARE(base64_decode("Zm 9v\nYm*Fy"), std::string("foobar"));
    QCOMPARE(base64_decode("\xff\x80!?"), std::string());
    QCOMPARE(base64_decode("Zg==Zm8="), std::string("f"));
  }
};

QTEST_APPLESS_MAIN(TestBase64)
#include "test_base64.moc"
