# SPDX-License-Identifier: GPL-3.0-or-later
"""Tiny tokenizers in the configurations of the model families that RewardLoupe reads, and what the
reference libraries make of the strings of make_tokenize_golden.py: the first 300 in full, of the
rest a hash. Trained here, from made-up text; nothing is copied from any model."""

import io
import json
import pathlib
import struct
import tempfile
import unicodedata

import gguf
import sentencepiece
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers

WHOLE = 300
GPT2_SPECIAL = ["<|endoftext|>"]
CHAT_SPECIAL = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
LLAMA3_SPLIT = (r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*"
                r"|\s*[\r\n]+|\s+(?!\S)|\s+")
UPPER, LOWER = r"[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]", r"[\p{Ll}\p{Lm}\p{Lo}\p{M}]"
SYMBOLS = r"| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+"


def cased(behind):
    return rf"[^\r\n\p{{L}}\p{{N}}]?{UPPER}*{LOWER}+{behind}|[^\r\n\p{{L}}\p{{N}}]?{UPPER}+{LOWER}*{behind}"


TEKKEN_SPLIT = cased("") + r"|\p{N}" + SYMBOLS
GPT4O_SPLIT = cased(r"(?i:'s|'t|'re|'ve|'m|'ll|'d)?") + r"|\p{N}{1,3}" + SYMBOLS
DEEPSEEK_SPLITS = [r"\p{N}{1,3}", "[一-龥぀-ゟ゠-ヿ]+",
                   r"""[!"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+"""
                   r"| ?[\p{P}\p{S}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"]


def special(names):
    return [AddedToken(name, special=True, normalized=False) for name in names]


def byte_level(corpus, splits, specials, normalizer=None, regex=False, extra=(), **model):
    tokenizer = Tokenizer(models.BPE(**model))
    if normalizer:
        tokenizer.normalizer = normalizer
    steps = [pre_tokenizers.Split(Regex(split), "isolated") for split in splits]
    steps.append(pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=regex))
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(steps) if len(steps) > 1 else steps[0]
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.train_from_iterator(corpus, trainers.BpeTrainer(
        vocab_size=420, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False))
    tokenizer.add_tokens(list(extra))
    tokenizer.add_tokens(special(specials))
    return tokenizer


def train_pieces(corpus, kind, rules=None, **options):
    """`rules`: "own" for a small character map, or the name of one of sentencepiece's."""
    model = io.BytesIO()
    if rules == "own":
        path = pathlib.Path(tempfile.gettempdir()) / "loupe_rules.tsv"
        write_rules(path)
        options["normalization_rule_tsv"] = str(path)
    elif rules:
        options["normalization_rule_name"] = rules
    defaults = dict(vocab_size=600, character_coverage=0.98, minloglevel=2, num_threads=1, model_type=kind,
                    byte_fallback=True, normalization_rule_name="identity", remove_extra_whitespaces=False)
    sentencepiece.SentencePieceTrainer.train(sentence_iterator=iter(corpus), model_writer=model, **{**defaults, **options})
    return sentencepiece.SentencePieceProcessor(model_proto=model.getvalue())


def pieces_of(processor):
    """(name, score, kind) by id, kinds as sentencepiece numbers them; user-defined ones are not told."""
    kinds = [(processor.is_unknown, 2), (processor.is_control, 3), (processor.is_unused, 5), (processor.is_byte, 6)]
    return [(processor.id_to_piece(i), processor.get_score(i), next((k for test, k in kinds if test(i)), 1))
            for i in range(processor.get_piece_size())]


def merges_of(pieces):
    """Every pair of pieces that joins to a piece, best score first, as fast tokenizers are made."""
    scores = {name: score for name, score, _ in pieces}
    ids = {name: i for i, (name, _, _) in enumerate(pieces)}
    merges = []
    for name, score, kind in pieces:
        if kind in (2, 3, 6):
            continue
        local = [(name[:i], name[i:]) for i in range(1, len(name)) if name[:i] in ids and name[i:] in ids]
        local.sort(key=lambda pair: (ids[pair[0]], ids[pair[1]]))
        merges += [(score, pair) for pair in local]
    merges.sort(key=lambda merge: merge[0], reverse=True)
    return [pair for _, pair in merges], {name: i for i, (name, _, _) in enumerate(pieces)}, scores


