// SPDX-License-Identifier: GPL-3.0-or-later
// How long a chat template takes: parsing, and rendering of a conversation of two turns.
//   bench_template [TEMPLATE.jinja ...]
#include <chrono>
#include <cstdio>
#include <fstream>
#include <iterator>

#include "core/tokenize/jinja.h"

namespace {

using loupe::tokenize::JinjaInput;
using loupe::tokenize::JinjaTemplate;

constexpr const char* kChatMl =
    "{% for message in messages %}{% if loop.first and messages[0]['role'] != 'system' %}"
    "{{ '<|im_start|>system\nYou are a helpful AI assistant<|im_end|>\n' }}{% endif %}"
    "{{'<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>' + '\n'}}"
    "{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}";

template <class Work>
double microseconds(Work work) {
  const auto start = std::chrono::steady_clock::now();
  constexpr int kTimes = 2000;
  for (int i = 0; i < kTimes; ++i) work();
  return std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - start)
             .count() /
         kTimes;
}

void measure(const char* name, const std::string& source) {
  JinjaInput input;
  input.messages = {{"user", "Is the sky blue? Say yes or no, and why you think so."},
                    {"assistant", "Yes. Air scatters short waves more than long ones."}};
  input.date = "2024-07-26";
  const auto parsed = JinjaTemplate::parse(source);
  if (!parsed) {
    std::printf("%-48s %s\n", name, parsed.error().text().c_str());
    return;
  }
  const double parsing = microseconds([&] { return JinjaTemplate::parse(source).ok(); });
  const double rendering = microseconds([&] { return parsed->render(input).ok(); });
  std::printf("%-48s %9.1f us to parse %9.1f us to render\n", name, parsing, rendering);
}

}  // namespace

int main(int count, char** files) {
  measure("ChatML", kChatMl);
  for (int i = 1; i < count; ++i) {
    std::ifstream in(files[i], std::ios::binary);
    measure(files[i], std::string(std::istreambuf_iterator<char>(in), {}));
  }
}
