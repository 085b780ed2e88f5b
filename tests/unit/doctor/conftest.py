"""A small computer of its own for each test: real folders and files, real programs, real servers on loopback."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from cvmwebapi.config.settings import Settings
from cvmwebapi.doctor.check import Check, Result
from cvmwebapi.doctor.finding import Finding
from cvmwebapi.doctor.surroundings import Surroundings
from cvmwebapi.texts import english

_NOBODY = 65_534
# An Intel processor as Linux 6.1 tells of it, cut to the lines that count.
RECORDED_CPUINFO = (
    "processor\t: 0\nmodel name\t: Intel(R) Core(TM) i5-8250U CPU @ 1.60GHz\nflags\t\t: fpu sse2 vmx aes\n"
)


class Computer:
    """``root``, ``home``, ``bin`` (the whole PATH) are folders below the test's own."""

    def __init__(self, folder: Path) -> None:
        self.root, self.home, self.bin = folder / "root", folder / "home", folder / "bin"
        self.closers: list[Callable[[], None]] = []
        data, cache = folder / "data", folder / "cache"
        for place in (self.root, self.home, self.bin, data, cache):
            place.mkdir()
        self.around = Surroundings(
            system="linux",
            machine="x86_64",
            kernel="6.1.0-18-amd64",
            home=self.home,
            data=data,
            cache=cache,
            settings=Settings(),
            root=self.root,
            environment={"PATH": str(self.bin), "HOME": str(self.home)},
        )

    def file(self, path: str, content: str | bytes = "") -> Path:
        """A file below the root."""
        place = self.root / path.lstrip("/")
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content if isinstance(content, bytes) else content.encode())
        return place

    def json(self, path: str, value: Any) -> Path:
        """The same, as JSON."""
        return self.file(path, json.dumps(value))

    def program(self, name: str, script: str) -> Path:
        """A real program on PATH."""
        place = self.bin / name
        place.write_text(f"#!/bin/sh\n{script}\n")
        place.chmod(0o755)
        return place

    def recorded_virtualbox(self, version: str = "7.0.14r161095") -> None:
        """A program that only repeats what VirtualBox prints for its version."""
        self.program("VBoxManage", f'case "$1" in --version) echo {version};; *) echo "Extension Packs: 0";; esac')

    def recorded_memory(self, total: int, free: int) -> None:
        """MB, as Linux would tell of another computer."""
        import psutil

        kept = psutil.PROCFS_PATH
        told = {"MemTotal": total, "MemFree": free, "MemAvailable": free}
        told.update(dict.fromkeys(("Buffers", "Cached", "Shmem", "Active", "Inactive"), 0))
        self.file("/proc/meminfo", "".join(f"{name}: {value * 1024} kB\n" for name, value in told.items()))
        psutil.PROCFS_PATH = str(self.root / "proc")
        self.closers.append(lambda: setattr(psutil, "PROCFS_PATH", kept))

    def open_root(self) -> Computer:
        """Another root, which every account may read."""
        root = Path(tempfile.mkdtemp(prefix="doctor-", dir="/tmp"))
        root.chmod(0o777)
        self.root = self.around.root = root
        self.closers.append(lambda: shutil.rmtree(root))
        return self

    def become_nobody(self, wholly: bool = False) -> None:
        """Who is root goes on as another user, as the kernel's access(2) sees it, or ``wholly``; a user stays one."""
        if os.geteuid():
            return
        # What is imported or read late may not be open to that user.
        english.table()
        os.setresuid(_NOBODY, _NOBODY if wholly else 0, 0)
        self.closers.insert(0, lambda: os.setresuid(0, 0, 0))

    def findings(self, check: Check) -> list[Finding]:
        """What a check finds."""
        return list(check.look(self.around))

    def troubles(self, check: Check) -> set[str]:
        """The names of the advice for all that is not well."""
        return {found.advice for found in self.findings(check) if Result(check, found).status != "ok"}


@pytest.fixture
def computer(tmp_path: Path) -> Iterator[Computer]:
    made = Computer(tmp_path)
    yield made
    for close in made.closers:
        close()
