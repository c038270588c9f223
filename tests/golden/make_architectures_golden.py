#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A tiny random model of every supported family, two seeds, and what transformers computes on it.

Needs: torch 2.11, transformers 5.17, safetensors, gguf. Usage: make_architectures_golden.py [OUT_DIR]
Writes OUT_DIR/<name>-<seed>/{config.json, model.safetensors, golden.safetensors, golden.json}. All in fp64:
  golden.json          cases: prompt, responses, log_probs of each response token
  golden.safetensors   per case c and response r: logits.c.r [vocab] at the last position, state.c.r [hidden], the final
                       hidden state there; of response 0: d_log_prob.c and d_state.c [tokens, hidden], the gradients of
                       sum(log_probs) and of <state, cos(0, 1, 2 …)> with respect to the input embeddings
Families with a GGUF form also get model.gguf, written with the names and rewritings of llama.cpp's converter.
"""
import json
import random
import shutil
import sys
from pathlib import Path

import gguf
import numpy as np
import torch
import torch.nn.functional as F
import transformers as t
from safetensors.torch import save_file

torch.set_num_threads(1)
OUT = Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).parent / "architectures")
VOCAB = 96
SIZES = dict(vocab_size=VOCAB, hidden_size=24, intermediate_size=40, num_hidden_layers=3, num_attention_heads=4,
             num_key_value_heads=2, max_position_embeddings=128, initializer_range=0.2, pad_token_id=0, bos_token_id=1,
             eos_token_id=2)
FAR = 24  # some of the texts are longer, some are not: their angles depend on their length
YARN = dict(rope_type="yarn", rope_theta=10000.0, factor=4.0, original_max_position_embeddings=32)

MODELS = {
    "llama": (t.LlamaConfig, dict(SIZES, tie_word_embeddings=False)),
    "llama-linear": (t.LlamaConfig, dict(SIZES, attention_bias=True, mlp_bias=True, tie_word_embeddings=True,
                     head_dim=8, rope_parameters=dict(rope_type="linear", rope_theta=5000.0, factor=4.0))),
    "llama-dynamic": (t.LlamaConfig, dict(SIZES, rope_parameters=dict(rope_type="dynamic", rope_theta=10000.0,
                      factor=2.0))),
    "llama-dynamic-far": (t.LlamaConfig, dict(SIZES, max_position_embeddings=FAR, head_dim=8, rope_parameters=dict(
        rope_type="dynamic", rope_theta=10000.0, factor=4.0))),
    "llama-llama3": (t.LlamaConfig, dict(SIZES, rope_parameters=dict(
        rope_type="llama3", rope_theta=500000.0, factor=8.0, low_freq_factor=1.0, high_freq_factor=4.0,
        original_max_position_embeddings=32))),
    "llama-yarn": (t.LlamaConfig, dict(SIZES, rope_parameters=YARN)),
    "mistral": (t.MistralConfig, dict(SIZES, sliding_window=9, head_dim=8)),
    "qwen2": (t.Qwen2Config, dict(SIZES, use_sliding_window=True, sliding_window=7, max_window_layers=1,
              rope_parameters=dict(YARN, mscale=0.707, mscale_all_dim=0.5))),
    "qwen2-tied": (t.Qwen2Config, dict(SIZES, tie_word_embeddings=True)),
    "qwen3": (t.Qwen3Config, dict(SIZES, head_dim=8, attention_bias=True, use_sliding_window=True, sliding_window=11,
              max_window_layers=2)),
    "gemma2": (t.Gemma2Config, dict(SIZES, head_dim=8, sliding_window=6, query_pre_attn_scalar=20,
               attn_logit_softcapping=4.0, final_logit_softcapping=6.0)),
    "gemma3": (t.Gemma3TextConfig, dict(SIZES, num_hidden_layers=4, head_dim=8, sliding_window=6,
               query_pre_attn_scalar=20,
               layer_types=["sliding_attention", "full_attention", "sliding_attention", "full_attention"],
               rope_parameters={"full_attention": dict(rope_type="linear", rope_theta=50000.0, factor=8.0),
                                "sliding_attention": dict(rope_type="default", rope_theta=1000.0)})),
    "gpt-neox": (t.GPTNeoXConfig, dict(SIZES, rope_parameters=dict(rope_type="default", rope_theta=10000.0,
                 partial_rotary_factor=0.5), num_attention_heads=3)),
    "gpt-neox-serial": (t.GPTNeoXConfig, dict(SIZES, use_parallel_residual=False, attention_bias=False,
                        num_attention_heads=3, hidden_act="gelu_fast")),
    "gpt2": (t.GPT2Config, dict(vocab_size=VOCAB, n_embd=24, n_layer=3, n_head=4, n_positions=128, n_inner=40,
             initializer_range=0.2, scale_attn_by_inverse_layer_idx=True, bos_token_id=1, eos_token_id=2)),
    "phi3": (t.Phi3Config, dict(SIZES, sliding_window=8)),
    "phi3-long": (t.Phi3Config, dict(SIZES, max_position_embeddings=512, original_max_position_embeddings=128,
                  rope_parameters=dict(rope_type="longrope", rope_theta=10000.0,
                                       short_factor=[1.0, 1.2, 1.5], long_factor=[2.0, 3.0, 4.0]))),
    "phi3-far": (t.Phi3Config, dict(SIZES, max_position_embeddings=256, original_max_position_embeddings=FAR,
                 rope_parameters=dict(rope_type="longrope", rope_theta=10000.0,
                                      short_factor=[1.0, 1.2, 1.5], long_factor=[2.0, 3.0, 4.0]))),
    "olmo2": (t.Olmo2Config, dict(SIZES, attention_bias=True)),
}
# Without what GGUF cannot say (odd rope scalings, windows, biases, scales by layer).
GGUF_MODELS = {
    "gguf-llama": (t.LlamaConfig, dict(SIZES)),
    "gguf-llama3": (t.LlamaConfig, dict(SIZES, num_attention_heads=2, rope_parameters=dict(
        rope_type="llama3", rope_theta=500000.0, factor=32.0, low_freq_factor=1.0, high_freq_factor=4.0,
        original_max_position_embeddings=8192))),
    "gguf-qwen2": (t.Qwen2Config, dict(SIZES, tie_word_embeddings=True)),
    "gguf-qwen3": (t.Qwen3Config, dict(SIZES, head_dim=8)),
    "gguf-gemma2": (t.Gemma2Config, dict(SIZES, head_dim=8, sliding_window=6, query_pre_attn_scalar=8,
                    attn_logit_softcapping=4.0, final_logit_softcapping=6.0)),
    "gguf-gemma3": (t.Gemma3TextConfig, dict(SIZES, num_hidden_layers=7, head_dim=8, sliding_window=6,
                    query_pre_attn_scalar=8)),
    "gguf-gpt-neox": (t.GPTNeoXConfig, dict(SIZES, num_attention_heads=3, rope_parameters=dict(
        rope_type="default", rope_theta=10000.0, partial_rotary_factor=0.5))),
    "gguf-gpt2": (t.GPT2Config, dict(vocab_size=VOCAB, n_embd=24, n_layer=2, n_head=4, n_positions=128, n_inner=40,
                  initializer_range=0.2, bos_token_id=1, eos_token_id=2)),
    "gguf-phi3": (t.Phi3Config, dict(SIZES, sliding_window=8)),
    "gguf-olmo2": (t.Olmo2Config, dict(SIZES)),
}
GGUF_ARCH = {"llama": "llama", "qwen2": "qwen2", "qwen3": "qwen3", "gemma2": "gemma2", "gemma3_text": "gemma3",
             "gpt_neox": "gptneox", "gpt2": "gpt2", "phi3": "phi3", "olmo2": "olmo2"}


def randomise(model):
    for name, parameter in model.named_parameters():
        plus_one = model.config.model_type.startswith("gemma")
        if name.endswith("norm.weight") or ".ln_" in name or "ln_f" in name or "layernorm.weight" in name:
            if name.endswith("weight"):
                parameter.data.uniform_(-0.5 if plus_one else 0.5, 0.5 if plus_one else 1.5)
        if name.endswith("bias"):
            parameter.data.normal_(0, 0.1)


def forget_lengths(model):
    """Angles that grow with the longest text so far ("dynamic") start anew: every text as a fresh model reads it."""
    if hasattr(getattr(model, "model", None), "rotary_emb"):
        model.model.rotary_emb = type(model.model.rotary_emb)(config=model.config)


def run(model, embeds, prompt, response):
    forget_lengths(model)
    out = model(inputs_embeds=embeds, output_hidden_states=True)
    log_probs = F.log_softmax(out.logits[0], -1)
    at = torch.arange(len(prompt) - 1, len(prompt) + len(response) - 1)
    return out.logits[0, -1], out.hidden_states[-1][0, -1], log_probs[at, torch.tensor(response)]


def padded_batch_agrees(model, rows):
    """The reference's own padded batch of unequal lengths against its single sequences: guards the golden values."""
    longest = max(map(len, rows))
    ids = torch.tensor([r + [0] * (longest - len(r)) for r in rows])
    mask = torch.tensor([[1] * len(r) + [0] * (longest - len(r)) for r in rows])
    with torch.no_grad():
        together = model(input_ids=ids, attention_mask=mask).logits
        for i, row in enumerate(rows):
            alone = model(input_ids=torch.tensor([row])).logits[0]
            off = (together[i, : len(row)] - alone).abs().max().item()
            assert off < (1e-4 if model.dtype == torch.float32 else 1e-5), (model.config.model_type, off)


