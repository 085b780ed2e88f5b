"""However a host ends, its log says why. Real process, real pipes, real signals."""

from __future__ import annotations

import contextlib
import os
import queue
import resource
import signal
import struct
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import pytest
from cvmwebapi.protocol import MAX_INWARD

from tests.conftest import HOST
from tests.drivers.browser import wait_for
from tests.stdio.client import HostClient, HostError, frame, log_of

EXTENSION = {"kind": "extension"}


class Home:
    """A folder that is HOME to hosts."""

    def __init__(self, folder: Path) -> None:
        self.environment = {**os.environ, "HOME": str(folder), "PATH": str(folder)}
        self._folder = folder
        self._hosts: list[HostClient] = []

    def host(self, faults: str = "", watched: bool = True) -> HostClient:
        """A host that has said hello. `faults` is Python that it runs before all else.

        `watched`: it has done all that comes after the handshake.
        """
        command = [sys.executable, "-c", f"{faults}\nfrom cvmwebapi.main import main\nmain()"] if faults else HOST
        client = HostClient(self.environment, command)
        self._hosts.append(client)
        client.hello()
        if watched:
            # The second one is answered after what follows the first.
            client.hello()
            wait_for(lambda: client.process.pid in self.fatal(), "its file for fatal errors")
        return client

    def piped(self, output: int | IO[bytes]) -> subprocess.Popen[bytes]:
        """A host by itself, whose standard output is `output`."""
        command = [*HOST, "chrome-extension://test/"]
        return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=output, env=self.environment, bufsize=0)

    def fatal(self) -> list[int]:
        """Whose files for fatal errors are there."""
        return [int(file.stem[5:]) for file in self._folder.glob(".local/state/cernvm-webapi/log/host-*.fatal")]

    @property
    def log(self) -> str:
        """What the hosts have written to their log so far."""
        return log_of(self._folder)

    def close(self) -> None:
        """End them all."""
        for client in self._hosts:
            client.process.kill()
            with contextlib.suppress(OSError):
                client.close()


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    made = Home(tmp_path)
    yield made
    made.close()


def write(host: subprocess.Popen[bytes], action: str, **params: Any) -> None:
    """A request of the extension."""
    assert host.stdin
    host.stdin.write(frame({"id": "x", "action": action, "params": params, "caller": EXTENSION}))


def test_a_regular_end_leaves_no_line_and_no_file(home: Home) -> None:
    assert home.host().close() == 0
    assert home.log == "" and home.fatal() == []


def test_nor_does_one_right_after_an_answer(home: Home) -> None:
    for _ in range(5):
        client = home.host()
        client.call("getSettings", EXTENSION)
        assert client.close() == 0
    assert home.log == ""


def test_a_host_that_says_hello_only_leaves_no_file_either(home: Home) -> None:
    for _ in range(5):
        assert home.host(watched=False).close() == 0
        assert home.log == "" and home.fatal() == []


@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP", "SIGINT", "SIGQUIT", "SIGUSR1", "SIGALRM", "SIGXCPU"])
def test_a_signal(home: Home, name: str) -> None:
    client, number = home.host(), signal.Signals[name]
    client.process.send_signal(number)
    assert client.process.wait(20) == 128 + number
    assert f"the host ends: signal {number.value} ({name})" in home.log and home.fatal() == []


def test_several_signals_at_once_end_it_once(home: Home) -> None:
    client = home.host()
    for name in ("SIGTERM", "SIGHUP", "SIGINT"):
        client.process.send_signal(signal.Signals[name])
    client.process.wait(20)
    assert home.log.count("the host ends") == 1


def test_a_signal_that_was_ignored_before_stays_ignored(home: Home) -> None:
    client = home.host("import signal; signal.signal(signal.SIGHUP, signal.SIG_IGN)")
    client.process.send_signal(signal.SIGHUP)
    assert client.hello()["protocol"] == 1
    assert client.close() == 0


def test_a_killed_host_is_told_of_by_the_next(home: Home) -> None:
    client = home.host()
    client.process.kill()
    client.process.wait(20)
    assert home.log == ""
    after = home.host()
    wait_for(lambda: f"host {client.process.pid} was gone without a goodbye: killed" in home.log, "its line")
    assert home.fatal() == [after.process.pid]


def test_a_living_host_is_not_told_of(home: Home) -> None:
    first, second = home.host(), home.host()
    second.close()
    assert home.fatal() == [first.process.pid]
    first.close()
    assert home.log == ""


def test_the_trace_of_a_fatal_error(home: Home) -> None:
    client = home.host()
    client.process.send_signal(signal.SIGSEGV)
    client.process.wait(20)
    home.host()
    wait_for(lambda: f"host {client.process.pid} was gone" in home.log, "its trace")
    assert "Segmentation fault" in home.log and "framing.py" in home.log


