// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/service/handlers.h"

namespace loupe::engine {

Service make_service(Session& session) {
  Service out;
  const auto runs = std::make_shared<RunHandlers>();
  out.add<api::RunMethods>(runs);
  out.add<api::JobMethods>(runs);
  out.add<api::DataMethods>(std::make_shared<DataHandlers>(session));
  out.add<api::ScoreMethods>(std::make_shared<ScoreHandlers>(session));
  out.add<api::TrainMethods>(std::make_shared<TrainHandlers>(session));
  out.add<api::ModelMethods>(std::make_shared<ModelHandlers>(session));
  return out;
}

}  // namespace loupe::engine
