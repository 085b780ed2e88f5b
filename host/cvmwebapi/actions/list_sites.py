"""List the websites that the user decided about, and those that have machines."""

from __future__ import annotations

from typing import Any

from cvmwebapi.actions.interface import Request


def run(request: Request) -> dict[str, Any]:
    """``{sites: [{domain, decision, since, cpus, memory, disk, machines}]}``; amounts (MB): what ``always`` grants."""
    found: dict[str, dict[str, Any]] = {}
    for site in request.sessions.ledger.sites():
        granted = {name: getattr(site.granted, name) for name in ("cpus", "memory", "disk")}
        found[site.domain] = {"decision": site.decision.value, "since": site.since, **granted}
    machines: dict[str, list[str]] = {}
    for row in request.sessions.ledger.all():
        machines.setdefault(row.domain, []).append(row.name)
        asked_each_time = {"decision": "", "since": row.created, "cpus": 0, "memory": 0, "disk": 0}
        found.setdefault(row.domain, asked_each_time)
    return {
        "sites": [
            {"domain": domain, **entry, "machines": machines.get(domain, [])} for domain, entry in sorted(found.items())
        ]
    }
