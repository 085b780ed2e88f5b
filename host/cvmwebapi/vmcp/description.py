"""What a website asks for: one virtual machine, checked value by value.

Made only from the signed fields of an answer (``signature.verify``). A fault of the website ends here, with an error
that tells its authors which value is wrong; nothing is cut to size in silence. Which of it this computer grants is
decided later, by policy and user.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from enum import IntFlag

from cvmwebapi.errors import CVMError
from cvmwebapi.texts.phrase import Phrase

MAX_USER_DATA = 256 * 1024
"""Bytes of UTF-8: many times what amiconfig or cloud-config texts need."""
MAX_URL = 4096
MAX_NAME = 100
FLAVORS = ("prod", "devel", "testing")

REQUIRED = ("name", "secret")
# Second names of some parameters (docs/vmcp.md), in lower case as everything here.
ALIASES = {"vcpus": "cpus", "ram": "memory", "cernvmversion": "version", "flavor": "cernvmflavor"}
# Who the machine belongs to, and what may be changed at all, is for the signature alone to say.
NEVER_OVERRIDDEN = frozenset({"name", "secret", "signature", "signaturealgorithm", "canoverride"})

_NAME = re.compile(r"[A-Za-z0-9+_~-]+")
_VERSION = re.compile(r"[0-9A-Za-z.-]{1,64}")
_CHECKSUM = re.compile(r"[0-9A-Fa-f]{64}")
_DIGITS = re.compile(r"[0-9]{1,18}")
_OVERRIDABLE = re.compile(r"[A-Za-z0-9_.-]{1,64}")
_MAX_OVERRIDABLE = 64
_URL = re.compile(r"https?://[!-~]+", re.IGNORECASE)


class Flags(IntFlag):
    """The bit field ``flags`` (docs/vmcp.md)."""

    USE_64BIT = 1
    BOOT_DISK = 2
    GUEST_ADDITIONS = 4
    FLOPPY_IO = 8
    HEADFUL = 16
    GRAPHICAL = 32
    DUAL_NIC = 64
    SERIAL_LOG = 128


KNOWN_FLAGS = 255
# Local disk, OVA, local ISO: files of the user's own computer.
FORBIDDEN_FLAGS = 256 | 512 | 1024


@dataclass(frozen=True)
class MachineDescription:
    """One machine as its website described it; every value is within its limits.

    ``memory`` and ``disk`` are in MB, ``execution_cap`` in percent. ``disk_url`` and ``disk_checksum`` are both there
    or both empty, the checksum in lower case. ``can_override`` is written as the site wrote it. ``min_…``: how far
    the user may lower the three amounts; 0: the site says nothing.
    """

    name: str
    user_data: str = field(default="", repr=False)
    cpus: int = 1
    memory: int = 512
    disk: int = 1024
    version: str = "latest"
    flavor: str = "prod"
    flags: int = 0
    disk_url: str = ""
    disk_checksum: str = ""
    api_port: int = 80
    execution_cap: int = 100
    can_override: tuple[str, ...] = ()
    min_cpus: int = 0
    min_memory: int = 0
    min_disk: int = 0

    def has(self, flag: Flags) -> bool:
        """Whether the site set ``flag``."""
        return bool(self.flags & flag)

    def may_override(self, name: str) -> bool:
        """Whether the site's page may replace the parameter ``name``, under any of its spellings."""
        wanted = _canonical_name(name)
        return wanted not in NEVER_OVERRIDDEN and wanted in {_canonical_name(item) for item in self.can_override}

    def overridden(self, values: Mapping[str, str]) -> MachineDescription:
        """This machine with some parameters replaced, each checked like the site's own.

        Raises ``CVMError``: ``settingNotAllowed`` for names that ``canOverride`` does not list, else as ``parse``.
        """
        for name in values:
            if not self.may_override(name):
                raise CVMError("settingNotAllowed", name=name[:64])
        # An empty value means "the default" in an answer; so it does here.
        return _machine({**self._fields(), **{_canonical_name(name): value for name, value in values.items()}})

    def _fields(self) -> dict[str, str]:
        return {
            "name": self.name,
            "userdata": self.user_data,
            "cpus": str(self.cpus),
            "memory": str(self.memory),
            "disk": str(self.disk),
            "version": self.version,
            "cernvmflavor": self.flavor,
            "flags": str(self.flags),
            "diskurl": self.disk_url,
            "diskchecksum": self.disk_checksum,
            "apiport": str(self.api_port),
            "executioncap": str(self.execution_cap),
            "canoverride": ",".join(self.can_override),
            "mincpus": str(self.min_cpus),
            "minmemory": str(self.min_memory),
            "mindisk": str(self.min_disk),
        }


@dataclass(frozen=True)
class SignedDescription(MachineDescription):
    """A machine as it came from its website: with the ``secret`` of its session, which is kept nowhere."""

    secret: str = field(default="", repr=False)

    def without_secret(self) -> MachineDescription:
        """What may be kept."""
        return MachineDescription(**{item.name: getattr(self, item.name) for item in fields(MachineDescription)})


KNOWN = frozenset({*MachineDescription("")._fields(), *ALIASES, *NEVER_OVERRIDDEN})
"""All keys that mean something, in lower case."""


def check_required(parameters: Mapping[str, object]) -> None:
    """The first look at an answer, before its signature (docs/vmcp.md, order of checks).

    Raises ``CVMError``: ``vmcpIncomplete`` (-99) when ``name``, ``secret`` or ``signature`` is missing or empty, or
    one of ``diskURL`` and ``diskChecksum`` without the other.
    """
    present = {key.lower() for key, value in parameters.items() if value not in (None, "")}
    for key in (*REQUIRED, "signature"):
        if key not in present:
            raise CVMError("vmcpIncomplete", key=key)
    _check_disk_pair("diskurl" in present, "diskchecksum" in present)


