// SPDX-License-Identifier: GPL-3.0-or-later
// The only file that compiles minja.
#include "core/tokenize/jinja.h"

#include <locale.h>
#include <pthread.h>

#include <ctime>
#include <functional>

#include "core/tokenize/minja_support/filters.h"

namespace loupe::tokenize {
namespace {

constexpr size_t kMaxSource = 96u << 10;
// std::regex takes some hundred bytes of stack for each character that it matches, and minja's
// trees are walked and freed by recursion. Only touched pages count.
constexpr size_t kStack = size_t{512} << 20;

Error template_error(const std::string& message) {
  const size_t at = message.find('\x1F');
  const std::string place = at == std::string::npos ? "" : ", " + message.substr(at + 1);
  std::string what = message.substr(0, std::min<size_t>(at, 400));
  return {ErrorCode::invalid_input, "the chat template fails: " + sanitise(what).text,
          "chat template" + place, "use a template that Jinja2 renders"};
}

// Runs `work` on a thread of its own with a deep stack; false when there is none to be had.
bool on_deep_stack(const std::function<void()>& work) {
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, kStack);
  pthread_t thread;
  const auto start = [](void* p) -> void* {
    (*static_cast<const std::function<void()>*>(p))();
    return nullptr;
  };
  const int failed =
      pthread_create(&thread, &attributes, start, const_cast<std::function<void()>*>(&work));
  pthread_attr_destroy(&attributes);
  if (failed) return false;
  pthread_join(thread, nullptr);
  return true;
}

template <class T>
Result<T> guarded(const std::function<Result<T>()>& work) {
  Result<T> result = Error{ErrorCode::out_of_memory, "no memory to run the chat template", "", ""};
  on_deep_stack([&] {
    try {
      result = work();
    } catch (const std::bad_alloc&) {
    } catch (const std::exception& e) {
      result = template_error(e.what());
    }
  });
  return result;
}

bool parse_date(const std::string& date, std::tm& day) {
  if (date.size() != 10) return false;
  const char* end = strptime(date.c_str(), "%Y-%m-%d", &day);
  return end && *end == '\0';
}

// As Python's date.strftime in the C locale.
std::string format_date(const std::string& date, const std::string& format) {
  std::tm day{};
  if (!parse_date(date, day)) {
    throw std::runtime_error("strftime_now: \"" + date + "\" is not a date (YYYY-MM-DD)");
  }
  if (format.empty()) return "";
  if (format.size() > 1000) throw std::runtime_error("strftime_now: the format is too long");
  static const locale_t c_locale = newlocale(LC_ALL_MASK, "C", nullptr);
  std::string text(16 * format.size() + 256, '\0');
  text.resize(strftime_l(text.data(), text.size(), format.c_str(), &day, c_locale));
  return text;
}

minja::Value root_values(const JinjaInput& input) {
  using minja::Value;
  Value values = jinja::builtins();
  Value messages = Value::array();
  for (const JinjaMessage& message : input.messages) {
    Value entry = Value::object();
    entry.set("role", Value(message.role));
    entry.set("content", Value(message.content));
    messages.push_back(entry);
  }
  values.set("messages", messages);
  values.set("add_generation_prompt", Value(input.add_generation_prompt));
  values.set("bos_token", Value(input.bos_token));
  values.set("eos_token", Value(input.eos_token));
  values.set("strftime_now", jinja::arguments_filter([&input](jinja::Arguments& arguments) {
               return Value(format_date(input.date, jinja::text_of(jinja::subject(arguments))));
             }));
  return values;
}

}  // namespace

struct JinjaTemplate::Impl {
  std::shared_ptr<minja::TemplateNode> root;
  // A long chain of nodes is freed by recursion.
  ~Impl() {
    on_deep_stack([this] { root.reset(); });
  }
};

Result<JinjaTemplate> JinjaTemplate::parse(const std::string& source) {
  if (source.size() > kMaxSource) {
    return Error{ErrorCode::unsupported,
                 "the chat template has " + std::to_string(source.size()) + " bytes; at most " +
                     std::to_string(kMaxSource) + " are read",
                 "chat template", ""};
  }
  return guarded<JinjaTemplate>([&]() -> Result<JinjaTemplate> {
    auto impl = std::make_shared<Impl>();
    impl->root = minja::Parser::parse(
        source, {.trim_blocks = true, .lstrip_blocks = true, .keep_trailing_newline = false});
    JinjaTemplate result;
    result.impl_ = std::move(impl);
    return result;
  });
}

Result<std::string> JinjaTemplate::render(const JinjaInput& input) const {
  return guarded<std::string>([&]() -> Result<std::string> {
    return impl_->root->render(minja::Context::make(root_values(input)));
  });
}

}  // namespace loupe::tokenize
