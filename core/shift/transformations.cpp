// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>

#include "core/shift/transformation.h"

namespace loupe::shift {

const std::vector<Transformation>& transformations() {
  static const std::vector<Transformation> list{
      lower_case, upper_case, sentence_case, contract, expand, typo, filler, full_stop, thanks,
  };
  return list;
}

const Transformation* transformation(std::string_view id) {
  const auto& list = transformations();
  const auto found =
      std::find_if(list.begin(), list.end(), [&](const auto& one) { return one.id == id; });
  return found == list.end() ? nullptr : &*found;
}

}  // namespace loupe::shift
