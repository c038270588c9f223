// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/tokenize/jinja.h"

#include <algorithm>

#include "core/tokenize/jinja/input.h"
#include "core/tokenize/jinja/limits.h"
#include "core/tokenize/jinja/machine.h"
#include "core/tokenize/jinja/parser.h"
#include "core/tokenize/jinja/python_text.h"
#include "core/tokenize/text.h"

namespace loupe::tokenize {
namespace {

constexpr size_t kExcerpt = 80;

// At most `most` bytes, in one line, cut between code points.
std::string shortened(std::string_view text, size_t most) {
  size_t end = 0;
  while (end < text.size() && end + jinja::code_point_bytes(text[end]) <= most) {
    end += jinja::code_point_bytes(text[end]);
  }
  std::string out(text.substr(0, end));
  for (char& c : out) {
    if (static_cast<unsigned char>(c) < 0x20) c = ' ';
  }
  return end < text.size() ? out + "..." : out;
}

// "line 3:4, `{{ raise_exception(…) }}`"; of a long line what follows the place.
std::string place(std::string_view source, size_t at) {
  at = std::min(at, source.size());
  const auto line = std::count(source.begin(), source.begin() + static_cast<ptrdiff_t>(at), '\n');
  const size_t begin = source.substr(0, at).rfind('\n') + 1;  // 0 without one
  const size_t column = jinja::count_code_points(source.substr(begin, at - begin));
  const size_t end = std::min(source.find('\n', at), source.size());
  std::string_view text = source.substr(begin, end - begin);
  if (text.size() > kExcerpt && at - begin > kExcerpt / 2) text = source.substr(at, end - at);
  text = jinja::strip(text, {}, jinja::Side::both);
  return "line " + std::to_string(line + 1) + ":" + std::to_string(column + 1) + ", `" +
         shortened(text, kExcerpt) + "`";
}

Error template_error(std::string_view source, const jinja::Failure& failure, uint32_t at) {
  const std::string what = shortened(failure.what, 400);
  const std::string where =
      "chat template, " + place(source, failure.at == jinja::kNoPlace ? at : failure.at);
  if (failure.refused) {
    return {ErrorCode::unsupported, "the chat template is not supported: " + what, where,
            "use the plain template"};
  }
  return {ErrorCode::invalid_input, "the chat template fails: " + what, where,
          "change the conversation, or use the plain template"};
}

Error no_memory() {
  return {ErrorCode::out_of_memory, "no memory to run the chat template", "chat template", ""};
}

}  // namespace

struct JinjaTemplate::Impl {
  jinja::Tree tree;
};

Result<JinjaTemplate> JinjaTemplate::parse(std::string_view source) {
  if (source.size() > jinja::kMaxSource) {
    return Error{ErrorCode::unsupported,
                 "the chat template has " + std::to_string(source.size()) + " bytes; at most " +
                     std::to_string(jinja::kMaxSource) + " are read",
                 "chat template", "use the plain template"};
  }
  const std::string text = sanitise(source).text;
  try {
    auto impl = std::make_shared<Impl>();
    impl->tree = jinja::Parser::parse(text);
    JinjaTemplate result;
    result.impl_ = std::move(impl);
    return result;
  } catch (const jinja::Failure& failure) {
    return template_error(jinja::normalise_source(text), failure, 0);
  } catch (const std::bad_alloc&) {
    return no_memory();
  }
}

Result<std::string> JinjaTemplate::render(const JinjaInput& input) const {
  try {
    const jinja::InputVariables variables(input);
    jinja::Machine machine(impl_->tree, variables);
    try {
      return machine.run();
    } catch (const jinja::Failure& failure) {
      return template_error(impl_->tree.source, failure, machine.failed_at());
    }
  } catch (const std::bad_alloc&) {
    return no_memory();
  }
}

}  // namespace loupe::tokenize
