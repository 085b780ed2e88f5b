"""Where administrators put their policy, and how it is read. Every place is read; the weightiest comes first.

Linux: ``/etc/cernvm-webapi/policy.json``. macOS: managed preferences of ``ch.cern.cernvm.webapi``, the computer's, then
the user's, then ``/Library/Application Support/cernvm-webapi/policy.json``. Windows: the registry key
``Software\\Policies\\CERN\\CernVM WebAPI`` of HKLM, then of HKCU, then ``%ProgramData%\\cernvm-webapi\\policy.json``.
Users can't write to any of them.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path, PureWindowsPath
from typing import Any, NamedTuple

from cvmwebapi.config.kinds import Kind, from_text
from cvmwebapi.errors import CVMError
from cvmwebapi.system import windows_registry
from cvmwebapi.system.windows_registry import Registry
from cvmwebapi.texts.phrase import Fault, detail, why

DOMAIN = "ch.cern.cernvm.webapi"
REGISTRY_KEY = r"Software\Policies\CERN\CernVM WebAPI"
MAX_BYTES = 1024 * 1024


class Source(NamedTuple):
    """One policy as found: ``name`` is its path or registry key, ``values`` still unchecked."""

    name: str
    values: Any


def find(
    kinds: Mapping[str, Kind],
    platform: str = sys.platform,
    root: Path | None = None,
    registry: Registry | None = None,
    user: str = "",
) -> tuple[Source, ...]:
    """All policies of this computer; ``kinds`` are the settings that exist. The other arguments are for tests.

    Raises ``CVMError("policyBroken")`` for one that is there and can't be read: what it forbids stays forbidden.
    """
    if platform == "win32":
        registry = registry or windows_registry.of_this_computer()
        found = [_from_registry(registry, hive, kinds) for hive in ("HKLM", "HKCU")]
        found.append(_from_file(_json, _program_data(root) / "cernvm-webapi" / "policy.json"))
    elif platform == "darwin":
        import plistlib

        library = (root or Path("/")) / "Library"
        managed = library / "Managed Preferences"
        user = user or _user_name()
        plists = [managed / f"{DOMAIN}.plist", managed / user / f"{DOMAIN}.plist"]
        found = [_from_file(plistlib.loads, place) for place in plists]
        found.append(_from_file(_json, library / "Application Support" / "cernvm-webapi" / "policy.json"))
    else:
        found = [_from_file(_json, (root or Path("/")) / "etc" / "cernvm-webapi" / "policy.json")]
    return tuple(source for source in found if source)


def _program_data(root: Path | None) -> Path:
    # Not %ProgramData%: a user could point that elsewhere, and so be without a policy.
    return root / "ProgramData" if root else Path(PureWindowsPath(windows_registry.program_data()))


def _user_name() -> str:
    import pwd

    return pwd.getpwuid(os.getuid()).pw_name


def _from_file(decode: Callable[[bytes], Any], place: Path) -> Source | None:
    try:
        with place.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
        if len(content) > MAX_BYTES:
            raise Fault("tooLarge", limit=MAX_BYTES // 1024)
        return Source(str(place), decode(content))
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise CVMError("policyBroken", file=str(place), detail=error.strerror or detail("notReadable")) from error
    except Exception as error:
        # plistlib lets through whatever its parsers raise.
        raise CVMError("policyBroken", file=str(place), detail=why(error)) from error


def _json(content: bytes) -> Any:
    return json.loads(content.decode("utf-8-sig"), object_pairs_hook=_without_repetition)


def _without_repetition(pairs: list[tuple[str, Any]]) -> dict[str, object]:
    """An object in which no name stands twice: which of two would count is anybody's guess."""
    values = dict(pairs)
    if len(values) < len(pairs):
        raise Fault("keyTwice", key=next(name for name in values if [key for key, _ in pairs].count(name) > 1))
    return values


def _from_registry(registry: Registry, hive: str, kinds: Mapping[str, Kind]) -> Source | None:
    name = f"{hive}\\{REGISTRY_KEY}"
    try:
        values = registry.values(hive, REGISTRY_KEY)
        lists = {key: registry.values(hive, f"{REGISTRY_KEY}\\{key}") for key in registry.keys(hive, REGISTRY_KEY)}
    except OSError as error:
        raise CVMError("policyBroken", file=name, detail=why(error)) from error
    if not values and not lists:
        return None
    read: dict[str, object] = {}
    for key, value in values.items():
        try:
            read[key] = from_text(kinds[key], value) if key in kinds else value
        except ValueError as error:
            raise CVMError("policyBroken", file=name, detail=detail("about", name=key, reason=why(error))) from error
    # A list of a group policy is a key of its own with values named 1, 2, 3…
    for key, items in lists.items():
        read[key] = [items[number] for number in sorted(items, key=lambda text: (len(text), text))]
    return Source(name, read)
