// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/sources/kinds.h"

namespace loupe::data {
namespace {

class Jsonl : public Source {
 public:
  SourceInfo info() const override {
    return {.id = "jsonl",
            .title = "JSONL file",
            .why = "a line {\"prompt\", \"chosen\", \"rejected\"} a pair",
            .endings = {".jsonl"}};
  }
  Result<PreferenceDataset> load(const std::string& name, const json& spec) const override {
    return load_jsonl(spec.at("path").get<std::string>(), name);
  }
};

}  // namespace

const Source& jsonl_source() {
  static const Jsonl source;
  return source;
}

}  // namespace loupe::data
