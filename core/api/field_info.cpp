// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/api/field_info.h"

namespace loupe::api {

const FieldInfo* info_of(const std::vector<FieldInfo>& infos, std::string_view key) {
  for (const auto& info : infos)
    if (info.key == key || (!info.doc.was.empty() && info.doc.was == key)) return &info;
  return nullptr;
}

json with_present_keys(const std::vector<FieldInfo>& infos, const json& object) {
  if (!object.is_object()) return object;
  json out = json::object();
  for (const auto& [key, value] : object.items()) {
    const auto* info = info_of(infos, key);
    out[info != nullptr ? info->key : key] = value;
  }
  return out;
}

}  // namespace loupe::api
