"""``python -m installer.wheel OUTPUT``: wheel and sdist of the program."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from installer import sources


def build(output: Path) -> list[Path]:
    """Returns the two files."""
    output.mkdir(parents=True, exist_ok=True)
    before = set(output.iterdir())
    environment = {**os.environ, "SOURCE_DATE_EPOCH": str(sources.EPOCH), "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "source"
        folder.mkdir()
        sources.copy(folder)
        tools = str(Path(name) / "tools")
        build_sdist = f"build_meta.build_sdist({str(output.absolute())!r})"
        sdist = f"import sys; sys.path.insert(0, {tools!r}); from setuptools import build_meta; {build_sdist}"
        pip = ("-m", "pip", "wheel", "-q", "--no-deps", "-w", str(output.absolute()), ".")
        setuptools = ("-m", "pip", "install", "-q", "--target", tools, "setuptools>=77")
        for command in (setuptools, ("-c", sdist), pip):
            # Setuptools tells every step on standard output.
            subprocess.run(
                [sys.executable, *command], cwd=folder, env=environment, check=True, stdout=subprocess.DEVNULL
            )
    return sorted(set(output.iterdir()) - before)


if __name__ == "__main__":
    for made in build(Path(sys.argv[1])):
        print(made)
