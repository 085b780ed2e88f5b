"""Rows of a ledger, for tests of many machines at once: no machine is made for them."""

from __future__ import annotations

from pathlib import Path

from cvmwebapi.sessions.ledger import Ledger

_DESCRIPTION = {
    "name": "machine", "cpus": 2, "memory": 2048, "disk": 10240, "api_port": 80, "execution_cap": 100,
    "version": "latest", "flavor": "prod", "disk_url": "", "disk_checksum": "", "flags": 49, "can_override": [],
    "user_data": "",
}  # fmt: skip
_AGREED = {"cpus": 2, "memory": 2048, "disk": 10240, "flags": 49}


def add_rows(home: Path, count: int) -> list[str]:
    """Sessions of as many websites, each agreed to and without a machine; their ids. ``home``: the host's HOME."""
    data = home / ".local/share/cernvm-webapi"
    data.mkdir(parents=True, exist_ok=True)
    ledger = Ledger(data / "ledger.sqlite")
    made = [f"{number:032x}" for number in range(count)]
    for number, session in enumerate(made):
        ledger.add(
            session, f"site{number}.example.org", f"machine {number}", b"", f"00000000-0000-4000-8000-{number:012x}",
            {**_DESCRIPTION, "name": f"machine {number}"}, _AGREED,
        )  # fmt: skip
    return made
