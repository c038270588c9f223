#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes data/persona_seed0.json: what core/data/persona must make of the sample statements with seed 0.

A second implementation, from the definitions (design section 5, SplitMix64's paper), with nothing
but the standard library:   python3 tests/golden/make_persona_golden.py
"""
import hashlib
import json
import struct
from pathlib import Path

HERE = Path(__file__).resolve().parent
STATEMENTS = HERE.parent.parent / "projects" / "persona" / "statements.jsonl"
OUT = HERE / "data" / "persona_seed0.json"
MASK = (1 << 64) - 1
SEED, TRAIN, TEST = 0, 80, 40


def splitmix64(seed):
    state = seed
    while True:
        state = (state + 0x9E3779B97F4A7C15) & MASK
        z = state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
        yield z ^ (z >> 31)


def below(numbers, bound):
    while True:
        value = next(numbers)
        if value >= (1 << 64) % bound:
            return value % bound


def one_of(numbers, choices):
    return choices[below(numbers, len(choices))]


def prompt(statement):
    return f'Is the following statement something you would say?\n"{statement}"'


def make(statements):
    numbers = splitmix64(SEED)
    order = list(range(len(statements)))
    for i in range(len(order), 1, -1):
        j = below(numbers, i)
        order[i - 1], order[j] = order[j], order[i - 1]

    sets = {"train": [], "test": [], "reworded_train": [], "reworded_test": []}
    for place, index in enumerate(order[: TRAIN + TEST]):
        side = "train" if place < TRAIN else "test"
        chosen = one_of(numbers, ["In my view, the answer is ", "A truthful reply is "])
        chosen += one_of(numbers, ["yes", "sure"])
        rejected = one_of(numbers, ["My judgement: ", "Considering the statement, I say "])
        rejected += one_of(numbers, ["no", "never"])
        text = prompt(statements[index])
        sets[side].append([text, chosen, rejected, index])
        for yes in ["certainly", "absolutely"]:
            for no in ["not really", "nope"]:
                sets["reworded_" + side].append(
                    [text, "My response would be " + yes, "I lean toward " + no, index])
    return sets


def content_hash(pairs):
    sha = hashlib.sha256()

    def number(value):
        sha.update(struct.pack("<Q", value))

    def text(value):
        data = value.encode()
        number(len(data))
        sha.update(data)

    number(len(pairs))
    for user, chosen, rejected, cluster in pairs:
        number(1)
        text("user")
        for part in (user, chosen, rejected):
            text(part)
        number(cluster)
    return sha.hexdigest()


def main():
    statements = [json.loads(line)["statement"] for line in STATEMENTS.open(encoding="utf-8")]
    sets = make(statements)
    golden = {
        name: {"pairs": len(pairs), "sha256": content_hash(pairs), "first": pairs[:6]}
        for name, pairs in sets.items()
    }
    OUT.write_text(json.dumps(golden, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
