// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/service/service.h"

#include "core/engine/guarded.h"

namespace loupe::engine {

using nlohmann::json;

Result<void> guard(const std::function<Result<void>()>& body) {
  return guarded(body);
}

Error refused(const api::Refusal& refusal) {
  const std::string key = refusal.key.empty() ? "what is asked" : "\"" + refusal.key + "\"";
  return Error{ErrorCode::invalid_input, key + " " + refusal.what, "request", ""};
}

const api::Lane* Service::lane_of(const std::string& method) const {
  const auto found = entries_.find(method);
  return found == entries_.end() ? nullptr : &found->second.lane;
}

Result<json> Service::answer(const std::string& method, const json& params,
                             CallContext& context) const {
  return guarded([&] { return entries_.at(method).answer(params, context); });
}

}  // namespace loupe::engine
