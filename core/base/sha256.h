// SPDX-License-Identifier: GPL-3.0-or-later
// SHA-256 of a stream. Not thread-safe; one object a stream.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>

namespace loupe {

class Sha256 {
 public:
  Sha256();  // throws std::bad_alloc when OpenSSL cannot allocate
  Sha256(const Sha256&) = delete;
  Sha256& operator=(const Sha256&) = delete;
  ~Sha256();
  void add(std::span<const std::byte> bytes);
  std::string hex();  // lower case; ends the stream

 private:
  struct Context;
  std::unique_ptr<Context> context_;
};

}  // namespace loupe