def fast_bpe(processor, normalizer, pre_tokenizer, strip, extra=(), user_defined=()):
    pieces = pieces_of(processor)
    merges, vocab, _ = merges_of(pieces)
    tokenizer = Tokenizer(models.BPE(vocab=vocab, merges=merges, unk_token="<unk>", fuse_unk=True, byte_fallback=True))
    if normalizer:
        tokenizer.normalizer = normalizer
    if pre_tokenizer:
        tokenizer.pre_tokenizer = pre_tokenizer
    steps = [decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse()]
    tokenizer.decoder = decoders.Sequence(steps + ([decoders.Strip(" ", 1, 0)] if strip else []))
    tokenizer.add_tokens([AddedToken(name, special=True, normalized=False) for name, _, kind in pieces if kind in (2, 3)])
    tokenizer.add_tokens([AddedToken(name, normalized=False) for name in user_defined])
    tokenizer.add_tokens(list(extra))
    return tokenizer


def fast_unigram(processor, normalizer, pre_tokenizer, byte_fallback=False):
    pieces = pieces_of(processor)
    tokenizer = Tokenizer(models.Unigram([(name, score) for name, score, _ in pieces],
                                         unk_id=processor.unk_id(), byte_fallback=byte_fallback))
    if normalizer:
        tokenizer.normalizer = normalizer
    tokenizer.pre_tokenizer = pre_tokenizer
    tokenizer.decoder = decoders.Metaspace()
    tokenizer.add_tokens([AddedToken(name, special=True, normalized=False) for name, _, kind in pieces if kind in (2, 3)])
    return tokenizer


def charsmap_of(processor):
    """normalizer_spec.precompiled_charsmap of a serialized model, without protobuf's classes."""
    def fields(data):
        at = 0
        def varint():
            nonlocal at
            value = shift = 0
            while True:
                byte = data[at]
                at += 1
                value |= (byte & 127) << shift
                shift += 7
                if byte < 128:
                    return value
        while at < len(data):
            key = varint()
            if key & 7 == 0:
                yield key >> 3, varint()
            else:
                size = {5: 4, 1: 8}.get(key & 7) or varint()
                yield key >> 3, data[at : at + size]
                at += size
    [spec] = [value for number, value in fields(processor.serialized_model_proto()) if number == 3]
    [charsmap] = [value for number, value in fields(spec) if number == 2]
    return charsmap


def write_rules(path):
    """A character map of every kind of rule in nmt_nfkc, but a tenth of its size: characters that
    become one, several or none, and sequences that become one character."""
    rules = {}
    for code in [*range(0xA0, 0x180), *range(0x1E00, 0x1F00), *range(0x2000, 0x2080), *range(0x2100, 0x2190),
                 *range(0x2460, 0x2480), *range(0xFB00, 0xFB07), *range(0xFF01, 0xFF60), 0xAC00, 0xFDFA]:
        source = chr(code)
        for target in (unicodedata.normalize("NFKC", source),):
            if target != source:
                rules[source] = target
        parts = unicodedata.normalize("NFD", source)
        if parts != source and unicodedata.normalize("NFC", source) == source:
            rules[parts] = source
    for gone in [*range(1, 9), 0x0B, *range(0x0E, 0x20), 0x7F, 0x200B, 0x200C, 0xFEFF]:
        rules[chr(gone)] = ""
    for space in (9, 10, 12, 13, 0x1680, 0x2028, 0x3000):
        rules[chr(space)] = " "
    rules["\u0915\u094d"] = "k"
    lines = ["%s\t%s" % (" ".join("%X" % ord(c) for c in source), " ".join("%X" % ord(c) for c in target))
             for source, target in sorted(rules.items())]
    pathlib.Path(path).write_text("\n".join(lines) + "\n")


CONTROLS = dict(unk_id=0, bos_id=1, eos_id=2)
GEMMA = dict(pad_id=0, eos_id=1, bos_id=2, unk_id=3, add_dummy_prefix=False, split_digits=True,
             user_defined_symbols=["\n", "\n\n", "▁▁", "▁▁▁▁", "<start_of_turn>", "[INST]"])


