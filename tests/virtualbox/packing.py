"""A .vbox-extpack as VirtualBox itself takes it, made of a pack that is installed."""

from __future__ import annotations

import hashlib
import io
import tarfile
from pathlib import Path

#: What VirtualBox's own build writes there.
_SIGNATURE = b"todo\n"


def extension_pack(installed: Path, target: Path) -> Path:
    """Pack the folder of an installed pack up again, with the list of sums that VirtualBox checks."""
    names = sorted(str(path.relative_to(installed)) for path in installed.rglob("*"))
    names.sort(key=lambda name: name != "ExtPack.xml")
    manifest = ""
    with tarfile.open(target, "w:gz", format=tarfile.USTAR_FORMAT) as pack:
        for name in names:
            place = installed / name
            content = None if place.is_dir() else place.read_bytes()
            _add(pack, name, content)
            if content is not None:
                sums = [("SHA256", hashlib.sha256), ("SHA512", hashlib.sha512)]
                manifest += f"SIZE ({name}) = {len(content)}\n"
                manifest += "".join(f"{kind} ({name}) = {make(content).hexdigest()}\n" for kind, make in sums)
        _add(pack, "ExtPack.signature", _SIGNATURE)
        _add(pack, "ExtPack.manifest", manifest.encode())
    return target


def _add(pack: tarfile.TarFile, name: str, content: bytes | None) -> None:
    entry = tarfile.TarInfo(name)
    entry.uname = entry.gname = "root"
    entry.mode, entry.size = (0o755, 0) if content is None else (0o644, len(content))
    entry.type = tarfile.DIRTYPE if content is None else tarfile.REGTYPE
    pack.addfile(entry, io.BytesIO(content) if content else None)
