#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Opens tokenizers that RewardLoupe saved with transformers, and compares the ids.

  LOUPE_SAVED_TOKENIZERS=FOLDER build/…/tests/test_save_tokenizer saved_and_read_again
  python check_saved_tokenizers.py FOLDER
"""
import json
import logging
import pathlib
import sys

from transformers import AutoTokenizer


def main():
    logging.disable(logging.WARNING)
    for folder in sorted(pathlib.Path(sys.argv[1]).iterdir()):
        tokenizer = AutoTokenizer.from_pretrained(str(folder))
        cases = [json.loads(line) for line in open(folder / "ours.jsonl", encoding="utf-8", newline="\n")]
        bad = [case for case in cases if tokenizer(case[0], add_special_tokens=False)["input_ids"] != case[1]]
        print(f"{folder.name}: {len(bad)} of {len(cases)} differ", bad[:1] or "")


if __name__ == "__main__":
    main()
