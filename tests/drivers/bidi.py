"""A WebDriver BiDi client, as small as our tests need (https://w3c.github.io/webdriver-bidi/)."""

from __future__ import annotations

import contextlib
import itertools
import json
from typing import Any

from websockets.sync.client import ClientConnection, connect

from tests.drivers.browser import PATIENCE


class BidiError(Exception):
    """The browser refused a command."""


class Bidi:
    """A session over a web socket; one command at a time."""

    def __init__(self, address: str) -> None:
        self._open = contextlib.ExitStack()
        self._socket: ClientConnection = self._open.enter_context(
            connect(f"{address}/session", max_size=None, proxy=None)
        )
        self._ids = itertools.count(1)
        self.command("session.new", capabilities={"alwaysMatch": {"unhandledPromptBehavior": {"default": "ignore"}}})

    def command(self, method: str, timeout: float = PATIENCE, **params: Any) -> Any:
        """The result of a command.

        Raises:
            BidiError: the browser's own words.
            TimeoutError: after `timeout` seconds.
        """
        id_ = next(self._ids)
        self._socket.send(json.dumps({"id": id_, "method": method, "params": params}))
        while True:
            answer = json.loads(self._socket.recv(timeout=timeout))
            if answer.get("id") != id_:
                continue
            if answer["type"] == "error":
                raise BidiError(f"{method}: {answer['error']}: {answer['message']}")
            return answer["result"]

    def close(self) -> None:
        """Hang up."""
        self._open.close()
