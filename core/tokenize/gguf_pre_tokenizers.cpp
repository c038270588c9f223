// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/tokenize/gguf_pre_tokenizers.h"

#include <nlohmann/json.hpp>

#include "core/tokenize/scanners.h"

namespace loupe::tokenize {
namespace {

using nlohmann::json;

constexpr std::string_view kDigit = R"(\p{N})";

// Upper-case letters, then lower-case ones, as in "camelCase": GPT-4o's split, and Mistral's
// tekken, which is without contractions and takes digits one by one.
#define LOUPE_UPPER R"([\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}])"
#define LOUPE_LOWER R"([\p{Ll}\p{Lm}\p{Lo}\p{M}])"
#define LOUPE_CASED(behind)                                      \
  R"([^\r\n\p{L}\p{N}]?)" LOUPE_UPPER "*" LOUPE_LOWER "+" behind \
  R"(|[^\r\n\p{L}\p{N}]?)" LOUPE_UPPER "+" LOUPE_LOWER "*" behind
#define LOUPE_SYMBOLS R"(| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+)"
constexpr std::string_view kGpt4o =
    LOUPE_CASED(R"((?i:'s|'t|'re|'ve|'m|'ll|'d)?)") R"(|\p{N}{1,3})" LOUPE_SYMBOLS;
constexpr std::string_view kTekken = LOUPE_CASED("") R"(|\p{N})" LOUPE_SYMBOLS;
#undef LOUPE_UPPER
#undef LOUPE_LOWER
#undef LOUPE_CASED
#undef LOUPE_SYMBOLS

constexpr std::string_view kDeepseekNumbers = R"(\p{N}{1,3})";
constexpr std::string_view kDeepseekHan = "[一-龥\u3040-ゟ゠-ヿ]+";
constexpr std::string_view kDeepseekWords =
    R"([!"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+)"
    R"(| ?[\p{P}\p{S}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)";

std::vector<GgufPreTokenizer> make_table() {
  std::vector<GgufPreTokenizer> table;
  const auto add = [&](std::initializer_list<std::string_view> names, GgufPreTokenizer entry) {
    for (const std::string_view name : names) {
      entry.name = name;
      table.push_back(entry);
    }
  };
  GgufPreTokenizer gpt2;
  gpt2.gpt2_split = true;
  add({"default", "gpt-2", "phi-2"}, gpt2);
  GgufPreTokenizer neox = gpt2;  // GPT-NeoX, Pythia, OLMo, MPT
  neox.nfc = true;
  add({"olmo", "mpt"}, neox);
  GgufPreTokenizer smollm = gpt2;
  smollm.splits = {kDigit};
  add({"smollm", "starcoder", "refact", "command-r"}, smollm);
  GgufPreTokenizer cl100k;  // OLMo 2 among others
  cl100k.splits = {kLlama3Regex};
  add({"dbrx"}, cl100k);
  GgufPreTokenizer llama3 = cl100k;
  llama3.ignore_merges = true;
  llama3.adds_bos = true;
  add({"llama-bpe", "llama3", "llama-v3"}, llama3);
  GgufPreTokenizer qwen2;
  qwen2.splits = {kQwen2Regex};
  qwen2.nfc = true;
  add({"qwen2", "deepseek-r1-qwen"}, qwen2);
  GgufPreTokenizer gpt4o;
  gpt4o.splits = {kGpt4o};
  add({"gpt-4o"}, gpt4o);
  GgufPreTokenizer tekken;
  tekken.splits = {kTekken};
  tekken.ignore_merges = true;
  tekken.adds_bos = true;
  add({"tekken"}, tekken);
  GgufPreTokenizer deepseek;
  deepseek.splits = {kDeepseekNumbers, kDeepseekHan, kDeepseekWords};
  add({"deepseek-v3"}, deepseek);
  return table;
}

}  // namespace

json GgufPreTokenizer::normalizer() const {
  return nfc ? json{{"type", "NFC"}} : json();
}

json GgufPreTokenizer::pre_tokenizer() const {
  json steps = json::array();
  for (const std::string_view split : splits) {
    if (split == kDigit) {
      steps.push_back({{"type", "Digits"}, {"individual_digits", true}});
    } else {
      steps.push_back({{"type", "Split"},
                       {"pattern", {{"Regex", split}}},
                       {"behavior", "Isolated"},
                       {"invert", false}});
    }
  }
  steps.push_back({{"type", "ByteLevel"},
                   {"add_prefix_space", false},
                   {"trim_offsets", true},
                   {"use_regex", gpt2_split}});
  if (steps.size() == 1) return steps[0];
  return {{"type", "Sequence"}, {"pretokenizers", steps}};
}

const GgufPreTokenizer* find_gguf_pre_tokenizer(std::string_view name) {
  static const std::vector<GgufPreTokenizer> table = make_table();
  for (const GgufPreTokenizer& entry : table)
    if (entry.name == name) return &entry;
  return nullptr;
}

}  // namespace loupe::tokenize