def fast_families(corpus, rules="own"):
    """(name, tokenizer, configuration) for each family that comes as tokenizer.json."""
    bos = {"bos_token": "<s>", "eos_token": "</s>"}
    yield "gpt2", byte_level(corpus, [], GPT2_SPECIAL, regex=True), {"eos_token": "<|endoftext|>"}
    yield "neox", byte_level(corpus, [], CHAT_SPECIAL, normalizers.NFC(), regex=True,
                             extra=[AddedToken(" " * n, normalized=True) for n in (8, 4, 2)]), {}
    yield "smollm", smollm(corpus), {}
    yield "llama3", byte_level(corpus, [LLAMA3_SPLIT], CHAT_SPECIAL, ignore_merges=True), {}
    yield "olmo2", byte_level(corpus, [LLAMA3_SPLIT], CHAT_SPECIAL), {}
    yield "qwen2", byte_level(corpus, [LLAMA3_SPLIT.replace("{1,3}", "")], CHAT_SPECIAL, normalizers.NFC(),
                              extra=[AddedToken("[INST]", normalized=False)]), {}
    yield "gpt4o", byte_level(corpus, [GPT4O_SPLIT], CHAT_SPECIAL), {}
    yield "tekken", byte_level(corpus, [TEKKEN_SPLIT], ["<unk>", "<s>", "</s>", "[INST]"], ignore_merges=True), bos
    yield "deepseek_v3", byte_level(corpus, DEEPSEEK_SPLITS, CHAT_SPECIAL), {}
    llama = train_pieces(corpus, "bpe", **CONTROLS)
    spaced = normalizers.Sequence([normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")])
    yield "llama2", fast_bpe(llama, spaced, None, True), bos
    yield "mistral", fast_bpe(llama, None, pre_tokenizers.Metaspace(prepend_scheme="first", split=False), True), bos
    yield "phi3", fast_bpe(llama, spaced, None, True, extra=[
        AddedToken("<|im_end|>", special=True, normalized=False, rstrip=True),
        AddedToken("<|im_start|>", special=True, normalized=False, rstrip=True)]), bos
    gemma = train_pieces(corpus, "bpe", **GEMMA)
    yield "gemma", fast_bpe(gemma, normalizers.Replace(" ", "▁"), pre_tokenizers.Split(" ", "merged_with_previous"), False,
                            user_defined=GEMMA["user_defined_symbols"]), {"bos_token": "<bos>", "eos_token": "<eos>"}
    t5 = train_pieces(corpus, "unigram", byte_fallback=False, vocab_size=500, rules=rules,
                      remove_extra_whitespaces=True, unk_id=2, bos_id=-1, eos_id=1, pad_id=0, hard_vocab_limit=False)
    precompiled = normalizers.Precompiled(charsmap_of(t5))
    metaspace = pre_tokenizers.Metaspace(prepend_scheme="always")
    yield "t5", fast_unigram(t5, precompiled, pre_tokenizers.Sequence([pre_tokenizers.WhitespaceSplit(), metaspace])), {}
    yield "xlmr", fast_unigram(t5, normalizers.Sequence(
        [precompiled, normalizers.Strip(False, True), normalizers.Replace(Regex(" {2,}"), "▁")]), metaspace), {}
    yield "albert", fast_unigram(t5, normalizers.Sequence(
        [normalizers.Replace("``", '"'), normalizers.Replace("''", '"'), normalizers.NFKD(), normalizers.StripAccents(),
         normalizers.Lowercase(), precompiled, normalizers.Replace(Regex(" {2,}"), " ")]), metaspace), {}
    yield "unigram_bytes", fast_unigram(train_pieces(corpus, "unigram", hard_vocab_limit=False, **CONTROLS), None,
                                        pre_tokenizers.Metaspace(prepend_scheme="first"), byte_fallback=True), {}


def smollm(corpus):
    tokenizer = byte_level(corpus, [], CHAT_SPECIAL, regex=True)
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True)])
    return tokenizer


class Slow:
    """sentencepiece with tokens on top, as the slow tokenizers of transformers 4 work: split at the
    tokens, then each stretch by the model; without `legacy`, one space in front of the whole."""

    def __init__(self, processor, added, legacy):
        proto = processor.serialized_model_proto()
        if not legacy:
            proto += b"\x1a\x02\x18\x00"  # normalizer_spec.add_dummy_prefix = false
        self.processor = sentencepiece.SentencePieceProcessor(model_proto=proto)
        own = {name: i for i, (name, _, kind) in enumerate(pieces_of(processor)) if kind in (2, 3)}
        self.added, self.legacy = {**own, **added}, legacy
        self.unknown = processor.id_to_piece(processor.unk_id())
        # The library's own added tokens do the splitting.
        splitter = Tokenizer(models.BPE({"": 0}, []))
        splitter.add_tokens([AddedToken(name, normalized=False) for name in self.added])
        self.splitter = splitter

    def encode(self, text):
        ids, at = [], 0
        for begin, end in [token for token in self.splitter.encode(text).offsets] + [(len(text), len(text))]:
            if begin > at:
                ids += self.stretch(text[at:begin], at == 0)
            if end > begin:
                ids.append(self.added[text[begin:end]])
            at = end
        return ids

    def stretch(self, text, first):
        if self.legacy:
            return self.processor.encode(text)
        text = ("▁" if first else "") + text
        if not text.startswith(("▁", " ")):
            return self.processor.encode(text)
        return self.processor.encode(self.unknown + text)[len(self.processor.encode(self.unknown)) :]


