"""An ISO whose boot sector writes to the first disk as fast as it can, a block of VirtualBox's after the other."""

from __future__ import annotations

from pathlib import Path

from tests.virtualbox.boot_sector import boot_iso

# 16-bit code at 0000:7C00. It writes 32 KB, itself among them, to the disk each MB, for a VDI grows by the MB.
_CODE = bytes.fromhex(
    "31c0"  # xor ax, ax
    "8ed8"  # mov ds, ax
    "be207c"  # mov si, 0x7c20: the packet below
    "b80043"  # again: mov ax, 0x4300: extended write
    "b280"  # mov dl, 0x80: the first disk
    "cd13"  # int 0x13
    "6681440800080000"  # add dword [si + 8], 2048 sectors
    "ebef"  # jmp again
)
# Size, count of sectors, source 0000:7c00, first sector.
_PACKET = bytes.fromhex("10004000007c00000000000000000000")


def disk_filler_iso() -> Path:
    """The path of the ISO."""
    return boot_iso("disk-filler-iso", "3", _CODE.ljust(0x20, b"\x90") + _PACKET)
