// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/tokenize/byte_level.h"

#include <array>

#include "core/tokenize/text.h"

namespace loupe::tokenize {
namespace {

// The characters in use are below U+0144: printable Latin-1 stands for itself, the other 68 bytes
// for U+0100 and on, in order.
struct Alphabet {
  std::array<char32_t, 256> to_char{};
  std::array<int, 0x144> to_byte{};

  Alphabet() {
    to_byte.fill(-1);
    char32_t next = 0x100;
    for (unsigned byte = 0; byte < 256; ++byte) {
      const bool printable = (byte >= 0x21 && byte <= 0x7E) || (byte >= 0xA1 && byte != 0xAD);
      to_char[byte] = printable ? char32_t{byte} : next++;
      to_byte[to_char[byte]] = static_cast<int>(byte);
    }
  }
};

const Alphabet& alphabet() {
  static const Alphabet instance;
  return instance;
}

}  // namespace

std::optional<std::string> bytes_from_alphabet(std::string_view name) {
  const MappedText clean = sanitise(name);
  if (!clean.identity()) return std::nullopt;
  std::string bytes;
  uint32_t length = 0;
  for (size_t at = 0; at < name.size(); at += length) {
    const char32_t c = decode_at(name.data(), at, length);
    if (c >= alphabet().to_byte.size() || alphabet().to_byte[c] < 0) return std::nullopt;
    bytes += static_cast<char>(alphabet().to_byte[c]);
  }
  return bytes;
}

std::string bytes_to_alphabet(std::string_view bytes) {
  std::string name;
  for (const char byte : bytes) {
    append_utf8(name, alphabet().to_char[static_cast<unsigned char>(byte)]);
  }
  return name;
}

}  // namespace loupe::tokenize
