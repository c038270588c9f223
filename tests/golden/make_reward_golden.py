#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rewards of the tiny models in models/, as transformers computes them (fp64), each sequence alone.

Needs: torch 2.11, transformers 5.17. Usage: make_reward_golden.py [OUT.json]
EX comes from LlamaForSequenceClassification with one label; IM from two LlamaForCausalLM.
"""
import json
import math
import random
import sys
from pathlib import Path

import torch
from make_model_golden import response_log_probs
from transformers import LlamaForCausalLM, LlamaForSequenceClassification

FOLDER = Path(__file__).parent
POLICY, REFERENCE, BETA = "gqa-untied", "llama3-rope", 0.25


def main():
    torch.set_num_threads(1)
    torch.set_default_dtype(torch.float64)
    out = Path(sys.argv[1] if len(sys.argv) > 1 else FOLDER / "rewards.json")
    load = lambda kind, name, **more: kind.from_pretrained(FOLDER / "models" / name, dtype=torch.float64, **more).eval()
    policy, reference = load(LlamaForCausalLM, POLICY), load(LlamaForCausalLM, REFERENCE)
    explicit = load(LlamaForSequenceClassification, POLICY, num_labels=1)
    width, vocab = policy.config.hidden_size, policy.config.vocab_size
    head = [math.sin(1 + i) for i in range(width)]
    explicit.score.weight.data.copy_(torch.tensor([head]))
    rng = random.Random(11)
    cases = []
    for _ in range(8):
        x = [rng.randrange(vocab) for _ in range(rng.randrange(1, 40))]
        y = [rng.randrange(vocab) for _ in range(rng.randrange(1, 30))]
        with torch.no_grad():
            states = explicit.model(torch.tensor([x + y])).last_hidden_state[0] @ torch.tensor(head)
            pi, ref = response_log_probs(policy, x, y).sum().item(), response_log_probs(reference, x, y).sum().item()
            cases.append(dict(prompt=x, response=y, ex=explicit(torch.tensor([x + y])).logits.item(),
                              ex_mean=states[len(x):].mean().item(), im=BETA * (pi - ref),
                              im_normalised=BETA * (pi - ref) / len(y), im_without_reference=BETA * pi))
    out.write_text(json.dumps(dict(policy=POLICY, reference=REFERENCE, beta=BETA, head=head, cases=cases)) + "\n")


if __name__ == "__main__":
    main()
