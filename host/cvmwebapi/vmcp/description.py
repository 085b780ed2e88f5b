"""What a website asks for: one virtual machine, checked value by value.

Made only from the signed fields of an answer (``signature.verify``). A fault of the website ends here, with an error
that tells its authors which value is wrong; nothing is cut to size in silence. Which of it this computer grants is
decided later, by policy and user.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from enum import IntFlag

from cvmwebapi.errors import CVMError
from cvmwebapi.vmcp import values

REQUIRED = ("name", "secret")
# Second names of some parameters (docs/vmcp.md), in lower case as everything here.
ALIASES = {"vcpus": "cpus", "ram": "memory", "cernvmversion": "version", "flavor": "cernvmflavor"}
# Who the machine belongs to, and what may be changed at all, is for the signature alone to say.
NEVER_OVERRIDDEN = frozenset({"name", "secret", "signature", "signaturealgorithm", "canoverride"})


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
    named = _merged(signed)
    for key in REQUIRED:
        if not named.get(key):
            raise CVMError("vmcpIncomplete", key=key)
    return SignedDescription(**vars(_machine(named)), secret=values.text("secret", named["secret"], 1024))


def _machine(named: Mapping[str, str]) -> MachineDescription:
    """By the first names of the parameters. Raises as ``parse``."""
    disk_url, checksum = named.get("diskurl", ""), named.get("diskchecksum", "")
    _check_disk_pair(bool(disk_url), bool(checksum))
    flags = values.flags(named)
    if flags & Flags.BOOT_DISK and not disk_url:
        raise CVMError("machineBootDisk")
    return MachineDescription(
        name=values.name(named["name"]),
        user_data=values.user_data(named.get("userdata", "")),
        cpus=values.number(named, "cpus", 1, 1, 64),
        memory=values.number(named, "memory", 512, 16, 1024 * 1024),
        disk=values.number(named, "disk", 1024, 0, 2 * 1024 * 1024),
        version=values.version(named.get("version") or "latest"),
        flavor=values.flavor(named.get("cernvmflavor") or "prod"),
        flags=flags,
        disk_url=values.url(disk_url),
        disk_checksum=values.checksum(checksum) if checksum else "",
        api_port=values.number(named, "apiport", 80, 1, 65535, "apiPort"),
        execution_cap=values.number(named, "executioncap", 100, 1, 100, "executionCap"),
        can_override=values.can_override(named.get("canoverride", "")),
        min_cpus=values.number(named, "mincpus", 0, 0, 64, "minCpus"),
        min_memory=values.number(named, "minmemory", 0, 0, 1024 * 1024, "minMemory"),
        min_disk=values.number(named, "mindisk", 0, 0, 2 * 1024 * 1024, "minDisk"),
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
