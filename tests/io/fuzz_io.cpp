// SPDX-License-Identifier: GPL-3.0-or-later
// Random damage to good files, from a fixed seed: whatever comes in, a reader answers with a value
// or an Error, stays inside the bytes that it was given (run with LOUPE_SANITIZE) and allocates no
// more than they justify.
#include <QElapsedTimer>
#include <QTemporaryDir>
#include <QtTest>
#include <fstream>
#include <random>

#include "core/io/gguf.h"
#include "core/io/jsonl.h"
#include "core/io/safetensors.h"
#include "tests/io/fixtures.h"

using namespace loupe;
using namespace loupe::io;
using namespace loupe::io::testing;

LOUPE_WATCH_ALLOCATIONS

namespace {

constexpr int kMillisecondsEach = 3000;

class Mutator {
 public:
  explicit Mutator(uint32_t seed) : random_(seed) {}

  Bytes damage(Bytes bytes) {
    for (size_t changes = 1 + below(4); changes > 0 && !bytes.empty(); --changes) change(&bytes);
    return bytes;
  }

 private:
  size_t below(size_t bound) {
    return std::uniform_int_distribution<size_t>(0, bound - 1)(random_);
  }

  // Headers matter more than tensor data: half of all places lie in the first kilobyte.
  size_t place(const Bytes& bytes) {
    return below(below(2) == 0 ? std::min<size_t>(bytes.size(), 1024) : bytes.size());
  }

  void change(Bytes* bytes) {
    const size_t at = place(*bytes);
    switch (below(6)) {
      case 0:
        (*bytes)[at] ^= static_cast<std::byte>(1 << below(8));
        break;
      case 1:
        (*bytes)[at] = static_cast<std::byte>(below(256));
        break;
      case 2: {
        constexpr uint64_t kValues[] = {0,          1,          0x7F,       0xFF,       0xFFFF,
                                        1u << 31,   ~0u,        1ull << 32, 1ull << 61, 1ull << 62,
                                        1ull << 63, ~0ull - 31, ~0ull};
        const uint64_t value = kValues[below(std::size(kValues))];
        const size_t size = std::min<size_t>(bytes->size() - at, below(2) == 0 ? 4 : 8);
        std::memcpy(bytes->data() + at, &value, size);
        break;
      }
      case 3:
        bytes->resize(at);
        break;
      case 4: {
        const size_t size = std::min<size_t>(bytes->size() - at, 1 + below(16));
        bytes->erase(bytes->begin() + static_cast<ptrdiff_t>(at),
                     bytes->begin() + static_cast<ptrdiff_t>(at + size));
        break;
      }
      default: {
        const size_t size = std::min<size_t>(bytes->size() - at, 1 + below(64));
        const Bytes piece(bytes->begin() + static_cast<ptrdiff_t>(at),
                          bytes->begin() + static_cast<ptrdiff_t>(at + size));
        bytes->insert(bytes->begin() + static_cast<ptrdiff_t>(place(*bytes)), piece.begin(),
                      piece.end());
        break;
      }
    }
  }

  std::mt19937 random_;
};

// Reads every tensor that a source admits to.
bool tensors_are_sound(const TensorSource& source, const Bytes& bytes) {
  for (const auto& [name, info] : source.tensors()) {
    const bool inside =
        info.data.empty() || (info.data.data() >= bytes.data() &&
                              info.data.data() + info.data.size() <= bytes.data() + bytes.size());
    if (!inside || tensor_bytes(info.dtype, info.shape) != info.data.size()) return false;
    std::vector<float> values(static_cast<size_t>(info.numel()));
    const auto read = read_as_f32(info, values);
    if (!read && read.error().code != ErrorCode::unsupported) return false;
  }
  return true;
}

template <class Parse>
void fuzz(const Bytes& good, uint32_t seed, const Parse& parse) {
  Mutator mutator(seed);
  QElapsedTimer timer;
  timer.start();
  int tried = 0, accepted = 0;
  while (timer.elapsed() < kMillisecondsEach) {
    const Bytes bytes = mutator.damage(good);
    largest_allocation = 0;
    if (parse(bytes)) ++accepted;
    ++tried;
    QVERIFY2(largest_allocation < 64 * bytes.size() + 100'000,
             qPrintable(QString("input %1: %2 bytes").arg(tried).arg(largest_allocation)));
    if (QTest::currentTestFailed()) return;
  }
  QVERIFY(tried > 100);
  QVERIFY2(accepted < tried, "no damage was ever noticed");
}

}  // namespace

class FuzzIo : public QObject {
  Q_OBJECT

 private slots:
  void gguf() {
    fuzz(read_bytes(golden("types.gguf")), 1, [](const Bytes& bytes) {
      const auto file = GgufFile::parse(bytes, "fuzzed");
      if (file && !tensors_are_sound(**file, bytes)) QTest::qFail("unsound", __FILE__, __LINE__);
      return file.ok();
    });
  }

  void safetensors() {
    fuzz(read_bytes(golden("types.safetensors")), 2, [](const Bytes& bytes) {
      const auto file = SafetensorsFile::parse(bytes, "fuzzed");
      if (file && !tensors_are_sound(**file, bytes)) QTest::qFail("unsound", __FILE__, __LINE__);
      return file.ok();
    });
  }

  void jsonl() {
    const std::string_view text =
        "\xEF\xBB\xBF{\"prompt\": \"Grüße \\u00e9 \\ud83d\\udca1\", \"n\": [1, -2.5e3, {\"x\": "
        "null}]}\r\n\n"
        "{\"prompt\": \"second\", \"chosen\": {\"role\": \"user\"}}\n";
    const auto* begin = reinterpret_cast<const std::byte*>(text.data());
    QTemporaryDir folder;
    const std::filesystem::path path = folder.filePath("f.jsonl").toStdString();
    fuzz(Bytes(begin, begin + text.size()), 3, [&path](const Bytes& bytes) {
      std::ofstream(path, std::ios::binary)
          .write(reinterpret_cast<const char*>(bytes.data()),
                 static_cast<std::streamsize>(bytes.size()));
      const auto read = read_jsonl(path, [](const nlohmann::json& value, size_t) -> Result<void> {
        LOUPE_TRY([[maybe_unused]] const std::string prompt, string_field(value, "prompt"));
        return {};
      });
      return read.ok();
    });
  }
};

QTEST_APPLESS_MAIN(FuzzIo)
#include "fuzz_io.moc"
