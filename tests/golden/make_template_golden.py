#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes tests/golden/tokenize/chat_*.json: what transformers' own Jinja2 renders.

  python make_template_golden.py [FOLDER]

FOLDER holds the .jinja files that `scripts/setup --templates` brings (default: .deps/templates).
Their texts are not kept here, only what they render: short renderings as they are, longer ones by
their length and the beginning of their SHA-256.
"""
import datetime
import hashlib
import json
import pathlib
import sys

import jinja2
from transformers.utils.chat_template_utils import _compile_jinja_template

from template_conversations import conversations
from template_features import INPUT, features, refused

ROOT = pathlib.Path(__file__).resolve().parents[2]
OUT = ROOT / "tests/golden/tokenize"
DAY = datetime.date(2024, 7, 26)
LONGEST = 96
COMMON = {"tools": None, "documents": None, "bos_token": "<bos>", "eos_token": "</eos>", "strftime_now": DAY.strftime}


def render(source, variables):
    """{"text": …}, or {"error": the template's own message, or ""}."""
    try:
        return {"text": _compile_jinja_template(source).render(**{**COMMON, **variables})}
    except jinja2.exceptions.TemplateError as error:
        return {"error": str(error) if type(error) is jinja2.exceptions.TemplateError else ""}
    except Exception:
        return {"error": ""}


def compact(result):
    text = result.get("text", "")
    if len(text) <= LONGEST:
        return result
    data = text.encode()
    return {"bytes": len(data), "hash": hashlib.sha256(data).hexdigest()[:16]}


def write(name, head, rows):
    """A row a line, for readable differences."""
    line = lambda row: json.dumps(row, ensure_ascii=False, separators=(",", ":"))
    body = ",\n".join(line(row) for row in rows)
    (OUT / name).write_text("{" + head + "\"rows\":[\n" + body + "\n]}\n", encoding="utf-8", newline="\n")


def main():
    folder = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / ".deps/templates"
    cases = [(f"{name}{' +' if add else ''}", {**variables, "add_generation_prompt": add}) for name, variables in conversations() for add in (False, True)]
    write("chat_conversations.json", "", [{"name": name, "variables": variables} for name, variables in cases])

    rows = [{"source": source, **render(source, INPUT)} for source in features()]
    rows += [{"source": source, "error": "", "refused": True} for source in refused() if "text" in render(source, INPUT)]
    write("chat_features.json", "\"input\":" + json.dumps(INPUT, ensure_ascii=False) + ",", rows)

    rows = []
    for path in sorted(folder.glob("*.jinja")):
        data = path.read_bytes()
        rows.append({"file": path.name, "sha256": hashlib.sha256(data).hexdigest(),
                     "cases": {name: compact(render(data.decode(), variables)) for name, variables in cases}})
    write("chat_files.json", "", rows)
    own = json.loads((OUT / "chat_templates.json").read_text(encoding="utf-8"))
    write("chat_own.json", "", [{"name": key, "cases": {name: compact(render(source, variables)) for name, variables in cases}}
                                for key, source in own.items()])


if __name__ == "__main__":
    main()
