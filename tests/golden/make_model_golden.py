#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tiny random Llama models and what transformers computes on them.

Needs: torch 2.11, transformers 5.17, tokenizers. Usage: make_model_golden.py [OUT_DIR]
Writes OUT_DIR/<variant>/{config.json, model.safetensors, tokenizer.json, tokenizer_config.json, golden.json} and
OUT_DIR/training.json: losses of twenty plain PyTorch steps of an explicit and an implicit reward model.
"""
import json
import random
import shutil
import sys
from pathlib import Path

import torch
import torch.nn.functional as F
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from tokenizers import AddedToken
from transformers import LlamaConfig, LlamaForCausalLM

torch.set_num_threads(1)
OUT = Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).parent / "models")

CHAT = (
    "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>' + "
    "'\\n' }}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}"
)

VARIANTS = {
    "gqa-untied": dict(num_attention_heads=4, num_key_value_heads=2, tie_word_embeddings=False),
    "mha-tied": dict(num_attention_heads=4, num_key_value_heads=4, tie_word_embeddings=True),
    "gqa-bias": dict(num_attention_heads=4, num_key_value_heads=1, tie_word_embeddings=True, attention_bias=True,
                     mlp_bias=True),
    "llama3-rope": dict(num_attention_heads=2, num_key_value_heads=2, tie_word_embeddings=False, head_dim=16,
                        rope_parameters=dict(rope_type="llama3", rope_theta=10000.0, factor=4.0, low_freq_factor=1.0,
                                             high_freq_factor=4.0, original_max_position_embeddings=32)),
}


def make_tokenizer(folder: Path) -> int:
    words = "the a of kind people say would you is answer yes no sure never in my view judgement truthful reply".split()
    rng = random.Random(1)
    text = [" ".join(rng.choice(words) for _ in range(12)) + rng.choice(".!?\n") for _ in range(400)]
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    special = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
    trainer = trainers.BpeTrainer(vocab_size=320, special_tokens=special,
                                  initial_alphabet=pre_tokenizers.ByteLevel.alphabet())
    tokenizer.train_from_iterator(text, trainer)
    tokenizer.add_special_tokens([AddedToken(s, special=True, normalized=False) for s in special])
    tokenizer.save(str(folder / "tokenizer.json"))
    (folder / "tokenizer_config.json").write_text(json.dumps(
        dict(tokenizer_class="PreTrainedTokenizerFast", bos_token="<|im_start|>", eos_token="<|im_end|>",
             add_bos_token=False, chat_template=CHAT), indent=1))
    return tokenizer.get_vocab_size()


def response_log_probs(model, prompt, response):
    ids = torch.tensor([prompt + response])
    logits = model(ids).logits[0].float() if model.dtype != torch.float64 else model(ids).logits[0]
    log_probs = F.log_softmax(logits, dim=-1)
    at = torch.arange(len(prompt) - 1, len(prompt) + len(response) - 1)
    return log_probs[at, torch.tensor(response)]


def final_state(model, prompt, response):
    return model.model(torch.tensor([prompt + response])).last_hidden_state[0, -1]


def main():
    shutil.rmtree(OUT, ignore_errors=True)
    for index, (name, options) in enumerate(VARIANTS.items()):
        folder = OUT / name
        folder.mkdir(parents=True)
        vocab = make_tokenizer(folder)
        config = LlamaConfig(**{**dict(vocab_size=vocab, hidden_size=32, intermediate_size=48, num_hidden_layers=3,
                             max_position_embeddings=256, initializer_range=0.2, rms_norm_eps=1e-5), **options})
        torch.manual_seed(index)
        model = LlamaForCausalLM(config).eval()
        for parameter_name, parameter in model.named_parameters():
            if parameter_name.endswith("norm.weight"):
                parameter.data.uniform_(0.5, 1.5)
            if parameter_name.endswith("bias"):
                parameter.data.normal_(0, 0.1)
        model.save_pretrained(folder)
        (folder / "generation_config.json").unlink(missing_ok=True)
        # Golden values in fp64: transformers' own fp32 is off by up to 2.5e-5 nat on these large random weights.
        model = model.double()
        rng = random.Random(100 + index)
        cases = []
        for _ in range(6):
            prompt = [rng.randrange(vocab) for _ in range(rng.randrange(1, 40))]
            responses = [[rng.randrange(vocab) for _ in range(rng.randrange(1, 30))] for _ in range(2)]
            with torch.no_grad():
                cases.append(dict(prompt=prompt, responses=responses,
                                  log_probs=[response_log_probs(model, prompt, r).tolist() for r in responses],
                                  final_state=[final_state(model, prompt, r).tolist() for r in responses]))
        (folder / "golden.json").write_text(json.dumps(dict(cases=cases)))
    train_golden()


def train_golden():
    out = {}
    rng = random.Random(7)
    reference = LlamaForCausalLM.from_pretrained(OUT / "gqa-untied").eval()
    vocab = reference.config.vocab_size
    pairs = [dict(prompt=[rng.randrange(vocab) for _ in range(rng.randrange(2, 20))],
                  chosen=[rng.randrange(vocab) for _ in range(rng.randrange(1, 15))],
                  rejected=[rng.randrange(vocab) for _ in range(rng.randrange(1, 15))]) for _ in range(12)]
    batches = [[rng.randrange(12) for _ in range(4)] for _ in range(20)]
    head = torch.randn(1, reference.config.hidden_size, generator=torch.Generator().manual_seed(3)) * 0.2
    beta, lr = 0.1, 1e-3
    for kind in ("EX", "IM"):
        model = LlamaForCausalLM.from_pretrained(OUT / "gqa-untied").train()
        u = head.clone().requires_grad_()
        parameters = list(model.parameters()) + ([u] if kind == "EX" else [])
        optimizer = torch.optim.AdamW(parameters, lr=lr, betas=(0.9, 0.999), weight_decay=0.0)
        losses = []
        for batch in batches:
            margins = []
            for i in batch:
                pair = pairs[i]
                rewards = []
                for side in ("chosen", "rejected"):
                    if kind == "EX":
                        rewards.append((u[0] * final_state(model, pair["prompt"], pair[side])).sum())
                    else:
                        with torch.no_grad():
                            ref = response_log_probs(reference, pair["prompt"], pair[side])
                        rewards.append(beta * (response_log_probs(model, pair["prompt"], pair[side]) - ref).sum())
                margins.append(rewards[0] - rewards[1])
            loss = -F.logsigmoid(torch.stack(margins)).mean()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
        out[kind] = losses
    (OUT / "training.json").write_text(json.dumps(
        dict(model="gqa-untied", pairs=pairs, batches=batches, head=head[0].tolist(), beta=beta, lr=lr, losses=out)))


if __name__ == "__main__":
    main()
