// SPDX-License-Identifier: GPL-3.0-or-later
// str % values and str.format, in their plain forms.
#include <algorithm>
#include <cstdio>
#include <optional>

#include "core/tokenize/jinja/dict.h"
#include "core/tokenize/jinja/machine.h"
#include "core/tokenize/jinja/number.h"
#include "core/tokenize/jinja/print.h"
#include "core/tokenize/jinja/python_text.h"

namespace loupe::tokenize::jinja {
namespace {

constexpr int kMaxWidth = 1000;

struct Conversion {
  bool minus = false, zero = false, plus = false, space = false;
  int width = 0, precision = -1;
  char type = 's';
};

class PercentFormatter {
 public:
  PercentFormatter(Machine& machine, std::string_view format, const Value& argument)
      : machine_(machine), format_(format), argument_(argument) {}

  std::string run() {
    while (at_ < format_.size()) {
      if (format_[at_] != '%') {
        out_ += format_[at_++];
        continue;
      }
      ++at_;
      if (at_ < format_.size() && format_[at_] == '%') {
        out_ += format_[at_++];
      } else {
        convert(conversion());
      }
    }
    // What has items by key might have been meant for names, and is not counted.
    const bool keys = argument_.is_undefined() || argument_.is(Kind::dict) ||
                      argument_.is(Kind::list) || argument_.is(Kind::range);
    const bool all =
        argument_.is(Kind::tuple) ? used_ == argument_.items().size() : used_ == 1 || keys;
    if (!all) fail("\"%\" has more values than places");
    return std::move(out_);
  }

 private:
  int number() {
    int value = 0;
    while (at_ < format_.size() && format_[at_] >= '0' && format_[at_] <= '9') {
      value = value * 10 + (format_[at_++] - '0');
      if (value > kMaxWidth) refuse("a format is too wide");
    }
    return value;
  }

  Conversion conversion() {
    Conversion made;
    for (; at_ < format_.size(); ++at_) {
      const char c = format_[at_];
      if (c == '-') {
        made.minus = true;
      } else if (c == '0') {
        made.zero = true;
      } else if (c == '+') {
        made.plus = true;
      } else if (c == ' ') {
        made.space = true;
      } else {
        break;
      }
    }
    made.width = number();
    if (at_ < format_.size() && format_[at_] == '.') {
      ++at_;
      made.precision = number();
    }
    if (at_ >= format_.size()) fail("a format has no end");
    made.type = format_[at_++];
    return made;
  }

  const Value& next() {
    if (!argument_.is(Kind::tuple)) {
      if (used_++ > 0) fail("\"%\" has more places than values");
      return argument_;
    }
    if (used_ >= argument_.items().size()) fail("\"%\" has more places than values");
    return argument_.items()[used_++];
  }

  void pad(std::string text, const Conversion& conversion) {
    const auto length = static_cast<int>(count_code_points(text));
    const auto lacking = static_cast<size_t>(std::max(conversion.width - length, 0));
    machine_.budget.bytes(text.size() + lacking);
    if (out_.size() + text.size() + lacking > kMaxText) fail("a text grows too long");
    if (!conversion.minus) out_.append(lacking, ' ');
    out_ += text;
    if (conversion.minus) out_.append(lacking, ' ');
  }

  void convert(const Conversion& conversion) {
    const char type = conversion.type;
    if (type == 's' || type == 'r') {
      std::string text;
      if (type == 's') {
        print(machine_.budget, next(), text);
      } else {
        print_repr(machine_.budget, next(), text);
      }
      if (conversion.precision >= 0) {
        text.resize(byte_of(text, static_cast<size_t>(conversion.precision)));
      }
      return pad(std::move(text), conversion);
    }
    static constexpr std::string_view kIntegers = "diux", kReals = "feEgG";
    const bool integer =
        kIntegers.find(type) != std::string_view::npos || type == 'X' || type == 'o';
    if (!integer && kReals.find(type) == std::string_view::npos) {
      refuse(std::string("the format \"%") + type + "\" is not supported");
    }
    const Value& value = next();
    if (value.is_undefined()) machine_.undefined_used(value);
    if (!value.is_number())
      fail(std::string("a number is formatted, not ") + type_name(value.kind()));
    numeric(conversion, value, integer);
  }

