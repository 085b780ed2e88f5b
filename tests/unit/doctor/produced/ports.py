"""What the check ports has to say, made on purpose."""

from __future__ import annotations

import socket

from cvmwebapi.sessions.ledger.rows import Stage

from tests.unit.doctor.conftest import Computer
from tests.unit.doctor.producing import closed_port, elsewhere, produces, session_of, untouched


@produces("portForeign")
def _(computer: Computer) -> None:
    server = socket.create_server(("127.0.0.1", 0))
    computer.closers.append(server.close)
    session_of(computer, stage=Stage.MADE, port=server.getsockname()[1])


@produces("portTwice")
def _(computer: Computer) -> None:
    port = closed_port()
    session_of(computer, "one", stage=Stage.MADE, port=port)
    session_of(computer, "two", stage=Stage.MADE, port=port)


produces("portsFine")(untouched)


elsewhere("tests/unit/doctor/test_produced_problems.py", loopbackBlocked="test_a_computer_whose_loopback_is_down")
