// SPDX-License-Identifier: GPL-3.0-or-later
// Truth, equality, order and membership, as Python has them.
#pragma once

#include <compare>
#include <string_view>

#include "core/tokenize/jinja/limits.h"
#include "core/tokenize/jinja/value.h"

namespace loupe::tokenize::jinja {

bool truth(const Value& value);
bool equal(Budget& budget, const Value& a, const Value& b, unsigned nesting = 0);
// Fails where Python has no order between the two. Unordered with NaN.
std::partial_ordering order(Budget& budget, const Value& a, const Value& b, unsigned nesting = 0);
bool less(Budget& budget, const Value& a, const Value& b);
// `item in container`; reads a generator up to the item.
bool contains(Budget& budget, const Value& container, const Value& item);
// Fails for what Python does not hash. Equal values have equal hashes.
size_t hash(Budget& budget, const Value& value, unsigned nesting = 0);
size_t hash_text(std::string_view text);

}  // namespace loupe::tokenize::jinja
