# SPDX-License-Identifier: GPL-3.0-or-later
"""A build backend that builds nothing.

`pip download` asks a source package's backend for its metadata. Only files out of the package are
wanted, so scripts/setup puts this folder in front of the real backend: no build tools are fetched,
and nothing out of the package is run.
"""
import os


def get_requires_for_build_wheel(config_settings=None):
    return []


def prepare_metadata_for_build_wheel(folder, config_settings=None):
    name = "llama_cpp_python-0.3.9.dist-info"
    os.makedirs(os.path.join(folder, name))
    with open(os.path.join(folder, name, "METADATA"), "w", encoding="utf-8") as metadata:
        metadata.write("Metadata-Version: 2.1\nName: llama_cpp_python\nVersion: 0.3.9\n")
    return name


def build_wheel(folder, config_settings=None, metadata_directory=None):
    raise NotImplementedError("this backend gives metadata only")
