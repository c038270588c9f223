#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes the fixtures of tests/io into tests/golden/io: files made by the formats' packages, and
what these packages read back. Needs gguf, numpy, safetensors and torch (CPU)."""

import json
import pathlib

import gguf
import numpy
import torch
from gguf import GGMLQuantizationType as T
from safetensors.torch import save_file

OUT = pathlib.Path(__file__).resolve().parent / "io"

# Byte positions of the half-precision fields of one block.
HALF_FIELDS = {
    T.Q4_0: [0],
    T.Q4_1: [0, 2],
    T.Q5_0: [0],
    T.Q5_1: [0, 2],
    T.Q8_0: [0],
    T.Q4_K: [0, 2],
    T.Q5_K: [0, 2],
    T.Q6_K: [208],
    T.Q2_K: [80, 82],
    T.Q3_K: [108],
    T.IQ4_NL: [0],
    T.IQ4_XS: [0],
}
# Those that the package can make itself.
MADE_HERE = (T.Q4_0, T.Q4_1, T.Q5_0, T.Q5_1, T.Q8_0)
# Ordinary, negative, subnormal, zero, largest, negative zero, not finite.
HALVES = numpy.array(
    [0.0123, -1.75, 6e-8, 0.0, 65504.0, -3.1e-5, 0.5, -0.0, 6.1e-5, numpy.inf, numpy.nan],
    dtype=numpy.float16,
)
ROWS = len(HALVES)


def random_blocks(rng, kind):
    """ROWS rows of one block of random bytes with every one of HALVES as a scale."""
    _, size = gguf.GGML_QUANT_SIZES[kind]
    blocks = rng.integers(0, 256, (ROWS, size), dtype=numpy.uint8)
    for field_number, at in enumerate(HALF_FIELDS[kind]):
        halves = numpy.roll(HALVES, field_number)
        blocks[:, at : at + 2] = halves.view(numpy.uint8).reshape(ROWS, 2)
    return blocks


def make_gguf(rng):
    writer = gguf.GGUFWriter(OUT / "types.gguf", "llama")
    writer.add_uint8("test.u8", 200)
    writer.add_int8("test.i8", -100)
    writer.add_uint16("test.u16", 60000)
    writer.add_int16("test.i16", -30000)
    writer.add_uint32("test.u32", 4_000_000_000)
    writer.add_int32("test.i32", -2_000_000_000)
    writer.add_uint64("test.u64", 2**64 - 1)
    writer.add_int64("test.i64", -(2**63))
    writer.add_float32("test.f32", 0.1)
    writer.add_float64("test.f64", 0.1)
    writer.add_bool("test.bool", True)
    writer.add_string("test.string", "schöne Grüße")
    writer.add_array("test.strings", ["a", "", "\u2581the", "💡"])
    writer.add_array("test.ints", [1, -2, 3])
    writer.add_array("test.floats", [0.5, -1.25])
    writer.add_array("test.bools", [True, False, True])

    expected = {}
    values = rng.standard_normal((2, 3)).astype(numpy.float32)
    values[0, 0] = numpy.inf
    plain = {
        "f32": (values, None),
        "f16": (values.astype(numpy.float16), None),
        "f64": (values.astype(numpy.float64) / 3, None),
        "bf16": (gguf.quants.quantize(values, T.BF16), T.BF16),
    }
    for name, (array, kind) in plain.items():
        writer.add_tensor(name, array, raw_dtype=kind)
        expected[name] = (
            array.astype(numpy.float32) if kind is None else gguf.quants.dequantize(array, kind)
        )
    for kind in HALF_FIELDS:
        name = kind.name.lower()
        blocks = random_blocks(rng, kind)
        writer.add_tensor(name, blocks, raw_dtype=kind)
        expected[name] = gguf.quants.dequantize(blocks, kind)
    # What a model's rows look like: a few outliers, a row of zeros, a row of one value.
    rows = (rng.standard_normal((5, 96)) * numpy.float32(0.03)).astype(numpy.float32)
    rows[1, ::17] *= 40
    rows[2] = 0
    rows[3] = -0.125
    rows[4] *= 1e-6
    for kind in MADE_HERE:
        name = kind.name.lower() + ".made"
        blocks = gguf.quants.quantize(rows, kind)
        writer.add_tensor(name, blocks, raw_dtype=kind)
        expected[name] = gguf.quants.dequantize(blocks, kind)
    for integer in (numpy.int8, numpy.int16, numpy.int32, numpy.int64):
        array = numpy.array([-1, 2, numpy.iinfo(integer).max], dtype=integer)
        writer.add_tensor(array.dtype.name.replace("int", "i"), array)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    tensors = {
        name: torch.from_numpy(numpy.ascontiguousarray(array)) for name, array in expected.items()
    }
    save_file(tensors, OUT / "types_expected.safetensors")


def make_safetensors():
    base = torch.arange(6, dtype=torch.float64).reshape(2, 3) * 0.75 - 1.5
    floats = (torch.float64, torch.float32, torch.float16, torch.bfloat16)
    integers = (torch.int64, torch.int32, torch.int16, torch.int8)
    tensors = {str(dtype): base.to(dtype) for dtype in floats}
    tensors |= {str(dtype): (base * 4).to(dtype) for dtype in integers}
    tensors = {name.removeprefix("torch."): tensor for name, tensor in tensors.items()}
    tensors["uint8"] = torch.arange(6, dtype=torch.uint8).reshape(2, 3)
    tensors["bool"] = base > 0
    tensors["scalar"] = torch.tensor(0.25)
    tensors["empty"] = torch.zeros(0, 3)
    tensors["名前"] = torch.ones(1)
    # One key: the package writes several in random order.
    save_file(tensors, OUT / "types.safetensors", metadata={"note": "Grüße"})


def make_sharded():
    folder = OUT / "sharded"
    folder.mkdir(exist_ok=True)
    shards = {
        "model-00001-of-00002.safetensors": {"a": torch.arange(4.0), "b": torch.full((2, 2), 7.0)},
        "model-00002-of-00002.safetensors": {"c": torch.arange(3, dtype=torch.bfloat16)},
    }
    weight_map = {}
    for shard, tensors in shards.items():
        save_file(tensors, folder / shard, metadata={"format": "pt"})
        weight_map |= {name: shard for name in tensors}
    index = {"metadata": {"total_size": 38}, "weight_map": weight_map}
    (folder / "model.safetensors.index.json").write_text(json.dumps(index, indent=2) + "\n")


def main():
    OUT.mkdir(parents=True, exist_ok=True)
    make_gguf(numpy.random.default_rng(20250711))
    make_safetensors()
    make_sharded()
    for path in OUT.rglob("*"):
        path.chmod(0o755 if path.is_dir() else 0o644)  # safetensors writes 0600


if __name__ == "__main__":
    main()
