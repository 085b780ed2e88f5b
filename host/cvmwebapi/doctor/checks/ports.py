"""The ports of this computer through which pages reach their machines."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Container, Iterator

from cvmwebapi.doctor import machine_facts
from cvmwebapi.doctor.check import Advice, Check
from cvmwebapi.doctor.finding import Finding, Params
from cvmwebapi.doctor.surroundings import Surroundings
from cvmwebapi.errors import CVMError
from cvmwebapi.sessions.ledger.rows import SessionRow
from cvmwebapi.sessions.resources import ports

_SECONDS = 2.0


def look(around: Surroundings) -> Iterator[Finding]:
    """Tries the loopback for real, then looks at the ports that machines were promised."""
    fault = loopback_fault()
    if fault:
        yield Finding("loopbackBlocked", {"detail": fault})
        return
    rows: list[SessionRow] = []
    with contextlib.suppress(CVMError):
        # A ledger that can't be used is another check's matter.
        rows = machine_facts.rows(around)
    taken = list(judge(rows, _Listening()))
    yield from taken
    if not taken:
        yield Finding("portsFine")


def loopback_fault() -> str:
    """Why a connection within this computer fails; empty when it works."""
    try:
        with socket.socket() as server:
            server.bind(("127.0.0.1", 0))
            server.listen(1)
            socket.create_connection(server.getsockname(), timeout=_SECONDS).close()
    except OSError as error:
        return error.strerror or str(error)
    return ""


class _Listening:
    def __contains__(self, port: object) -> bool:
        return not ports.is_free(int(str(port)))


def judge(rows: list[SessionRow], listening: Container[int]) -> Iterator[Finding]:
    """Two machines with one port; the rest gets another port by itself. Pure but for ``listening``."""
    holders: dict[int, str] = {}
    for row in rows:
        if not row.port:
            continue
        if row.port in holders:
            params: Params = {"port": row.port, "name": row.name, "other": holders[row.port]}
            yield Finding("portTwice", params, part=row.id)
        elif row.port in listening and not _is_machine(row):
            yield Finding("portForeign", {"port": row.port, "name": row.name}, part=row.id)
        holders.setdefault(row.port, row.name)


def _is_machine(row: SessionRow) -> bool:
    """Whether it is the machine's own process that listens there."""
    import psutil

    return any(row.vm in (process.info["cmdline"] or ()) for process in psutil.process_iter(["cmdline"]))


CHECK = Check(
    __name__,
    look=look,
    advice={
        "portsFine": Advice("ok"),
        "loopbackBlocked": Advice("problem"),
        "portForeign": Advice("warning"),
        "portTwice": Advice("warning"),
    },
)
