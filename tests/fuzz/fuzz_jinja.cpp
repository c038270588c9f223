// SPDX-License-Identifier: GPL-3.0-or-later
// Chat templates: whatever parses must render, twice to the same, or fail with a place.
#include <string>

#include "core/tokenize/jinja.h"
#include "tests/fuzz/check.h"

namespace {

// Each kind of value that a conversation may hold.
loupe::tokenize::JinjaInput input() {
  loupe::tokenize::JinjaInput made;
  made.messages = {{"system", "Be terse."}, {"user", "Hällo {{ x }} <b>"}, {"assistant", " ok\n"}};
  made.add_generation_prompt = true;
  made.bos_token = "<s>";
  made.eos_token = "</s>";
  made.date = "2024-07-26";
  made.variables.emplace_back(
      "v", nlohmann::ordered_json::parse(
               R"({"a": [1, -2.5, null, true, "ü日\n", [], {}], "b": {"c": {"d": [[1], [2]]}},
                   "items": 1, "n": 9223372036854775807, "z": 1e308, "s": "a,b  c"})"));
  return made;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace loupe;
  static const tokenize::JinjaInput seen = input();
  const std::string_view source(reinterpret_cast<const char*>(data), size);
  const auto parsed = tokenize::JinjaTemplate::parse(source);
  if (!parsed) {
    FUZZ_CHECK(!parsed.error().what.empty());
    return 0;
  }
  const auto text = parsed->render(seen);
  if (!text) {
    FUZZ_CHECK(text.error().where.find("line ") != std::string::npos);
    return 0;
  }
  FUZZ_CHECK(text->size() <= size_t{16} << 20);
  const auto again = parsed->render(seen);
  FUZZ_CHECK(again.ok() && *again == *text);
  return 0;
}
