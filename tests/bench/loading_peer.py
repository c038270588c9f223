#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""How long transformers takes to load the same models: loading_peer.py [--threads N] [--times N] MODEL...

Needs: torch, transformers, and gguf for GGUF files. Each MODEL is a Hugging Face folder or a .gguf file, loaded in fp32
with its tokenizer, each in a process of its own; imports are not counted. Prints a Markdown table.
"""
import argparse
import subprocess
import sys
import time
from pathlib import Path


def measure(path, times, threads):
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer
    from transformers.utils import logging
    logging.disable_progress_bar()
    torch.set_num_threads(threads)
    path = Path(path)
    folder, options = (path, {}) if path.is_dir() else (path.parent, dict(gguf_file=path.name))
    for file in path.iterdir() if path.is_dir() else [path]:
        file.read_bytes()
    seconds = []
    for _ in range(times):
        start = time.perf_counter()
        model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32, **options)
        AutoTokenizer.from_pretrained(folder, **options)
        # Parameters may still lie in the mapped file: a sum of each reads it, as a first use would.
        with torch.no_grad():
            touched = time.perf_counter()
            for parameter in model.parameters():
                parameter.sum()
        seconds.append((touched - start, time.perf_counter() - start))
        del model
    best, median, first = min(s for s, _ in seconds), sorted(s for s, _ in seconds)[times // 2], seconds[0][0]
    print(f"| {path.name} | {best:.3f} | {median:.3f} | {first:.3f} | {min(s for _, s in seconds):.3f} |", flush=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("models", nargs="+")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--times", type=int, default=5)
    parser.add_argument("--alone", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.alone:
        measure(options.models[0], options.times, options.threads)
        return
    print("| model | best, s | median, s | first, s | best, every parameter read once, s |")
    print("| --- | --- | --- | --- | --- |", flush=True)
    for path in options.models:
        subprocess.run([sys.executable, __file__, "--alone", "--threads", str(options.threads), "--times",
                        str(options.times), path], check=True)


if __name__ == "__main__":
    main()
