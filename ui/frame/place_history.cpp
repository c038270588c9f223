// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/frame/place_history.h"

#include <algorithm>
#include <utility>

namespace loupe::ui {

void PlaceHistory::visit(Place place) {
  if (!places_.empty()) {
    if (places_[at_] == place) return;
    places_.resize(at_ + 1);
  }
  places_.push_back(std::move(place));
  if (places_.size() > kept) places_.erase(places_.begin());
  at_ = places_.size() - 1;
}

void PlaceHistory::amend(Place place) {
  if (!places_.empty()) places_[at_] = std::move(place);
}

const Place* PlaceHistory::back() {
  return can_go_back() ? &places_[--at_] : nullptr;
}

const Place* PlaceHistory::forward() {
  return can_go_forward() ? &places_[++at_] : nullptr;
}

void PlaceHistory::clear() {
  places_.clear();
  at_ = 0;
}

std::vector<Place> PlaceHistory::last(size_t n) const {
  const size_t end = places_.empty() ? 0 : at_ + 1;
  const size_t begin = end > n ? end - n : 0;
  return {places_.begin() + static_cast<long>(begin), places_.begin() + static_cast<long>(end)};
}

void PlaceHistory::restore(std::vector<Place> places) {
  places_ = std::move(places);
  at_ = places_.empty() ? 0 : places_.size() - 1;
}

}  // namespace loupe::ui
