// SPDX-License-Identifier: GPL-3.0-or-later
// The models of the fake engine: a list that can be imported into, renamed, removed and located,
// and made-up answers about what they are made of.
#pragma once

#include <functional>
#include <set>
#include <string>
#include <vector>

#include "core/api/messages.h"
#include "tests/ui/fake_service.h"

namespace loupe::test {

class FakeModels {
 public:
  using Write = std::function<void(const api::json&)>;

  // more: models of every kind and state, and then so many alike; -1: one model only.
  void fill(int more);
  // How messages besides the answer are written.
  void set_write(Write write) { write_ = std::move(write); }
  std::vector<api::Model> listed() const;
  api::Rows<api::Model> answer(api::ModelsList, const api::Nothing&, const json&) const;
  api::Model answer(api::ModelsImport, const api::ImportAsked&, const json&);
  api::FileKind answer(api::ModelsInspect, const api::At&, const json&) const;
  api::ModelDetail answer(api::ModelsShow, const api::Id&, const json&);
  api::Page<api::TensorRow> answer(api::ModelsTensors, const api::TensorsAsked&, const json&) const;
  api::PlayTokens answer(api::ModelsTokenize, const api::TokenizeAsked&, const json&) const;
  api::RenderedExample answer(api::ModelsRender, const api::RenderAsked&, const json&) const;
  api::MemoryTable answer(api::ModelsMemory, const api::MemoryAsked&, const json&) const;
  api::Model answer(api::ModelsRename, const api::NewName&, const json&);
  api::Model answer(api::ModelsNote, const api::NewNote&, const json&);
  api::Model answer(api::ModelsLocate, const api::NewPlace&, const json&);
  api::Model answer(api::ModelsRemove, const api::Removal&, const json&);
  api::Model answer(api::ModelsAddTokens, const api::TokensAdded&, const json&);
  api::Exported answer(api::RunsExport, const api::ExportAsked&, const json&) const;

 private:
  api::Model& at(int64_t id);
  void progress(const api::json& request, const std::string& phase, int steps, int ms) const;

  std::vector<api::Model> models_;
  Write write_;
};

}  // namespace loupe::test
