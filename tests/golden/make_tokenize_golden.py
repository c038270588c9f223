#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes tests/golden/tokenize with Hugging Face's tokenizers, transformers and sentencepiece.

  python make_tokenize_golden.py MODEL.gguf

MODEL.gguf is SmolLM2-135M-Instruct. All text is made here, from word lists and a fixed seed.
"""
import datetime
import io
import json
import pathlib
import random
import sys

import sentencepiece
from gguf import GGUFReader
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers

from tokenize_families import write_families
from tokenize_templates import conversations, templates

OUT = pathlib.Path(__file__).resolve().parent / "tokenize"

WORDS = """the answer is yes no sure certainly absolutely never really In my view a truthful reply would be
I'm you're we'll they've it's don't DON'T WE'LL he'd model reward margin prompt response token Straße naïve café
déjà-vu Übergröße señor coração Ελλάδα λόγος ὕβρις москва Привет ещё שלום עולם مرحبا العالم नमस्ते दुनिया
ক্ষমা வணக்கம் ไทยภาษา ພາສາລາວ 你好 世界 漢字 日本語 こんにちは カタカナ 한국어 안녕하세요 ქართული Հայերեն ᏣᎳᎩ
አማርኛ ខ្មែរ မြန်မာ བོད་ཡིག ᠮᠣᠩᠭᠣᠯ ǅ ﬁle ﬀ ſoft Kelvin K Å İstanbul ıs""".split()
CODE = ["for (int i = 0; i < n; ++i) {\n  sum += a[i] * b[i];\n}\n", "def f(x: float) -> float:\n\treturn x**2 # square\n",
        "SELECT name, COUNT(*) FROM runs WHERE loss<0.5 GROUP BY 1;", "<a href=\"#top\">&nbsp;up</a>", "x = {'a': [1, 2.5e-3], \"b\": None}",
        "#include <vector>\n\nint main() { return 0; }", "\\frac{a}{b} = \\sqrt{x^2+1}", "$ git log --oneline | head -n 5\n", "a&&b||!c ? d : e;",
        "snake_case camelCase PascalCase SCREAMING_CASE kebab-case", "https://example.org/path?q=1&r=%20#frag", "mail@example.org"]
EMOJI = ["😀", "👍🏽", "👩‍👩‍👧‍👦", "🏳️‍🌈", "🇫🇷", "❤️", "🧑🏿‍🚀", "☕", "™️", "1️⃣", "👨‍💻", "🤷🏻‍♀️", "🫠", "𝔘𝔫𝔦", "𝟘𝟙", "𓀀", "🀄"]
DIGITS = ["0123456789", "٠١٢٣٤٥", "०१२३", "๐๑๒", "１２３", "²³¹", "½⅓", "Ⅳⅷ", "①②", "𝟗𝟘", "〇一二", "1,234,567.89", "3.14159", "-42", "1e10", "0x1F", "10:30", "2024-07-26"]
SPECIALS = ["<|im_start|>", "<|im_end|>", "<|endoftext|>", "<repo_name>", "<reponame>", "<file_sep>", "<empty_output>", "<jupyter_code>",
            "<|im_start", "im_end|>", "<|im_start|", "<|IM_START|>", "<|endoftext|>text", "< |im_end|>", "<<|im_end|>>", "<|im_start|><|im_start|>",
            "<gh_stars>", "<issue_start>user", "<s>", "</s>", "[INST]", "<unk>", "<repo_nam", "<|"]
SPACES = [" ", "  ", "   ", "\n", "\n\n", "\t", "\t\t", " \n", "\n ", "\r\n", "\r", "\u00a0", "\u3000", "\u2009", "\u200b", "\u2028", "\x0b", "\x0c",
          "\x85", "\ufeff", "\u180e", "\u1680", "        ", " \t \n \t"]
MARKS = ["e\u0301", "\u0301", "n\u0303o", "a\u0308\u0323", "\u1100\u1161\u11a8", "Z\u0351\u036b\u0343", "\u0915\u094d\u0937", "o\u031b\u0323", "\u0130",
         "\u212b", "\u1e9b\u0323", "\u200d", "\u200c", "\u20dd"]
PUNCTUATION = [".", ",", "!", "?", "...", "—", "“quoted”", "'", "''", "'s", "'S", "'ſ", "'re", "'RE", "'ll", "’s", "«»", "¿Qué?", "(a)", "[b]", "{c}", "/*", "*/", "::",
               "¡", "§", "€5", "$9", "№7", "#1", "@me", "&", "~~", "``", "^_^", "。", "、", "「」", "؟", "।"]


def random_unicode(rng):
    """A scalar value assigned in Unicode 15.0 or earlier as far as the blocks here go, or unassigned for good."""
    ranges = [(0, 0x7F), (0x80, 0x24F), (0x250, 0x58F), (0x590, 0x7FF), (0x900, 0xDFF), (0xE00, 0x10FF), (0x1100, 0x1FFF), (0x2000, 0x2BFF),
              (0x3040, 0x30FF), (0x4E00, 0x9FFF), (0xAC00, 0xD7A3), (0xE000, 0xF8FF), (0xFB00, 0xFFFD), (0x10000, 0x100FF), (0x1D400, 0x1D7FF),
              (0x1F300, 0x1F6FF), (0x20000, 0x2A6DF), (0xF0000, 0xF00FF), (0x10FF00, 0x10FFFF)]
    low, high = rng.choice(ranges)
    return chr(rng.randint(low, high))


def one_string(rng):
    kind = rng.randrange(12)
    words = lambda n: " ".join(rng.choice(WORDS) for _ in range(rng.randint(1, n)))
    if kind == 0:
        return words(9)
    if kind == 1:
        return rng.choice(CODE)[rng.randint(0, 4):] + rng.choice(["", "\n", "    "]) + rng.choice(CODE)
    if kind == 2:
        return "".join(rng.choice(EMOJI + [" ", words(1)]) for _ in range(rng.randint(1, 6)))
    if kind == 3:
        return "".join(rng.choice(DIGITS + SPACES[:3] + [rng.choice(WORDS)]) for _ in range(rng.randint(1, 5)))
    if kind == 4:
        return "".join(rng.choice(SPECIALS + [" ", words(2), "\n"]) for _ in range(rng.randint(1, 5)))
    if kind == 5:
        return "".join(rng.choice(SPACES + [rng.choice(WORDS)]) for _ in range(rng.randint(1, 9)))
    if kind == 6:
        return rng.choice(SPACES) * rng.randint(2, 60) + rng.choice(["", rng.choice(WORDS)])
    if kind == 7:
        return "".join(rng.choice(MARKS + [rng.choice("aeiouyAEnz ")]) for _ in range(rng.randint(1, 8)))
    if kind == 8:
        return "".join(random_unicode(rng) for _ in range(rng.randint(1, 16)))
    if kind == 9:
        return "".join(chr(rng.randint(0, 0x9F)) for _ in range(rng.randint(1, 20)))
    if kind == 10:
        return "".join(rng.choice(PUNCTUATION + [" ", rng.choice(WORDS)]) for _ in range(rng.randint(1, 8)))
    return rng.choice(WORDS)[:3] * rng.randint(2, 25)


def strings(seed, count):
    rng = random.Random(seed)
    made = ["", " ", "a", "\n", "\x00", "<|im_start|>", "<|im_start|>user\nHi<|im_end|>\n"]
    # Long words are where a slow or wrong merge shows.
    made += ["a" * 300, "ab" * 150, "é" * 100, "=" * 257, "-" * 80 + "\n", "0" * 64, "\n" * 100, "漢" * 50, "xyzzy" * 60]
    while len(made) < count:
        made.append(one_string(rng))
    return made[:count]


def write_pairs(path, tokenizer, texts):
    with io.open(path, "w", encoding="utf-8", newline="\n") as out:
        for text in texts:
            ids = tokenizer.encode(text, add_special_tokens=False).ids
            out.write(json.dumps([text, ids], ensure_ascii=False, separators=(",", ":")) + "\n")


def smollm2(path):
    """As HuggingFaceTB/SmolLM2: single digits, then GPT-2's byte level; the 17 control tokens are special."""
    fields = GGUFReader(path).fields
    get = lambda key: fields["tokenizer.ggml." + key].contents()
    tokens, types = get("tokens"), get("token_type")
    merges = [tuple(m.split(" ")) for m in get("merges")]
    tokenizer = Tokenizer(models.BPE({t: i for i, t in enumerate(tokens)}, merges))
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.Digits(individual_digits=True),
        pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True)])
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens([AddedToken(t, special=True, normalized=False) for t, k in zip(tokens, types) if k == 3])
    assert tokenizer.get_vocab_size() == len(tokens)
    return tokenizer, fields["tokenizer.chat_template"].contents()


