"""What of the rig needs root: mounts, chroots, packages of the machine."""

from __future__ import annotations

import functools
import os
import shutil
import subprocess
from pathlib import Path


@functools.cache
def prefix() -> tuple[str, ...]:
    """What to put before a command that needs root: nothing, or `sudo -n`. PermissionError if neither will do."""
    if os.geteuid() == 0:
        return ()
    sudo = shutil.which("sudo")
    if sudo and subprocess.run([sudo, "-n", "true"], capture_output=True, check=False).returncode == 0:
        return (sudo, "-n")
    raise PermissionError(
        "The test rig mounts and enters a Debian chroot, which needs root: "
        "run it as root, or allow sudo without a password."
    )


def as_root(*command: str | Path) -> list[str]:
    """The command line that runs this command as root."""
    return [*prefix(), *map(str, command)]


def mounts_under(folder: Path) -> list[Path]:
    """Mount points at or under a folder, innermost first."""
    real = folder.resolve()
    points = []
    for line in Path("/proc/self/mountinfo").read_text().splitlines():
        # Blanks and a few others are written as octal escapes there: proc(5).
        point = Path(line.split()[4].encode().decode("unicode_escape"))
        if point == real or real in point.parents:
            points.append(point)
    return points[::-1]


def unmount_under(folder: Path) -> None:
    """Take away every mount at or under a folder."""
    for point in mounts_under(folder):
        subprocess.run(as_root("umount", "--lazy", point), capture_output=True, check=False)


def remove_tree(folder: Path) -> None:
    """Delete a folder, also one that root has filled. Never reaches through a mount: OSError if one remains."""
    if not folder.exists():
        return
    unmount_under(folder)
    if left := mounts_under(folder):
        raise OSError(f"{left[0]} is still mounted: {folder} is not deleted, lest that goes with it.")
    try:
        shutil.rmtree(folder)
    except PermissionError:
        subprocess.run(as_root("rm", "-rf", "--", folder), check=True)
