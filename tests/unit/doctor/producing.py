"""How problems are made on purpose, each for its own advice; and computers in order, for what is said of those.

``produced`` has a file for each check. Files, programs, servers and sockets are real. Where a fact can't be had here
(another kernel, a loaded driver, the portal of a Snap), the files below the test's root or the program's answers are
recorded ones: those functions say so.
"""

from __future__ import annotations

import socket
from collections.abc import Callable
from typing import Any

from cvmwebapi.sessions.ledger.store import Ledger

from tests.lab.machines import session_row
from tests.unit.doctor.conftest import Computer

Make = Callable[[Computer], None]
PRODUCED: list[tuple[str, Make]] = []
# Made by tests of their own: they need a real VirtualBox, another network, or a check that fails. Advice → test.
ELSEWHERE: dict[str, str] = {}


def produces(advice: str) -> Callable[[Make], Make]:
    def add(make: Make) -> Make:
        PRODUCED.append((advice, make))
        return make

    return add


def elsewhere(file: str, **tests: str) -> None:
    for advice, test in tests.items():
        ELSEWHERE[advice] = f"{file}::{test}"


def untouched(computer: Computer) -> None:
    pass


def closed_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def session_of(computer: Computer, name: str = "vm", **columns: Any) -> str:
    ledger = Ledger(computer.around.data / "ledger.sqlite")
    ledger.add(session_row(name * 4, name, **columns))
    return name * 4
