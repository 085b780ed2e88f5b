"""polkit at work in a copy of its system: who asks for privileges there asks as on a volunteer's computer.

Its bus is its own: the machine's, if there is one, is not touched.
"""

from __future__ import annotations

import contextlib
import os
import pty
import shutil
import signal
import subprocess
import tempfile
import termios
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import requests
import urllib3

from tests.rig import cache, mounts, polkit
from tests.rig.polkit import USER
from tests.rig.root import as_root, remove_tree

_CHECKOUT = Path(__file__).resolve().parents[2]
_SECONDS = 60.0
_POLKITD = "exec /usr/lib/polkit-1/polkitd --no-debug"
_INTERRUPT = b"\x03"
_RULES = """\
polkit.addAdminRule(function() {{ return ["unix-user:{user}"]; }});
polkit.addRule(function(action, subject) {{
    if (action.id == "org.freedesktop.policykit.exec" && subject.user == "{user}") return polkit.Result.{result};
}});
"""


class Polkit:
    """A copy of that system. ``enter`` is the command that runs something in it as the user, ``home`` her folder."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.home = root / "home" / USER
        self.enter = as_root(
            "chroot", f"--userspec={USER}:{USER}", root, "/usr/bin/env", "-i", f"HOME=/home/{USER}", f"USER={USER}",
            "PATH=/usr/local/bin:/usr/bin:/bin", "LANG=C.UTF-8", "PYTHONDONTWRITEBYTECODE=1", "PYTHONPATH=/opt/host",
        )  # fmt: skip
        self.host = [*self.enter, "python3", "-m", "cvmwebapi"]
        self._inside = as_root("chroot", root, "/usr/bin/env", "-i", "PATH=/usr/sbin:/usr/bin:/sbin:/bin")
        self._daemons: list[subprocess.Popen[bytes]] = []

    def start(self) -> None:
        """Raises RigError when one of the daemons does not answer."""
        self._begin("mkdir -p /run/dbus && exec dbus-daemon --system --nofork --nopidfile")
        self._until((self.root / "run/dbus/system_bus_socket").exists, "the bus")
        self._begin(_POLKITD)
        self._until(self._answers, "polkitd")

    def stop(self) -> None:
        """End what was started, the last first."""
        while self._daemons:
            self._end()

    def rule(self, result: str) -> None:
        """What polkit says to pkexec from now on: ``YES``, ``NO``, ``AUTH_SELF``, ``AUTH_ADMIN``."""
        place = self.root / "etc/polkit-1/rules.d/10-test.rules"
        chosen = _RULES.format(user=USER, result=result)
        subprocess.run(as_root("tee", place), input=chosen, text=True, stdout=subprocess.DEVNULL, check=True)
        # It reads changed rules some time later, and tells nobody when: begun anew, it has them for sure.
        with self.stopped():
            pass

    @contextlib.contextmanager
    def stopped(self) -> Iterator[None]:
        """The bus without polkitd, then a new one."""
        self._end()
        try:
            self._until(lambda: not self._answers(), "the end of the old polkitd")
            yield
        finally:
            self._begin(_POLKITD)
            self._until(self._answers, "polkitd")

    @contextlib.contextmanager
    def agent(self, process: int, reply: bytes | None) -> Iterator[list[bytes]]:
        """The terminal's agent for ``process``: it answers each question with ``reply``, or is broken off (``None``).

        Yields what it has shown.
        """
        ready, told = os.pipe()
        child, terminal = pty.fork()
        if child == 0:
            os.set_inheritable(told, True)
            words = [*self.enter, "pkttyagent", "--process", str(process), "--notify-fd", str(told)]
            os.execvp(words[0], words)
        os.close(told)
        shown: list[bytes] = []

        def serve() -> None:
            # The terminal's end is an error, not an empty read.
            with contextlib.suppress(OSError, termios.error):
                while data := os.read(terminal, 4096):
                    shown.append(data)
                    if b"assword:" in data:
                        # What is typed before it has turned the echo off is thrown away.
                        while termios.tcgetattr(terminal)[3] & termios.ECHO:
                            time.sleep(0.02)
                        os.write(terminal, _INTERRUPT if reply is None else reply + b"\n")

        typist = threading.Thread(target=serve, daemon=True)
        typist.start()
        try:
            # It closes this when it is registered.
            os.read(ready, 1)
            yield shown
        finally:
            os.close(ready)
            with contextlib.suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            typist.join(10)
            os.close(terminal)

    def _begin(self, script: str) -> None:
        with (self.root / "var/log/daemons").open("ab") as log:
            words = [*self._inside, "sh", "-c", script]
            self._daemons.append(subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=log, stderr=log))

    def _end(self) -> None:
        daemon = self._daemons.pop()
        daemon.terminate()
        try:
            daemon.wait(10)
        except subprocess.TimeoutExpired:
            daemon.kill()
            daemon.wait(10)

    def _answers(self) -> bool:
        words = ("dbus-send", "--system", "--print-reply", "--dest=org.freedesktop.DBus", "/org/freedesktop/DBus",
                 "org.freedesktop.DBus.NameHasOwner", "string:org.freedesktop.PolicyKit1")  # fmt: skip
        done = subprocess.run([*self._inside, *words], capture_output=True, text=True, check=False)
        return "boolean true" in done.stdout

    def _until(self, true: Callable[[], bool], what: str) -> None:
        deadline = time.monotonic() + _SECONDS
        while not true():
            if time.monotonic() > deadline:
                raise cache.RigError(f"No sign of {what}: {(self.root / 'var/log/daemons').read_text()[-500:]}")
            time.sleep(0.05)


@contextlib.contextmanager
def running() -> Iterator[Polkit]:
    """A copy of the system, its daemons at work, our host in /opt/host; all is gone afterwards."""
    source = polkit.ensure()
    folder = Path(tempfile.mkdtemp(prefix="polkit-", dir=cache.root() / "building"))
    made = Polkit(folder)
    try:
        log = cache.root() / "logs" / "polkit-copy.log"
        cache.run(as_root("cp", "-a", "--reflink=auto", f"{source}/.", folder), log)
        cache.run(as_root("cp", "-r", _CHECKOUT / "host", folder / "opt/host"), log)
        # Debian's are older than what the host asks for in setup.cfg.
        for library in (requests, urllib3):
            cache.run(as_root("cp", "-r", Path(str(library.__file__)).parent, folder / "opt/host"), log)
        mounts.show_kernel(folder)
        made.start()
        yield made
    finally:
        made.stop()
        mounts.hide_all(folder)
        remove_tree(folder)
        shutil.rmtree(folder, ignore_errors=True)
