#!/usr/bin/env python3
"""Stands in for `lz4` in the kernel's build: wraps standard input as LZ4 without compressing it.

x86 kernels can't be built uncompressed, and unpacking takes four seconds in an interpreted machine. Blocks of
nothing but literals are copied by one string instruction each, which the interpreter does at once.
"""

from __future__ import annotations

import struct
import sys

# The "legacy" frame, which the kernel unpacks: magic number, then blocks of at most 8 MiB, each after its size.
MAGIC = 0x184C2102
BLOCK_SIZE = 8 << 20


def stored(data: bytes) -> bytes:
    """One block: a single sequence of literals. Its token says 15, the rest follows in bytes of up to 255."""
    length = len(data)
    if length < 15:
        return bytes([length << 4]) + data
    return b"\xf0" + b"\xff" * ((length - 15) // 255) + bytes([(length - 15) % 255]) + data


def main() -> None:
    """Wrap standard input onto standard output; the options of lz4 mean nothing here."""
    sys.stdout.buffer.write(struct.pack("<I", MAGIC))
    while data := sys.stdin.buffer.read(BLOCK_SIZE):
        block = stored(data)
        sys.stdout.buffer.write(struct.pack("<I", len(block)) + block)


if __name__ == "__main__":
    main()
