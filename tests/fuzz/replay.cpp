// SPDX-License-Identifier: GPL-3.0-or-later
// Drives a fuzzed program without libFuzzer: every file of a folder as it is, then damaged, from a
// fixed seed, for a few seconds. Nothing may crash, take long or allocate out of proportion.
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <new>
#include <random>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

namespace {

using Clock = std::chrono::steady_clock;
using Bytes = std::vector<uint8_t>;

constexpr double kSecondsOfDamage = 2, kSecondsEach = 10;
// A table of character classes is made once; a tokenizer allows a quarter million unused ids.
constexpr size_t kAllocationFloor = 64u << 20, kAllocationPerByte = 64;

std::atomic<size_t> largest_allocation{0};

class Damage {
 public:
  explicit Damage(uint32_t seed) : random_(seed) {}

  Bytes operator()(Bytes bytes) {
    for (size_t changes = 1 + below(4); changes > 0 && !bytes.empty(); --changes) change(bytes);
    return bytes;
  }
  size_t below(size_t bound) {
    return std::uniform_int_distribution<size_t>(0, bound - 1)(random_);
  }

 private:
  // Headers matter more than what follows: half of all places lie in the first kilobyte.
  size_t place(const Bytes& bytes) {
    return below(below(2) == 0 ? std::min<size_t>(bytes.size(), 1024) : bytes.size());
  }

  void change(Bytes& bytes) {
    const size_t at = place(bytes);
    const auto from = bytes.begin() + static_cast<ptrdiff_t>(at);
    const auto some = [&](size_t most) {
      return static_cast<ptrdiff_t>(std::min<size_t>(bytes.size() - at, 1 + below(most)));
    };
    switch (below(6)) {
      case 0:
        bytes[at] = static_cast<uint8_t>(bytes[at] ^ 1u << below(8));
        break;
      case 1:
        bytes[at] = static_cast<uint8_t>(below(256));
        break;
      case 2: {
        constexpr uint64_t kValues[] = {0,          1,          0x7F,       0xFF,       0xFFFF,
                                        1u << 31,   ~0u,        1ull << 32, 1ull << 61, 1ull << 62,
                                        1ull << 63, ~0ull - 31, ~0ull};
        const uint64_t value = kValues[below(std::size(kValues))];
        std::memcpy(&bytes[at], &value, std::min<size_t>(bytes.size() - at, below(2) ? 4 : 8));
        break;
      }
      case 3:
        bytes.resize(at);
        break;
      case 4:
        bytes.erase(from, from + some(16));
        break;
      default: {
        const Bytes piece(from, from + some(64));
        bytes.insert(bytes.begin() + static_cast<ptrdiff_t>(place(bytes)), piece.begin(),
                     piece.end());
      }
    }
  }

  std::mt19937 random_;
};

// What is being tried, for the crash handler.
const Bytes* current = nullptr;

// Keeps the input that crashed, as libFuzzer would.
extern "C" void keep_input(int signal) {
  const int file = ::open("crash-replay", O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0644);
  if (file >= 0 && current != nullptr &&
      ::write(file, current->data(), current->size()) == static_cast<ssize_t>(current->size()))
    (void)!::write(2, "the input is in crash-replay\n", 29);
  std::signal(signal, SIG_DFL);
  std::raise(signal);
}

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

bool run(const Bytes& bytes, const std::string& what) {
  largest_allocation = 0;
  current = &bytes;
  const auto start = Clock::now();
  LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
  const double seconds = seconds_since(start);
  const size_t limit = kAllocationFloor + kAllocationPerByte * bytes.size();
  if (largest_allocation > limit) {
    std::printf("%s: an allocation of %zu bytes for %zu\n", what.c_str(), largest_allocation.load(),
                bytes.size());
    return false;
  }
  if (seconds > kSecondsEach) {
    std::printf("%s: %.1f s\n", what.c_str(), seconds);
    return false;
  }
  return true;
}

}  // namespace

#ifndef __SANITIZE_ADDRESS__  // its own allocator checks more than sizes
void* operator new(size_t size) {
  size_t seen = largest_allocation.load();
  while (size > seen && !largest_allocation.compare_exchange_weak(seen, size)) {
  }
  void* memory = std::malloc(size == 0 ? 1 : size);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}
void operator delete(void* memory) noexcept {
  std::free(memory);
}
void operator delete(void* memory, size_t) noexcept {
  std::free(memory);
}
#endif

int main(int count, char** arguments) {
  for (const int signal : {SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGILL})
    std::signal(signal, keep_input);
  std::vector<std::filesystem::path> files;
  for (int i = 1; i < count; ++i) {
    if (std::filesystem::is_regular_file(arguments[i])) {
      files.emplace_back(arguments[i]);
      continue;
    }
    if (!std::filesystem::is_directory(arguments[i])) {
      std::printf("%s is not there\n", arguments[i]);
      return 1;
    }
    for (const auto& entry : std::filesystem::directory_iterator(arguments[i]))
      files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  if (files.empty()) {
    std::puts("nothing to replay");
    return 1;
  }
  std::vector<Bytes> inputs;
  bool sound = true;
  for (const auto& file : files) {
    std::ifstream in(file, std::ios::binary);
    inputs.emplace_back(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
    sound = run(inputs.back(), file.filename().string()) && sound;
  }
  Damage damage(20250711);
  const auto start = Clock::now();
  int damaged = 0;
  for (; seconds_since(start) < kSecondsOfDamage; ++damaged) {
    const size_t chosen = damage.below(inputs.size());
    sound = run(damage(inputs[chosen]),
                files[chosen].filename().string() + ", damage " + std::to_string(damaged)) &&
            sound;
  }
  std::printf("%zu inputs, %d damaged: %s\n", inputs.size(), damaged,
              sound ? "sound" : "NOT SOUND");
  return sound ? 0 : 1;
}
