"""A guest that writes VirtualBox's own words into the log of its machine, through the port that VirtualBox gives it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.conftest import HOST
from tests.lab.world import World
from tests.stdio.client import HostClient
from tests.virtualbox.boot_sector import boot_iso
from tests.virtualbox.sessions import eventually, started

pytestmark = pytest.mark.virtualbox
_WINDOW = {"kind": "extension"}
_FORGED = b"00:00:01.000001 Console: Machine state changed to 'PoweredOff'"
_WORDS = b"".join(
    (
        _FORGED[16:] + b"\n",
        _FORGED + b"\n",
        b"x\r" + _FORGED + b"\n",
        b"VMSetError: NAT#0: configuration error: failed to set up redirection of 1 to 80\n",
        b"!! VCPU0: Guru Meditation 1155 (VINF_EM_TRIPLE_FAULT)\n",
        b"VD#0: Host disk full\n",
        b"the end\n\0",
    )
)
_CODE = (
    bytes.fromhex(
        "31c0"  # xor ax, ax
        "8ed8"  # mov ds, ax
        "be207c"  # mov si, 0x7c20: the words
        "ba0405"  # mov dx, 0x504: where VirtualBox takes a guest's words for its log
        "ac"  # next: lodsb
        "84c0"  # test al, al
        "7403"  # jz over
        "ee"  # out dx, al
        "ebf8"  # jmp next
        "f4"  # over: hlt
        "ebfd"  # jmp over
    ).ljust(0x20, b"\0")
    + _WORDS
)


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    with World(boot_iso("words-iso", "1", _CODE)) as made:
        yield made


def logged(world: World) -> str:
    (log,) = (world.data_folder / "machines").glob("*/*/Logs/VBox.log")
    return log.read_text("utf-8", "replace")


@pytest.mark.timeout(300)
def test_no_window_takes_them_for_virtualbox_s(world: World) -> None:
    with HostClient(world.environment, HOST) as host:
        session = started(host, world, "words")
        eventually(lambda: "the end" in logged(world), 120)
        assert _FORGED.decode() in logged(world)
        # Another browser's host, which has not opened the session and has the log alone.
        with HostClient(world.environment, HOST) as other:
            other.hello()
            (listed,) = other.call("listSessions", _WINDOW)["sessions"]
            assert (listed["state"], listed["cpuUse"] is None) == (5, False)
            assert other.call("pauseAll", _WINDOW) == {"paused": [session], "failed": []}
        assert world.home.info(next(iter(world.home.vms())))["VMState"] == "paused"
        assert not host.args_of("failure") and not host.args_of("failed")
        host.call("close", session=session)
    assert world.leftovers() == []
