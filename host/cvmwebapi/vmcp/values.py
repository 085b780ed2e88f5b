"""What each value of a description may be. Pure; all of it raises ``CVMError``, in its website's own spelling."""

from __future__ import annotations

import re
from collections.abc import Mapping

from cvmwebapi.errors import CVMError
from cvmwebapi.texts.phrase import Phrase

MAX_USER_DATA = 256 * 1024
"""Bytes of UTF-8: many times what amiconfig or cloud-config texts need."""
MAX_URL = 4096
MAX_NAME = 100
FLAVORS = ("prod", "devel", "testing")
KNOWN_FLAGS = 255
# Local disk, OVA, local ISO: files of the user's own computer.
FORBIDDEN_FLAGS = 256 | 512 | 1024

NAME = re.compile(r"[A-Za-z0-9+_~-]+")
_VERSION = re.compile(r"[0-9A-Za-z.-]{1,64}")
_CHECKSUM = re.compile(r"[0-9A-Fa-f]{64}")
_DIGITS = re.compile(r"[0-9]{1,18}")
_OVERRIDABLE = re.compile(r"[A-Za-z0-9_.-]{1,64}")
_MAX_OVERRIDABLE = 64
_URL = re.compile(r"https?://[!-~]+", re.IGNORECASE)


def name(value: str) -> str:
    """Raises ``machineName``."""
    # The name becomes part of file names and of VirtualBox's arguments.
    if not NAME.fullmatch(value) or len(value) > MAX_NAME:
        raise CVMError("machineName", limit=MAX_NAME)
    return value


def number(values: Mapping[str, str], key: str, default: int, low: int, high: int, shown: str = "") -> int:
    """``shown``: as the website spells ``key``. Raises ``machineNumber``."""
    text = values.get(key, "")
    if text == "":
        return default
    if not _DIGITS.fullmatch(text) or not low <= int(text) <= high:
        raise CVMError("machineNumber", key=shown or key, low=low, high=high)
    return int(text)


def flags(values: Mapping[str, str]) -> int:
    """Raises ``machineNumber``, ``machineFlags``."""
    flags = number(values, "flags", 0, 0, 2**31 - 1)
    if flags & FORBIDDEN_FLAGS:
        raise CVMError("machineFlags", flags=flags)
    # Bits that nobody knows ask for nothing.
    return flags & KNOWN_FLAGS


def text(key: str, value: str, limit: int) -> str:
    """Raises ``machineText``."""
    if len(value) > limit or not value.isprintable():
        raise CVMError("machineText", key=key, rule=Phrase("rule_printable", {"limit": limit}))
    return value


def version(value: str) -> str:
    """Raises ``machineText``."""
    return _matching("version", value, _VERSION, Phrase("rule_version"))


def checksum(value: str) -> str:
    """In lower case. Raises ``machineText``."""
    return _matching("diskChecksum", value, _CHECKSUM, Phrase("rule_hex64")).lower()


def _matching(key: str, value: str, pattern: re.Pattern[str], rule: Phrase) -> str:
    if not pattern.fullmatch(value):
        raise CVMError("machineText", key=key, rule=rule)
    return value


def flavor(value: str) -> str:
    """Raises ``machineText``."""
    if value not in FLAVORS:
        raise CVMError("machineText", key="cernvmFlavor", rule=", ".join(FLAVORS))
    return value


def url(value: str) -> str:
    """Empty for none. Raises ``machineText``."""
    # Whether this address may be asked at all is for url_rules to say.
    if value and (len(value) > MAX_URL or not _URL.fullmatch(value)):
        raise CVMError("machineText", key="diskURL", rule=Phrase("rule_address", {"limit": MAX_URL}))
    return value


def user_data(value: str) -> str:
    """Raises ``machineUserData``."""
    if len(value.encode()) > MAX_USER_DATA or "\0" in value:
        raise CVMError("machineUserData", limit=MAX_USER_DATA // 1024)
    return value


def can_override(value: str) -> tuple[str, ...]:
    """The names in a list with commas, each once. Raises ``machineText``."""
    names = tuple(dict.fromkeys(name.strip() for name in value.split(",") if name.strip()))
    if len(names) > _MAX_OVERRIDABLE or not all(_OVERRIDABLE.fullmatch(name) for name in names):
        raise CVMError("machineText", key="canOverride", rule=Phrase("rule_names", {"limit": _MAX_OVERRIDABLE}))
    return names
