#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What transformers computes, in fp32 up to the logits, on Gemma 3 270M as a GGUF file holds it.

Needs: torch 2.11, transformers 5.17, sentencepiece, protobuf, gguf, and the scripts beside it that it imports.
Usage: make_gemma_golden.py MODEL.gguf ultrafeedback_test.jsonl [OUT.json]

The weights are those of the file, dequantised by gguf's own code; llama.cpp stores 1 + w of every norm. The file is a
base model without chat template: prompt and response are written by RewardLoupe's plain template. Its tokenizer is made
anew from the vocabulary, twice: by sentencepiece, and as transformers' own GemmaTokenizer; the two must agree, except on
runs of more than 31 spaces, where sentencepiece counts. (transformers' reader of GGUF takes Gemma's vocabulary for a
Unigram, which gives other ids.) OUT.json holds
  quick:   a few pairs made here, with their texts;
  rows:    the first rows of the file with at most 300 tokens in all, then the first whose responses reach well beyond
           the sliding window, as in real_model.json. What the window hides must change the latter;
  strings: of each string in tokenize/smollm2.jsonl the ids, hashed to 16 bits (FNV-1a, folded), in hex.
"""
import json
import sys
from pathlib import Path

import gguf
import numpy as np
import sentencepiece
import torch
from make_real_model_golden import QUICK, entry, log_probs, quick, write
from sentencepiece import sentencepiece_model_pb2 as protocol
from tokenize_families import fnv
from tokenizers import AddedToken
from transformers import Gemma3ForCausalLM, Gemma3TextConfig, GemmaTokenizer
from transformers.tokenization_utils_base import generate_merges

ROWS, LIMIT, BEYOND = 10, 300, 128
CONTROL, USER_DEFINED = 3, 4
# Pieces that this vocabulary has and others do not: runs of spaces, tabs and line ends, tags; then what it lacks.
OWN = [
    ("  two,   three,     five spaces\tone\t\ttwo tabs", "a\n\n\nb\n\n\n\n\nc   ", " <table><tr><td>1</td></tr></table>\n"),
    ("<start_of_turn>user\nHi<end_of_turn>\n<start_of_turn>model", "Hello!<end_of_turn>", "<eos> [multimodal] <unused7>"),
    ("ᚠᚢᚦᚨᚱᚲ 🫠🧑🏿‍🚀 ⵣ", "漢字かな交じり文 123,456.789", "𝔘𝔫𝔦 𓀀 \u200b\ufeff\r\n" + " " * 40 + "x"),
]
NAMES = {"token_embd": "model.embed_tokens", "output_norm": "model.norm"}
LAYER_NAMES = {"attn_q": "self_attn.q_proj", "attn_k": "self_attn.k_proj", "attn_v": "self_attn.v_proj",
               "attn_output": "self_attn.o_proj", "attn_q_norm": "self_attn.q_norm", "attn_k_norm": "self_attn.k_norm",
               "attn_norm": "input_layernorm", "post_attention_norm": "post_attention_layernorm",
               "ffn_norm": "pre_feedforward_layernorm", "post_ffw_norm": "post_feedforward_layernorm",
               "ffn_gate": "mlp.gate_proj", "ffn_up": "mlp.up_proj", "ffn_down": "mlp.down_proj"}


def read_config(get):
    own = lambda key: get("gemma3." + key)
    return Gemma3TextConfig(
        vocab_size=len(get("tokenizer.ggml.tokens")), hidden_size=own("embedding_length"),
        intermediate_size=own("feed_forward_length"), num_hidden_layers=own("block_count"),
        num_attention_heads=own("attention.head_count"), num_key_value_heads=own("attention.head_count_kv"),
        head_dim=own("attention.key_length"), max_position_embeddings=own("context_length"),
        rms_norm_eps=own("attention.layer_norm_rms_epsilon"), sliding_window=own("attention.sliding_window"),
        query_pre_attn_scalar=own("attention.key_length"), tie_word_embeddings=True,
        rope_parameters={"full_attention": dict(rope_type="default", rope_theta=own("rope.freq_base")),
                         "sliding_attention": dict(rope_type="default", rope_theta=10000.0)})


def hugging_face_name(name):
    name, kind = name.rsplit(".", 1)
    if name in NAMES:
        return f"{NAMES[name]}.{kind}"
    _, layer, part = name.split(".")
    return f"model.layers.{layer}.{LAYER_NAMES[part]}.{kind}"


def read_model(reader, config):
    weights = {}
    for tensor in reader.tensors:
        values = torch.from_numpy(gguf.dequantize(tensor.data, tensor.tensor_type).astype(np.float32))
        name = hugging_face_name(tensor.name)
        weights[name] = values - 1 if name.endswith("norm.weight") else values
    model = Gemma3ForCausalLM(config).eval()
    result = model.load_state_dict(weights, strict=False)
    assert not result.unexpected_keys and result.missing_keys == ["lm_head.weight"], result
    model.tie_weights()
    return model


class Reference:
    """The ids of a text, by both libraries."""

    def __init__(self, get):
        tokens, scores, kinds = [get("tokenizer.ggml." + key) for key in ("tokens", "scores", "token_type")]
        # Gemma's own file marks spaces in every piece; the converter wrote those of user-defined pieces out.
        pieces = [t.replace(" ", "▁") if k == USER_DEFINED else t for t, k in zip(tokens, kinds)]
        self.control = {piece: i for i, (piece, kind) in enumerate(zip(pieces, kinds)) if kind == CONTROL}
        unknown = get("tokenizer.ggml.unknown_token_id")
        proto = protocol.ModelProto()
        for i, (piece, score, kind) in enumerate(zip(pieces, scores, kinds)):
            proto.pieces.add(piece=piece, score=score, type=2 if i == unknown else kind)
        proto.trainer_spec.model_type = protocol.TrainerSpec.BPE
        proto.trainer_spec.byte_fallback = True
        proto.trainer_spec.unk_id, proto.trainer_spec.pad_id = unknown, get("tokenizer.ggml.padding_token_id")
        proto.trainer_spec.bos_id, proto.trainer_spec.eos_id = [get(f"tokenizer.ggml.{k}_token_id") for k in ("bos", "eos")]
        proto.trainer_spec.bos_piece, proto.trainer_spec.eos_piece = "<bos>", "<eos>"
        proto.trainer_spec.unk_piece, proto.trainer_spec.pad_piece = "<unk>", "<pad>"
        proto.normalizer_spec.add_dummy_prefix = get("tokenizer.ggml.add_space_prefix")
        proto.normalizer_spec.remove_extra_whitespaces = False
        self.processor = sentencepiece.SentencePieceProcessor(model_proto=proto.SerializeToString())

        vocabulary = {piece: i for i, piece in enumerate(pieces)}
        vocabulary.setdefault("\t", vocabulary["<0x09>"])
        added = [AddedToken(piece, normalized=False, special=kind == CONTROL)
                 for piece, kind in zip(pieces, kinds) if kind in (CONTROL, USER_DEFINED)]
        fast = GemmaTokenizer(vocab=vocabulary, merges=generate_merges(vocabulary))
        fast.add_tokens(added)
        assert len(fast) == len(pieces), (len(fast), len(pieces))
        self.fast = fast.backend_tokenizer

    def ids(self, text):
        fast = self.fast.encode(text, add_special_tokens=False)
        ids = fast.ids
        # sentencepiece finds no control pieces in a text: it is given what stands between them.
        alone, begin = [], 0
        for id, (left, right) in zip(ids, fast.offsets):
            if self.control.get(text[left:right]) == id:
                alone += self.processor.encode(text[begin:left]) + [id]
                begin = right
        alone += self.processor.encode(text[begin:])
        # Beyond the longest piece of spaces the libraries part: merging pairs does not begin with the longest.
        assert ids == alone or " " * 32 in text, (text, ids, alone)
        return alone


def main():
    torch.set_num_threads(2)
    file, data = Path(sys.argv[1]), Path(sys.argv[2])
    out = Path(sys.argv[3] if len(sys.argv) > 3 else Path(__file__).parent / "gemma.json")
    reader = gguf.GGUFReader(file)
    get = lambda key: reader.fields[key].contents()
    assert "tokenizer.chat_template" not in reader.fields
    config, reference = read_config(get), Reference(get)
    model = read_model(reader, config)
    boundless = read_model(reader, read_config(get))
    window, boundless.config.sliding_window = config.sliding_window, config.max_position_embeddings

    def encode(prompt, response):
        return reference.ids(f"<bos><|user|>\n{prompt}\n<|assistant|>\n"), reference.ids(response + "<eos>")

    rows, long_rows = [], []
    for number, line in enumerate(data.read_text(encoding="utf-8").splitlines(), 1):
        row = json.loads(line)
        x, y, z = (*encode(row["prompt"], row["chosen"]), encode(row["prompt"], row["rejected"])[1])
        fits = len(x) + len(y) + len(z) <= LIMIT and len(rows) < ROWS
        long = not long_rows and window + BEYOND <= len(x) + min(len(y), len(z)) and len(x) + len(y) + len(z) < 3 * window
        if long:
            off = max(abs(a - b) for a, b in zip(log_probs(model, x, y), log_probs(boundless, x, y)))
            assert off > 0.1, off
        if fits or long:
            values = entry(model, encode, row["prompt"], row["chosen"], row["rejected"])
            (long_rows if long else rows).append(dict(row=number, **values))
            print(number, values["tokens"], file=sys.stderr, flush=True)
    assert len(rows) == ROWS and long_rows
    texts = [json.loads(line)[0] for line in
             (Path(__file__).parent / "tokenize" / "smollm2.jsonl").read_text(encoding="utf-8").split("\n") if line]
    write(out, quick=quick(model, encode, QUICK + OWN), rows=rows + long_rows,
          strings="".join("%04x" % fnv(reference.ids(text)) for text in texts))


if __name__ == "__main__":
    main()
