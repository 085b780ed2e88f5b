"""Disk images of websites: which kinds are taken, and what is checked before VirtualBox opens one.

An image may name other files: the parent of a differencing disk, the extents of a VMDK. Those would be files of the
user's own computer, so images that name any are refused. Each image gets an id of its own, for VirtualBox refuses two
files with the same one, and many images are copies of one ancestor.
"""

from __future__ import annotations

import re
import struct
import uuid
from pathlib import Path

from cvmwebapi.texts.phrase import Fault

_VDI_MAGIC = struct.pack("<I", 0xBEDA107F)
_VDI_AT = 0x40
_VDI_ID = 0x188
_VDI_PARENT = 0x1A8
_VDI_WHOLE = (1, 2)
"""Types that need no other file: grows when written, and of fixed size."""
_NO_ID = bytes(16)
_SECTOR = 512
_BOOT_MARK = b"\x55\xaa"
_FOREIGN = {b"QFI\xfb": "QCOW", b"conectix": "VHD", b"vhdxfile": "VHDX", b"# Disk Descri": "VMDK in several files"}
_VMDK_MAGIC = b"KDMV"
_VMDK_HEAD = struct.Struct("<4sIIQQQQIQQ")
_AT_END = 2**64 - 1
_MAX_TEXT = 64 * 1024
_EXTENT = re.compile(r'^(RW|RDONLY|NOACCESS)\s+\d+\s+(\w+)(?:\s+"([^"]*)")?.*$', re.MULTILINE)
_FLAT = """\
# Disk DescriptorFile
version=1
CID={cid:08x}
parentCID=ffffffff
createType="monolithicFlat"

RW {sectors} FLAT "{name}" 0

ddb.virtualHWVersion = "4"
ddb.adapterType="ide"
ddb.geometry.cylinders="{cylinders}"
ddb.geometry.heads="16"
ddb.geometry.sectors="63"
ddb.uuid.image="{id}"
ddb.uuid.parent="00000000-0000-0000-0000-000000000000"
"""


class BadImage(Fault):
    """The file is no disk image that can be used."""


def prepared(file: Path, final: Path) -> Path:
    """Check the image ``file``, and put it under the name ``final`` with the suffix of its kind.

    Returns what VirtualBox is to attach: the last file that is put in place. Raises ``BadImage`` and ``OSError``.
    """
    id = uuid.uuid5(uuid.NAMESPACE_OID, final.name)
    with file.open("rb") as opened:
        head = opened.read(1024)
    if head[_VDI_AT : _VDI_AT + 4] == _VDI_MAGIC:
        return _vdi(file, final.with_name(f"{final.name}.vdi"), head, id)
    if head.startswith(_VMDK_MAGIC):
        return _vmdk(file, final.with_name(f"{final.name}.vmdk"), head)
    for magic, name in _FOREIGN.items():
        if head.startswith(magic):
            raise BadImage("diskKind", kind=name)
    if head[_SECTOR - 2 : _SECTOR] != _BOOT_MARK:
        raise BadImage("notBootable")
    return _raw(file, final, id)


def _vdi(file: Path, final: Path, head: bytes, id: uuid.UUID) -> Path:
    version, _, kind = struct.unpack_from("<III", head, _VDI_AT + 4)
    if version >> 16 != 1:
        raise BadImage("vdiVersion")
    if kind not in _VDI_WHOLE or head[_VDI_PARENT : _VDI_PARENT + 16] != _NO_ID:
        raise BadImage("diskDifference")
    with file.open("r+b") as opened:
        opened.seek(_VDI_ID)
        opened.write(id.bytes_le)
    return file.replace(final)


def _vmdk(file: Path, final: Path, head: bytes) -> Path:
    _, _, _, _, _, at, size, _, _, grains = _VMDK_HEAD.unpack_from(head)
    if grains == _AT_END:
        raise BadImage("vmdkStreaming")
    if not at or not 0 < size * _SECTOR <= _MAX_TEXT:
        raise BadImage("vmdkDescription")
    with file.open("rb") as opened:
        opened.seek(min(at, 2**40) * _SECTOR)
        text = opened.read(size * _SECTOR).split(b"\0")[0].decode("ascii", "replace")
    extents = _EXTENT.findall(text)
    one_file = len(extents) == 1 and extents[0][1] == "SPARSE" and not set(extents[0][2]) & set("/\\:")
    if not one_file or 'createtype="monolithicsparse"' not in text.lower().replace(" ", ""):
        raise BadImage("vmdkFiles")
    if "parentfilenamehint" in text.lower() or not re.search(r"^parentCID\s*=\s*ffffffff\s*$", text, re.M | re.I):
        raise BadImage("diskDifference")
    return file.replace(final)


def _raw(file: Path, final: Path, id: uuid.UUID) -> Path:
    size = file.stat().st_size
    sectors = -(-size // _SECTOR)
    if size % _SECTOR:
        with file.open("r+b") as opened:
            opened.truncate(sectors * _SECTOR)
    content = final.with_name(f"{final.name}.raw")
    file.replace(content)
    # Last: who finds the description finds a whole image.
    description = final.with_name(f"{final.name}.vmdk")
    cylinders = min(16383, max(1, sectors // (16 * 63)))
    text = _FLAT.format(cid=id.fields[0], sectors=sectors, name=content.name, cylinders=cylinders, id=id)
    scratch = final.with_name(f"{final.name}.unpacked")
    scratch.write_text(text, "ascii")
    return scratch.replace(description)
