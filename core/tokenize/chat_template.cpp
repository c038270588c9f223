// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/tokenize/chat_template.h"

#include <algorithm>
#include <optional>

#include "core/tokenize/jinja.h"

namespace loupe::tokenize {

struct ChatTemplate::Impl {
  std::optional<JinjaTemplate> jinja;
  std::string source, bos, eos, date;
};

namespace {

// A text that no template changes by stripping or escaping, and that stands nowhere in one.
constexpr std::string_view kProbe = "loupeprobe7c1f";

std::string plain_text(const std::vector<Turn>& turns, bool add_generation_prompt,
                       const std::string& bos, const std::string& eos) {
  std::string text = bos;
  for (const Turn& turn : turns) {
    text += "<|" + turn.role + "|>\n" + turn.content;
    text += turn.role == "assistant" ? eos : "\n";
  }
  if (add_generation_prompt) text += "<|assistant|>\n";
  return text;
}

std::string excerpt(const std::string& text, size_t at) {
  if (at >= text.size()) return "the end";
  std::string part = text.substr(at, 24);
  for (char& c : part) {
    if (static_cast<unsigned char>(c) < 0x20) c = ' ';
  }
  return "\"" + part + "\"";
}

Error no_prefix(const std::string& prompt, const std::string& whole) {
  const auto [in_prompt, in_whole] =
      std::mismatch(prompt.begin(), prompt.end(), whole.begin(), whole.end());
  const auto at = static_cast<size_t>(in_prompt - prompt.begin());
  return {ErrorCode::unsupported,
          "the prompt is not how the conversation begins: at byte " + std::to_string(at) +
              " the prompt has " + excerpt(prompt, at) + " and the conversation has " +
              excerpt(whole, at),
          "chat template", "use another template, or plain"};
}

}  // namespace

Result<ChatTemplate> ChatTemplate::jinja(std::string source, std::string bos_token,
                                         std::string eos_token, std::string date) {
  LOUPE_TRY(JinjaTemplate parsed, JinjaTemplate::parse(source));
  ChatTemplate result;
  result.impl_ =
      std::make_shared<Impl>(Impl{std::move(parsed), std::move(source), std::move(bos_token),
                                  std::move(eos_token), std::move(date)});
  return result;
}

ChatTemplate ChatTemplate::plain(std::string bos_token, std::string eos_token) {
  ChatTemplate result;
  result.impl_ = std::make_shared<Impl>(
      Impl{std::nullopt, "", std::move(bos_token), std::move(eos_token), ""});
  return result;
}

const std::string& ChatTemplate::source() const {
  return impl_->source;
}

Result<std::string> ChatTemplate::render(const std::vector<Turn>& turns,
                                         bool add_generation_prompt) const {
  if (!impl_->jinja) return plain_text(turns, add_generation_prompt, impl_->bos, impl_->eos);
  JinjaInput input;
  for (const Turn& turn : turns) input.messages.push_back({turn.role, turn.content});
  input.add_generation_prompt = add_generation_prompt;
  input.bos_token = impl_->bos;
  input.eos_token = impl_->eos;
  input.date = impl_->date;
  return impl_->jinja->render(input);
}

Result<RenderedPair> ChatTemplate::render_pair(const std::vector<Turn>& prompt,
                                               std::string_view response) const {
  LOUPE_TRY(std::string rendered_prompt, render(prompt, true));
  std::vector<Turn> turns = prompt;
  turns.push_back({"assistant", std::string(response)});
  LOUPE_TRY(const std::string whole, render(turns, false));
  if (!whole.starts_with(rendered_prompt)) return no_prefix(rendered_prompt, whole);
  RenderedPair pair;
  pair.response = whole.substr(rendered_prompt.size());
  pair.prompt = std::move(rendered_prompt);
  // Where the content stands is seen with a text that cannot stand there by chance.
  turns.back().content = kProbe;
  LOUPE_TRY(const std::string probed, render(turns, false));
  const size_t found = probed.find(kProbe, pair.prompt.size());
  if (found == std::string::npos) return pair;
  const size_t before = found - pair.prompt.size();
  const std::string_view after = std::string_view(probed).substr(found + kProbe.size());
  if (pair.response.size() == before + response.size() + after.size() &&
      pair.response.compare(before, response.size(), response) == 0 &&
      pair.response.ends_with(after)) {
    pair.content_begin = before;
    pair.content_end = before + response.size();
  }
  return pair;
}

}  // namespace loupe::tokenize
