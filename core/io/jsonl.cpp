// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/jsonl.h"

#include <string_view>
#include <utility>

#include "core/base/file.h"
#include "core/io/text.h"

namespace loupe::io {
namespace {

std::string with_article(const nlohmann::json& value) {
  const std::string type = value.type_name();
  if (type == "null") return type;
  return (type == "array" || type == "object" ? "an " : "a ") + type;
}

bool is_blank(std::string_view line) {
  return line.find_first_not_of(" \t\r") == std::string_view::npos;
}

}  // namespace

Result<void> read_jsonl(
    const std::filesystem::path& path,
    const std::function<Result<void>(const nlohmann::json&, size_t line)>& record) {
  // Read, not mapped: whoever writes the file anew would take a mapping's pages away under us.
  LOUPE_TRY(const std::string text, read_text_file(path));
  std::string_view rest(text);
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (rest.starts_with(kByteOrderMark)) rest.remove_prefix(kByteOrderMark.size());
  const std::string name = path.string();

  for (size_t line_number = 1; !rest.empty(); ++line_number) {
    const size_t end = rest.find('\n');
    std::string_view line = rest.substr(0, end);
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (is_blank(line)) continue;
    LOUPE_TRY(const nlohmann::json value, parse_json(line, name, line_number));
    Result<void> taken = record(value, line_number);
    if (!taken) {
      Error error = std::move(taken).error();
      const std::string place = name + ":" + std::to_string(line_number);
      error.where = error.where.empty() ? place : place + ": " + error.where;
      return error;
    }
  }
  return {};
}

Result<std::string> string_field(const nlohmann::json& object, const std::string& field) {
  if (!object.is_object()) {
    return Error{ErrorCode::invalid_input,
                 "the record is " + with_article(object) + ", expected an object with the field " +
                     quote_name(field),
                 {},
                 {}};
  }
  const auto found = object.find(field);
  if (found == object.end())
    return Error{ErrorCode::invalid_input, "missing field " + quote_name(field), {}, {}};
  if (!found->is_string()) {
    return Error{
        ErrorCode::invalid_input,
        "field " + quote_name(field) + " is " + with_article(*found) + ", expected a string",
        {},
        {}};
  }
  return found->get<std::string>();
}

}  // namespace loupe::io
