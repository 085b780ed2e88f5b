"""Speaks to the real host over pipes, as a browser's extension does."""

from __future__ import annotations

import itertools
import json
import queue
import struct
import subprocess
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

ORIGIN = "http://localhost:8000"
ALLOW = True


def frame(message: dict[str, Any]) -> bytes:
    """A message as it is sent."""
    body = json.dumps(message).encode()
    return struct.pack("=I", len(body)) + body


def log_of(home: Path) -> str:
    """What the hosts of a home have written to their log so far."""
    file = home / ".local" / "state" / "cernvm-webapi" / "log" / "host.log"
    return file.read_text("utf-8") if file.exists() else ""


class HostError(Exception):
    """The host's answer was an error."""

    def __init__(self, error: dict[str, Any]) -> None:
        super().__init__(f"{error['name']} ({error['code']}): {error['message']}")
        self.code: int = error["code"]
        self.name: str = error["name"]
        self.fix: str = error["fix"]


class HostClient:
    """One host process. `answer` decides on questions: details → yes or no, the parameters of the answer, or None.

    None leaves the question open.
    """

    def __init__(
        self,
        environment: dict[str, str],
        command: Sequence[str | Path],
        answer: Callable[[dict[str, Any]], bool | dict[str, Any] | None] = lambda details: True,
        origin: str = ORIGIN,
    ) -> None:
        self.process = subprocess.Popen(
            [*map(str, command), "chrome-extension://test/"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environment,
        )
        self._home = Path(environment["HOME"])
        self.answer = answer
        self.origin = origin
        self.events: list[dict[str, Any]] = []
        self.questions: list[dict[str, Any]] = []
        self._numbers = itertools.count(1)
        self._waiting: dict[str, queue.Queue[dict[str, Any]]] = {"": queue.Queue()}
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    @property
    def log(self) -> str:
        """What the hosts of this home have written to their log so far."""
        return log_of(self._home)

    def send_raw(self, data: bytes) -> None:
        """Bytes as they are."""
        assert self.process.stdin is not None
        self.process.stdin.write(data)
        self.process.stdin.flush()

    def send(self, message: dict[str, Any]) -> None:
        """One frame."""
        self.send_raw(frame(message))

    def begin(self, action: str, caller: dict[str, Any] | None = None, **params: Any) -> str:
        """Send a request of a page; returns its id."""
        number = f"r{next(self._numbers)}"
        self._waiting[number] = queue.Queue()
        caller = caller or {"kind": "page", "origin": self.origin, "tab": 1}
        self.send({"id": number, "action": action, "params": params, "caller": caller})
        return number

    def answered(self, number: str) -> bool:
        """Whether the answer to a request is there."""
        return not self._waiting[number].empty()

    def result(self, number: str, seconds: float = 120) -> dict[str, Any]:
        """Wait for the answer to a request; HostError when it is an error."""
        message = self.message(number, seconds)
        if "error" in message:
            raise HostError(message["error"])
        result: dict[str, Any] = message["result"]
        return result

    def message(self, number: str, seconds: float = 120) -> dict[str, Any]:
        """Wait for the answer to a request, as it is."""
        deadline = time.monotonic() + seconds
        while True:
            dead = self.process.poll() is not None
            try:
                return self._waiting[number].get(timeout=0.5)
            except queue.Empty:
                assert not dead, f"the host has ended with {self.process.returncode}; its log: {self.log[-2000:]}"
                assert time.monotonic() < deadline, f"no answer within {seconds} s"

    def call(self, action: str, caller: dict[str, Any] | None = None, **params: Any) -> dict[str, Any]:
        """A request and its answer."""
        return self.result(self.begin(action, caller, **params))

    def hello(self, protocol: int = 1) -> dict[str, Any]:
        """The handshake."""
        return self.call("hello", {"kind": "extension"}, protocol=protocol, extension="3.0.0", browser="test")

    def args_of(self, event: str) -> list[list[Any]]:
        """The arguments of all events of this name so far."""
        return [item["args"] for item in self.events if item["event"] == event]

    def wait_for(self, event: str, args: list[Any], seconds: float = 30) -> None:
        """Wait until the event has come with these arguments."""
        deadline = time.monotonic() + seconds
        while args not in self.args_of(event):
            assert time.monotonic() < deadline, f"no {event} {args} but {self.args_of(event)}"
            time.sleep(0.02)

    def wait_for_phase(self, code: str, seconds: float = 30) -> None:
        """Wait until a task has told that it is in that phase, or begins with it."""
        deadline = time.monotonic() + seconds
        while not any(args[-1]["phase"] == code for args in [*self.args_of("started"), *self.args_of("progress")]):
            assert time.monotonic() < deadline, f"no {code} but {self.events}"
            time.sleep(0.02)

    def _read(self) -> None:
        stream = self.process.stdout
        assert stream is not None
        while len(header := stream.read(4)) == 4:
            message = json.loads(stream.read(struct.unpack("=I", header)[0]))
            if "event" in message:
                self.events.append(message)
            elif "question" in message:
                self.questions.append(message)
                threading.Thread(target=self._decide, args=(message,), daemon=True).start()
            elif "id" in message:
                self._waiting[message["id"]].put(message)

    def _decide(self, message: dict[str, Any]) -> None:
        said = self.answer(message["details"])
        if said is None:
            return
        params = said if isinstance(said, dict) else {"yes": said}
        self.begin("answerQuestion", {"kind": "extension"}, question=message["id"], **params)

    def close(self, seconds: float = 5) -> int:
        """Close the host's standard input, as a browser does; its exit status."""
        assert self.process.stdin is not None and self.process.stdout is not None
        if not self.process.stdin.closed:
            self.process.stdin.close()
        try:
            status = self.process.wait(seconds)
        finally:
            self.process.kill()
            self._reader.join(5)
            self.process.stdout.close()
        return status

    def __enter__(self) -> HostClient:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
