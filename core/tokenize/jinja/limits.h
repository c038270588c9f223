// SPDX-License-Identifier: GPL-3.0-or-later
// What a template may use up, and how it is stopped: templates come with models, so they are not
// trusted.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace loupe::tokenize::jinja {

inline constexpr size_t kMaxSource = 96u << 10;
inline constexpr size_t kMaxText = 16u << 20;    // bytes of one text, the output included
inline constexpr size_t kMaxItems = 1u << 20;    // items of one list
inline constexpr size_t kMaxBytes = 512u << 20;  // bytes made in one rendering, freed ones too
inline constexpr size_t kMaxSteps = 10'000'000;  // nodes evaluated in one rendering
inline constexpr size_t kMaxRange = 100'000;     // as Jinja's sandbox
inline constexpr unsigned kMaxTreeDepth = 200;   // of expressions and blocks, as parsed
inline constexpr unsigned kMaxDepth = 700;       // of evaluation: trees within macros within trees
inline constexpr unsigned kMaxNesting = 200;     // of values, where they are walked
inline constexpr uint32_t kNoPlace = UINT32_MAX;

// Thrown inside the interpreter only; JinjaTemplate turns it into an Error.
struct Failure {
  std::string what;
  uint32_t at = kNoPlace;  // byte of the source
  bool refused = false;    // outside the subset, as opposed to wrong
};

[[noreturn]] void fail(std::string what);
[[noreturn]] void refuse(std::string what);

// Counts what one rendering uses up.
class Budget {
 public:
  void step(size_t count = 1) {
    if ((steps_ += count) > kMaxSteps) out_of_steps();
  }
  // `count` bytes of a text or list are about to be made.
  void bytes(size_t count) {
    if (count > kMaxText || (bytes_ += count) > kMaxBytes) out_of_bytes();
    step(count / 256);
  }
  void enter() {
    if (++depth_ > kMaxDepth) too_deep();
  }
  void leave() { --depth_; }

 private:
  [[noreturn]] static void out_of_steps();
  [[noreturn]] static void out_of_bytes();
  [[noreturn]] void too_deep();

  size_t steps_ = 0, bytes_ = 0;
  unsigned depth_ = 0;
};

// One level of recursion.
class Level {
 public:
  explicit Level(Budget& budget) : budget_(budget) {
    budget.step();
    budget.enter();
  }
  ~Level() { budget_.leave(); }
  Level(const Level&) = delete;
  Level& operator=(const Level&) = delete;

 private:
  Budget& budget_;
};

}  // namespace loupe::tokenize::jinja
