// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/tokenize/pre_tokenizer.h"

#include <map>
#include <nlohmann/json.hpp>

#include "core/tokenize/json_fields.h"
#include "core/tokenize/pre_tokenizer_steps.h"

namespace loupe::tokenize {
namespace {

using Step = std::shared_ptr<const PreTokenizerStep>;

Result<SplitBehavior> parse_behavior(const std::string& name, const std::string& where) {
  static const std::map<std::string, SplitBehavior> names = {
      {"Removed", SplitBehavior::removed},
      {"Isolated", SplitBehavior::isolated},
      {"MergedWithPrevious", SplitBehavior::merged_with_previous},
      {"MergedWithNext", SplitBehavior::merged_with_next},
      {"Contiguous", SplitBehavior::contiguous}};
  const auto found = names.find(name);
  if (found == names.end()) return unsupported("split behavior \"" + name + "\"", where);
  return found->second;
}

Result<Step> parse_split(const nlohmann::json& spec, const std::string& where) {
  LOUPE_TRY(const SplitBehavior behavior, parse_behavior(string_or(spec, "behavior", ""), where));
  const bool invert = bool_or(spec, "invert", false);
  const auto pattern = spec.find("pattern");
  if (pattern == spec.end() || !pattern->is_object()) {
    return corrupt("pre_tokenizer Split has no pattern", where);
  }
  if (const std::string needle = string_or(*pattern, "String", ""); !needle.empty()) {
    return Step(std::make_shared<StringSplitStep>(needle, behavior, invert));
  }
  const std::string source = string_or(*pattern, "Regex", "");
  if (source.empty()) return corrupt("pre_tokenizer Split has an empty pattern", where);
  // Whatever the inversion, pieces that are all matches and all kept come out the same.
  const bool keeps_matches =
      behavior == SplitBehavior::isolated || (behavior == SplitBehavior::removed && invert);
  if (const Scanner scan = scanner_for(source); scan && keeps_matches) {
    return Step(std::make_shared<ScannerStep>(scan));
  }
  LOUPE_TRY(Regex regex, Regex::compile(source, where));
  return Step(std::make_shared<RegexSplitStep>(std::move(regex), behavior, invert));
}

Result<Step> parse_metaspace(const nlohmann::json& spec, const std::string& where) {
  const std::string scheme = string_or(
      spec, "prepend_scheme", bool_or(spec, "add_prefix_space", true) ? "always" : "never");
  auto prepend = MetaspaceStep::Prepend::always;
  if (scheme == "first") {
    prepend = MetaspaceStep::Prepend::first;
  } else if (scheme == "never") {
    prepend = MetaspaceStep::Prepend::never;
  } else if (scheme != "always") {
    return unsupported("Metaspace prepend_scheme \"" + scheme + "\"", where);
  }
  const std::string replacement = string_or(spec, "replacement", "\u2581");
  if (replacement.empty()) return corrupt("Metaspace has an empty replacement", where);
  return Step(std::make_shared<MetaspaceStep>(replacement, prepend, bool_or(spec, "split", true)));
}

}  // namespace

Result<void> PreTokenizer::add(const nlohmann::json& spec, const std::string& where) {
  if (!spec.is_object()) return corrupt("pre_tokenizer is not an object", where);
  const std::string type = string_or(spec, "type", "");
  if (byte_level_ && type != "Sequence") {
    return unsupported("pre_tokenizer \"" + type + "\" behind ByteLevel", where);
  }
  if (type == "Sequence") {
    const auto list = spec.find("pretokenizers");
    if (list == spec.end() || !list->is_array()) {
      return corrupt("pre_tokenizer Sequence has no pretokenizers", where);
    }
    for (const auto& item : *list) {
      if (string_or(item, "type", "") == "Sequence") {
        return unsupported("a pre_tokenizer Sequence inside a Sequence", where);
      }
      LOUPE_CHECK(add(item, where));
    }
  } else if (type == "ByteLevel") {
    if (bool_or(spec, "add_prefix_space", true)) {
      steps_.push_back(std::make_shared<PrefixSpaceStep>());
    }
    if (bool_or(spec, "use_regex", true)) {
      steps_.push_back(std::make_shared<ScannerStep>(scan_gpt2));
    }
    byte_level_ = true;
  } else if (type == "Digits") {
    const bool individual = bool_or(spec, "individual_digits", false);
    steps_.push_back(std::make_shared<ClassSplitStep>(
        kNumber, individual ? SplitBehavior::isolated : SplitBehavior::contiguous));
  } else if (type == "WhitespaceSplit") {
    steps_.push_back(std::make_shared<ClassSplitStep>(kSpace, SplitBehavior::removed));
  } else if (type == "Whitespace") {
    steps_.push_back(std::make_shared<ClassSplitStep>(kSpace, SplitBehavior::removed));
    steps_.push_back(std::make_shared<ClassSplitStep>(kWord, SplitBehavior::contiguous));
  } else if (type == "Split") {
    LOUPE_TRY(Step step, parse_split(spec, where));
    steps_.push_back(std::move(step));
  } else if (type == "Metaspace") {
    LOUPE_TRY(Step step, parse_metaspace(spec, where));
    steps_.push_back(std::move(step));
  } else {
    return unsupported("pre_tokenizer \"" + type + "\"", where);
  }
  return {};
}

Result<PreTokenizer> PreTokenizer::parse(const nlohmann::json& spec, const std::string& where) {
  PreTokenizer result;
  if (!spec.is_null()) LOUPE_CHECK(result.add(spec, where));
  return result;
}

Words PreTokenizer::apply(MappedText text) const {
  Words words;
  words.text = std::move(text);
  if (words.text.text.empty()) return words;
  words.ranges = {{0, static_cast<uint32_t>(words.text.text.size())}};
  for (const auto& step : steps_) step->apply(words);
  return words;
}

}  // namespace loupe::tokenize