  void numeric(const Conversion& conversion, const Value& value, bool integer) {
    const char type = conversion.type;
    std::string format = "%";
    if (conversion.minus) format += '-';
    if (conversion.zero) format += '0';
    if (conversion.plus) format += '+';
    if (conversion.space) format += ' ';
    format += "*.*";
    char text[2 * kMaxWidth + 400];
    if (!integer) {
      format += type;
      std::snprintf(text, sizeof text, format.c_str(), conversion.width, conversion.precision,
                    value.as_real());
    } else {
      const int64_t whole = value.is(Kind::real) ? truncate(value.as_real()) : value.as_integer();
      const bool decimal = type == 'd' || type == 'i' || type == 'u';
      if (!decimal && (whole < 0 || value.is(Kind::real))) {
        refuse("only whole numbers from zero on are formatted in another base");
      }
      if (conversion.precision >= 0 && conversion.zero) {
        refuse("a format with a zero and a precision is not supported");
      }
      format += "ll";
      format += decimal ? 'd' : type;
      std::snprintf(text, sizeof text, format.c_str(), conversion.width, conversion.precision,
                    static_cast<long long>(whole));
    }
    machine_.budget.bytes(conversion.width > 0 ? static_cast<size_t>(conversion.width) : 1);
    if (out_.size() > kMaxText) fail("a text grows too long");
    out_ += text;
  }

  Machine& machine_;
  std::string_view format_;
  const Value& argument_;
  std::string out_;
  size_t at_ = 0, used_ = 0;
};

void no_markup(const Value& format) {
  if (format.as_text().markup) refuse("formatting escaped text is not supported");
}

}  // namespace

Value percent_format(Machine& machine, const Value& format, const Value& argument) {
  no_markup(format);
  machine.budget.bytes(format.bytes().size());
  return machine.text(PercentFormatter(machine, format.bytes(), argument).run());
}

Value brace_format(Machine& machine, const Value& format, const Arguments& arguments) {
  no_markup(format);
  const std::string& bytes = format.bytes();
  machine.budget.bytes(bytes.size());
  std::string out;
  size_t automatic = 0;
  for (size_t i = 0; i < bytes.size(); ++i) {
    const char c = bytes[i];
    if (c != '{' && c != '}') {
      out += c;
      continue;
    }
    if (i + 1 < bytes.size() && bytes[i + 1] == c) {
      out += c;
      ++i;
      continue;
    }
    const size_t close = c == '{' ? bytes.find('}', i) : std::string::npos;
    if (close == std::string::npos) fail("a single brace in a format");
    const std::string field = bytes.substr(i + 1, close - i - 1);
    if (field.find_first_of("!:.[{") != std::string::npos) {
      refuse("the format {" + field.substr(0, 40) + "} is not supported");
    }
    i = close;
    const auto named = std::find_if(arguments.named.begin(), arguments.named.end(),
                                    [&](const auto& entry) { return entry.first == field; });
    const auto index =
        field.empty() ? std::optional<int64_t>(automatic++) : parse_integer(field, 10);
    if (named != arguments.named.end()) {
      print(machine.budget, named->second, out);
    } else if (index && *index >= 0 && static_cast<size_t>(*index) < arguments.positional.size()) {
      print(machine.budget, arguments.positional[static_cast<size_t>(*index)], out);
    } else {
      fail("the format has no value for {" + field.substr(0, 40) + "}");
    }
  }
  return machine.text(std::move(out));
}

}  // namespace loupe::tokenize::jinja
