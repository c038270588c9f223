// SPDX-License-Identifier: GPL-3.0-or-later
// Every value and method of the wire, for those who need most of them.
#pragma once

#include "core/api/base64.h"
#include "core/api/methods.h"

namespace loupe::api::method {

inline constexpr const char* runs_list = RunsList::name;
inline constexpr const char* runs_metrics = RunsMetrics::name;
inline constexpr const char* runs_rename = RunsRename::name;
inline constexpr const char* runs_note = RunsNote::name;
inline constexpr const char* runs_delete = RunsDelete::name;
inline constexpr const char* jobs_list = JobsList::name;
inline constexpr const char* jobs_stop = JobsStop::name;
inline constexpr const char* jobs_log = JobsLog::name;
inline constexpr const char* pairs_list = PairsList::name;
inline constexpr const char* datasets_list = DatasetsList::name;
inline constexpr const char* projects_list = ProjectsList::name;
inline constexpr const char* projects_show = ProjectsShow::name;
inline constexpr const char* fs_list = FolderList::name;
inline constexpr const char* attribute = Attribute::name;
inline constexpr const char* shift = ShiftResponse::name;
inline constexpr const char* train_start = TrainStart::name;
inline constexpr const char* train_estimate = TrainEstimate::name;
inline constexpr const char* train_resume = TrainResume::name;
inline constexpr const char* eval_start = EvalStart::name;
inline constexpr const char* fetch_demo = FetchDemo::name;
inline constexpr const char* models_list = ModelsList::name;
inline constexpr const char* models_import = ModelsImport::name;
inline constexpr const char* models_inspect = ModelsInspect::name;
inline constexpr const char* models_show = ModelsShow::name;
inline constexpr const char* models_tensors = ModelsTensors::name;
inline constexpr const char* models_tokenize = ModelsTokenize::name;
inline constexpr const char* models_render = ModelsRender::name;
inline constexpr const char* models_memory = ModelsMemory::name;
inline constexpr const char* models_rename = ModelsRename::name;
inline constexpr const char* models_note = ModelsNote::name;
inline constexpr const char* models_locate = ModelsLocate::name;
inline constexpr const char* models_remove = ModelsRemove::name;
inline constexpr const char* models_add_tokens = ModelsAddTokens::name;
inline constexpr const char* runs_export = RunsExport::name;

}  // namespace loupe::api::method
