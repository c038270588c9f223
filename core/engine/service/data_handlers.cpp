// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <filesystem>

#include "core/data/source.h"
#include "core/engine/folder.h"
#include "core/engine/service/handlers.h"

namespace loupe::engine {

namespace {

std::string prompt_text(const std::vector<tokenize::Turn>& turns) {
  if (turns.size() == 1) return turns.front().content;
  std::string out;
  for (const auto& turn : turns)
    out += (out.empty() ? "" : "\n\n") + turn.role + ": " + turn.content;
  return out;
}

api::Dataset to_api(const store::DatasetRow& row) {
  api::Dataset out;
  out.id = row.id;
  out.name = row.name;
  out.kind = row.details.value("kind", "");
  out.path = data::file_of(row.details);
  out.pairs = row.rows;
  out.created = row.created;
  std::error_code ignored;
  out.available = std::filesystem::exists(out.path, ignored);
  return out;
}

}  // namespace

Result<api::PairsPage> DataHandlers::answer(api::PairsList, const api::PairsAsked& asked,
                                            CallContext& context) {
  api::PairsPage out;
  PairStore::Dataset dataset;
  if (asked.dataset != 0) {
    LOUPE_TRY(dataset, session_.pairs.of_dataset(context.store, asked.dataset));
    out.set = dataset->name;
    out.sets.push_back(out.set);
  } else {
    LOUPE_TRY(const auto specs, run_specs(context.store, asked.run));
    for (const auto& spec : specs) out.sets.push_back(spec.value("name", ""));
    out.set = asked.set.empty() && !out.sets.empty() ? out.sets.front() : asked.set;
    LOUPE_TRY(dataset, session_.pairs.of_run(context.store, asked.run, out.set));
  }
  out.total = static_cast<int64_t>(dataset->pairs.size());
  const int64_t from = std::clamp<int64_t>(asked.offset, 0, out.total);
  const int64_t to = std::min(out.total, from + std::clamp<int64_t>(asked.limit, 0, api::max_page));
  for (int64_t i = from; i < to; ++i) {
    const auto& pair = dataset->pairs[static_cast<size_t>(i)];
    out.rows.push_back({i, out.set, prompt_text(pair.prompt), pair.chosen, pair.rejected});
  }
  return out;
}

Result<api::Rows<api::Dataset>> DataHandlers::answer(api::DatasetsList, const api::Nothing&,
                                                     CallContext& context) {
  LOUPE_TRY(const auto list, context.store.datasets());
  api::Rows<api::Dataset> out;
  for (auto row = list.rbegin(); row != list.rend(); ++row) out.rows.push_back(to_api(*row));
  return out;
}

Result<api::Rows<api::Project>> DataHandlers::answer(api::ProjectsList, const api::Nothing&,
                                                     CallContext&) {
  return api::Rows<api::Project>{list_sample_projects()};
}

Result<api::Project> DataHandlers::answer(api::ProjectsShow, const api::At& asked, CallContext&) {
  return show_project(asked.path);
}

Result<api::FolderListing> DataHandlers::answer(api::FolderList, const api::At& asked,
                                                CallContext&) {
  return list_folder(asked.path);
}

}  // namespace loupe::engine
