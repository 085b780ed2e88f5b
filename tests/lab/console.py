"""A machine whose screen can be read: an ISO with nothing but a boot prompt, which echoes what is typed, and the reader
of its pictures. The prompt's first lines show every character, so that the reader need not know the font."""

from __future__ import annotations

import random
import shutil
import struct
import zlib
from pathlib import Path

from tests.rig import cache, packages

WIDTH, HEIGHT = 720, 400
"""Of a text screen of 80 × 25 characters."""
_CELL = (9, 16)
_CHARACTERS = "".join(map(chr, range(33, 127)))
_LINES = [_CHARACTERS[:47], _CHARACTERS[47:]]
_FIRST_LINE = 2
_MODULES = Path("/usr/lib/syslinux/modules/bios")
_ISOLINUX = Path("/usr/lib/ISOLINUX/isolinux.bin")
_CONFIG = """prompt 1
timeout 0
display glyphs.txt
f1 f1.txt
f10 f10.txt
label menu
  com32 vesamenu.c32
  append menu.cfg
"""
MENU = (640, 480)
"""The screen after `menu` was typed: pictures of random dots, far more than a native message can hold."""


def console_iso() -> Path:
    """The path of the ISO."""

    def build(folder: Path, log: Path) -> None:
        needed = {"isolinux": _ISOLINUX, "syslinux-common": _MODULES / "ldlinux.c32", "xorriso": "/usr/bin/xorriso"}
        packages.install_missing({name: str(file) for name, file in needed.items()}, log)
        inside = folder / "work" / "isolinux"
        inside.mkdir(parents=True)
        for module in ("ldlinux", "vesamenu", "libcom32", "libutil"):
            shutil.copy(_MODULES / f"{module}.c32", inside)
        shutil.copy(_ISOLINUX, inside)
        texts = {
            "isolinux.cfg": _CONFIG,
            "glyphs.txt": "\n".join(_LINES) + "\n",
            "f1.txt": "FIRST PAGE\n",
            "f10.txt": "TENTH PAGE\n",
            "menu.cfg": "menu background noise.png\nlabel one\n  localboot -1\n",
        }
        for name, text in texts.items():
            (inside / name).write_text(text)
        (inside / "noise.png").write_bytes(_noise(*MENU))
        cache.run(
            ["xorriso", "-as", "mkisofs", "-quiet", "-J", "-r", "-V", "CONSOLE", "-o", folder / "console.iso",
             "-b", "isolinux/isolinux.bin", "-c", "isolinux/boot.cat", "-no-emul-boot", "-boot-load-size", "4",
             "-boot-info-table", folder / "work"],
            log,
        )  # fmt: skip
        shutil.rmtree(folder / "work")

    return cache.build("console-iso", cache.recipe_key(Path(__file__)), build) / "console.iso"


class Reader:
    """Reads text screens; `Reader.learn` makes one from a picture of the prompt."""

    def __init__(self, shapes: dict[bytes, str]) -> None:
        self._shapes = shapes

    @classmethod
    def learn(cls, png: bytes) -> Reader | None:
        """None: the prompt is not there yet."""
        if size(png) != (WIDTH, HEIGHT):
            return None
        cells = _cells(png)
        shapes = {
            cell: letter
            for row, line in enumerate(_LINES)
            for cell, letter in zip(cells[_FIRST_LINE + row], line, strict=False)
        }  # fmt: skip
        reader = cls(shapes) if len(shapes) == len(_CHARACTERS) else None
        return reader if reader and "boot:" in reader.text(png) else None

    def text(self, png: bytes) -> str:
        """What it shows, line by line; the cursor counts as a blank."""
        lines = ["".join(self._shapes.get(cell, " ") for cell in line).rstrip() for line in _cells(png)]
        return "\n".join(lines).rstrip()


def size(png: bytes) -> tuple[int, int]:
    """Width and height in pixels."""
    assert png.startswith(b"\x89PNG\r\n\x1a\n") and png[12:16] == b"IHDR"
    width, height = struct.unpack(">II", png[16:24])
    return width, height


def _cells(png: bytes) -> list[list[bytes]]:
    """For each character of each line, its pixels: 1 for a lit one."""
    width, height = _CELL
    depth = _depth(png)
    lit = [bytes(any(row[at : at + 3]) for at in range(0, len(row), depth)) for row in _rows(png)]
    return [
        [b"".join(row[left : left + width] for row in lit[top : top + height]) for left in range(0, WIDTH, width)]
        for top in range(0, HEIGHT, height)
    ]


def _rows(png: bytes) -> list[bytes]:
    """The pixels of each row (PNG specification, 9: filters)."""
    width, _ = size(png)
    depth = _depth(png)
    at, data = 8, b""
    while at < len(png):
        length, kind = struct.unpack(">I4s", png[at : at + 8])
        data += png[at + 8 : at + 8 + length] if kind == b"IDAT" else b""
        at += length + 12
    plain, stride = zlib.decompress(data), depth * width
    rows, above = [], bytearray(stride)
    for begin in range(0, len(plain), stride + 1):
        row = bytearray(plain[begin + 1 : begin + 1 + stride])
        _unfilter(plain[begin], row, above, depth)
        rows.append(bytes(row))
        above = row
    return rows


def _depth(png: bytes) -> int:
    """Bytes a pixel: red, green and blue, and what browsers write beside them, opacity."""
    assert png[24:25] == b"\x08" and png[26:29] == b"\0\0\0", "8 bits each, no interlace"
    return {2: 3, 6: 4}[png[25]]


def _unfilter(kind: int, row: bytearray, above: bytearray, depth: int) -> None:
    for at in range(len(row)):
        left, up, corner = (row[at - depth], above[at], above[at - depth]) if at >= depth else (0, above[at], 0)
        guess = (0, left, up, (left + up) // 2)[kind] if kind < 4 else _paeth(left, up, corner)
        row[at] = (row[at] + guess) & 0xFF


def _paeth(left: int, up: int, corner: int) -> int:
    near = left + up - corner
    return min((left, up, corner), key=lambda each: abs(near - each))


def _noise(width: int, height: int) -> bytes:
    dots = random.Random(1)
    rows = b"".join(b"\0" + dots.randbytes(3 * width) for _ in range(height))
    parts = (
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)),
        (b"IDAT", zlib.compress(rows)),
        (b"IEND", b""),
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in parts
    )
