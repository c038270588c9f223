// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/api/scores.h"

#include "core/api/describe_json.h"

namespace loupe::api {

LOUPE_JSON(TokenCredit)
LOUPE_JSON(ResponseCredit)
LOUPE_JSON(Attribution)
LOUPE_JSON(Shift)
LOUPE_JSON(AttributeAsked)
LOUPE_JSON(ShiftAsked)
LOUPE_JSON(ScoreAsked)
LOUPE_JSON(PairScore)
LOUPE_JSON(Scores)
LOUPE_JSON(LogProbsAsked)
LOUPE_JSON(TokenLogProb)
LOUPE_JSON(LogProbs)
LOUPE_JSON(AttributionMethod)
LOUPE_JSON(Rows<AttributionMethod>)
LOUPE_JSON(Rows<Shift>)

}  // namespace loupe::api
