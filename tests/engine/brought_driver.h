// SPDX-License-Identifier: GPL-3.0-or-later
// The texts of tests/golden/brought and what the engine says of them.
#pragma once

#include <fstream>

#include "tests/engine/engine_driver.h"

namespace loupe::test {

class Brought {
 public:
  explicit Brought(const Place& place) : place_(place) {
    std::ifstream stream(LOUPE_SOURCE_DIR "/tests/golden/brought/texts.json");
    golden_ = json::parse(stream);
    QByteArray lines;
    const auto& cases = golden_["cases"];
    for (size_t i = 0; i < cases.size(); ++i)
      lines += QByteArray::fromStdString(json{{"prompt", cases[i]["prompt"]},
                                              {"chosen", cases[i]["response"]},
                                              {"rejected", std::string(1 + i, 'x')}}
                                             .dump() +
                                         "\n");
    data_ = place.write(QStringLiteral("texts.jsonl"), lines);
  }

  static QString golden(const QString& name) {
    return QStringLiteral(LOUPE_SOURCE_DIR "/tests/golden/") + name;
  }
  // What transformers and peft say.
  std::vector<double> want(const char* key) const {
    std::vector<double> out;
    for (const auto& c : golden_["cases"]) out.push_back(c[key]);
    return out;
  }
  // `of`: {"--model", NAME} or {"--run", NAME}. Empty where the engine refuses.
  std::vector<double> rewards(const QStringList& of) const {
    const Said said = place_.run(QStringList{"score", "--data", data_, "--device", "cpu"} + of);
    std::vector<double> out;
    if (said.code != 0) qWarning("%s", said.described().constData());
    for (const auto& line : said.lines)
      if (line.contains("chosen")) out.push_back(line["chosen"]);
    return out;
  }
  // The largest difference; infinite where the numbers are not as many.
  static double apart(const std::vector<double>& got, const std::vector<double>& want) {
    if (got.size() != want.size() || want.empty()) return INFINITY;
    double most = 0;
    for (size_t i = 0; i < got.size(); ++i) most = std::max(most, std::abs(got[i] - want[i]));
    return most;
  }

 private:
  const Place& place_;
  json golden_;
  QString data_;
};

}  // namespace loupe::test
