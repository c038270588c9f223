// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/api/data.h"

#include "core/api/describe_json.h"

namespace loupe::api {

LOUPE_JSON(Pair)
LOUPE_JSON(Project)
LOUPE_JSON(Dataset)
LOUPE_JSON(FolderEntry)
LOUPE_JSON(FolderListing)
LOUPE_JSON(PairsAsked)
LOUPE_JSON(PairsPage)
LOUPE_JSON(At)
LOUPE_JSON(Rows<Dataset>)
LOUPE_JSON(Rows<Project>)

}  // namespace loupe::api
