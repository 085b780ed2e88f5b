"""What settings and policy let websites have, whatever the user would answer. Pure."""

from __future__ import annotations

from cvmwebapi import sites
from cvmwebapi.errors import CVMError
from cvmwebapi.sessions.consent import Resources
from cvmwebapi.settings import Settings


def check_site(settings: Settings, domain: str) -> None:
    """Raises ``CVMError``: ``siteBlocked``, ``siteNotAllowed`` (there is a list of allowed ones, without this one)."""
    if sites.listed(domain, settings.blocked_sites):
        raise CVMError("siteBlocked", domain=domain)
    if settings.allowed_sites is not None and not sites.listed(domain, settings.allowed_sites):
        raise CVMError("siteNotAllowed", domain=domain)


def check_machine(settings: Settings, cpus: int, memory: int, disk: int) -> None:
    """Raises ``CVMError("overCap")`` when a machine of this size (MB) is larger than allowed."""
    for what, unit, wanted, limit in (
        ("virtual CPUs", "", cpus, settings.max_cpus),
        ("memory", " MB", memory, settings.max_memory),
        ("disk space", " MB", disk, settings.max_disk),
    ):
        if limit and wanted > limit:
            raise CVMError("overCap", what=what, wanted=f"{wanted}{unit}", limit=f"{limit}{unit}")


def approved_unasked(settings: Settings, domain: str, wanted: Resources) -> bool:
    """Whether ``auto_approved_sites`` answers in the user's place. Flags that open a door are always asked about."""
    return any(
        sites.matches(domain, approval.site)
        and wanted.within(Resources(approval.cpus, approval.memory, approval.disk, _HARMLESS))
        for approval in settings.auto_approved_sites
    )


_HARMLESS = 1 | 2 | 4 | 8 | 128
"""64-bit guest, boot disk, Guest Additions, floppy for the context, log of the serial port (vmcp.md)."""
