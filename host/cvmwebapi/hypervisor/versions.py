"""VirtualBox's versions, and all that differs between them. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import total_ordering

# "7.2.22_Debianr175245", "7.0.14_SUSEr161095", "6.1.50r161033", "7.1.0_BETA1r164000": at the start of a line, for
# packages without their kernel driver print warnings ahead of it.
_VERSION = re.compile(r"^(\d{1,3})\.(\d{1,3})\.(\d{1,4})(?:_([A-Za-z]\w*?))?(?:r(\d+))?\s*$", re.MULTILINE)


@total_ordering
@dataclass(frozen=True)
class Version:
    """A version of VirtualBox. ``flavour`` is the distribution's suffix ("Debian"); versions compare by numbers."""

    major: int
    minor: int
    patch: int
    flavour: str = ""
    revision: int = 0

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}.{self.patch}"

    def __lt__(self, other: Version) -> bool:
        return (self.major, self.minor, self.patch) < (other.major, other.minor, other.patch)


def parse(text: str) -> Version | None:
    """The version in what ``VBoxManage --version`` prints; ``None`` when there is none."""
    found = list(_VERSION.finditer(text))
    if not found:
        return None
    # The answer comes last, after whatever warnings.
    match = found[-1]
    return Version(int(match[1]), int(match[2]), int(match[3]), match[4] or "", int(match[5] or 0))


OLDEST = Version(6, 1, 0)
"""Older ones lack what we rely on."""
_SEVEN = Version(7, 0, 0)
RDP_BUILT_IN = Version(7, 2, 6)
"""Since then the RDP server needs no extension pack."""
LOOPBACK = "127.0.0.1"


@dataclass(frozen=True)
class Dialect:
    """How one generation of VBoxManage wants things said."""

    _shut: tuple[str, ...]
    _drag_and_drop: str
    _rdp_built_in: bool = False

    def hardening(self, clipboard: bool = False) -> tuple[str, ...]:
        """Options of ``modifyvm`` that shut what a guest must not have (docs/guest.md); ``clipboard``: shared?"""
        mode = "bidirectional" if clipboard else "disabled"
        return (*self._shut, "--clipboard-mode", mode, self._drag_and_drop, mode)

    def built_in_rdp(self) -> tuple[str, ...]:
        """Options of ``modifyvm`` that prefer VirtualBox's own RDP server to that of whatever extension pack."""
        return ("--vrde-extpack", "Built-in-VBoxVRDP") if self._rdp_built_in else ()


_DIALECT_6 = Dialect(
    # 6.1 has no switch for a guest's way to this computer's loopback.
    (
        "--audio",
        "none",
        "--usb",
        "off",
        "--usbehci",
        "off",
        "--usbxhci",
        "off",
        "--vrde",
        "off",
        "--vrdeaddress",
        LOOPBACK,
        "--vrdeauthtype",
        "external",
        "--vrdeauthlibrary",
        "VBoxAuthSimple",
    ),
    "--draganddrop",
)
_DIALECT_7 = Dialect(
    ("--audio-enabled", "off", "--usb-ohci", "off", "--usb-ehci", "off", "--usb-xhci", "off",
     "--vrde", "off", "--vrde-address", LOOPBACK, "--vrde-auth-type", "external",
     "--vrde-auth-library", "VBoxAuthSimple", "--nat-localhostreachable1", "off"),
    "--drag-and-drop",
)  # fmt: skip


def dialect(version: Version | None) -> Dialect:
    """The dialect of a version; the newest one's when it is not known."""
    if version and version < _SEVEN:
        return _DIALECT_6
    return replace(_DIALECT_7, _rdp_built_in=True) if version and version >= RDP_BUILT_IN else _DIALECT_7
