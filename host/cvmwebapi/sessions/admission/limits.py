"""What settings and policy let websites have, whatever the user would answer. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from cvmwebapi.config import sites
from cvmwebapi.config.settings import Effective, Settings
from cvmwebapi.errors import CVMError
from cvmwebapi.sessions.ledger.resources import Resources
from cvmwebapi.texts import phrase
from cvmwebapi.texts.phrase import Phrase, Value


def check_site(settings: Settings, domain: str) -> None:
    """Raises ``CVMError``: ``siteBlocked``, ``siteNotAllowed`` (there is a list of allowed ones, without this one)."""
    if sites.listed(domain, settings.blocked_sites):
        raise CVMError("siteBlocked", domain=domain)
    if settings.allowed_sites is not None and not sites.listed(domain, settings.allowed_sites):
        raise CVMError("siteNotAllowed", domain=domain)


def check_frame(settings: Settings, origin: str) -> None:
    """For frames inside a page of another website. Raises ``CVMError("foreignFrame")`` unless a policy has named it."""
    if origin not in settings.allowed_frame_origins:
        raise CVMError("foreignFrame")


def check_machine(settings: Settings, cpus: int, memory: int, disk: int) -> None:
    """Raises ``CVMError("overCap")`` when a machine of this size (MB) is larger than allowed."""
    for name, wanted, limit in (
        ("cpus", cpus, settings.max_cpus),
        ("memory", memory, settings.max_memory),
        ("disk", disk, settings.max_disk),
    ):
        if limit and wanted > limit:
            raise CVMError(
                "overCap", resource=_resource(name), wanted=_amount(name, wanted), limit=_amount(name, limit)
            )


def check_total(settings: Settings, wanted: Resources, others: Iterable[Resources], disk: bool) -> None:
    """Raises ``CVMError("totalReached")`` when a machine is too much, together with ``others``.

    ``disk``: about the disks of all machines there are; else about CPUs and memory of those that run.
    """
    present = list(others)
    for name in ("disk",) if disk else ("cpus", "memory"):
        limit, used = getattr(settings, f"total_{name}"), sum(getattr(other, name) for other in present)
        if limit and getattr(wanted, name) + used > limit:
            raise CVMError(
                "totalReached",
                resource=_resource(name),
                wanted=_amount(name, getattr(wanted, name)),
                used=_amount(name, used),
                limit=_amount(name, limit),
            )


def _resource(name: str) -> Phrase:
    return Phrase(f"resource_{name}")


def _amount(name: str, amount: int) -> Value:
    return amount if name == "cpus" else phrase.megabytes(amount)


def approved_unasked(settings: Settings, domain: str, wanted: Resources) -> bool:
    """Whether ``auto_approved_sites`` answers in the user's place. Flags that open a door are always asked about."""
    return any(
        sites.matches(domain, approval.site)
        and wanted.within(Resources(approval.cpus, approval.memory, approval.disk, _HARMLESS))
        for approval in settings.auto_approved_sites
    )


def approved_by_administrator(held: Effective, domain: str) -> bool:
    """Whether a policy, not the user's own settings, names this website as one that may run machines."""
    approved = held.settings.auto_approved_sites if "auto_approved_sites" in held.locked else ()
    allowed = held.settings.allowed_sites if "allowed_sites" in held.locked else None
    return sites.listed(domain, [*(approval.site for approval in approved), *(allowed or ())])


_HARMLESS = 1 | 2 | 4 | 8 | 128
"""64-bit guest, boot disk, Guest Additions, floppy for the context, log of the serial port (docs/vmcp.md)."""
