// SPDX-License-Identifier: GPL-3.0-or-later
// Tests of code that uses torch: the cases know torch and no Qt, the runner (case_runner.cpp) Qt
// Test and no torch.
#pragma once

#include <cmath>
#include <functional>
#include <sstream>
#include <string>
#include <vector>

namespace loupe::test {

// Collects what went wrong; empty means passed. "SKIP: reason" alone skips.
class Failures {
 public:
  void check(bool condition, const std::string& what) {
    if (!condition) add(what);
  }
  // Absolute tolerance; NaN fails.
  void near(double got, double want, double tolerance, const std::string& what) {
    if (std::abs(got - want) <= tolerance) return;
    std::ostringstream text;
    text.precision(10);
    text << what << ": got " << got << ", want " << want << ", off by " << std::abs(got - want)
         << ", allowed " << tolerance;
    add(text.str());
  }
  void add(const std::string& what) {
    if (++count_ <= 10) text_ += what + "\n";
  }
  std::string text() const {
    return count_ > 10 ? text_ + "… " + std::to_string(count_) + " in all" : text_;
  }

 private:
  std::string text_;
  int count_ = 0;
};

struct Case {
  std::string name;
  std::function<std::string()> check;
};

// Defined by each test.
std::vector<Case> cases();

}  // namespace loupe::test
