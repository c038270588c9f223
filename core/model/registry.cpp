// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/registry.h"

namespace loupe::model {

const std::vector<std::unique_ptr<const Architecture>>& architectures() {
  static const auto list = [] {
    std::vector<std::unique_ptr<const Architecture>> all;
    for (auto* make : {make_llama, make_mistral, make_qwen2, make_qwen3, make_gemma2, make_gemma3,
                       make_gpt_neox, make_gpt2, make_phi3, make_olmo2})
      all.push_back(make());
    return all;
  }();
  return list;
}

const Architecture* find_architecture(const std::string& name) {
  for (const auto& architecture : architectures())
    if (name == architecture->hf_name() || name == architecture->model_type() ||
        name == architecture->classifier_name())
      return architecture.get();
  for (const auto& architecture : architectures())
    if (!name.empty() && name == architecture->gguf_name()) return architecture.get();
  return nullptr;
}

Error unknown_architecture(const std::string& name, const std::string& where) {
  std::string known;
  for (const auto& architecture : architectures())
    known += (known.empty() ? "" : ", ") + architecture->hf_name();
  return Error{ErrorCode::unsupported,
               name.empty() ? "the file names no architecture"
                            : "the architecture \"" + name + "\" is not supported",
               where, "supported: " + known};
}

namespace {

// A layer's part, "" when it is none.
std::string gguf_part(const std::string& part, const ParameterNames& names) {
  const auto among = [&](const std::vector<std::string>& list,
                         const std::vector<std::string>& apart,
                         const std::string& together) -> std::string {
    for (size_t i = 0; i < list.size(); ++i)
      if (part == list[i]) return list.size() == 1 ? together : apart[i];
    return "";
  };
  if (auto name = among(names.qkv, {"attn_q", "attn_k", "attn_v"}, "attn_qkv"); !name.empty())
    return name;
  if (auto name = among(names.gate_up, {"ffn_gate", "ffn_up"}, "ffn_up"); !name.empty())
    return name;
  const std::pair<const std::string&, const char*> others[] = {
      {names.output, "attn_output"},       {names.down, "ffn_down"},
      {names.attention_norm, "attn_norm"}, {names.attention_out_norm, "post_attention_norm"},
      {names.mlp_norm, "ffn_norm"},        {names.mlp_out_norm, "post_ffw_norm"},
      {names.q_norm, "attn_q_norm"},       {names.k_norm, "attn_k_norm"}};
  for (const auto& [hf, gguf] : others)
    if (part == hf) return gguf;
  return "";
}

}  // namespace

std::string gguf_name(const std::string& hf_name, const ParameterNames& names) {
  if (hf_name == names.unembedding) return "output.weight";
  if (hf_name == names.prefix + names.embedding) return "token_embd.weight";
  if (!names.positions.empty() && hf_name == names.prefix + names.positions)
    return "position_embd.weight";
  const auto last = hf_name.rfind('.');
  if (hf_name.substr(0, last) == names.prefix + names.final_norm)
    return "output_norm" + hf_name.substr(last);
  const std::string layers = names.prefix + names.layers + ".";
  if (!hf_name.starts_with(layers)) return hf_name;
  const auto dot = hf_name.find('.', layers.size());
  const std::string part = gguf_part(hf_name.substr(dot + 1, last - dot - 1), names);
  if (part.empty()) return hf_name;
  return "blk." + hf_name.substr(layers.size(), dot - layers.size()) + "." + part +
         hf_name.substr(last);
}

}  // namespace loupe::model
