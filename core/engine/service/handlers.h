// SPDX-License-Identifier: GPL-3.0-or-later
// The handlers of the wire's methods, a subject a class: answer() is overloaded on the method's
// type.
#pragma once

#include "core/api/methods.h"
#include "core/engine/service/session.h"

namespace loupe::engine {

class RunHandlers {
 public:
  Result<api::Page<api::Run>> answer(api::RunsList, const api::RunsPage&, CallContext&);
  Result<api::Run> answer(api::RunsShow, const api::Id&, CallContext&);
  Result<api::RunMetrics> answer(api::RunsMetrics, const api::MetricsAfter&, CallContext&);
  Result<api::Nothing> answer(api::RunsRename, const api::NewName&, CallContext&);
  Result<api::Nothing> answer(api::RunsNote, const api::NewNote&, CallContext&);
  Result<api::Nothing> answer(api::RunsDelete, const api::Deletion&, CallContext&);
  Result<api::Rows<api::Job>> answer(api::JobsList, const api::Nothing&, CallContext&);
  Result<api::Nothing> answer(api::JobsStop, const api::Id&, CallContext&);
  Result<api::LogText> answer(api::JobsLog, const api::LogEnd&, CallContext&);
};

class DataHandlers {
 public:
  explicit DataHandlers(Session& session) : session_(session) {}
  Result<api::PairsPage> answer(api::PairsList, const api::PairsAsked&, CallContext&);
  Result<api::Rows<api::Dataset>> answer(api::DatasetsList, const api::Nothing&, CallContext&);
  Result<api::Rows<api::Project>> answer(api::ProjectsList, const api::Nothing&, CallContext&);
  Result<api::Project> answer(api::ProjectsShow, const api::At&, CallContext&);
  Result<api::FolderListing> answer(api::FolderList, const api::At&, CallContext&);

 private:
  Session& session_;
};

class ScoreHandlers {
 public:
  explicit ScoreHandlers(Session& session) : session_(session) {}
  Result<api::Attribution> answer(api::Attribute, const api::AttributeAsked&, CallContext&);
  Result<api::Rows<api::AttributionMethod>> answer(api::AttributionMethods, const api::Nothing&,
                                                   CallContext&);
  Result<api::Rows<api::Shift>> answer(api::ShiftResponse, const api::ShiftAsked&, CallContext&);
  Result<api::Scores> answer(api::Score, const api::ScoreAsked&, CallContext&);
  Result<api::LogProbs> answer(api::LogProbsOf, const api::LogProbsAsked&, CallContext&);

 private:
  Session& session_;
};

class TrainHandlers {
 public:
  explicit TrainHandlers(Session& session) : session_(session) {}
  Result<api::Started> answer(api::TrainStart, const api::TrainAsked&, CallContext&);
  Result<api::Estimate> answer(api::TrainEstimate, const api::TrainAsked&, CallContext&);
  Result<api::Started> answer(api::TrainResume, const api::RunId&, CallContext&);
  Result<api::Started> answer(api::EvalStart, const api::EvalAsked&, CallContext&);
  Result<api::Started> answer(api::FetchDemo, const api::Nothing&, CallContext&);

 private:
  Session& session_;
};

// An import or an export may take minutes: their lane is their own.
class ModelHandlers {
 public:
  explicit ModelHandlers(Session& session);
  ~ModelHandlers();
  Result<api::Rows<api::Model>> answer(api::ModelsList, const api::Nothing&, CallContext&);
  Result<api::Model> answer(api::ModelsImport, const api::ImportAsked&, CallContext&);
  Result<api::FileKind> answer(api::ModelsInspect, const api::At&, CallContext&);
  Result<api::ModelDetail> answer(api::ModelsShow, const api::Id&, CallContext&);
  Result<api::Page<api::TensorRow>> answer(api::ModelsTensors, const api::TensorsAsked&,
                                           CallContext&);
  Result<api::PlayTokens> answer(api::ModelsTokenize, const api::TokenizeAsked&, CallContext&);
  Result<api::RenderedExample> answer(api::ModelsRender, const api::RenderAsked&, CallContext&);
  Result<api::MemoryTable> answer(api::ModelsMemory, const api::MemoryAsked&, CallContext&);
  Result<api::Model> answer(api::ModelsRename, const api::NewName&, CallContext&);
  Result<api::Model> answer(api::ModelsNote, const api::NewNote&, CallContext&);
  Result<api::Model> answer(api::ModelsLocate, const api::NewPlace&, CallContext&);
  Result<api::Model> answer(api::ModelsRemove, const api::Removal&, CallContext&);
  Result<api::Model> answer(api::ModelsAddTokens, const api::TokensAdded&, CallContext&);
  Result<api::Exported> answer(api::RunsExport, const api::ExportAsked&, CallContext&);

 private:
  struct Text;
  Result<const Text*> text_of(const store::Workspace& workspace, const store::ModelRow& row);
  Session& session_;
  std::unique_ptr<Text> text_;  // of the model that was asked about last
};

}  // namespace loupe::engine
