"""ISOs with nothing but 16-bit code that the machine boots, loaded at 0000:7C00."""

from __future__ import annotations

import io
from pathlib import Path

from tests.rig import cache


def boot_iso(name: str, version: str, code: bytes) -> Path:
    """The path of an ISO that boots ``code`` (2048 bytes at most)."""

    def build(folder: Path, log: Path) -> None:
        import pycdlib

        boot = code.ljust(2048, b"\0")
        image = pycdlib.PyCdlib()
        image.new(vol_ident="BOOT")
        image.add_fp(io.BytesIO(boot), len(boot), "/BOOT.;1")
        image.add_eltorito("/BOOT.;1", boot_load_size=4)
        image.write(str(folder / "boot.iso"))
        image.close()

    return cache.build(name, version, build) / "boot.iso"