def slow_families(corpus, rules="own"):
    """(name, model, reference, configuration, added) for those that come as tokenizer.model."""
    bpe = train_pieces(corpus, "bpe", **CONTROLS, user_defined_symbols=["[INST]", "<repo_name>"])
    size = bpe.get_piece_size()
    added = {"<|im_start|>": size, "<|im_end|>": size + 1}
    for name, legacy in (("spm_legacy", True), ("spm_new", False)):
        yield name, bpe, Slow(bpe, added, legacy), {"legacy": legacy, "add_bos_token": True}, added
    unigram = train_pieces(corpus, "unigram", byte_fallback=False, rules=rules,
                           remove_extra_whitespaces=True, hard_vocab_limit=False, **CONTROLS)
    yield "spm_unigram", unigram, Slow(unigram, {}, True), {"add_bos_token": False}, {}


def write_gguf(path, processor, model, user_defined=(), prefix=True, extra_whitespace=False, charsmap=b""):
    """The vocabulary as a converter writes it."""
    pieces = pieces_of(processor)
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_tokenizer_model(model)
    writer.add_token_list([name for name, _, _ in pieces])
    writer.add_token_scores([score for _, score, _ in pieces])
    writer.add_token_types([4 if name in user_defined else kind for name, _, kind in pieces])
    for key, id in (("bos", processor.bos_id()), ("eos", processor.eos_id()), ("unknown", processor.unk_id())):
        if id >= 0:
            writer.add_uint32(f"tokenizer.ggml.{key}_token_id", id)
    writer.add_add_space_prefix(prefix)
    if extra_whitespace:
        writer.add_remove_extra_whitespaces(True)
    if charsmap:
        writer.add_precompiled_charsmap(charsmap)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.close()


def fnv(values):
    state = 0xCBF29CE484222325
    for value in values:
        state = ((state ^ value) * 0x100000001B3) & 0xFFFFFFFFFFFFFFFF
    return (state ^ state >> 32) & 0xFFFF


# Where text is changed before it is cut, the library's ends are of little use: what it inserts
# covers the next character, a composed character only its first part. The starts are compared.
CHANGED = {"neox", "qwen2", "llama2", "mistral", "phi3", "t5", "xlmr", "albert", "unigram_bytes"}


def byte_offsets(text, offsets):
    places = [0]
    for character in text:
        places.append(places[-1] + len(character.encode()))
    return [places[offset] for pair in offsets for offset in pair]


def write_results(folder, texts, encode, decode):
    """ids.jsonl: the first in full; hashes.bin: 16 bits of the ids, 8 of the text and 8 of the offsets
    of every string."""
    with io.open(folder / "ids.jsonl", "w", encoding="utf-8", newline="\n") as out, open(folder / "hashes.bin", "wb") as hashes:
        for number, text in enumerate(texts):
            ids, offsets = encode(text)
            if number < WHOLE:
                out.write(json.dumps(ids, separators=(",", ":")) + "\n")
            hashes.write(struct.pack(
                "<HBB", fnv(ids), fnv(decode(ids).encode()) & 255, fnv(byte_offsets(text, offsets)) & 255))


def write_families(folder, corpus, texts, rules="own"):
    for name, tokenizer, config in fast_families(corpus, rules):
        out = folder / name
        out.mkdir(parents=True, exist_ok=True)
        tokenizer.save(str(out / "tokenizer.json"), pretty=False)
        (out / "tokenizer_config.json").write_text(json.dumps({**config, "add_bos_token": False}) + "\n")

        def encode(text):
            encoding = tokenizer.encode(text, add_special_tokens=False)
            return encoding.ids, [pair[:1] for pair in encoding.offsets] if name in CHANGED else encoding.offsets

        write_results(out, texts, encode, lambda ids: tokenizer.decode(ids, skip_special_tokens=False))
    write_gguf(folder / "llama2" / "vocab.gguf", train_pieces(corpus, "bpe", **CONTROLS), "llama")
    write_gguf(folder / "gemma" / "vocab.gguf", train_pieces(corpus, "bpe", **GEMMA), "llama",
               GEMMA["user_defined_symbols"], prefix=False)
    for name, processor, reference, config, added in slow_families(corpus, rules):
        out = folder / name
        out.mkdir(parents=True, exist_ok=True)
        (out / "tokenizer.model").write_bytes(processor.serialized_model_proto())
        (out / "tokenizer_config.json").write_text(json.dumps(config) + "\n")
        if added:
            (out / "added_tokens.json").write_text(json.dumps(added) + "\n")
        write_results(out, texts, lambda text: (reference.encode(text), []), lambda ids: "")
        if name == "spm_unigram":
            write_gguf(out / "vocab.gguf", processor, "t5", extra_whitespace=True, charsmap=charsmap_of(processor))
