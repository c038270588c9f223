// SPDX-License-Identifier: GPL-3.0-or-later
// The key-value part of a GGUF file.
#pragma once

#include <map>
#include <string>

#include "core/io/gguf.h"
#include "core/io/gguf_cursor.h"

namespace loupe::io {

// Reads `count` pairs. Unsigned scalars become uint64_t, signed ones int64_t, integers and bools in
// arrays int64_t. Arrays of arrays are unsupported (no writer makes them).
Result<std::map<std::string, GgufValue>> read_gguf_metadata(GgufCursor* cursor, uint64_t count);

// The tensor data's alignment: general.alignment, 32 where absent.
Result<uint64_t> gguf_alignment(const std::map<std::string, GgufValue>& metadata,
                                const GgufCursor& cursor);

}  // namespace loupe::io
