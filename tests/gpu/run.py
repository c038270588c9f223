#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tries RewardLoupe on this machine's GPU and writes one JSON file; see tests/gpu/pack.

Usage: run.py [OUTPUT.json]

Every part has a result: passed, measured, failed, or skipped with the reason ("no GPU"). It ends
with 1 where one failed.
"""
import json
import os
import pathlib
import platform
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
ENGINE = HERE / "bin" / "rewardloupe-engine"
STARTED = time.monotonic()
BUDGET = 340  # seconds in all
# Llama 3.2 1B, as gpu_training.cpp has it.
SHAPE = dict(vocab_size=128256, hidden_size=2048, intermediate_size=8192, num_attention_heads=32,
             num_key_value_heads=8, max_position_embeddings=4096, rope_theta=500000.0,
             tie_word_embeddings=True)
PAIRS, TOKENS, STEPS = 8, 256, 12
EPOCHS = 100  # of 12 steps, on a tiny model
DEVICE = os.environ.get("LOUPE_GPU_CASES_ON", "cuda:0")  # cpu: to try this script itself


def left():
    return max(5.0, BUDGET - (time.monotonic() - STARTED))


def run(command, environment, timeout):
    """(status, standard output, standard error); a status of None: it took too long."""
    try:
        done = subprocess.run([str(word) for word in command], env=environment, text=True,
                              capture_output=True, timeout=timeout, stdin=subprocess.DEVNULL)
        return done.returncode, done.stdout, done.stderr
    except subprocess.TimeoutExpired as late:
        text = late.stdout or ""
        return None, text.decode() if isinstance(text, bytes) else text, "took too long"
    except OSError as error:
        return 127, "", str(error)


def failed(says):
    return {"result": "failed", "says": says.strip()[-2000:]}


def lines_of(text):
    """The objects of lines of JSON; a list counts as its elements."""
    values = [json.loads(line) for line in text.splitlines() if line.startswith(("{", "["))]
    return [item for value in values for item in (value if isinstance(value, list) else [value])]


def find_environment(torch_folder):
    """The environment in which the engine starts: with this machine's C++ library, else with ours."""
    problem = ""
    for extra in ([], [HERE / "lib-cxx"]):
        folders = [torch_folder / "lib", *extra]
        environment = dict(os.environ, LD_LIBRARY_PATH=":".join(map(str, folders)),
                           LOUPE_SOURCE_DIR=str(HERE))
        status, out, err = run([ENGINE, "--version"], environment, 120)
        if status == 0:
            return environment, out.strip(), ""
        problem = err or f"ended with {status}"
    return None, "", problem


def cases(environment, wanted):
    """The C++ cases whose names begin with one of `wanted`, all run once by the first caller."""
    if not hasattr(cases, "lines"):
        status, out, err = run([HERE / "bin" / "gpu_cases"], environment, min(150, left()))
        cases.lines, cases.status, cases.err = lines_of(out), status, err
    chosen = [line for line in cases.lines if line["case"].startswith(wanted)]
    if not chosen:
        return failed(f"gpu_cases ended with {cases.status}: {cases.err}")
    bad = [line for line in chosen if line["result"] == "failed"]
    if bad:
        return {"result": "failed", "says": f"{len(bad)} of {len(chosen)} failed", "cases": chosen}
    if all(line["result"] == "skipped" for line in chosen):
        return {"result": "skipped", "says": chosen[0]["says"]}
    return {"result": "passed", "cases": chosen}


def write_pairs(path, count):
    words = "yes no maybe tea rain sun map door bread night".split()
    with open(path, "w") as file:
        for i in range(count):
            pick = [words[(i * k + k) % len(words)] for k in range(1, 9)]
            file.write(json.dumps({"prompt": " ".join(pick[:3]), "chosen": " ".join(pick[3:6]),
                                   "rejected": " ".join(pick[5:8])}) + "\n")


