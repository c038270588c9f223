// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/registry.h"

#include <map>

namespace loupe::model {

const std::vector<Architecture>& architectures() {
  static const std::vector<Architecture> list{{"LlamaForCausalLM", "llama", "llama", true}};
  return list;
}

const Architecture* find_architecture(const std::string& name) {
  for (const auto& architecture : architectures())
    if (name == architecture.hf_name || name == architecture.model_type ||
        name == architecture.gguf_name)
      return &architecture;
  return nullptr;
}

Error unknown_architecture(const std::string& name, const std::string& where) {
  std::string known;
  for (const auto& architecture : architectures())
    known += (known.empty() ? "" : ", ") + architecture.hf_name;
  return Error{ErrorCode::unsupported,
               name.empty() ? "the file names no architecture"
                            : "the architecture \"" + name + "\" is not supported",
               where, "supported: " + known};
}

std::string gguf_name(const std::string& hf_name) {
  static const std::map<std::string, std::string> outer{
      {"model.embed_tokens.weight", "token_embd.weight"},
      {"model.norm.weight", "output_norm.weight"},
      {"lm_head.weight", "output.weight"}};
  static const std::map<std::string, std::string> inner{
      {"self_attn.q_proj", "attn_q"},          {"self_attn.k_proj", "attn_k"},
      {"self_attn.v_proj", "attn_v"},          {"self_attn.o_proj", "attn_output"},
      {"mlp.gate_proj", "ffn_gate"},           {"mlp.up_proj", "ffn_up"},
      {"mlp.down_proj", "ffn_down"},           {"input_layernorm", "attn_norm"},
      {"post_attention_layernorm", "ffn_norm"}};
  if (const auto found = outer.find(hf_name); found != outer.end()) return found->second;
  const std::string prefix = "model.layers.";
  const auto dot = hf_name.find('.', prefix.size());
  const auto last = hf_name.rfind('.');
  const auto found = inner.find(hf_name.substr(dot + 1, last - dot - 1));
  if (found == inner.end()) return hf_name;
  return "blk." + hf_name.substr(prefix.size(), dot - prefix.size()) + "." + found->second +
         hf_name.substr(last);
}

}  // namespace loupe::model