def parse(signed: Mapping[str, str]) -> SignedDescription:
    """The machine that the signed fields describe; unknown keys are ignored, empty optional values mean the default.

    Raises ``CVMError``, all of code -99 unless said otherwise: ``vmcpIncomplete``, ``vmcpConflict`` (two spellings of
    one parameter with different values), ``machineName``, ``machineNumber``, ``machineFlags`` (-10), ``machineText``,
    ``machineUserData``, ``machineBootDisk``.
    """
    values = _merged(signed)
    for key in REQUIRED:
        if not values.get(key):
            raise CVMError("vmcpIncomplete", key=key)
    return SignedDescription(**vars(_machine(values)), secret=_text("secret", values["secret"], 1024))


def _machine(values: Mapping[str, str]) -> MachineDescription:
    """By the first names of the parameters. Raises as ``parse``."""
    disk_url, checksum = values.get("diskurl", ""), values.get("diskchecksum", "")
    _check_disk_pair(bool(disk_url), bool(checksum))
    flags = _flags(values)
    if flags & Flags.BOOT_DISK and not disk_url:
        raise CVMError("machineBootDisk")
    return MachineDescription(
        name=_name(values["name"]),
        user_data=_user_data(values.get("userdata", "")),
        cpus=_number(values, "cpus", 1, 1, 64),
        memory=_number(values, "memory", 512, 16, 1024 * 1024),
        disk=_number(values, "disk", 1024, 0, 2 * 1024 * 1024),
        version=_matching("version", values.get("version") or "latest", _VERSION, Phrase("rule_version")),
        flavor=_flavor(values.get("cernvmflavor") or "prod"),
        flags=flags,
        disk_url=_url(disk_url),
        disk_checksum=_matching("diskChecksum", checksum, _CHECKSUM, Phrase("rule_hex64")).lower() if checksum else "",
        api_port=_number(values, "apiport", 80, 1, 65535, "apiPort"),
        execution_cap=_number(values, "executioncap", 100, 1, 100, "executionCap"),
        can_override=_can_override(values.get("canoverride", "")),
        min_cpus=_number(values, "mincpus", 0, 0, 64, "minCpus"),
        min_memory=_number(values, "minmemory", 0, 0, 1024 * 1024, "minMemory"),
        min_disk=_number(values, "mindisk", 0, 0, 2 * 1024 * 1024, "minDisk"),
    )


def _canonical_name(name: str) -> str:
    lower = name.strip().lower()
    return ALIASES.get(lower, lower)


def _merged(fields: Mapping[str, str]) -> dict[str, str]:
    """The fields under their first names; a second name may repeat, not contradict."""
    values: dict[str, str] = {}
    for key, value in fields.items():
        name = ALIASES.get(key, key)
        if value and values.get(name, "") not in ("", value):
            raise CVMError("vmcpConflict", key=name)
        if value or name not in values:
            values[name] = value
    return values


def _check_disk_pair(url: bool, checksum: bool) -> None:
    if url != checksum:
        raise CVMError("vmcpIncomplete", key="diskChecksum" if url else "diskURL")


def _name(value: str) -> str:
    # The name becomes part of file names and of VirtualBox's arguments.
    if not _NAME.fullmatch(value) or len(value) > MAX_NAME:
        raise CVMError("machineName", limit=MAX_NAME)
    return value


def _number(values: Mapping[str, str], key: str, default: int, low: int, high: int, shown: str = "") -> int:
    text = values.get(key, "")
    if text == "":
        return default
    if not _DIGITS.fullmatch(text) or not low <= int(text) <= high:
        raise CVMError("machineNumber", key=shown or key, low=low, high=high)
    return int(text)


def _flags(values: Mapping[str, str]) -> int:
    flags = _number(values, "flags", 0, 0, 2**31 - 1)
    if flags & FORBIDDEN_FLAGS:
        raise CVMError("machineFlags", flags=flags)
    # Bits that nobody knows ask for nothing.
    return flags & KNOWN_FLAGS


def _text(key: str, value: str, limit: int) -> str:
    if len(value) > limit or not value.isprintable():
        raise CVMError("machineText", key=key, rule=Phrase("rule_printable", {"limit": limit}))
    return value


def _matching(key: str, value: str, pattern: re.Pattern[str], rule: Phrase) -> str:
    if not pattern.fullmatch(value):
        raise CVMError("machineText", key=key, rule=rule)
    return value


def _flavor(value: str) -> str:
    if value not in FLAVORS:
        raise CVMError("machineText", key="cernvmFlavor", rule=", ".join(FLAVORS))
    return value


def _url(value: str) -> str:
    # Whether this address may be asked at all is for url_rules to say.
    if value and (len(value) > MAX_URL or not _URL.fullmatch(value)):
        raise CVMError("machineText", key="diskURL", rule=Phrase("rule_address", {"limit": MAX_URL}))
    return value


def _user_data(value: str) -> str:
    if len(value.encode()) > MAX_USER_DATA or "\0" in value:
        raise CVMError("machineUserData", limit=MAX_USER_DATA // 1024)
    return value


def _can_override(value: str) -> tuple[str, ...]:
    names = tuple(dict.fromkeys(name.strip() for name in value.split(",") if name.strip()))
    if len(names) > _MAX_OVERRIDABLE or not all(_OVERRIDABLE.fullmatch(name) for name in names):
        raise CVMError("machineText", key="canOverride", rule=Phrase("rule_names", {"limit": _MAX_OVERRIDABLE}))
    return names
