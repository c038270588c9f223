// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/tokenize/jinja/input.h"

#include <locale.h>

#include <ctime>

#include "core/tokenize/jinja/dict.h"
#include "core/tokenize/text.h"

namespace loupe::tokenize::jinja {
namespace {

constexpr size_t kMaxFormat = 1000;

Value text(Budget& budget, const std::string& bytes) {
  budget.bytes(bytes.size() + sizeof(Text));
  return Value::text(sanitise(bytes).text);
}

Value value_of(Budget& budget, const nlohmann::ordered_json& json, unsigned nesting = 0) {
  budget.step();
  if (nesting > kMaxNesting) fail("a variable is nested too deeply");
  switch (json.type()) {
    case nlohmann::ordered_json::value_t::boolean:
      return Value::boolean(json.get<bool>());
    case nlohmann::ordered_json::value_t::number_integer:
      return Value::integer(json.get<int64_t>());
    case nlohmann::ordered_json::value_t::number_unsigned:
      if (json.get<uint64_t>() > INT64_MAX) {
        refuse("integers of more than 64 bits are not supported");
      }
      return Value::integer(json.get<int64_t>());
    case nlohmann::ordered_json::value_t::number_float:
      return Value::real(json.get<double>());
    case nlohmann::ordered_json::value_t::string:
      return text(budget, json.get_ref<const std::string&>());
    case nlohmann::ordered_json::value_t::array: {
      if (json.size() > kMaxItems) fail("a variable holds too many items");
      budget.bytes(json.size() * sizeof(Value));
      std::vector<Value> items;
      for (const auto& item : json) items.push_back(value_of(budget, item, nesting + 1));
      return Value::list(std::move(items));
    }
    case nlohmann::ordered_json::value_t::object: {
      auto* dict = new Dict;
      Value made = dict_value(dict);
      for (const auto& [key, entry] : json.items()) {
        dict->set(budget, text(budget, key), value_of(budget, entry, nesting + 1));
      }
      return made;
    }
    default:
      return Value::none();
  }
}

Value messages_of(Budget& budget, const std::vector<JinjaMessage>& messages) {
  const Value role = Value::text("role"), content = Value::text("content");
  std::vector<Value> items;
  items.reserve(messages.size());
  for (const JinjaMessage& message : messages) {
    auto* dict = new Dict;
    items.push_back(dict_value(dict));
    dict->set(budget, role, text(budget, message.role));
    dict->set(budget, content, text(budget, message.content));
  }
  return Value::list(std::move(items));
}

}  // namespace

bool InputVariables::find(Budget& budget, std::string_view name, Value& value) const {
  for (const auto& [other, json] : input_.variables) {
    if (other != name) continue;
    value = value_of(budget, json);
    return true;
  }
  if (name == "messages") {
    value = messages_of(budget, input_.messages);
  } else if (name == "add_generation_prompt") {
    value = Value::boolean(input_.add_generation_prompt);
  } else if (name == "bos_token") {
    value = text(budget, input_.bos_token);
  } else if (name == "eos_token") {
    value = text(budget, input_.eos_token);
  } else if (name == "tools" || name == "documents") {
    value = Value::none();
  } else {
    return false;
  }
  return true;
}

std::string InputVariables::format_date(const std::string& format) const {
  std::tm day{};
  const char* end =
      input_.date.size() == 10 ? strptime(input_.date.c_str(), "%Y-%m-%d", &day) : nullptr;
  if (!end || *end != '\0') {
    fail("strftime_now: \"" + input_.date + "\" is not a date (YYYY-MM-DD)");
  }
  if (format.empty()) return "";
  if (format.size() > kMaxFormat) fail("strftime_now: the format is too long");
  static const locale_t c_locale = newlocale(LC_ALL_MASK, "C", nullptr);
  std::string text(16 * format.size() + 256, '\0');
  text.resize(strftime_l(text.data(), text.size(), format.c_str(), &day, c_locale));
  return sanitise(text).text;
}

}  // namespace loupe::tokenize::jinja
