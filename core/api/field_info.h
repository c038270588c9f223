// SPDX-License-Identifier: GPL-3.0-or-later
// Fields without their types: what a form, a table of the guide or a list of options goes by.
#pragma once

#include <nlohmann/json.hpp>
#include <vector>

#include "core/api/describe.h"

namespace loupe::api {

struct FieldInfo {
  enum class Kind { flag, whole, number, text, other };
  std::string key;
  Kind kind = Kind::other;
  Doc doc;
  json standard;  // the value where none is given
};

// In the order of fields(); made once.
template <Described T>
const std::vector<FieldInfo>& infos();

const FieldInfo* info_of(const std::vector<FieldInfo>& infos, std::string_view key);
// Each key under its present name, in place of an older one.
json with_present_keys(const std::vector<FieldInfo>& infos, const json& object);

template <class V>
constexpr FieldInfo::Kind kind_of() {
  using Kind = FieldInfo::Kind;
  if constexpr (std::is_same_v<V, bool>) return Kind::flag;
  if constexpr (std::is_integral_v<V>) return Kind::whole;
  if constexpr (std::is_same_v<V, double>) return Kind::number;
  if constexpr (std::is_same_v<V, std::string>) return Kind::text;
  return Kind::other;
}

// For the .cpp that says LOUPE_JSON(T).
#define LOUPE_INFOS(T)                                                                             \
  template <>                                                                                      \
  const std::vector<FieldInfo>& infos<T>() {                                                       \
    static const std::vector<FieldInfo> list = [] {                                                \
      std::vector<FieldInfo> out;                                                                  \
      const json standard = T();                                                                   \
      each_field<T>([&]<class V>(const Field<T, V>& f) {                                           \
        out.push_back({std::string(f.key), kind_of<V>(), f.doc, standard.at(std::string(f.key))}); \
      });                                                                                          \
      return out;                                                                                  \
    }();                                                                                           \
    return list;                                                                                   \
  }

}  // namespace loupe::api