def corpus():
    rng = random.Random(5)
    return [" ".join(rng.choice(WORDS) for _ in range(12)) for _ in range(400)] + CODE * 20


ADDED = [AddedToken("<s>", special=True, normalized=False), AddedToken("</s>", special=True, normalized=False),
         AddedToken("<left>", lstrip=True, normalized=False), AddedToken("<right>", rstrip=True, normalized=False),
         AddedToken("<both>", lstrip=True, rstrip=True, normalized=False), AddedToken("solo", single_word=True, normalized=False),
         AddedToken("Å-NORM", normalized=True), AddedToken("<x>", normalized=False), AddedToken("<x><y>", normalized=False),
         AddedToken("<y>", normalized=False), AddedToken("    ", normalized=False)]
PIECES = ["<s>", "</s>", " <left>", "\t <left> ", "<right>  ", "<right>\n\n", "  <both>\u3000", "<both>", "solo", "solos", " solo ", "_solo", "Å-NORM", "A\u030a-NORM",
          "å-norm", "<x>", "<x><y>", "<y><x>", "<x><x><y>", "    ", "        ", "<left><right> <both>  <left>"]


def fixture_strings(seed, count):
    rng = random.Random(seed)
    made = ["", " ", "\nfoo", "foo", "  foo", "\u2581foo", "\u2581"]
    while len(made) < count:
        parts = [rng.choice(PIECES) if rng.random() < 0.5 else one_string(rng)[:24] for _ in range(rng.randint(1, 5))]
        made.append("".join(parts))
    return made


