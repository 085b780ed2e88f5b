"""``python -m installer.zipapp.build OUTPUT``: the program with all its libraries in one file that can be started.

A plain zipapp can't hold ``cryptography``, ``cffi`` and ``psutil``, which are machine code; so this one unpacks its
libraries on its first start, see start.py. Considered instead: shiv (the same idea, one more dependency to trust and
keep), PyInstaller and Nuitka (unpack anew at each start, or a folder of many files), docker (no way to VirtualBox). It
fits one system, one kind of processor and one version of Python; its name says which.
"""

from __future__ import annotations

import hashlib
import io
import os
import platform
import stat
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path

from installer import sources

_PYTHON = f"{sys.version_info.major}.{sys.version_info.minor}"
_LEFT_OUT = ("__pycache__", "tests", "test")


def name() -> str:
    """Of the file made on this computer."""
    system = {"darwin": "macos", "win32": "windows"}.get(sys.platform, "linux")
    return f"cernvm-webapi-{sources.version()}-{system}-{platform.machine().lower()}-py{_PYTHON}.pyz"


def build(output: Path) -> Path:
    """Returns the file."""
    with tempfile.TemporaryDirectory() as folder:
        site = Path(folder) / "site"
        (Path(folder) / "source").mkdir()
        source = sources.copy(Path(folder) / "source")
        pip = ("-m", "pip", "install", "-q", "--disable-pip-version-check", "--no-compile", "--target", str(site), ".")
        subprocess.run([sys.executable, *pip], cwd=source, check=True)
        files = {f"site/{path.relative_to(site).as_posix()}": path.read_bytes() for path in _wanted(site)}
    key = hashlib.sha256(b"".join(key.encode() + hashlib.sha256(files[key]).digest() for key in sorted(files)))
    start = sources.fill(Path(__file__).with_name("start.py"), KEY=key.hexdigest()[:16], PYTHON=_PYTHON)
    output.mkdir(parents=True, exist_ok=True)
    made = output / name()
    made.write_bytes(f"#!/usr/bin/env python{_PYTHON}\n".encode() + _zip({"__main__.py": start.encode(), **files}))
    made.chmod(made.stat().st_mode | stat.S_IXUSR | stat.S_IXGRP | stat.S_IXOTH)
    return made


def _wanted(site: Path) -> list[Path]:
    return [
        path
        for path in site.rglob("*")
        # What pip notes about the installation differs each time.
        if path.is_file()
        and not set(_LEFT_OUT) & set(path.relative_to(site).parts)
        and path.relative_to(site).parts[0] != "bin"
        and path.name not in ("RECORD", "direct_url.json")
    ]


def _zip(files: dict[str, bytes]) -> bytes:
    content = io.BytesIO()
    when = time.gmtime(sources.EPOCH)[:6]
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as packed:
        for path in sorted(files):
            entry = zipfile.ZipInfo(path, when)
            entry.compress_type, entry.create_system = zipfile.ZIP_DEFLATED, 3
            entry.external_attr = 0o100644 << 16
            packed.writestr(entry, files[path])
    return content.getvalue()


if __name__ == "__main__":
    os.umask(0o022)
    print(build(Path(sys.argv[1])))
