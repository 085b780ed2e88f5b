"""A dispatcher with what it sends, and actions of the test's own in the place of real ones."""

from __future__ import annotations

import io
import struct
import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest
from cvmwebapi.asking import Answer, Question
from cvmwebapi.entry import framing
from cvmwebapi.entry.dispatcher import Dispatcher
from cvmwebapi.entry.outbox import Outbox

SECONDS = 10.0
PAGE = {"kind": "page", "origin": "https://example.org", "tab": 1}
WINDOW = {"kind": "extension"}
_NEEDED = {
    **{action: {"session": "s1"} for action in ("start", "stop", "sync")},
    "fetch": {"session": "s1", "path": "/"},
}
"""What a request has to have, for tests that are not about it."""


class Sent(io.BytesIO):
    """Takes frames, as the browser would."""

    def __init__(self) -> None:
        super().__init__()
        self.messages: list[dict[str, Any]] = []
        self._arrived = threading.Condition()

    def write(self, frame: Any) -> int:
        (length,) = struct.unpack("=I", frame[:4])
        with self._arrived:
            self.messages.append(framing.decode(bytes(frame[4 : 4 + length])))
            self._arrived.notify_all()
        return len(frame)

    def wait(self, wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """The first message that is wanted."""

        def found() -> dict[str, Any] | None:
            return next((message for message in self.messages if wanted(message)), None)

        with self._arrived:
            assert self._arrived.wait_for(lambda: found() is not None, SECONDS), self.messages
            message = found()
            assert message is not None
            return message


class Wire:
    """``call`` waits for the answer: its result, or the name of its error."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._patch = monkeypatch
        self.sent = Sent()
        self.outbox = Outbox(self.sent)
        self.dispatcher = Dispatcher(self.outbox)
        self.framed: list[str] = []
        self.sessions = SimpleNamespace(check_frame=self.framed.append, close=lambda: None)
        monkeypatch.setattr(self.dispatcher, "_open_sessions", lambda: self.sessions)
        self._count = 0

    def action(self, module: str, run: Callable[[Any], Any]) -> None:
        """``run(request)`` in the place of an action."""
        self._patch.setitem(sys.modules, f"cvmwebapi.actions.{module}", SimpleNamespace(run=run))

    def begin(self, action: Any, caller: Any = PAGE, params: Any = None, number: Any = None) -> str:
        self._count += 1
        number = f"n{self._count}" if number is None else number
        params = {**_NEEDED.get(str(action), {}), **(params or {})}
        self.dispatcher.handle({"id": number, "action": action, "params": params, "caller": caller})
        return str(number)

    def answer(self, number: str) -> Any:
        message = self.sent.wait(lambda message: message.get("id") == number and "question" not in message)
        return message["error"]["name"] if "error" in message else message["result"]

    def call(self, action: Any, caller: Any = PAGE, **params: Any) -> Any:
        return self.answer(self.begin(action, caller, params))

    def ended(self, number: str) -> None:
        """Wait until the dispatcher has forgotten a request."""
        deadline = time.monotonic() + SECONDS
        while number in self.dispatcher._running:
            assert time.monotonic() < deadline
            time.sleep(0.005)


@dataclass(frozen=True)
class Confirm(Question):
    """A question of the test's own; ``more``: its details."""

    kind = "confirm"
    look_every = 0.02
    domain: str = ""
    origin: str = ""
    moot: Callable[[], bool] = lambda: False
    checked: Callable[[Answer], object] = repr
    more: Mapping[str, Any] = field(default_factory=dict)

    def check(self, answer: Answer) -> None:
        self.checked(answer)

    def details(self) -> dict[str, Any]:
        return {**super().details(), **self.more}


class Held:
    """An action that runs until it is let go, and can be looked at meanwhile."""

    def __init__(self) -> None:
        self.requests: list[Any] = []
        self.begun = threading.Semaphore(0)
        self.go = threading.Event()

    def __call__(self, request: Any) -> dict[str, Any]:
        self.requests.append(request)
        self.begun.release()
        assert self.go.wait(SECONDS)
        return {"cancelled": request.task.cancelled}
