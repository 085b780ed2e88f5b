"""The signed list of VirtualBox's installers: its format, and which of them fits a computer. Pure.

``installers.json`` is one JSON object, ``installers.sig`` beside it its raw signature (RSA-SHA512, PKCS#1 v1.5, as for
``domainkeys.lst``) by the root key of the keystore whose folder both lie in::

    {"format": "cernvm-webapi installers 1", "serial": 1764000000,
     "installers": [{"system": "linux", "machine": "x86_64", "distribution": "debian", "release": "12", "kind": "deb",
                     "version": "7.2.4", "url": "https://…/virtualbox-7.2_….deb", "sha256": "…", "size": 97000000}]}

``distribution`` and ``release`` are those of /etc/os-release, and may be left out: any. The list holds no commands:
what is done with each kind is known here (commands.py), so that a list can only choose among files. VirtualBox's
extension packs may be in it too, one for each version: kind ``extpack``, system ``any``, machine empty.
"""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import urlsplit

from cvmwebapi.errors import CVMError
from cvmwebapi.hypervisor import versions
from cvmwebapi.hypervisor.versions import OLDEST, Version
from cvmwebapi.net import addresses
from cvmwebapi.texts.phrase import Fault
from cvmwebapi.vmcp import list_age
from cvmwebapi.vmcp.list_age import Dates

FORMAT = "cernvm-webapi installers 1"
MAX_BYTES = 1024 * 1024
MAX_SIZE = 2 * 1024**3
PACK = "extpack"
KINDS = {"linux": ("deb", "rpm", "run"), "macos": ("dmg", "pkg"), "windows": ("exe",), "any": (PACK,)}
_WORD = re.compile(r"[0-9a-z._+-]{0,40}")
# As VirtualBox wants it: the name that stands inside, then the version.
_PACK_NAME = re.compile(r"[A-Za-z0-9_]{1,80}(-[A-Za-z0-9._]{1,40})?\.vbox-extpack")
_SHA256 = re.compile(r"[0-9a-f]{64}")


class BadList(Fault):
    """The list can't be used."""


@dataclass(frozen=True)
class Installer:
    """One file; ``size`` in bytes."""

    system: str
    machine: str
    """Empty for what fits all."""
    kind: str
    version: str
    url: str
    sha256: str
    size: int
    distribution: str = ""
    release: str = ""

    @property
    def number(self) -> Version:
        """The version, comparable."""
        found = versions.parse(self.version)
        assert found is not None
        return found


@dataclass(frozen=True)
class Platform:
    """A computer as installers see it; ``like`` are the distributions that its own is made from."""

    system: str
    machine: str
    distribution: str = ""
    like: tuple[str, ...] = ()
    release: str = ""


@dataclass(frozen=True)
class InstallerList:
    """``serial`` grows with every change; ``signed`` and ``expires`` are dates (list_age.py), or empty."""

    serial: int
    installers: tuple[Installer, ...]
    signed: str = ""
    expires: str = ""

    @property
    def dates(self) -> Dates:
        """When it was signed, and until when it counts."""
        return list_age.dated(list_age.seconds_of(self.signed), list_age.seconds_of(self.expires), self.serial)

    def to_json(self) -> bytes:
        """As it is signed."""
        items = [
            {key: value for key, value in asdict(item).items() if value != "" or key == "machine"}
            for item in self.installers
        ]
        dates = {name: text for name, text in (("signed", self.signed), ("expires", self.expires)) if text}
        content = {"format": FORMAT, "serial": self.serial, **dates, "installers": items}
        return (json.dumps(content, indent=1) + "\n").encode()


