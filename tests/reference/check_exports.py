#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every kind of trained run, of every family, exported by the engine and opened by transformers and peft with the lines
of its own README: the same reward to 1e-4.

Needs: torch 2.11, transformers 5.17, peft 0.21. Usage: check_exports.py ENGINE [FAMILY…]
`./test --reference` fetches what it needs and runs it.
"""
import contextlib
import io
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import torch
import transformers

GOLDEN = Path(__file__).resolve().parent.parent / "golden"
sys.path.insert(0, str(GOLDEN))
from make_architectures_golden import MODELS, randomise  # noqa: E402

ENGINE = sys.argv[1]
FAMILIES = sys.argv[2:] or ["llama", "llama-linear", "mistral", "qwen2", "qwen2-tied", "qwen3", "gemma2", "gemma3",
                            "gpt-neox", "gpt2", "phi3", "olmo2"]
TOLERANCE = 1e-4
LORA = ["--trains", "lora", "--lora-rank", "3"]
MEAN, NORMALISED, ALONE = ["--pooling", "mean"], ["--length-normalised"], ["--without-reference"]
# kind -> (options of train, options of export)
KINDS = {
    "ex": (["--type", "ex"], []),
    "ex-mean": (["--type", "ex", *MEAN], []),
    "im": (["--type", "im", "--beta", "0.3"], []),
    "im-normalised": (["--type", "im", "--beta", "0.3", *NORMALISED], []),
    "im-without-reference": (["--type", "im", "--beta", "0.3", *ALONE], []),
    "ex-lora": (["--type", "ex", *LORA], []),
    "ex-mean-lora": (["--type", "ex", *LORA, *MEAN], []),
    "im-lora": (["--type", "im", "--beta", "0.3", *LORA], []),
    "im-normalised-lora": (["--type", "im", "--beta", "0.3", *LORA, *NORMALISED], []),
    "im-without-reference-lora": (["--type", "im", "--beta", "0.3", *LORA, *ALONE], []),
    "ex-lora-merged": (["--type", "ex", *LORA], ["--merged"]),
    "im-lora-merged": (["--type", "im", "--beta", "0.3", *LORA], ["--merged"]),
}
TEXTS = [("hi", "yes"), ("would you say the answer is yes?", "In my view, the answer is sure. ✓")]


def engine(workspace, *words):
    done = subprocess.run([ENGINE, "--workspace", workspace, "--json", *words], capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(map(str, words))}\n{done.stdout}{done.stderr}")
    return [json.loads(line) for line in done.stdout.splitlines() if line]


def make_model(family, folder):
    kind, options = MODELS[family]
    config = kind(**{**options, "vocab_size": 320})
    torch.manual_seed(7)
    model = transformers.AutoModelForCausalLM.from_config(config).eval()
    randomise(model)
    model.save_pretrained(folder)
    for name in ("tokenizer.json", "tokenizer_config.json"):
        shutil.copy(GOLDEN / "models" / "gqa-untied" / name, folder)


def run_readme(folder, prompt, response):
    """What the README's own lines print for this prompt and response."""
    code = re.search(r"```python\n(.*?)```", (folder / "README.md").read_text(), re.S).group(1)
    asked = '"What is two and two?", "Four."'
    assert asked in code
    code = code.replace(asked, f"{prompt!r}, {response!r}")
    out, before = io.StringIO(), os.getcwd()
    os.chdir(folder)
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(io.StringIO()):
            exec(compile(code, str(folder / "README.md"), "exec"), {"__name__": "readme"})
    finally:
        os.chdir(before)
    return float(out.getvalue())


def main():
    torch.set_num_threads(1)
    transformers.logging.set_verbosity_error()
    transformers.logging.disable_progress_bar()
    os.environ["OMP_NUM_THREADS"] = "1"
    failed, worst = 0, 0.0
    for family in FAMILIES:
        with tempfile.TemporaryDirectory() as place:
            place = Path(place)
            workspace = place / "ws"
            make_model(family, place / "base")
            engine(workspace, "model", "import", place / "base", "--name", "base")
            pairs = [dict(prompt=f"would you view statement {i} kindly?", chosen=f"my truthful answer is sure, {i}",
                          rejected="people would never reply" + "!" * (i % 4)) for i in range(8)]
            (place / "data.jsonl").write_text("".join(json.dumps(p) + "\n" for p in pairs))
            for kind, (train, export) in KINDS.items():
                try:
                    engine(workspace, "train", "--model", "base", "--data", place / "data.jsonl", "--name", kind,
                           "--epochs", "1", "--batch-size", "4", "--lr", "0.003", *train)
                    engine(workspace, "export", "--run", kind, place / kind, *export)
                    off = 0.0
                    for prompt, response in TEXTS:
                        ours = engine(workspace, "score", "--run", kind, "--prompt", prompt, "--response", response,
                                      "--device", "cpu")[0]["reward"]
                        off = max(off, abs(ours - run_readme(place / kind, prompt, response)))
                    worst = max(worst, off)
                    passed = off <= TOLERANCE
                    print(f"{'ok  ' if passed else 'FAIL'} {family:14} {kind:26} off by {off:.1e}", flush=True)
                except Exception as error:  # noqa: BLE001
                    passed = False
                    print(f"FAIL {family:14} {kind:26} {type(error).__name__}: {error}", flush=True)
                failed += not passed
    print(f"largest difference {worst:.1e}; {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