def train(normalizer, pre_tokenizer, decoder, size, byte_level=True, **model):
    tokenizer = Tokenizer(models.BPE(**model))
    if normalizer:
        tokenizer.normalizer = normalizer
    tokenizer.pre_tokenizer = pre_tokenizer
    tokenizer.decoder = decoder
    special = [] if byte_level else ["<unk>"] + ["<0x%02X>" % b for b in range(256)]
    alphabet = pre_tokenizers.ByteLevel.alphabet() if byte_level else []
    tokenizer.train_from_iterator(corpus(), trainers.BpeTrainer(
        vocab_size=size, initial_alphabet=alphabet, special_tokens=special, show_progress=False))
    if not byte_level:  # as converted sentencepiece models: bytes are ordinary vocabulary
        document = json.loads(tokenizer.to_str())
        document["added_tokens"] = document["added_tokens"][:1]
        tokenizer = Tokenizer.from_str(json.dumps(document))
    tokenizer.add_tokens(ADDED)
    return tokenizer


def fixtures():
    byte_level = lambda **k: pre_tokenizers.ByteLevel(**{"add_prefix_space": False, "use_regex": False, **k})
    llama3 = (r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*"
              r"|\s*[\r\n]+|\s+(?!\S)|\s+")
    split = lambda pattern, behavior, invert=False: pre_tokenizers.Split(pattern, behavior, invert)
    yield "gpt2", train(None, byte_level(use_regex=True), decoders.ByteLevel(), 420)
    yield "prefix_space", train(normalizers.NFKC(), byte_level(use_regex=True, add_prefix_space=True), decoders.ByteLevel(), 420)
    yield "llama3", train(None, pre_tokenizers.Sequence([split(Regex(llama3), "isolated"), byte_level()]),
                          decoders.ByteLevel(), 420, ignore_merges=True)
    yield "qwen2", train(normalizers.NFC(), pre_tokenizers.Sequence(
        [split(Regex(llama3.replace("{1,3}", "")), "isolated"), byte_level()]), decoders.ByteLevel(), 420)
    # Regular expressions that no scanner knows: ICU against Oniguruma.
    yield "icu", train(normalizers.NFD(), pre_tokenizers.Sequence(
        [split(Regex(r"\p{N}{1,3}(?=(?:\p{N}{3})*\b)"), "isolated"), split(Regex(r"[\p{Lu}]?[\p{Ll}\p{M}]+|\s+|\w+"), "isolated"), byte_level()]),
        decoders.ByteLevel(), 420)
    yield "splits", train(normalizers.Sequence([normalizers.NFKD(), normalizers.Lowercase(), normalizers.Replace("ll", "LL"),
                                                normalizers.Replace(Regex(r"\s{2,}"), " ")]),
                          pre_tokenizers.Sequence([pre_tokenizers.Digits(), split(" ", "merged_with_next"), split("e", "merged_with_previous"),
                                                   split("<", "removed"), split(Regex("[aou]+"), "contiguous"), split("-", "isolated", True),
                                                   byte_level()]), decoders.ByteLevel(), 420)
    yield "whitespace", train(None, pre_tokenizers.Sequence([pre_tokenizers.Whitespace(), byte_level()]), decoders.ByteLevel(), 420)
    spm = dict(byte_level=False, unk_token="<unk>", fuse_unk=True, byte_fallback=True)
    yield "metaspace", train(None, pre_tokenizers.Metaspace(prepend_scheme="first"), decoders.Metaspace(), 600, **spm)
    yield "llama2", train(normalizers.Sequence([normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")]),
                          split("▁", "merged_with_next"), decoders.ByteFallback(), 600, **spm)


def sentencepiece_fixture(folder):
    folder.mkdir(parents=True, exist_ok=True)
    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(corpus()), model_writer=model, model_type="bpe", vocab_size=700, byte_fallback=True,
        normalization_rule_name="identity", remove_extra_whitespaces=False, character_coverage=0.99, minloglevel=2, num_threads=1)
    (folder / "tokenizer.model").write_bytes(model.getvalue())
    processor = sentencepiece.SentencePieceProcessor(model_proto=model.getvalue())
    with io.open(folder / "strings.jsonl", "w", encoding="utf-8", newline="\n") as out:
        for text in [t for t in strings(99, 400) if not any(name in t for name in ("<s>", "</s>", "<unk>", "\0"))]:
            out.write(json.dumps([text, processor.encode(text)], ensure_ascii=False, separators=(",", ":")) + "\n")


def chat(path, own_template):
    from transformers import PreTrainedTokenizerFast
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=Tokenizer(models.BPE()), bos_token="<bos>", eos_token="</eos>")
    day = datetime.date(2024, 7, 26)
    with io.open(path, "w", encoding="utf-8", newline="\n") as out:
        for name, source in [("smollm2", own_template)] + templates():
            for turns in conversations():
                for add in (False, True):
                    case = {"name": name, "turns": [[t["role"], t["content"]] for t in turns], "add": add}
                    try:
                        case["text"] = tokenizer.apply_chat_template(
                            turns, chat_template=source, tokenize=False, add_generation_prompt=add, strftime_now=day.strftime)
                    except Exception as error:  # the template refuses
                        case["error"] = str(error)
                    out.write(json.dumps(case, ensure_ascii=False, separators=(",", ":")) + "\n")
    with io.open(path.parent / "chat_templates.json", "w", encoding="utf-8", newline="\n") as out:
        json.dump(dict([("smollm2", own_template)] + templates()), out, ensure_ascii=False, indent=1)
        out.write("\n")


def main():
    OUT.mkdir(exist_ok=True)
    tokenizer, template = smollm2(sys.argv[1])
    write_pairs(OUT / "smollm2.jsonl", tokenizer, strings(2507, 5000))
    for name, fixture in fixtures():
        folder = OUT / name
        folder.mkdir(exist_ok=True)
        fixture.save(str(folder / "tokenizer.json"), pretty=False)
        config = {"bos_token": "<s>", "eos_token": {"content": "</s>", "__type": "AddedToken"}, "add_bos_token": name == "llama2"}
        (folder / "tokenizer_config.json").write_text(json.dumps(config) + "\n")
        write_pairs(folder / "strings.jsonl", fixture, fixture_strings(17, 300))
    sentencepiece_fixture(OUT / "sentencepiece")
    write_families(OUT / "families", corpus(), strings(2507, 5000))
    chat(OUT / "chat.jsonl", template)


if __name__ == "__main__":
    main()
