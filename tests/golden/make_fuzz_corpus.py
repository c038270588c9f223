#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes the first inputs of tests/fuzz/corpus: small files of every kind that is read. What fuzzing
found since lies beside them under names that begin with "found-"."""

import json
import pathlib
import shutil

import gguf
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers

from tokenize_families import (DEEPSEEK_SPLITS, LLAMA3_SPLIT, TEKKEN_SPLIT, charsmap_of, fast_bpe, fast_unigram,
                               train_pieces, write_gguf)

HERE = pathlib.Path(__file__).resolve().parent
OUT = HERE.parent / "fuzz" / "corpus"
CONTROLS = dict(unk_id=0, bos_id=1, eos_id=2)
TEXT = ["the answer is yes no sure"] * 4


def byte_level(splits=(), normalizer=None, regex=True, **model):
    names = ["Ġ", "a", "t", "h", "e", "y", "s", "n", "o", "1", "Ã", "©", "th", "the", "Ġthe", "ye", "yes", "no", "Ã©"]
    merges = [("t", "h"), ("th", "e"), ("Ġ", "the"), ("y", "e"), ("ye", "s"), ("n", "o"), ("Ã", "©")]
    tokenizer = Tokenizer(models.BPE({name: i for i, name in enumerate(names)}, merges, **model))
    if normalizer:
        tokenizer.normalizer = normalizer
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Split(Regex(split), "isolated") for split in splits]
        + [pre_tokenizers.ByteLevel(add_prefix_space=not splits, use_regex=regex)])
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_tokens([AddedToken("<s>", special=True, normalized=False), AddedToken(" x", lstrip=True, rstrip=True),
                          AddedToken("no", single_word=True, normalized=True)])
    return tokenizer


def tokenizers():
    rules = [normalizers.NFC(), normalizers.NFD(), normalizers.NFKC(), normalizers.NFKD(), normalizers.Lowercase(),
             normalizers.StripAccents(), normalizers.Strip(), normalizers.Replace("ll", "L"),
             normalizers.Replace(Regex(r"\s+"), " "), normalizers.Prepend("_")]
    yield "gpt2", byte_level()
    yield "llama3", byte_level([LLAMA3_SPLIT], regex=False, ignore_merges=True)
    yield "tekken", byte_level([TEKKEN_SPLIT], regex=False)
    yield "deepseek", byte_level(DEEPSEEK_SPLITS, regex=False)
    yield "normalizers", byte_level(normalizer=normalizers.Sequence(rules))
    steps = byte_level()
    steps.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Digits(), pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Whitespace(),
         pre_tokenizers.Split(" ", "merged_with_next"), pre_tokenizers.Split("e", "merged_with_previous"),
         pre_tokenizers.Split("<", "removed"), pre_tokenizers.Split(Regex("[ao]+"), "contiguous", True),
         pre_tokenizers.ByteLevel(use_regex=False)])
    yield "steps", steps
    bpe = train_pieces(TEXT, "bpe", byte_fallback=False, vocab_size=40, hard_vocab_limit=False, **CONTROLS)
    spaced = normalizers.Sequence([normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")])
    yield "llama2", fast_bpe(bpe, spaced, None, True)
    yield "mistral", fast_bpe(bpe, None, pre_tokenizers.Metaspace(prepend_scheme="first", split=False), True)
    unigram = train_pieces(TEXT, "unigram", byte_fallback=False, vocab_size=30, hard_vocab_limit=False, **CONTROLS)
    mapped = normalizers.Precompiled(charsmap_of(train_pieces(
        TEXT, "unigram", rules="own", byte_fallback=False, vocab_size=30, hard_vocab_limit=False, **CONTROLS)))
    yield "unigram", fast_unigram(unigram, None, pre_tokenizers.Metaspace(), byte_fallback=True)
    yield "charsmap", fast_unigram(unigram, mapped, pre_tokenizers.Metaspace(prepend_scheme="never"))


def write_gpt2_gguf(path):
    document = json.loads(byte_level().to_str())
    names = sorted(document["model"]["vocab"], key=document["model"]["vocab"].get)
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("qwen2")
    writer.add_token_list(names + ["<s>"])
    writer.add_token_types([1] * len(names) + [3])
    writer.add_token_merges([" ".join(merge) for merge in document["model"]["merges"]])
    writer.add_bos_token_id(len(names))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.close()


def main():
    for name in ("gguf", "safetensors", "jsonl", "tokenizer_json", "tokenizer_model"):
        (OUT / name).mkdir(parents=True, exist_ok=True)
    shutil.copy(HERE / "io" / "types.gguf", OUT / "gguf" / "types")
    shutil.copy(HERE / "io" / "types.safetensors", OUT / "safetensors" / "types")
    (OUT / "jsonl" / "lines").write_bytes(
        b'\xef\xbb\xbf{"prompt": "Gr\xc3\xbc\xc3\x9fe \\u00e9 \\ud83d\\udca1", "n": [1, -2.5e3, {"x": null}]}\r\n\n'
        b'{"prompt": "second", "chosen": {"role": "user"}}\n')
    for name, tokenizer in tokenizers():
        (OUT / "tokenizer_json" / name).write_text(tokenizer.to_str())
    write_gpt2_gguf(OUT / "gguf" / "gpt2")
    small = dict(byte_fallback=False, hard_vocab_limit=False, **CONTROLS)
    bpe = train_pieces(TEXT, "bpe", vocab_size=40, user_defined_symbols=["<u>"], **small)
    unigram = train_pieces(TEXT, "unigram", vocab_size=30, rules="own", **small)
    write_gguf(OUT / "gguf" / "llama", bpe, "llama", ["<u>"])
    write_gguf(OUT / "gguf" / "t5", unigram, "t5", extra_whitespace=True, charsmap=charsmap_of(unigram))
    for name, model in (("bpe", bpe), ("unigram", unigram), ("bytes", train_pieces(TEXT, "bpe", vocab_size=300, hard_vocab_limit=False, **CONTROLS))):
        (OUT / "tokenizer_model" / name).write_bytes(model.serialized_model_proto())


if __name__ == "__main__":
    main()
