# SPDX-License-Identifier: GPL-3.0-or-later
"""What ./demo and ./test ask of scripts/build: the demo the two programs alone, the tests everything.

Usage: test_commands.py SOURCE-FOLDER
"""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

SOURCE = pathlib.Path(sys.argv[1])
RECORD = '#!/usr/bin/env bash\necho "${0##*/} $*" >>"$RECORD"\n'


def asked(command, *arguments):
    """The calls that a copy of `command` makes of scripts/, the engine and ctest."""
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        shutil.copy(SOURCE / command, root / command)
        record = root / "record"
        record.touch()
        programs = ["scripts/setup", "scripts/build", "build/release/bin/rewardloupe-engine",
                    "build/release/bin/rewardloupe", "path/ctest"]
        for program in programs:
            path = root / program
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(RECORD)
            path.chmod(0o755)
        environment = dict(os.environ, RECORD=str(record), PATH=f"{root}/path:{os.environ['PATH']}")
        subprocess.run([root / command, *arguments], cwd=root, env=environment, check=True,
                       stdout=subprocess.DEVNULL)
        return record.read_text().splitlines()


def main():
    demo = asked("demo", "--no-window")
    assert demo[1] == "build release rewardloupe rewardloupe-engine", demo
    assert demo[2].startswith("rewardloupe-engine demo "), demo
    test = asked("test")
    assert test[1] == "build release", test
    assert test[2].startswith("ctest --preset release "), test
    print("the demo builds two programs, the tests everything, in one folder")


main()
