"""What is run to install a file or a package, with the platform's own prompt for privileges. Argument lists only."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from cvmwebapi.errors import CVMError
from cvmwebapi.provision.manual import DOWNLOADS
from cvmwebapi.provision.package_managers import MANAGERS, Manager
from cvmwebapi.texts.phrase import detail

Find = Callable[[str], "str | None"]
"""Like ``shutil.which``."""

# quoted form makes each argument one word of the shell that AppleScript uses underneath; they come as argv, never as
# part of the script.
_APPLE_SCRIPT = (
    "on run argv",
    'set line to ""',
    "repeat with word in argv",
    'set line to line & quoted form of (word as text) & " "',
    "end repeat",
    'do shell script line with prompt "CernVM WebAPI installs VirtualBox." with administrator privileges',
    "end run",
)

# What pkexec (polkit 105 to 126) prints, in lower case, when it can't ask, and what is missing then.
_PKEXEC = (
    ("authentication agent", "polkit agent"),
    ("error getting authority", "polkitd"),
    ("error checking for authorization", "polkitd"),
)


def of_file(file: Path, kind: str, manager: Manager | None, mounted: Path | None = None) -> list[str]:
    """What installs ``file``; needs privileges. ``mounted`` is where a ``dmg`` is attached.

    Raises ``CVMError("installerNone")`` when this system has nothing for such a file.
    """
    if kind in ("deb", "rpm"):
        fits = (kind == "deb") == (manager is not None and manager.name == "apt")
        if manager is None or not fits or manager.name == "pacman":
            raise CVMError("installerNone", detail=detail("noPackageManager", kind=kind))
        return [*manager.install_file, str(file)]
    if kind == "run":
        return [str(file), "install"]
    if kind == "exe":
        return [str(file), "--silent", "--ignore-reboot"]
    package = file if mounted is None else mounted / "VirtualBox.pkg"
    return ["/usr/sbin/installer", "-pkg", str(package), "-target", "/"]


def elevated(command: Sequence[str], system: str, root: bool, find: Find, by_hand: str = DOWNLOADS) -> list[str]:
    """``command`` with the prompt for privileges of Linux or macOS; as it is for root.

    Raises ``CVMError("installerNoPrompt")`` when there is no way to ask. Windows has its own way: see ``windows.py``.
    """
    if root or system == "windows":
        return list(command)
    if system == "macos":
        script = [word for line in _APPLE_SCRIPT for word in ("-e", line)]
        return ["/usr/bin/osascript", *script, *command]
    prompt = find("pkexec")
    if prompt is None:
        raise CVMError("installerNoPrompt", program="pkexec", manual=by_hand)
    program = find(command[0])
    # pkexec shows the program's full path to the user.
    return [prompt, program or command[0], *command[1:]]


def outcome(
    status: int, output: str, system: str, manager: Manager | None, by_hand: str = DOWNLOADS
) -> CVMError | None:
    """What a finished installer's status and words mean; ``None``: it went well. Pure.

    ``by_hand`` is what a person would do instead.
    """
    lines = output.strip().splitlines()
    if system == "windows" and status in (3010, 1641):
        return CVMError("installerReboot")
    if status == 0:
        return None
    if (system == "linux" and status == 126) or (system == "windows" and status in (1602, 1223)):
        return CVMError("installerCancelled")
    if system == "macos" and "(-128)" in output:
        return CVMError("installerCancelled")
    if system == "linux" and status == 127:
        if ": not authorized" in output.lower():
            return CVMError("installerNoRights", manual=by_hand)
        for words, program in _PKEXEC:
            if words in output.lower():
                return CVMError("installerNoPrompt", program=program, manual=by_hand)
    if "no space left on device" in output.lower() or "enough free space" in output.lower():
        return CVMError("installerNoRoom")
    if any(_busy(item, output) for item in ([manager] if manager else MANAGERS)):
        return CVMError("installerBusy")
    return CVMError("installerFailed", status=status, detail=lines[-1][:200] if lines else detail("noReason"))


def _busy(manager: Manager, output: str) -> bool:
    lower = output.lower()
    return any(sign in lower for sign in manager.busy)
