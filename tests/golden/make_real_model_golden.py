#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What transformers computes on a real model, in fp32 up to the logits: log-probabilities of response tokens.

Needs: torch 2.11, transformers 5.17, tokenizers, gguf, and make_tokenize_golden.py beside it.
Usage: make_real_model_golden.py MODEL.gguf ultrafeedback_test.jsonl [OUT.json]

MODEL.gguf is SmolLM2-135M-Instruct. Prompt x and response y are written by the model's own chat template and
tokenised apart, no special tokens added. OUT.json holds
  quick: a few pairs made here, with their texts;
  rows:  the first 50 rows of the file whose prompt and responses have at most 512 tokens each, without their texts:
         the line number, token counts, a SHA-256 over the ids (little-endian int32) and the log-probabilities in
         millionths of a nat.
"""
import hashlib
import json
import struct
import sys
from pathlib import Path

import torch
import torch.nn.functional as F
from make_tokenize_golden import smollm2
from transformers import AutoModelForCausalLM
from transformers.utils.chat_template_utils import render_jinja_template

ROWS, LIMIT = 50, 512

QUICK = [
    ("What is the capital of a country that you like?", "Paris is the capital of France.", "No."),
    ("Write a short list.\n\n- with dashes\n- and 3 points", "- one\n- two\n- 3\n", "1. un\n2. deux\n3. trois, déjà vu ✓"),
    ("Is the following statement something you would say?\n\"I help people gladly\"",
     "In my view, the answer is yes", "My judgement: no"),
    ("def add(a, b):", "    return a + b  # 1234 + 5", "I can't help with that. <|im_end|> is only text here"),
]


def log_probs(model, prompt, response):
    with torch.no_grad():
        states = model.model(torch.tensor([prompt + response])).last_hidden_state[0, len(prompt) - 1:-1]
        # The sum over a vocabulary of hundreds of thousands is where fp32 would lose most.
        picked = F.log_softmax(model.lm_head(states).double(), dim=-1)
        return picked[torch.arange(len(response)), torch.tensor(response)].tolist()


def sha256(ids):
    return hashlib.sha256(struct.pack(f"<{len(ids)}i", *ids)).hexdigest()


def entry(model, encode, prompt, chosen, rejected, limit=None):
    """The golden values of a pair; None where one of its texts is longer than `limit`."""
    (x, y), (_, z) = encode(prompt, chosen), encode(prompt, rejected)
    if limit and max(map(len, (x, y, z))) > limit:
        return None
    result = dict(tokens=[len(x), len(y), len(z)], sha256=[sha256(ids) for ids in (x, y, z)])
    for side, ids in (("chosen", y), ("rejected", z)):
        result["micronats_" + side] = [round(value * 1e6) for value in log_probs(model, x, ids)]
    return result


def quick(model, encode, pairs):
    return [dict(prompt=p, chosen=c, rejected=r, **entry(model, encode, p, c, r)) for p, c, r in pairs]


def write(out, **sections):
    """One entry of a list a line."""
    dump = lambda value: json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    one_a_line = lambda value: "[\n" + ",\n".join(map(dump, value)) + "]" if isinstance(value, list) else dump(value)
    text = ",".join("\n%s:%s" % (dump(name), one_a_line(value)) for name, value in sections.items())
    out.write_text("{%s}\n" % text.lstrip("\n"), encoding="utf-8")


def main():
    torch.set_num_threads(2)
    gguf, data = Path(sys.argv[1]), Path(sys.argv[2])
    out = Path(sys.argv[3] if len(sys.argv) > 3 else Path(__file__).parent / "real_model.json")
    tokenizer, template = smollm2(str(gguf))
    model = AutoModelForCausalLM.from_pretrained(gguf.parent, gguf_file=gguf.name, dtype=torch.float32).eval()

    def render(turns, generation_prompt):
        return render_jinja_template([turns], chat_template=template, add_generation_prompt=generation_prompt)[0][0]

    def encode(prompt, response):
        turns = [dict(role="user", content=prompt)]
        x = render(turns, True)
        whole = render(turns + [dict(role="assistant", content=response)], False)
        assert whole.startswith(x)
        x_ids, y_ids = [tokenizer.encode(text, add_special_tokens=False).ids for text in (x, whole[len(x):])]
        # y ends with the end-of-turn token: the line end behind it separates turns and belongs to none.
        while tokenizer.id_to_token(y_ids[-1]) == "Ċ" and "<|im_end|>" == tokenizer.id_to_token(y_ids[-2]):
            y_ids.pop()
        return x_ids, y_ids

    rows = []
    with open(data, encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            row = json.loads(line)
            result = entry(model, encode, row["prompt"], row["chosen"], row["rejected"], LIMIT)
            if result:
                rows.append(dict(row=number, **result))
                print(number, result["tokens"], file=sys.stderr, flush=True)
            if len(rows) == ROWS:
                break
    write(out, limit=LIMIT, quick=quick(model, encode, QUICK), rows=rows)


if __name__ == "__main__":
    main()
