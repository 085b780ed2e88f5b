"""An application as a machine would have it: a real server on loopback that says, byte for byte, what a test wants."""

from __future__ import annotations

import base64
import contextlib
import socket
import threading
from collections.abc import Callable
from typing import Any

from cvmwebapi.channel.exchange import exchange
from cvmwebapi.channel.flow import Flow
from cvmwebapi.channel.wish import wish

SECONDS = 10.0


class Application:
    """``talk(connection)`` is run for each connection, in a thread of its own."""

    def __init__(self, talk: Callable[[socket.socket], None]) -> None:
        self._talk = talk
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._server.getsockname()[1]
        self.connections = 0
        self._accepting = threading.Thread(target=self._serve, daemon=True)
        self._accepting.start()

    def _serve(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._server.accept()
                self.connections += 1
                threading.Thread(target=self._one, args=(connection,), daemon=True).start()

    def _one(self, connection: socket.socket) -> None:
        connection.settimeout(SECONDS)
        with connection, contextlib.suppress(OSError):
            self._talk(connection)

    def close(self) -> None:
        # Closed without this, the listener's number may be another one's while the thread still accepts from it.
        with contextlib.suppress(OSError):
            self._server.shutdown(socket.SHUT_RDWR)
        self._accepting.join()
        self._server.close()


def head(connection: socket.socket) -> tuple[bytes, bytes]:
    """The request up to its empty line, and what has arrived behind it."""
    data = b""
    while b"\r\n\r\n" not in data:
        piece = connection.recv(65536)
        if not piece:
            raise ConnectionError("the request was cut")
        data += piece
    first, _, rest = data.partition(b"\r\n\r\n")
    return first + b"\r\n", rest


class Page:
    """One request of a page, and what it is told of its answer."""

    def __init__(self) -> None:
        self.flow = Flow()
        self.events: list[tuple[Any, ...]] = []

    def send(self, port: int, **params: Any) -> None:
        def emit(event: str, *args: Any) -> None:
            self.events.append((event, *args))
            if event == "chunk":
                self.flow.grant(len(base64.b64decode(args[0])))

        exchange(port, wish({"session": "s1", "path": "/", **params}), self.flow, emit)

    @property
    def response(self) -> tuple[Any, ...]:
        (event,) = [event for event in self.events if event[0] == "response"]
        return event[1:]

    @property
    def body(self) -> bytes:
        return b"".join(base64.b64decode(event[1]) for event in self.events if event[0] == "chunk")

    @property
    def more(self) -> list[int]:
        return [event[1] for event in self.events if event[0] == "more"]
