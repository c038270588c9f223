// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shift/run_choice.h"

#include <algorithm>

namespace loupe::ui::shift {

bool can_be_scored(const api::Run& run) {
  const bool active = run.status == "queued" || run.status == "running";
  return !run.deleted && (run.epochs_done >= 1 || (!active && run.epochs_done > 0));
}

std::vector<qint64> default_runs(const std::vector<api::Run>& runs) {
  std::vector<const api::Run*> done;
  for (const api::Run& run : runs) {
    if (run.status == "done" && can_be_scored(run)) done.push_back(&run);
  }
  std::stable_sort(done.begin(), done.end(), [](const api::Run* a, const api::Run* b) {
    return a->created != b->created ? a->created > b->created : a->id > b->id;
  });
  for (const api::Run* newest : done) {
    for (const api::Run* partner : done) {
      if (partner->model != newest->model || partner->type == newest->type) continue;
      const bool newest_first = newest->type == "EX";
      return {newest_first ? newest->id : partner->id, newest_first ? partner->id : newest->id};
    }
  }
  if (done.empty()) return {};
  return {static_cast<qint64>(done.front()->id)};
}

std::vector<qint64> kept_runs(const std::vector<qint64>& wanted,
                              const std::vector<api::Run>& runs) {
  std::vector<qint64> kept;
  for (const qint64 id : wanted) {
    const bool exists = std::any_of(runs.begin(), runs.end(), [id](const api::Run& run) {
      return run.id == id && can_be_scored(run);
    });
    const bool again = std::find(kept.begin(), kept.end(), id) != kept.end();
    if (exists && !again && kept.size() < most_runs) kept.push_back(id);
  }
  return kept;
}

}  // namespace loupe::ui::shift
