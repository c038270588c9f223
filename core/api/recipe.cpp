// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/api/recipe.h"

#include "core/api/describe_json.h"
#include "core/api/field_info.h"

namespace loupe::api {

LOUPE_JSON(Recipe)
LOUPE_INFOS(Recipe)

}  // namespace loupe::api
