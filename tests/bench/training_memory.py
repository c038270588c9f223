#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What training takes at its peak against what was said beforehand.

Usage: training_memory.py ENGINE MODEL DATA.jsonl [--pairs N] [--lengths 500,2000] [--batch 4]

For EX and IM, in full and with low-rank matrices of several ranks: asks train/estimate, trains one epoch on N
pairs, whose responses are cut to a length in characters, without an evaluation, and reads the job's VmHWM while it runs.
Prints a Markdown table.
"""
import argparse
import json
import os
import subprocess
import tempfile
import time
from pathlib import Path


class Engine:
    def __init__(self, program, workspace):
        self.pipe = subprocess.Popen([program, "--workspace", workspace, "serve"], stdin=subprocess.PIPE,
                                     stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.id = 0
        self.ask("initialize", protocol=1)

    def ask(self, method, **params):
        self.id += 1
        self.pipe.stdin.write(json.dumps(dict(jsonrpc="2.0", id=self.id, method=method, params=params)) + "\n")
        self.pipe.stdin.flush()
        for line in self.pipe.stdout:
            message = json.loads(line)
            if message.get("id") == self.id and "method" not in message:
                if "error" in message:
                    raise SystemExit(f"{method}: {json.dumps(message['error'])}")
                return message["result"]
        raise SystemExit("the engine ended")


def processes_of(job, workspace):
    for entry in os.listdir("/proc"):
        if not entry.isdigit():
            continue
        try:
            words = Path("/proc", entry, "cmdline").read_bytes().decode().split("\0")
        except OSError:
            continue
        if workspace in words and "job" in words and words[words.index("job") + 1] == str(job):
            yield entry


def peak_of(pid):
    try:
        for line in Path("/proc", pid, "status").read_text().splitlines():
            if line.startswith("VmHWM"):
                return 1024 * int(line.split()[1])
    except OSError:
        pass
    return 0


def measure(engine, workspace, params):
    estimate = engine.ask("train/estimate", **params)
    started = engine.ask("train/start", **params)
    run = started["run"]
    peak = 0
    while True:
        for pid in processes_of(started["job"], workspace):
            peak = max(peak, peak_of(pid))
        status = engine.ask("runs/show", id=run)["status"]
        if status not in ("queued", "running"):
            break
        time.sleep(0.05)
    if status != "done":
        raise SystemExit(f"run {run} ended as {status}")
    return estimate["memory"], peak


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("engine")
    parser.add_argument("model")
    parser.add_argument("data")
    parser.add_argument("--pairs", type=int, default=8)
    parser.add_argument("--lengths", default="500,2000")
    parser.add_argument("--batch", type=int, default=4)
    parser.add_argument("--dtype", default="fp32")
    args = parser.parse_args()
    ways = [("full", 0), ("head", 0), ("lora", 8), ("lora", 64)]
    print("| reward | trains | length | estimate | peak | estimate / peak |")
    print("| --- | --- | --- | --- | --- | --- |")
    with tempfile.TemporaryDirectory() as folder:
        workspace = str(Path(folder) / "ws")
        data = Path(folder) / "pairs.jsonl"
        rows = [json.loads(line) for line in Path(args.data).read_text().splitlines() if line.strip()]
        engine = Engine(args.engine, workspace)
        engine.ask("models/import", path=str(Path(args.model).resolve()), name="model")
        for length in map(int, args.lengths.split(",")):
            fit = [row for row in rows if min(len(row["chosen"]), len(row["rejected"])) >= length]
            with data.open("w") as file:
                for row in fit[: args.pairs]:
                    pair = dict(prompt=row["prompt"][:500], chosen=row["chosen"][:length],
                                rejected=row["rejected"][:length])
                    file.write(json.dumps(pair) + "\n")
            for reward in ("EX", "IM"):
                for trains, rank in ways:
                    if reward == "IM" and trains == "head":
                        continue
                    recipe = dict(type=reward, trains=trains, epochs=1, batch_size=args.batch, dtype=args.dtype)
                    if rank:
                        recipe["lora_rank"] = rank
                    said, peak = measure(engine, workspace, dict(model="model", recipe=recipe, data=str(data)))
                    what = f"rank {rank}" if rank else trains
                    print(f"| {reward} | {what} | {length} | {said / 1e9:.2f} GB | {peak / 1e9:.2f} GB "
                          f"| {said / peak:.2f} |", flush=True)
        engine.pipe.stdin.close()
        engine.pipe.wait()


if __name__ == "__main__":
    main()
