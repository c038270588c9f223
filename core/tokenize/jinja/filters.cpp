// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/tokenize/jinja/filters.h"

#include <algorithm>

namespace loupe::tokenize::jinja {

const Filter* find_filter(std::string_view name) {
  for (const auto table :
       {text_filters(), sequence_filters(), selection_filters(), number_filters()}) {
    const auto found = std::find_if(table.begin(), table.end(),
                                    [&](const Filter& filter) { return filter.name == name; });
    if (found != table.end()) return &*found;
  }
  return nullptr;
}

}  // namespace loupe::tokenize::jinja
