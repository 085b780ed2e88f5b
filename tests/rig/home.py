"""A folder that is HOME to a VirtualBox of its own: VMs, settings and processes apart from every other home's."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from tests.rig import cache, virtualbox
from tests.rig.virtualbox import VirtualBox

# One call in some hundreds to VBoxSVC stalls for 10 s by VirtualBox's own doing.
CALL_TIMEOUT = 60.0
_NO_SERVER = "Failed to create the VirtualBox object"
_SETTLE_SECONDS = 10.0


class VBoxManageError(Exception):
    """A VBoxManage call failed; .status is its exit status, the message what it printed."""

    def __init__(self, arguments: tuple[str, ...], status: int, output: str) -> None:
        super().__init__(f"VBoxManage {' '.join(arguments)}: status {status}: {output.strip()}")
        self.status = status


@dataclass(frozen=True)
class Process:
    """A process of VirtualBox."""

    pid: int
    name: str
    """VBoxSVC, VBoxHeadless or VBoxManage."""


class VBoxHome:
    """Use as context manager: leaving it ends everything that runs in the home; a temporary folder is deleted too."""

    def __init__(self, folder: Path | None = None, vbox: VirtualBox | None = None) -> None:
        """Without `folder` a fresh one under /tmp. A given folder is made if missing, and kept."""
        self.virtualbox = vbox or virtualbox.ensure()
        self._temporary = folder is None
        self.folder = (folder or Path(tempfile.mkdtemp(prefix="vbox-home-", dir="/tmp"))).absolute()
        self.folder.mkdir(parents=True, exist_ok=True)

    @property
    def vboxmanage(self) -> Path:
        """The VBoxManage wrapper. Which home it works on is said by HOME alone: call it with `environment()`."""
        return self.virtualbox.vboxmanage

    @property
    def machine_folder(self) -> Path:
        """Where VBoxManage puts the VMs of this home."""
        return self.folder / "VirtualBox VMs"

    @property
    def _user_home(self) -> Path:
        return self.folder / ".config" / "VirtualBox"

    def environment(self) -> dict[str, str]:
        """The whole environment for child processes that shall live in this home."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("VBOX_", "XDG_"))}
        path = os.pathsep.join([str(self.vboxmanage.parent), kept.get("PATH", os.defpath)])
        # The cache is found by HOME otherwise.
        return {**kept, "HOME": str(self.folder), "PATH": path, "CERNVM_WEBAPI_CACHE": str(cache.root())}

    def run(self, *arguments: str | Path, timeout: float = CALL_TIMEOUT) -> str:
        """What VBoxManage prints on standard output. VBoxManageError if it fails; timeout in seconds."""
        words = tuple(map(str, arguments))
        deadline = time.monotonic() + timeout
        while True:
            done = subprocess.run(
                [str(self.vboxmanage), *words],
                env=self.environment(),
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                timeout=timeout,
                check=False,
            )
            if not done.returncode:
                return done.stdout
            # Its server was just ending, or a busy computer did not start it in time: nothing was done.
            if _NO_SERVER not in done.stderr or time.monotonic() > deadline:
                raise VBoxManageError(words, done.returncode, done.stderr + done.stdout)
            time.sleep(0.5)

    def vms(self) -> dict[str, str]:
        """The registered VMs, name to UUID."""
        return _names(self.run("list", "vms"))

    def running_vms(self) -> dict[str, str]:
        """The VMs with a process, name to UUID."""
        return _names(self.run("list", "runningvms"))

    def info(self, vm: str) -> dict[str, str]:
        """`showvminfo --machinereadable` as a mapping; quotes are taken off."""
        pairs = (line.partition("=") for line in self.run("showvminfo", vm, "--machinereadable").splitlines())
        return {name.strip('"'): value.strip('"') for name, equals, value in pairs if equals}

    def processes(self, name: str | None = None) -> list[Process]:
        """The processes of VirtualBox that live in this home, all or those of one name (VBoxSVC, VBoxHeadless)."""
        mark = b"VBOX_USER_HOME=" + os.fsencode(self._user_home)
        found = []
        for entry in Path("/proc").iterdir():
            if not entry.name.isdigit():
                continue
            with contextlib.suppress(OSError):
                comm = (entry / "comm").read_text().strip()
                wanted = comm.startswith("VBox") if name is None else comm == name
                if wanted and mark in (entry / "environ").read_bytes().split(b"\0"):
                    found.append(Process(int(entry.name), comm))
        return found

    def kill(self, name: str | None = None, number: int = signal.SIGKILL) -> list[Process]:
        """Send a signal to the processes of this home, all or those of one name; returns whom."""
        found = self.processes(name)
        for process in found:
            with contextlib.suppress(ProcessLookupError):
                os.kill(process.pid, number)
        return found

    def stop(self) -> None:
        """Power off what runs and end VirtualBox's processes of this home. The registered VMs stay registered."""
        if self.processes("VBoxHeadless"):
            # A home whose VBoxSVC is broken (fault tests) must stop all the same: the signals below see to it.
            with contextlib.suppress(VBoxManageError, subprocess.TimeoutExpired):
                for uuid in self.running_vms().values():
                    with contextlib.suppress(VBoxManageError, subprocess.TimeoutExpired):
                        self.run("controlvm", uuid, "poweroff", timeout=_SETTLE_SECONDS * 2)
            self._wait_gone("VBoxHeadless")
        for number in (signal.SIGTERM, signal.SIGKILL):
            self.kill(None, number)
            if self._wait_gone(None):
                break

    def remove(self) -> None:
        """Stop, and delete the folder with all VMs in it."""
        self.stop()
        with contextlib.suppress(OSError):
            socket_id = (self._user_home / "rig-settings-made").read_text().strip()
            shutil.rmtree(f"/tmp/.vbox-{socket_id}-ipc", ignore_errors=True)
        shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self) -> VBoxHome:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._temporary:
            self.remove()
        else:
            self.stop()

    def _wait_gone(self, name: str | None) -> bool:
        deadline = time.monotonic() + _SETTLE_SECONDS
        while self.processes(name):
            if time.monotonic() > deadline:
                return False
            time.sleep(0.05)
        return True


def _names(listing: str) -> dict[str, str]:
    return {name: uuid for name, uuid in re.findall(r'^"(.*)" \{([0-9a-f-]{36})\}$', listing, re.MULTILINE)}
