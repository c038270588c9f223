// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/persona.h"

#include "core/data/sources/kinds.h"
#include "core/io/text.h"

namespace loupe::data {
namespace {

class Persona : public Source {
 public:
  SourceInfo info() const override {
    const PersonaOptions standard;
    return {.id = "persona",
            .title = "Persona",
            .why = "pairs made of statements: would an agreeable person say this?",
            .file_key = "statements",
            .group = "persona",
            .options = {{"train", "Training statements", "one pair each", standard.train},
                        {"test", "Test statements", "one pair each", standard.test},
                        {"seed", "Seed", "draws statements and phrasings", standard.seed}}};
  }
  Result<PreferenceDataset> load(const std::string& name, const json& spec) const override {
    LOUPE_TRY(const auto statements, load_statements(spec.at("statements").get<std::string>()));
    PersonaOptions options;
    options.train = spec.at("train");
    options.test = spec.at("test");
    options.seed = spec.at("seed");
    LOUPE_TRY(auto sets, make_persona(statements, options));
    for (auto* set : {&sets.train, &sets.test, &sets.reworded_train, &sets.reworded_test})
      if (set->name == name) return std::move(*set);
    return Error{ErrorCode::invalid_input, "no persona set is called " + io::quote_name(name), "",
                 "train, test, reworded_train or reworded_test"};
  }
};

}  // namespace

const Source& persona_source() {
  static const Persona source;
  return source;
}

std::vector<json> persona_specs(const std::string& statements, const PersonaOptions& options) {
  std::error_code ignored;
  const auto path = std::filesystem::absolute(statements, ignored).lexically_normal().string();
  std::vector<json> out;
  for (const char* name : {"train", "test", "reworded_train", "reworded_test"})
    out.push_back({{"kind", "persona"},
                   {"name", name},
                   {"statements", path},
                   {"train", options.train},
                   {"test", options.test},
                   {"seed", options.seed}});
  return out;
}

}  // namespace loupe::data