class Workspace:
    """A workspace of the engine with one tiny model in it."""

    def __init__(self, folder, environment):
        self.folder, self.environment = folder, environment
        self.data = folder / "pairs.jsonl"
        write_pairs(self.data, 48)
        self.ask("model", "import", HERE / "tests/golden/models/gqa-untied", "--name", "tiny")

    def command(self, *words):
        return [str(w) for w in (ENGINE, "-w", self.folder / "workspace", "--json", *words)]

    def ask(self, *words):
        status, out, err = run(self.command(*words), self.environment, left())
        if status != 0:
            raise RuntimeError(f"{' '.join(map(str, words[:2]))} ended with {status}: {err or out}")
        return lines_of(out)

    def train(self, *words, wait=True):
        command = self.command("train", "--model", "tiny", "--data", self.data, "--epochs", EPOCHS,
                               "--batch-size", 4, "--lr", "1e-4", "--device", DEVICE,
                               "--eval", f"test={self.data}", "--eval-every", EPOCHS // 4, *words)
        if wait:
            status, out, err = run(command, self.environment, left())
            if status != 0:
                raise RuntimeError(f"train ended with {status}: {err or out}")
            return lines_of(out)
        return subprocess.Popen(command, env=self.environment, text=True, stdin=subprocess.DEVNULL,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def last_evaluation(lines):
    return [line for line in lines if line.get("event") == "eval"][-1]


def stop_and_resume(environment):
    """A training on the GPU is stopped (SIGINT, as Ctrl-C is) and goes on; the run that was never
    stopped has the same measures in the end."""
    with tempfile.TemporaryDirectory() as folder:
        place = Workspace(pathlib.Path(folder), environment)
        whole = last_evaluation(place.train("--type", "ex", "--name", "whole"))
        process = place.train("--type", "ex", "--name", "halved", wait=False)
        lines = []
        for line in process.stdout:
            lines.append(line)
            if len(lines) > 20:
                break
        process.send_signal(2)
        _, err = process.communicate(timeout=left())
        status = {run["name"]: run["status"] for run in place.ask("runs", "list")}
        if status.get("halved") != "stopped":
            return failed(f"the run is {status.get('halved')} after Ctrl-C: {err}")
        halved = last_evaluation(place.ask("train", "--resume", "halved"))
        margins = [run["margin_mean"] for run in (whole, halved)]
        apart = abs(margins[0] - margins[1])
        out = {"margin_whole": margins[0], "margin_resumed": margins[1], "apart": apart,
               "epochs": [whole["epoch"], halved["epoch"]], "stopped_after_events": len(lines)}
        close = apart <= 1e-3 * max(1.0, abs(margins[0])) and whole["epoch"] == halved["epoch"]
        return dict(out, result="passed" if close else "failed")


def engine_out_of_memory(environment, torch):
    """The card is full (this process fills it): the engine says so, and lives to score again."""
    with tempfile.TemporaryDirectory() as folder:
        place = Workspace(pathlib.Path(folder), environment)
        place.train("--type", "ex", "--name", "run", "--epochs", 1)
        words = ("score", "--run", "run", "--data", place.data, "--device", DEVICE)
        before = place.ask(*words)
        filling = []
        size = 1 << 34
        while size >= 1 << 20:
            try:
                filling.append(torch.empty(size, dtype=torch.uint8, device="cuda"))
            except torch.cuda.OutOfMemoryError:
                size //= 2
        status, out, err = run(place.command(*words), environment, left())
        del filling
        torch.cuda.empty_cache()
        said = (err or out).strip()
        after = place.ask(*words)
        good = status not in (None, 0) and status > 0 and said and before == after
        return {"result": "passed" if good else "failed", "status": status, "says": said[-500:]}


def training(environment):
    """Each kind as a line of its own."""
    status, out, err = run([HERE / "bin" / "gpu_training", PAIRS, TOKENS, STEPS], environment,
                           min(150, left()))
    kinds = lines_of(out)
    if not kinds:
        return failed(f"gpu_training ended with {status}: {err}")
    if kinds[0]["result"] == "skipped":
        return kinds[0]
    good = status == 0 and all(kind["result"] == "measured" for kind in kinds)
    return {"result": "measured" if good else "failed", "kinds": kinds, "says": err[-500:]}


def plain_transformers(torch, layers):
    """The same steps by transformers: EX as a classifier, IM as DPO with the reference's values
    known; bf16 autocast, fp32 weights, fused AdamW; no prompt is shared there."""
    try:
        import transformers
    except ImportError:
        return {"result": "skipped", "says": "this Python has no transformers"}
    out = {"result": "measured", "transformers": transformers.__version__, "kinds": []}
    config = transformers.LlamaConfig(num_hidden_layers=layers, num_labels=1, pad_token_id=0, **SHAPE)
    texts = torch.randint(1, SHAPE["vocab_size"], (2 * PAIRS, 2 * TOKENS), device="cuda")
    for kind in ("EX", "IM"):
        torch.cuda.empty_cache()
        torch.cuda.reset_peak_memory_stats()
        cls = (transformers.LlamaForSequenceClassification if kind == "EX"
               else transformers.LlamaForCausalLM)
        with torch.device("cuda"):
            model = cls(config)
        optimizer = torch.optim.AdamW(model.parameters(), lr=1e-5, weight_decay=0, fused=True)

        def step():
            optimizer.zero_grad(set_to_none=True)
            with torch.autocast("cuda", torch.bfloat16):
                if kind == "EX":
                    rewards = model(texts).logits[:, 0].float()
                else:
                    logits = model(texts).logits[:, TOKENS - 1:-1]
                    picked = torch.gather(logits, 2, texts[:, TOKENS:, None])[..., 0].float()
                    rewards = 0.01 * (picked - torch.logsumexp(logits.float(), 2)).sum(1)
            loss = -torch.nn.functional.logsigmoid(rewards[0::2] - rewards[1::2]).mean()
            loss.backward()
            optimizer.step()

        try:
            for _ in range(3):
                step()
            torch.cuda.synchronize()
            start = time.perf_counter()
            for _ in range(STEPS):
                step()
            torch.cuda.synchronize()
            seconds = (time.perf_counter() - start) / STEPS
            out["kinds"].append({"type": kind, "seconds_a_step": seconds,
                                 "tokens_per_second": 3 * PAIRS * TOKENS / seconds,
                                 "peak_gigabytes": torch.cuda.max_memory_allocated() / 1e9})
        except torch.cuda.OutOfMemoryError as error:
            out["kinds"].append({"type": kind, "says": str(error)[:300]})
        del model, optimizer
    return out


def no_gpu():
    return {"result": "skipped", "says": "no GPU"}


def main():
    output = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else "gpu.json")
    import torch  # the one thing that this machine must have
    report = {"python": platform.python_version(), "glibc": platform.libc_ver()[1],
              "torch": torch.__version__, "cuda": torch.version.cuda, "parts": {}}
    parts = report["parts"]
    there = torch.cuda.is_available()
    if there:
        torch.backends.cuda.matmul.allow_tf32 = False
        properties = torch.cuda.get_device_properties(0)
        report["gpu"] = {"name": properties.name, "gigabytes": properties.total_memory / 1e9}
    environment, version, problem = find_environment(pathlib.Path(torch.__file__).parent)
    parts["engine starts"] = ({"result": "passed", "says": version} if environment
                              else failed(problem))

    def part(name, body):
        start = time.monotonic()
        try:
            parts[name] = body()
        except Exception as error:  # a part that breaks must not take the others with it
            parts[name] = failed(f"{type(error).__name__}: {error}")
        parts[name]["seconds"] = round(time.monotonic() - start, 1)
        output.write_text(json.dumps(report, indent=1) + "\n")
        print(f"{name}: {parts[name]['result']}", parts[name].get("says", ""), flush=True)

    if environment:
        part("parity", lambda: cases(environment, "parity"))
        part("training follows the CPU", lambda: cases(environment, "training"))
        part("cancel in mid-backward", lambda: cases(environment, "cancel"))
        part("out of memory", lambda: cases(environment, "out of memory"))
        part("out of memory, the engine",
             lambda: engine_out_of_memory(environment, torch) if there else no_gpu())
        part("stop and resume", lambda: stop_and_resume(environment) if there else no_gpu())
        part("bf16 training", lambda: training(environment))
        kinds = parts["bf16 training"].get("kinds", [{}])
        part("bf16 training by transformers",
             lambda: plain_transformers(torch, kinds[0].get("layers", 16)) if there else no_gpu())
    report["seconds"] = round(time.monotonic() - STARTED, 1)
    output.write_text(json.dumps(report, indent=1) + "\n")
    bad = [name for name, value in parts.items() if value["result"] == "failed"]
    print("failed: " + ", ".join(bad) if bad else "nothing failed")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
