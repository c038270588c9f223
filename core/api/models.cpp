// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/api/models.h"

#include "core/api/describe_json.h"

namespace loupe::api {

LOUPE_JSON(Model)
LOUPE_JSON(FileKind)
LOUPE_JSON(TensorRow)
LOUPE_JSON(PlayToken)
LOUPE_JSON(RenderedExample)
LOUPE_JSON(NamedValue)
LOUPE_JSON(ModelFile)
LOUPE_JSON(ModelDetail)
LOUPE_JSON(MemoryRow)
LOUPE_JSON(MemoryTable)
LOUPE_JSON(Exported)
LOUPE_JSON(ImportAsked)
LOUPE_JSON(TensorsAsked)
LOUPE_JSON(TokenizeAsked)
LOUPE_JSON(PlayTokens)
LOUPE_JSON(RenderAsked)
LOUPE_JSON(MemoryAsked)
LOUPE_JSON(NewPlace)
LOUPE_JSON(Removal)
LOUPE_JSON(TokensAdded)
LOUPE_JSON(ExportAsked)
LOUPE_JSON(Rows<Model>)
LOUPE_JSON(Page<TensorRow>)

}  // namespace loupe::api
