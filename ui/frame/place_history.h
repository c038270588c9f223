// SPDX-License-Identifier: GPL-3.0-or-later
// Where the user has been, for going back and forward.
#pragma once

#include <vector>

#include "ui/widgets/page.h"

namespace loupe::ui {

class PlaceHistory {
 public:
  static constexpr size_t kept = 100;

  // A new place: what was ahead is forgotten. The same place again is no step.
  void visit(Place place);
  // The present place has changed without being another one worth a step.
  void amend(Place place);
  bool can_go_back() const { return at_ > 0; }
  bool can_go_forward() const { return at_ + 1 < places_.size(); }
  // The place gone to; nullptr where there is none.
  const Place* back();
  const Place* forward();
  void clear();

  const std::vector<Place>& places() const { return places_; }
  size_t at() const { return at_; }
  // The last n places, the present one among them.
  std::vector<Place> last(size_t n) const;
  void restore(std::vector<Place> places);

 private:
  std::vector<Place> places_;
  size_t at_ = 0;
};

}  // namespace loupe::ui
