// SPDX-License-Identifier: GPL-3.0-or-later
// What the engine answers: a table from a method of the wire to the handler that does it. `serve`,
// the command line and the tests ask through it alike.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "core/api/method.h"
#include "core/base/progress.h"
#include "core/base/result.h"
#include "core/store/workspace.h"

namespace loupe::engine {

// What a handler gets besides its parameters. Everything in it belongs to the asking thread.
struct CallContext {
  store::Workspace& store;
  CancelToken cancel;
  ProgressFn progress;
  // A part of the answer that is whole already; empty where nobody listens.
  std::function<void(const nlohmann::json&)> partial;
  // For a handler of the batch lane, between its chunks: lets interactive work go first.
  std::function<void()> yield;
};

// Torch throws, files may be unreadable, memory may end: whatever is thrown becomes an Error.
Result<void> guard(const std::function<Result<void>()>& body);
Error refused(const api::Refusal& refusal);

// Filled once, then shared between threads; what a handler shares between lanes it guards itself.
class Service {
 public:
  template <class M>
  using Handler =
      std::function<Result<typename M::Result>(const typename M::Params&, CallContext&)>;

  // Enters handlers.answer(M(), params, context) for every method of the list; one that is missing
  // does not compile.
  template <class List, class Handlers>
  void add(const std::shared_ptr<Handlers>& handlers);
  template <class M>
  void on(Handler<M> handler);

  // Null: there is no such method.
  const api::Lane* lane_of(const std::string& method) const;
  // Parameters are read strictly; never throws.
  Result<nlohmann::json> answer(const std::string& method, const nlohmann::json& params,
                                CallContext& context) const;
  template <class M>
  Result<typename M::Result> ask(const typename M::Params& params, CallContext& context) const;

 private:
  struct Entry {
    api::Lane lane;
    std::function<Result<nlohmann::json>(const nlohmann::json&, CallContext&)> answer;
    std::shared_ptr<const void> handler;
  };
  std::map<std::string, Entry> entries_;
};

template <class List, class Handlers>
void Service::add(const std::shared_ptr<Handlers>& handlers) {
  api::each_method(List(), [&]<class M>() {
    on<M>([handlers](const typename M::Params& params, CallContext& context) {
      return handlers->answer(M(), params, context);
    });
  });
}

template <class M>
void Service::on(Handler<M> handler) {
  auto shared = std::make_shared<const Handler<M>>(std::move(handler));
  const auto answer = [shared](const nlohmann::json& in,
                               CallContext& context) -> Result<nlohmann::json> {
    typename M::Params params;
    if (const auto refusal = read_strict(in, params)) return refused(*refusal);
    LOUPE_TRY(const auto result, (*shared)(params, context));
    return nlohmann::json(result);
  };
  entries_[M::name] = {M::lane, answer, shared};
}

template <class M>
Result<typename M::Result> Service::ask(const typename M::Params& params,
                                        CallContext& context) const {
  const auto& handler = *static_cast<const Handler<M>*>(entries_.at(M::name).handler.get());
  typename M::Result out;
  LOUPE_CHECK(guard([&]() -> Result<void> {
    LOUPE_TRY(out, handler(params, context));
    return {};
  }));
  return out;
}

}  // namespace loupe::engine
