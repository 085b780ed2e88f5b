"""The screen and the keyboard of a real machine: pictures that can be read, and keys that arrive."""

from __future__ import annotations

import base64
import os
import signal
import stat
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cvmwebapi.protocol import MAX_OUTWARD

from tests.conftest import HOST
from tests.lab.console import HEIGHT, MENU, WIDTH, Reader, console_iso, size
from tests.lab.world import World
from tests.stdio.client import HostClient, HostError
from tests.virtualbox.sessions import eventually, request, started

pytestmark = pytest.mark.virtualbox
WINDOW = {"kind": "extension"}
ROWS = {"1234567890": 0x02, "qwertyuiop": 0x10, "asdfghjkl": 0x1E, "zxcvbnm": 0x2C}
SCANCODES = {key: first + number for row, first in ROWS.items() for number, key in enumerate(row)}
SCANCODES |= {" ": 0x39, "\n": 0x1C}
SHIFT = 0x2A


def keys(text: str) -> list[int]:
    """Scancodes of pressing and releasing the keys of an American keyboard."""
    codes = []
    for letter in text:
        code = SCANCODES[letter.lower()]
        pair = [code, code | 0x80]
        codes += [SHIFT, *pair, SHIFT | 0x80] if letter.isupper() else pair
    return codes


class Watching:
    """A running machine at its prompt, as the window sees it."""

    def __init__(self, host: HostClient, session: str) -> None:
        self.host, self.session = host, session
        self.reader: Reader | None = None

    def look(self, known: str = "") -> tuple[dict[str, Any], bytes]:
        number = self.host.begin("screenPicture", WINDOW, session=self.session, known=known)
        told = self.host.result(number)
        pieces = [item for item in self.host.events if item["event"] == "chunk" and item.get("request") == number]
        assert all(len(piece["args"][0]) < 2**18 for piece in pieces)
        return told, b"".join(base64.b64decode(piece["args"][0]) for piece in pieces)

    def ready(self) -> bool:
        told, png = self.look()
        assert told["state"] == 5
        self.reader = Reader.learn(png)
        return self.reader is not None

    def text(self) -> str:
        assert self.reader
        return self.reader.text(self.look()[1])

    def press(self, codes: list[int]) -> None:
        self.host.call("screenKeys", WINDOW, session=self.session, codes=codes)


@pytest.fixture(scope="module")
def screens() -> Iterator[World]:
    with World(console_iso()) as made:
        yield made


@pytest.fixture
def host(screens: World) -> Iterator[HostClient]:
    with HostClient(screens.environment, HOST) as client:
        client.hello()
        yield client


@pytest.mark.timeout(300)
def test_what_is_typed_is_seen_in_the_next_picture(host: HostClient, screens: World) -> None:
    watching = Watching(host, started(host, screens, "screen"))
    eventually(watching.ready)
    told, png = watching.look()
    assert told["name"] == "screen" and told["domain"] == "localhost" and size(png) == (WIDTH, HEIGHT)
    assert host.args_of("resolutionChanged")[-1] == [WIDTH, HEIGHT, 0], "a text mode has no bits a pixel"
    assert watching.look(told["picture"])[0]["picture"]
    watching.press(keys("Hello w"))
    watching.press(keys("orld 42"))
    eventually(lambda: "boot: Hello world 42" in watching.text())
    watching.press([0x3B, 0xBB])
    eventually(lambda: "FIRST PAGE" in watching.text())
    watching.press([0x0E, 0x8E] * 14)
    watching.press(keys("menu\n"))

    def menu() -> bool:
        png = watching.look()[1]
        return size(png) == MENU and len(png) * 4 / 3 > MAX_OUTWARD

    seen = eventually(menu)
    eventually(lambda: host.args_of("resolutionChanged")[-1][:2] == [*MENU])
    print(f"\na picture of more than a native message after {seen:.1f} s")
    machine = screens.data_folder / "machines" / watching.session
    assert not list(machine.glob("*.png"))
    host.call("close", session=watching.session)
    assert screens.leftovers() == []


@pytest.mark.timeout(300)
def test_a_picture_that_is_known_is_not_sent_again(host: HostClient, screens: World) -> None:
    watching = Watching(host, started(host, screens, "known"))
    host.call("pause", session=watching.session)
    told, png = watching.look()
    assert told["state"] == 4 and png, "a paused machine shows what it showed"
    again, none = watching.look(told["picture"])
    assert again == told and none == b""
    with pytest.raises(HostError, match="invalidState"):
        watching.press([0x1E])
    host.call("hibernate", session=watching.session)
    told, png = watching.look()
    assert (told["state"], told["picture"], png) == (3, "", b"")
    host.call("close", session=watching.session)


def test_a_machine_that_was_never_made_has_no_screen(host: HostClient, screens: World) -> None:
    watching = Watching(host, request(host, screens, "none")["session"])
    assert watching.look()[0]["picture"] == ""
    for action, more in (("screenPicture", {"known": ""}), ("screenKeys", {"codes": [0x1E]})):
        with pytest.raises(HostError, match="notAllowed"):
            host.call(action, session=watching.session, **more)
        with pytest.raises(HostError, match="sessionNotFound"):
            host.call(action, WINDOW, session="x", **more)
    for codes in ([], [256], [-1], [True], ["1e"], "1e", [0x1E] * 129):
        with pytest.raises(HostError, match="badValue"):
            host.call("screenKeys", WINDOW, session=watching.session, codes=codes)
    host.call("close", session=watching.session)


@pytest.mark.timeout(300)
def test_a_killed_host_leaves_no_picture_behind(screens: World) -> None:
    with HostClient(screens.environment, HOST) as host:
        session = started(host, screens, "killed")
        file = screens.data_folder / "machines" / session / "screen.png"
        modes: set[int] = set()

        def watch() -> None:
            while host.process.poll() is None:
                try:
                    modes.add(stat.S_IMODE(file.stat().st_mode))
                    os.kill(host.process.pid, signal.SIGKILL)
                except FileNotFoundError:
                    continue

        killer = threading.Thread(target=watch)
        killer.start()
        with pytest.raises(AssertionError, match="the host has ended with"):
            host.call("screenPicture", WINDOW, session=session, known="")
        killer.join()
    assert modes == {0o600} and file.exists()
    with HostClient(screens.environment, HOST) as host:
        host.call("listSessions", WINDOW)
        eventually(lambda: not file.exists())
        assert Watching(host, session).look()[1], "and pictures go on"
        host.call("reopenSession", session=session)
        host.call("close", session=session)
    assert not Path(screens.data_folder, "locks", f"{session}.screen").exists()


@pytest.mark.timeout(300)
def test_two_browsers_look_at_one_machine(host: HostClient, screens: World) -> None:
    first = Watching(host, started(host, screens, "shared"))
    with HostClient(screens.environment, HOST) as other:
        second = Watching(other, first.session)
        failures: list[Exception] = []

        def look(watching: Watching) -> None:
            try:
                for _ in range(10):
                    assert size(watching.look()[1])
            except Exception as error:
                failures.append(error)

        threads = [threading.Thread(target=look, args=(each,)) for each in (first, second, first)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert not failures
    host.call("close", session=first.session)
