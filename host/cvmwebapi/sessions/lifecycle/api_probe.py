"""Asks whether the application in a guest answers: TCP connection, GET, any answer (docs/websites.md)."""

from __future__ import annotations

import http.client
import threading
from collections.abc import Callable

_UNTIL_UP = 1.0
_WHEN_UP = 10.0
"""Seconds between questions."""
_PATIENCE = 5.0
"""Seconds for one answer."""
_MISSES = 3


class ApiProbe:
    """Asks until stopped; ``changed(available)`` is told of each change."""

    def __init__(self, port: int, changed: Callable[[bool], None]) -> None:
        self._port = port
        self._changed = changed
        self._stopped = threading.Event()
        threading.Thread(target=self._run, name="api-probe", daemon=True).start()

    def stop(self) -> None:
        """No further calls, except one that is under way."""
        self._stopped.set()

    def _run(self) -> None:
        up, misses = False, 0
        while not self._stopped.is_set():
            alive = answers(self._port)
            misses = 0 if alive else misses + 1
            now = alive or (up and misses < _MISSES)
            if now != up and not self._stopped.is_set():
                up = now
                self._changed(up)
            self._stopped.wait(_WHEN_UP if up and not misses else _UNTIL_UP)


def answers(port: int) -> bool:
    """Whether an HTTP server answers on ``port`` of 127.0.0.1."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_PATIENCE)
    try:
        connection.request("GET", "/", headers={"Connection": "close"})
        connection.getresponse()
    except http.client.HTTPException as error:
        # It did answer, if not in good HTTP.
        return not isinstance(error, http.client.RemoteDisconnected)
    except OSError:
        return False
    finally:
        connection.close()
    return True