def golden(model, folder, seed):
    model = model.double()
    rng = random.Random(seed)
    cases, tensors, rows = [], {}, []
    for c in range(3):
        prompt = [rng.randrange(3, VOCAB) for _ in range(rng.randrange(1, 25))]
        responses = [[rng.randrange(3, VOCAB) for _ in range(rng.randrange(1, 20))] for _ in range(2)]
        case = dict(prompt=prompt, responses=responses, log_probs=[])
        for r, response in enumerate(responses):
            rows.append(prompt + response)
            embeds = model.get_input_embeddings()(torch.tensor([prompt + response])).detach().requires_grad_(r == 0)
            logits, state, log_probs = run(model, embeds, prompt, response)
            forget_lengths(model)
            plain = F.log_softmax(model(torch.tensor([prompt + response])).logits[0], -1)
            at = torch.arange(len(prompt) - 1, len(prompt) + len(response) - 1)
            assert (plain[at, torch.tensor(response)] - log_probs).abs().max() < 1e-5
            tensors[f"logits.{c}.{r}"] = logits.detach().clone()
            tensors[f"state.{c}.{r}"] = state.detach().clone()
            case["log_probs"].append(log_probs.tolist())
            if r == 0:
                tensors[f"d_log_prob.{c}"] = torch.autograd.grad(log_probs.sum(), embeds, retain_graph=True)[0][0]
                u = torch.cos(torch.arange(state.numel(), dtype=torch.float64))
                tensors[f"d_state.{c}"] = torch.autograd.grad((state * u).sum(), embeds)[0][0]
        cases.append(case)
    if FAR in (getattr(model.config, "original_max_position_embeddings", 0), model.config.max_position_embeddings):
        # In a batch the reference turns every text as the longest one: there is nothing to compare.
        lengths = list(map(len, rows))
        assert min(lengths) <= FAR < max(lengths)
    else:
        # In fp64 the eager kernel's mask overflows its own fp32 softmax.
        padded_batch_agrees(model.float() if model.config.model_type == "gemma2" else model, rows)
    (folder / "golden.json").write_text(json.dumps(dict(cases=cases)))
    save_file({k: v.contiguous() for k, v in tensors.items()}, folder / "golden.safetensors")