@pytest.mark.parametrize("data", [struct.pack("=I", MAX_INWARD + 1), struct.pack("=I", 10) + b"short", b"\x01"])
def test_a_broken_frame(home: Home, data: bytes) -> None:
    client = home.host()
    client.send_raw(data)
    assert client.close() == 1
    assert "the host ends: what the browser sends can't be followed: " in home.log


def test_the_end_of_input_with_requests_under_way(home: Home) -> None:
    slow = "import time, cvmwebapi.actions.trust_info as action; action.run = lambda request: time.sleep(60)"
    client = home.host(slow)
    client.begin("trustInfo", EXTENSION)
    client.hello()
    assert client.close() == 0
    assert "the host ends: the browser has gone while requests were under way: 1" in home.log


@pytest.mark.parametrize("action", ["unheardOf", "trustInfo"], ids=["the thread that reads", "a request"])
def test_nobody_reads_any_more(home: Home, action: str) -> None:
    """It is noticed at the next answer, whichever thread sends that, and although more might be asked."""
    host = home.piped(subprocess.PIPE)
    assert host.stdin and host.stdout
    write(host, "hello", protocol=1)
    assert host.stdout.read(4)
    host.stdout.close()
    write(host, action)
    assert host.wait(20) == 1
    host.stdin.close()
    assert "the host ends: the browser takes no more messages: [Errno 32] Broken pipe" in home.log


def test_what_the_browser_gets_goes_to_a_full_disk(home: Home) -> None:
    with Path("/dev/full").open("wb") as full:
        host = home.piped(full)
    write(host, "hello", protocol=1)
    assert host.wait(20) == 1
    assert host.stdin
    host.stdin.close()
    assert "[Errno 28] No space left on device" in home.log


def test_an_unforeseen_failure_of_the_thread_that_reads(home: Home) -> None:
    fault = """if True:
        from cvmwebapi.entry import framing
        decode = framing.decode
        def failing(body): return decode(body) if b"hello" in body else 1 // 0
        framing.decode = failing"""
    client = home.host(fault)
    client.send({"id": "x"})
    assert client.process.wait(20) == 1
    assert "the host ends: ZeroDivisionError" in home.log and "in failing" in home.log


@pytest.mark.parametrize("what", ["1 // 0", "sys.exit(3)"])
def test_a_failure_of_a_thread_is_in_the_log_and_the_host_lives(home: Home, what: str) -> None:
    fault = f"""if True:
        import sys, threading, cvmwebapi.actions.trust_info as action
        def fail(): {what}
        action.run = lambda request: threading.Thread(target=fail, name="sick").start() or {{}}"""
    client = home.host(fault)
    client.call("trustInfo", EXTENSION)
    wait_for(lambda: "the end of thread sick" in home.log, "the line")
    assert "in fail" in home.log
    assert client.hello()["protocol"] == 1


def test_an_action_that_ends_its_thread_is_answered(home: Home) -> None:
    client = home.host("import sys, cvmwebapi.actions.trust_info as a; a.run = lambda request: sys.exit(3)")
    with pytest.raises(HostError, match="internal"):
        client.call("trustInfo", EXTENSION)
    assert "SystemExit" in home.log


def test_a_failure_that_nobody_can_catch(home: Home) -> None:
    fault = """if True:
        import cvmwebapi.actions.trust_info as action
        class Sick:
            def __del__(self): 1 // 0
        action.run = lambda request: Sick() and {}"""
    home.host(fault).call("trustInfo", EXTENSION)
    wait_for(lambda: "in __del__" in home.log, "the line")


def test_no_memory_for_a_message(home: Home) -> None:
    # Else there are 64 MB in reserve for each thread, and the limit does not count them.
    home.environment["MALLOC_ARENA_MAX"] = "1"
    client = home.host()
    pages = int(Path(f"/proc/{client.process.pid}/statm").read_text().split()[0])
    limit = pages * resource.getpagesize() + 2 * 1024 * 1024
    resource.prlimit(client.process.pid, resource.RLIMIT_AS, (limit, resource.RLIM_INFINITY))
    client.send_raw(struct.pack("=I", MAX_INWARD))
    assert client.process.wait(20) == 1
    assert "the host ends: MemoryError" in home.log


def test_no_room_for_a_thread_is_answered_and_the_host_goes_on(home: Home) -> None:
    fault = """if True:
        import threading
        start, left = threading.Thread.start, [0, 0, 0]
        def scarce(thread):
            if thread.name.startswith("request") and left: raise RuntimeError(f"no thread {left.pop()}")
            start(thread)
        threading.Thread.start = scarce"""
    client = home.host(fault)
    for _ in range(3):
        # The same id each time: the host has forgotten the request before.
        client._waiting["again"] = queue.Queue()
        client.send({"id": "again", "action": "trustInfo", "params": {}, "caller": EXTENSION})
        with pytest.raises(HostError, match="internal"):
            client.result("again", 20)
    assert home.log.count("RuntimeError: no thread") == 3
    assert "keystores" in client.call("trustInfo", EXTENSION)
    assert client.close() == 0
