// SPDX-License-Identifier: GPL-3.0-or-later
// Values kept while there is room, the least recently used first out. One thread.
#pragma once

#include <cstdint>
#include <iterator>
#include <list>
#include <memory>
#include <string>
#include <utility>

namespace loupe {

template <class Value>
class Lru {
 public:
  // `limit`: the weight of what is kept, in any unit. The newest is kept whatever it weighs.
  explicit Lru(uint64_t limit) : limit_(limit) {}

  // Null when it is not there. Whoever holds a value may go on using it when it is let go of.
  std::shared_ptr<const Value> find(const std::string& key) {
    for (auto entry = entries_.begin(); entry != entries_.end(); ++entry) {
      if (entry->key != key) continue;
      entries_.splice(entries_.begin(), entries_, entry);
      return entries_.front().value;
    }
    return nullptr;
  }

  std::shared_ptr<const Value> keep(const std::string& key, Value value, uint64_t weight) {
    entries_.push_front({key, std::make_shared<const Value>(std::move(value)), weight});
    uint64_t total = 0;
    for (auto entry = entries_.begin(); entry != entries_.end();) {
      total += entry->weight;
      const bool goes = total > limit_ && entry != entries_.begin();
      if (goes) total -= entry->weight;
      entry = goes ? entries_.erase(entry) : std::next(entry);
    }
    return entries_.front().value;
  }

  size_t size() const { return entries_.size(); }

 private:
  struct Entry {
    std::string key;
    std::shared_ptr<const Value> value;
    uint64_t weight = 0;
  };
  uint64_t limit_;
  std::list<Entry> entries_;  // newest first
};

}  // namespace loupe