def write_gguf(model, path):
    config = model.config
    arch = GGUF_ARCH[config.model_type]
    writer = gguf.GGUFWriter(str(path), arch)
    is_gpt2 = arch == "gpt2"
    hidden, heads = (config.n_embd, config.n_head) if is_gpt2 else (config.hidden_size, config.num_attention_heads)
    layers = config.num_hidden_layers
    kv = getattr(config, "num_key_value_heads", heads)
    head_dim = getattr(config, "head_dim", None) or hidden // heads
    writer.add_context_length(config.max_position_embeddings)
    writer.add_embedding_length(hidden)
    writer.add_block_count(layers)
    writer.add_feed_forward_length(config.n_inner if is_gpt2 else config.intermediate_size)
    writer.add_head_count(heads)
    writer.add_head_count_kv(kv)
    if arch in ("gemma2", "gemma3", "qwen3"):
        writer.add_key_length(head_dim)
        writer.add_value_length(head_dim)
    if arch in ("gpt2", "gptneox"):
        writer.add_layer_norm_eps(config.layer_norm_epsilon if is_gpt2 else config.layer_norm_eps)
    else:
        writer.add_layer_norm_rms_eps(config.rms_norm_eps)
    rope = getattr(config, "rope_parameters", None) or {}
    if arch == "gemma3":
        writer.add_rope_freq_base(rope["full_attention"]["rope_theta"])
    elif not is_gpt2:
        writer.add_rope_freq_base(rope["rope_theta"])
        if arch in ("llama", "gptneox", "phi3"):
            writer.add_rope_dimension_count(int(head_dim * rope.get("partial_rotary_factor", 1.0)))
    if arch in ("gemma2", "gemma3", "phi3"):
        writer.add_sliding_window(config.sliding_window)
    if arch == "gemma2":
        writer.add_attn_logit_softcapping(config.attn_logit_softcapping)
        writer.add_final_logit_softcapping(config.final_logit_softcapping)
    if arch == "gptneox":
        writer.add_parallel_residual(config.use_parallel_residual)
    # A vocabulary that is only there to be counted and read: bytes first, then made-up words.
    writer.add_tokenizer_model("llama")
    words = ["<unk>", "<s>", "</s>"] + [f"\u2581w{i}" for i in range(VOCAB - 3)]
    writer.add_token_list(words)
    writer.add_token_scores([0.0] * VOCAB)
    writer.add_token_types([2, 3, 3] + [1] * (VOCAB - 3))
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(2)
    if rope.get("rope_type") == "llama3":
        base, dim = rope["rope_theta"], head_dim
        plain = 1.0 / (base ** (torch.arange(0, dim, 2, dtype=torch.float64) / dim))
        inv = t.modeling_rope_utils.ROPE_INIT_FUNCTIONS["llama3"](config, "cpu")[0].double()
        writer.add_tensor("rope_freqs.weight", (plain / inv).float().numpy())
    names = gguf.get_tensor_name_map(gguf.MODEL_ARCH_NAMES and
                                     {v: k for k, v in gguf.MODEL_ARCH_NAMES.items()}[arch], layers)
    for name, tensor in model.state_dict().items():
        if name in ("lm_head.weight", "embed_out.weight") and config.tie_word_embeddings:
            continue
        if name.endswith((".attn.bias", ".masked_bias", "rotary_emb.inv_freq", "embed_scale", ".attention.bias")):
            continue
        value = tensor.float()
        if arch == "llama" and name.endswith(("q_proj.weight", "k_proj.weight")):
            n = heads if "q_proj" in name else kv
            value = value.reshape(n, 2, value.shape[0] // n // 2, -1).swapaxes(1, 2).reshape(value.shape)
        if arch == "gptneox" and "query_key_value" in name:
            value = value.reshape(heads, 3, head_dim, -1).transpose(0, 1).reshape(value.shape)
        if is_gpt2 and name.endswith(("c_attn.weight", "c_proj.weight", "c_fc.weight")):
            value = value.t()
        if arch.startswith("gemma") and name.endswith("norm.weight"):
            value = value + 1
        new = names.get_name(name, try_suffixes=(".weight", ".bias"))
        assert new, name
        writer.add_tensor(new, np.ascontiguousarray(value.numpy().astype(np.float32)))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def make(name, config_class, options, seed, with_gguf):
    folder = OUT / f"{name}-{seed}"
    folder.mkdir(parents=True)
    config = config_class(**options)
    # The fused kernel keeps fp64 in its softmax, but does not know logit caps.
    attention = "eager" if config.model_type == "gemma2" else "sdpa"
    torch.manual_seed(1000 * seed + len(name))
    model = t.AutoModelForCausalLM.from_config(config, attn_implementation=attention).eval()
    randomise(model)
    if with_gguf:
        model.config.save_pretrained(folder)
        write_gguf(model, folder / "model.gguf")
    else:
        model.save_pretrained(folder)
        (folder / "generation_config.json").unlink(missing_ok=True)
    golden(model, folder, 10 * seed + len(name))


def main():
    shutil.rmtree(OUT, ignore_errors=True)
    for name, (config_class, options) in MODELS.items():
        for seed in (0, 1):
            make(name, config_class, options, seed, False)
    for name, (config_class, options) in GGUF_MODELS.items():
        make(name, config_class, options, 0, True)


if __name__ == "__main__":
    main()
