// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/jobs/kinds.h"

namespace loupe::engine {

const std::vector<const JobKind*>& job_kinds() {
  static const std::vector<const JobKind*> kinds{&train_job, &eval_job, &fetch_job};
  return kinds;
}

const JobKind* job_kind(std::string_view id) {
  for (const JobKind* kind : job_kinds())
    if (kind->id == id) return kind;
  return nullptr;
}

}  // namespace loupe::engine