def parse(content: bytes) -> InstallerList:
    """Raises ``BadList``. Members that nobody knows are passed over: newer lists may have them."""
    if len(content) > MAX_BYTES:
        raise BadList("tooLarge", limit=MAX_BYTES // 1024)
    try:
        raw = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise BadList("notJson", words=str(error)) from error
    if not isinstance(raw, dict) or raw.get("format") != FORMAT:
        raise BadList("notInstallers")
    serial, items = raw.get("serial"), raw.get("installers")
    if not isinstance(serial, int) or isinstance(serial, bool) or serial < 0 or not isinstance(items, list):
        raise BadList("notInstallers")
    dates = [raw.get(name, "") for name in ("signed", "expires")]
    if not all(text == "" or (isinstance(text, str) and list_age.seconds_of(text) is not None) for text in dates):
        raise BadList("notInstallers")
    return InstallerList(serial, tuple(_installer(item, place) for place, item in enumerate(items, start=1)), *dates)


def _installer(raw: Any, place: int) -> Installer:
    try:
        return checked(Installer(**{name: raw[name] for name in Installer.__dataclass_fields__ if name in raw}))
    except (TypeError, KeyError) as error:
        raise BadList("field", name=f"installers[{place}]") from error
    except BadList as error:
        raise BadList("about", name=f"installers[{place}]", reason=error.phrase) from error


def checked(item: Installer) -> Installer:
    """``item`` itself; raises ``BadList`` when something in it can't be."""
    words = ("system", "machine", "kind", "version", "url", "sha256", "distribution", "release")
    for name in words:
        if not isinstance(getattr(item, name), str):
            raise BadList("memberText", name=name)
    for name in ("machine", "distribution", "release"):
        if not _WORD.fullmatch(getattr(item, name)):
            raise BadList("field", name=name)
    if item.kind not in KINDS.get(item.system, ()):
        raise BadList("field", name="kind")
    if versions.parse(item.version) is None:
        raise BadList("field", name="version")
    if not _SHA256.fullmatch(item.sha256):
        raise BadList("field", name="sha256")
    if not isinstance(item.size, int) or isinstance(item.size, bool) or not 0 < item.size <= MAX_SIZE:
        raise BadList("field", name="size")
    try:
        addresses.checked(item.url)
    except CVMError as error:
        raise BadList("about", name="url", reason=error.phrase) from error
    if item.kind == PACK and not _PACK_NAME.fullmatch(file_name(item)):
        raise BadList("field", name="url")
    return item


def choose(found: InstallerList, platform: Platform) -> Installer | None:
    """The one that fits best: of this very release, then of the distribution, then of its kin, then for all; of equals
    the newest. ``None``: there is none of a version that will do."""
    fitting = [(rank, item.number, item) for item in found.installers if (rank := _rank(item, platform))]
    fitting = [entry for entry in fitting if entry[1] >= OLDEST]
    return max(fitting, key=lambda entry: entry[:2])[2] if fitting else None


def choose_pack(found: InstallerList, version: Version) -> Installer | None:
    """The extension pack that is made for this very version."""
    return next((item for item in found.installers if item.kind == PACK and str(item.number) == str(version)), None)


def file_name(item: Installer) -> str:
    """What the file is called when it is run. VirtualBox compares the name of a pack with the one inside."""
    if item.kind == PACK:
        return urlsplit(item.url).path.rpartition("/")[2]
    return f"VirtualBox-{item.number}.{item.kind}"


def _rank(item: Installer, platform: Platform) -> int:
    """0: does not fit."""
    if (item.system, item.machine) != (platform.system, platform.machine):
        return 0
    if item.release and (item.distribution, item.release) != (platform.distribution, platform.release):
        return 0
    if item.release:
        return 4
    if not item.distribution:
        return 1
    return 3 if item.distribution == platform.distribution else 2 if item.distribution in platform.like else 0


def platform_of(system: str, machine: str, os_release: str) -> Platform:
    """``os_release`` is the content of /etc/os-release, on Linux."""
    values = {}
    for line in os_release.splitlines():
        name, _, value = line.partition("=")
        values[name] = value.strip().strip("\"'").lower()
    names = {"amd64": "x86_64", "aarch64": "arm64"}
    machine = names.get(machine.lower(), machine.lower())
    like = tuple(values.get("ID_LIKE", "").split())
    return Platform(system, machine, values.get("ID", ""), like, values.get("VERSION_ID", ""))
