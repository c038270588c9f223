// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/ui/fake_options.h"

#include <fstream>
#include <vector>

namespace loupe::test {

FakeOptions read_options(int argc, char** argv) {
  FakeOptions options;
  const std::vector<std::string> words(argv + 1, argv + argc);
  const auto next = [&](size_t i) { return i < words.size() ? words[i] : std::string(); };
  for (size_t i = 0; i < words.size(); ++i) {
    const std::string& word = words[i];
    if (word == "--banner") options.banner = true;
    if (word == "--split") options.split = true;
    if (word == "--silent") options.silent = true;
    if (word == "--empty") options.empty = true;
    if (word == "--long") options.longer = true;
    if (word == "--live") options.live = true;
    if (word == "--no-runs") options.no_runs = true;
    if (word == "--many") options.many = std::stoi(next(i + 1));
    if (word == "--models") options.models = std::stoi(next(i + 1));
    if (word == "--slow") options.slow[next(i + 1)] = std::stoi(next(i + 2));
    if (word == "--die-on") options.die_on.insert(next(i + 1));
    if (word == "--die-once") options.die_once = next(i + 1);
    if (word == "--shift-pause") options.shift_pause = std::stoi(next(i + 1));
    if (word == "--shift-fail") options.shift_fail = std::stoll(next(i + 1));
    if (word == "--fail") options.fail.insert(next(i + 1));
    if (word == "--record") {
      std::ofstream record(next(i + 1), std::ios::app);
      for (const std::string& each : words) record << each << ' ';
      record << '\n';
    }
    if (word == "--needs-torch") options.needs_torch = next(i + 1);
    if (word == "--workspace") {
      options.workspace = next(i + 1);
      if (options.workspace.find("empty") != std::string::npos) options.empty = true;
    }
    if (word == "--protocol") options.protocol = std::stoi(next(i + 1));
  }
  return options;
}

}  // namespace loupe::test
