// SPDX-License-Identifier: GPL-3.0-or-later
// The methods of the wire as the fake engine answers them. A method without a handler does not
// compile, and parameters are read as strictly as by the engine.
#pragma once

#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <string>

#include "core/api/method.h"

namespace loupe::test {

using api::json;

struct Refused {
  std::string what, where, hint;
  std::string code = "invalid_input";
};

class FakeService {
 public:
  // handlers.answer(M(), params, id of the request) for every method of the list.
  template <class List, class Handlers>
  void add(Handlers& handlers) {
    api::each_method(List(), [&]<class M>() {
      answers_[M::name] = [&handlers](const json& in, const json& id) {
        typename M::Params params;
        if (const auto refusal = read_strict(in, params))
          throw Refused{"\"" + refusal->key + "\" " + refusal->what, M::name, ""};
        const typename M::Result result = handlers.answer(M(), params, id);
        return json(result);
      };
    });
  }
  bool knows(const std::string& method) const { return answers_.contains(method); }
  json answer(const std::string& method, const json& params, const json& id) const {
    return answers_.at(method)(params, id);
  }

 private:
  std::map<std::string, std::function<json(const json&, const json&)>> answers_;
};

}  // namespace loupe::test
