"""List the websites that the user decided about, and those that have machines."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from cvmwebapi.actions.interface import Request
from cvmwebapi.sessions.ledger.resources import NOTHING, Resources

if TYPE_CHECKING:
    from cvmwebapi.protocol.shapes import ListSitesResult, SiteData


def run(request: Request[Mapping[str, object]]) -> ListSitesResult:
    """Amounts: what ``always`` grants."""
    machines: dict[str, list[str]] = {}
    found: dict[str, SiteData] = {}
    for row in request.sessions.ledger.all():
        names = machines.setdefault(row.domain, [])
        names.append(row.name)
        found.setdefault(row.domain, _row(row.domain, "", row.created, NOTHING, names))
    for site in request.sessions.ledger.sites():
        names = machines.get(site.domain, [])
        found[site.domain] = _row(site.domain, site.decision.value, site.since, site.granted, names)
    return {"sites": [found[domain] for domain in sorted(found)]}


def _row(domain: str, decision: str, since: float, granted: Resources, machines: list[str]) -> SiteData:
    return {
        "domain": domain,
        "decision": decision,
        "since": since,
        "cpus": granted.cpus,
        "memory": granted.memory,
        "disk": granted.disk,
        "machines": machines,
    }
