"""RDP to one machine: on when the user wants it, for as long as the machine runs, with a password made for that."""

from __future__ import annotations

import contextlib
import json
import secrets
from pathlib import Path
from typing import Any

from cvmwebapi.errors import CVMError
from cvmwebapi.hypervisor.remote_display import USER, RemoteDisplay
from cvmwebapi.hypervisor.versions import LOOPBACK
from cvmwebapi.states import ALIVE, State
from cvmwebapi.system import files

_FILE = "remote.json"
"""Port and password while it is on, also for other browsers of the user. There before it is turned on, gone after it is
off: by it the next host sees what a killed one has left on."""
_PASSWORD_BYTES = 12


class Remote:
    """Of one session; ``folder`` is its own."""

    def __init__(self, display: RemoteDisplay, folder: Path) -> None:
        self._display = display
        self._file = folder / _FILE
        self._was: State | None = None

    def offered(self) -> bool:
        """Whether this VirtualBox has an RDP server. Raises ``CVMError`` of the hypervisor."""
        return self._display.offered()

    def access(self) -> dict[str, str]:
        """``{url, user, password}``, empty texts while it is off."""
        try:
            kept: dict[str, Any] = json.loads(self._file.read_text("utf-8"))
            return {"url": f"rdp://{LOOPBACK}:{int(kept['port'])}", "user": USER, "password": str(kept["password"])}
        except (OSError, ValueError, KeyError, TypeError):
            return {"url": "", "user": "", "password": ""}

    def url(self) -> str:
        """Where an RDP client finds it; "" while it is off."""
        return self.access()["url"]

    def begin(self, port: int) -> None:
        """Turn it on. Raises ``CVMError``: ``remoteMissing``, ``remoteUnsafe``, those of the hypervisor."""
        if self.url():
            return
        if not self.offered():
            raise CVMError("remoteMissing")
        password = secrets.token_urlsafe(_PASSWORD_BYTES)
        files.write_private(self._file, json.dumps({"port": port, "password": password}).encode())
        try:
            self._display.turn_on(port, password)
        except BaseException:
            self._forget()
            raise

    def end(self) -> None:
        """Turn it off, if it is on. Where that fails, the next change of the machine's state tries again."""
        if self._file.exists():
            with contextlib.suppress(CVMError):
                self._display.turn_off()
                self._forget()

    def machine_is(self, state: State) -> None:
        """It is on for one run of the machine only; VirtualBox would turn it on with the next one, too."""
        if state not in ALIVE or (self._was is not None and self._was not in ALIVE):
            self.end()
        self._was = state

    def _forget(self) -> None:
        with contextlib.suppress(OSError):
            self._file.unlink()
