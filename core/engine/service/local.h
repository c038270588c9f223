// SPDX-License-Identifier: GPL-3.0-or-later
// The service in this very process, for a verb of the command line or a test. One thread.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "core/engine/service/session.h"

namespace loupe::engine {

class Local {
 public:
  static Result<std::unique_ptr<Local>> open(store::Workspace workspace,
                                             const std::string& device = "cpu") {
    auto out = std::unique_ptr<Local>(new Local(std::move(workspace)));
    LOUPE_TRY(out->session_, Session::open(out->store, device));
    out->service_ = make_service(*out->session_);
    return out;
  }
  template <class M>
  Result<typename M::Result> ask(const typename M::Params& params) {
    return service_.ask<M>(params, context);
  }

  store::Workspace store;
  CallContext context{store, {}, {}, {}, {}};

 private:
  explicit Local(store::Workspace workspace) : store(std::move(workspace)) {}
  std::unique_ptr<Session> session_;
  Service service_;
};

}  // namespace loupe::engine
