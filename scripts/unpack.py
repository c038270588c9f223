#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""unpack.py ARCHIVE FOLDER [PATTERN ...]: files of a wheel or a .tar.gz whose path fits a pattern.

Patterns are those of fnmatch, where * crosses slashes; !PATTERN leaves files out; none means all.
Executable bits and links are not restored.
"""
import fnmatch
import shutil
import sys
import tarfile
import zipfile
from pathlib import Path, PurePosixPath


def wanted(name, patterns):
    keep = [p for p in patterns if not p.startswith("!")]
    drop = [p[1:] for p in patterns if p.startswith("!")]
    return ((not keep or any(fnmatch.fnmatchcase(name, p) for p in keep))
            and not any(fnmatch.fnmatchcase(name, p) for p in drop))


def write(stream, folder, name):
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts:
        sys.exit(f"{name}: a path that leaves the folder")
    target = Path(folder, *path.parts)
    target.parent.mkdir(parents=True, exist_ok=True)
    with open(target, "wb") as out:
        shutil.copyfileobj(stream, out, 1 << 20)


def main(archive, folder, *patterns):
    count = 0
    if archive.endswith(".tar.gz"):
        with tarfile.open(archive) as tar:
            for member in tar:
                if member.isfile() and wanted(member.name, patterns):
                    write(tar.extractfile(member), folder, member.name)
                    count += 1
    else:
        with zipfile.ZipFile(archive) as wheel:
            for member in wheel.infolist():
                if not member.is_dir() and wanted(member.filename, patterns):
                    with wheel.open(member) as stream:
                        write(stream, folder, member.filename)
                    count += 1
    if count == 0:
        sys.exit(f"{archive}: no file fits {' '.join(patterns)}")


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    main(*sys.argv[1:])
