// SPDX-License-Identifier: GPL-3.0-or-later
// How the wire's structs become JSON. Every struct names its fields once, in fields(); writing and
// reading both walk that list, so the two cannot drift apart. Reading is lenient about what is
// missing (an older engine) and strict about wrong kinds (nlohmann throws). Internal to core/api.
#pragma once

#include "core/api/messages.h"

namespace loupe::api {

class Writer {
 public:
  explicit Writer(json& object) : object_(object) { object_ = json::object(); }
  void operator()(const char* key, const double& value) { object_[key] = number_to_json(value); }
  template <class T>
  void operator()(const char* key, const T& value) {
    object_[key] = value;
  }

 private:
  json& object_;
};

class Reader {
 public:
  explicit Reader(const json& object) : object_(object) {
    if (!object.is_object()) {
      // at() on a non-object throws the type_error that callers already handle.
      (void)object.at("");
    }
  }
  void operator()(const char* key, double& value) {
    if (const json* found = find(key)) value = number_from_json(*found);
  }
  template <class T>
  void operator()(const char* key, T& value) {
    if (const json* found = find(key)) found->get_to(value);
  }
  void operator()(const char* key, json& value) {
    if (const json* found = find(key)) value = *found;
  }

 private:
  const json* find(const char* key) const {
    const auto it = object_.find(key);
    return it == object_.end() || it->is_null() ? nullptr : &*it;
  }
  const json& object_;
};

#define LOUPE_WIRE_VALUE(T)             \
  void to_json(json& j, const T& v) {   \
    fields(Writer(j), v);               \
  }                                     \
  void from_json(const json& j, T& v) { \
    fields(Reader(j), v);               \
  }

}  // namespace loupe::api
