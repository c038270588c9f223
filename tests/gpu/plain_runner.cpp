// SPDX-License-Identifier: GPL-3.0-or-later
// Runs the cases of a test where there is no Qt: a line of JSON each, {case, result, says,
// seconds}. Ends with 1 where one failed.
#include <chrono>
#include <cstdio>
#include <exception>
#include <nlohmann/json.hpp>

#include "tests/support/case.h"

int main() {
  bool failed = false;
  for (const auto& test : loupe::test::cases()) {
    const auto start = std::chrono::steady_clock::now();
    std::string says;
    try {
      says = test.check();
    } catch (const std::exception& error) {
      says = std::string("threw: ") + error.what();
    }
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
    const bool skipped = says.starts_with("SKIP: ");
    failed = failed || (!says.empty() && !skipped);
    const nlohmann::json line = {{"case", test.name},
                                 {"result", says.empty() ? "passed"
                                            : skipped    ? "skipped"
                                                         : "failed"},
                                 {"says", skipped ? says.substr(6) : says},
                                 {"seconds", seconds.count()}};
    std::printf("%s\n",
                line.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace).c_str());
    std::fflush(stdout);
  }
  return failed ? 1 : 0;
}
