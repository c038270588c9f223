// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/source.h"

#include <algorithm>

#include "core/data/sources/kinds.h"
#include "core/io/text.h"

namespace loupe::data {
namespace {

Error damaged(const std::string& what) {
  return Error{ErrorCode::invalid_input, "the data's description is damaged: " + what, "", ""};
}

std::string text_of(const json& spec, std::string_view key) {
  const auto found = spec.is_object() ? spec.find(key) : spec.end();
  return found != spec.end() && found->is_string() ? found->get<std::string>() : std::string();
}

bool same_type(const json& a, const json& b) {
  return a.is_number_integer() ? b.is_number_integer() : a.type() == b.type();
}

Result<PreferenceDataset> load_checked(json spec) {
  const std::string name = text_of(spec, "name");
  const Source* kind = source(text_of(spec, "kind"));
  if (name.empty()) return damaged("it has no name");
  if (kind == nullptr)
    return damaged("there is no kind of data called " + io::quote_name(text_of(spec, "kind")));
  const SourceInfo info = kind->info();
  if (text_of(spec, info.file_key).empty())
    return damaged(io::quote_name(std::string(info.file_key)) + " is missing");
  for (const SourceOption& option : info.options) {
    const auto value = spec.emplace(std::string(option.key), option.standard).first;
    if (!same_type(option.standard, *value))
      return damaged(io::quote_name(std::string(option.key)) + " is " + value->dump());
  }
  return kind->load(name, spec);
}

}  // namespace

const std::vector<const Source*>& sources() {
  static const std::vector<const Source*> list{&jsonl_source(), &persona_source()};
  return list;
}

const Source* source(std::string_view id) {
  const auto& list = sources();
  const auto found =
      std::find_if(list.begin(), list.end(), [&](const Source* s) { return s->info().id == id; });
  return found == list.end() ? nullptr : *found;
}

bool Source::sniff(const std::filesystem::path& path) const {
  const auto endings = info().endings;
  return std::find(endings.begin(), endings.end(), path.extension().string()) != endings.end();
}

const Source* source_of_file(const std::filesystem::path& path) {
  const auto& list = sources();
  const auto found =
      std::find_if(list.begin(), list.end(), [&](const Source* s) { return s->sniff(path); });
  return found == list.end() ? nullptr : *found;
}

json file_spec(const std::string& name, const std::string& path) {
  std::error_code ignored;
  const std::filesystem::path given(path), absolute = std::filesystem::absolute(given, ignored);
  const Source* known = source_of_file(given);
  const SourceInfo info = (known != nullptr ? known : sources().front())->info();
  return {{"kind", info.id},
          {"name", name},
          {info.file_key, (absolute.empty() ? given : absolute).lexically_normal().string()}};
}

bool is_plain_file(const json& spec) {
  json bare = spec;
  bare.erase("sha256");
  return bare == file_spec(text_of(spec, "name"), file_of(spec));
}

Result<PreferenceDataset> load_spec(const json& spec) {
  LOUPE_TRY(auto dataset, load_checked(spec));
  if (spec.contains("sha256") && spec["sha256"] != dataset.sha256)
    return Error{ErrorCode::corrupt, "the data has changed since the run was made", file_of(spec),
                 "put the file back, or start a new run"};
  return dataset;
}

std::string file_of(const json& spec) {
  const Source* kind = source(text_of(spec, "kind"));
  return kind == nullptr ? "" : text_of(spec, kind->info().file_key);
}

std::string group_of(const json& spec) {
  const Source* kind = source(text_of(spec, "kind"));
  return kind == nullptr ? "" : std::string(kind->info().group);
}

std::string label_of(const json& spec) {
  const std::string group = group_of(spec), name = text_of(spec, "name");
  if (!group.empty()) return group + "/" + name;
  const std::string file = std::filesystem::path(file_of(spec)).filename().string();
  return file.empty() ? name : file;
}

}  // namespace loupe::data
