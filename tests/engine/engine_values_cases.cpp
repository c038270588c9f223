// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/placement.h"
#include "core/engine/wire.h"
#include "tests/support/case.h"

using namespace loupe;
using namespace loupe::test;
using nlohmann::json;

namespace {

std::string printed_bytes() {
  Failures failures;
  const auto same = [&](const std::string& bytes, const std::string& want) {
    const std::string got = engine::printable(bytes);
    failures.check(got == want, "\"" + want + "\" expected, got \"" + got + "\"");
  };
  same("", "");
  same(" plain text ", " plain text ");
  same("naïve 🙂 ⏎", "naïve 🙂 ⏎");
  same("a\nb\tc\r", "a⏎b⇥c␍");
  same(std::string("\0\x1B\x7F", 3), "␀␛␡");
  same("\xF0\x9F\x99", "�");    // cut in the middle of a character
  same("x\xC3(\xFF", "x�(�");   // not a continuation; never a byte of UTF-8
  same("\xED\xA0\x80", "���");  // a surrogate has no UTF-8
  same("\xC0\x80", "��");       // overlong
  return failures.text();
}

std::string dumps_survive_any_bytes() {
  Failures failures;
  const std::string text = engine::dump({{"path", "/data/\xFF/x"}});
  const json back = json::parse(text, nullptr, false);
  failures.check(back.is_object(), "not JSON: " + text);
  failures.check(text.find('\n') == std::string::npos, "more than a line");
  const json error = engine::error_json({ErrorCode::disk_full, "what", "where", "hint"});
  failures.check(
      error == json{{"code", "disk_full"}, {"what", "what"}, {"where", "where"}, {"hint", "hint"}},
      "error: " + error.dump());
  return failures.text();
}

std::string places() {
  Failures failures;
  const std::vector<engine::Gpu> two{{"cuda:0", 4e9, 16e9}, {"cuda:1", 40e9, 80e9}};
  const auto goes = [&](const std::vector<engine::Gpu>& gpus, double needed, engine::Room room,
                        const std::string& want, const std::vector<std::string>& words) {
    const auto got = engine::choose_place(gpus, needed, room);
    failures.check(got.device == want, want + " expected, got " + got.device);
    for (const auto& word : words)
      failures.check(got.why.find(word) != std::string::npos, "no " + word + " in: " + got.why);
  };
  using engine::Room;
  goes({}, 2e9, Room::free, "cpu", {});
  failures.check(engine::choose_place({}, 2e9, Room::free).why.empty(), "nothing to say");
  goes(two, 3e9, Room::free, "cuda:0", {"3.0 GB", "4.0 GB free"});
  goes(two, 3.5e9, Room::free, "cuda:1", {"40.0 GB free"});  // 1 GB stays spare
  goes(two, 3.5e9, Room::whole, "cuda:0", {"16.0 GB"});
  goes(two, 90e9, Room::whole, "cpu", {"90.0 GB", "cuda:0 has 16.0 GB", "cuda:1 has 80.0 GB"});
  return failures.text();
}

}  // namespace

std::vector<Case> loupe::test::cases() {
  return {{"printed_bytes", printed_bytes},
          {"dumps_survive_any_bytes", dumps_survive_any_bytes},
          {"places", places}};
}
