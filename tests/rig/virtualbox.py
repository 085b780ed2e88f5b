"""The VirtualBox that tests use: the machine's own if it works, else the rig's chroot.

Either way tests call a wrapper named VBoxManage. It derives everything from $HOME, since a host that a browser
starts inherits little more than that and PATH: so every HOME is a VirtualBox of its own.
"""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from tests.rig import cache, chroot, root

# VirtualBox asks the password database, not $HOME, for root's home folder: both variables and the machine folder
# have to be said. The socket of a VBoxSVC is /tmp/.vbox-<VBOX_IPC_SOCKETID>-ipc, which limits the id's length.
_WRAPPER = """\
#!/bin/sh
# Written by tests/rig/virtualbox.py.
: "${{HOME:?VBoxManage of the test rig needs HOME}}"
sum=$(printf %s "$HOME" | cksum)
export VBOX_IPC_SOCKETID="rig-${{sum%% *}}" VBOX_USER_HOME="$HOME/.config/VirtualBox"
manage() {{ {command} "$@"; }}
if [ ! -e "$VBOX_USER_HOME/rig-settings-made" ]; then
    mkdir -p "$VBOX_USER_HOME" &&
    manage setproperty machinefolder "$HOME/VirtualBox VMs" >/dev/null &&
    manage setextradata global VBoxInternal/HM/FallbackToIEM 1 >/dev/null &&
    echo "$VBOX_IPC_SOCKETID" > "$VBOX_USER_HOME/rig-settings-made" || exit 1
fi
exec {command} "$@"
"""


@dataclass(frozen=True)
class VirtualBox:
    """A VirtualBox that runs VMs on this machine."""

    vboxmanage: Path
    """The wrapper. Its folder holds nothing else, so that it can be put on PATH."""
    version: str
    """Such as 7.2.22."""
    kind: str
    """"rig" (software only: a guest is some 50 times slower) or "machine"."""


def ensure() -> VirtualBox:
    """The VirtualBox to test with, built now if need be. RigError or PermissionError say what is missing."""
    return find_working_virtualbox() or ensure_rig()


def find_working_virtualbox() -> VirtualBox | None:
    """The machine's own VirtualBox, if its kernel driver is there and CERNVM_WEBAPI_RIG isn't "always"."""
    found = shutil.which("VBoxManage", path=_path_without_ours())
    if os.environ.get("CERNVM_WEBAPI_RIG") == "always" or found is None or not Path("/dev/vboxdrv").exists():
        return None
    answer = subprocess.run([found, "--version"], capture_output=True, text=True, check=False)
    # A package without its driver prints a warning before the version.
    if answer.returncode or not answer.stdout[:1].isdigit():
        return None
    wrapper = _write_wrapper("machine", shlex.quote(found))
    return VirtualBox(wrapper, answer.stdout.split("_")[0].split("r")[0].strip(), "machine")


def ensure_rig() -> VirtualBox:
    """The rig's VirtualBox, whatever the machine has. Costs milliseconds when all is there."""
    folder = chroot.ensure()
    # chroot leaves the working folder; relative paths shall mean the same inside.
    enter = """sh -c 'cd "$0" 2>/dev/null; exec "$@"' "$PWD" """ + f"{chroot.VBOX_FOLDER}/VBoxManage"
    if os.geteuid() == 0:
        command = f"chroot {shlex.quote(str(folder))} {enter}"
    else:
        names = ("HOME", "VBOX_IPC_SOCKETID", "VBOX_USER_HOME")
        variables = " ".join(f'{name}="${name}"' for name in names)
        user = f"--userspec={os.geteuid()}:{os.getegid()}"
        command = f"{shlex.join(root.prefix())} chroot {user} {shlex.quote(str(folder))} env {variables} {enter}"
    # One for each chroot: a newer one must not be pulled over from under running tests.
    return VirtualBox(_write_wrapper(folder.name, command), chroot.version(folder), "rig")


def _write_wrapper(name: str, command: str) -> Path:
    wrapper = cache.root() / f"bin-{name}" / "VBoxManage"
    content = _WRAPPER.format(command=command)
    if not wrapper.exists() or wrapper.read_text() != content:
        wrapper.parent.mkdir(exist_ok=True)
        new = wrapper.parent.parent / f".VBoxManage.{name}.{os.getpid()}"
        new.write_text(content)
        new.chmod(0o755)
        new.replace(wrapper)
    return wrapper


def _path_without_ours() -> str:
    ours = str(cache.root())
    folders = os.environ.get("PATH", os.defpath).split(os.pathsep)
    return os.pathsep.join(folder for folder in folders if not folder.startswith(ours))
