"""The settings of the host: built-in values, overridden by the user's ``settings.json``."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from cvmwebapi import paths
from cvmwebapi.errors import CVMError

_NUMBERS = frozenset({"min_free_disk", "max_image", "cache_max", "cache_days"})
_MAX_NUMBER = 2**31


@dataclass(frozen=True)
class Keystore:
    """A signed list of domains: ``url`` is the folder of its two files, ``root_key`` a PEM or base64 DER."""

    url: str
    root_key: str


@dataclass(frozen=True)
class Settings:
    """What can be set; each field's name in ``settings.json`` is the same."""

    releases: str = "http://cernvm.cern.ch/releases"
    """Root of the µCernVM release tree (guest.md)."""
    keystores: tuple[Keystore, ...] = field(default_factory=tuple)
    """Empty: the built-in one."""
    legacy_http_domains: tuple[str, ...] = ()
    """Domains whose VMCP endpoint may be plain http although it is not on this computer."""
    self_published_keys: bool = True
    """Whether a site that no keystore lists may vouch for itself (published_keys.py)."""
    vboxmanage: str = ""
    """Path of VBoxManage; empty: looked for."""
    min_free_disk: int = 1024
    """MB of disk that are never used up."""
    max_image: int = 20_480
    """MB that the boot disk of a website may unpack to."""
    cache_max: int = 20_480
    """MB of boot images that are kept for machines to come; those in use don't count."""
    cache_days: int = 90
    """Days after which an image that no machine uses is deleted."""


def load(file: Path | None = None) -> Settings:
    """Read the user's settings.

    Raises ``CVMError("settingsBroken")`` when the file is no JSON object of known settings: a typing error must not
    silently widen what the user had narrowed.
    """
    file = file or paths.settings_file()
    try:
        text = file.read_text("utf-8")
    except FileNotFoundError:
        return Settings()
    except (OSError, UnicodeDecodeError) as error:
        raise CVMError("settingsBroken", file=str(file), detail=str(error)) from error
    try:
        return parse(json.loads(text))
    except ValueError as error:
        raise CVMError("settingsBroken", file=str(file), detail=str(error)) from error


def parse(raw: Any) -> Settings:
    """Check a decoded ``settings.json``; raises ``ValueError`` with the first thing that is wrong."""
    if not isinstance(raw, dict):
        raise ValueError("it must hold one JSON object")
    known = {item.name: item for item in fields(Settings)}
    values: dict[str, Any] = {}
    for name, value in raw.items():
        if name not in known:
            raise ValueError(f"there is no setting named {name!r}")
        values[name] = _checked(name, value)
    return Settings(**values)


def _checked(name: str, value: Any) -> Any:
    if name == "keystores":
        if not isinstance(value, list) or not all(_is_keystore(item) for item in value):
            raise ValueError("keystores must be a list of objects with url and root_key")
        return tuple(Keystore(**item) for item in value)
    if name == "legacy_http_domains":
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise ValueError(f"{name} must be a list of host names")
        return tuple(value)
    if name == "self_published_keys":
        if not isinstance(value, bool):
            raise ValueError(f"{name} must be true or false")
        return value
    expected = int if name in _NUMBERS else str
    if not isinstance(value, expected) or isinstance(value, bool):
        raise ValueError(f"{name} must be a {'number' if expected is int else 'text'}")
    if isinstance(value, int) and not 0 <= value <= _MAX_NUMBER:
        raise ValueError(f"{name} must be between 0 and {_MAX_NUMBER}")
    return value


def _is_keystore(item: Any) -> bool:
    return (
        isinstance(item, dict)
        and set(item) == {"url", "root_key"}
        and all(isinstance(value, str) for value in item.values())
    )
