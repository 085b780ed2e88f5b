"""Folders of the machine shown in the chroot under their own paths: a path means the same inside and outside."""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path

from tests.rig import cache
from tests.rig.root import as_root, mounts_under, unmount_under

_KERNEL_FOLDERS = (Path("/proc"), Path("/sys"), Path("/dev"))
_CHECKOUT = Path(__file__).resolve().parents[2]


def show_all(chroot: Path) -> None:
    """Mount what is missing; after a reboot, or in another container, that is everything.

    Raises RigError when mounting isn't allowed.
    """
    homes = [Path("/home"), Path("/root"), Path.home()]
    temporary = [Path("/tmp"), Path("/var/tmp"), Path(tempfile.gettempdir())]
    folders = [*_KERNEL_FOLDERS, *homes, *temporary, cache.root(), _CHECKOUT, Path.cwd()]
    missing = [folder for folder in folders if folder.is_dir() and not _is_shown(chroot, folder)]
    if missing:
        with cache.lock("mounts"):
            for folder in missing:
                show(chroot, folder)


def show_kernel(chroot: Path) -> None:
    """Mount /proc, /sys and /dev: what installing packages needs."""
    for folder in _KERNEL_FOLDERS:
        show(chroot, folder)


def _is_shown(chroot: Path, folder: Path) -> bool:
    if folder == Path("/"):
        return True
    try:
        return (chroot / folder.relative_to("/")).samefile(folder)
    except OSError:
        return False


def show(chroot: Path, folder: Path) -> None:
    """Mount one folder, unless it is shown already. Raises RigError when mounting isn't allowed."""
    if _is_shown(chroot, folder):
        return
    inside = chroot / folder.relative_to("/")
    # A folder of that path may have been shown before it was deleted and made anew: nothing can be mounted on that.
    if inside in mounts_under(inside):
        subprocess.run(as_root("umount", "--lazy", inside), capture_output=True, check=False)
    if not inside.is_dir():
        subprocess.run(as_root("mkdir", "-p", inside), check=True)
    # With what is mounted in them only the kernel's file systems: our own folders hold this very chroot.
    how = "--rbind" if folder in _KERNEL_FOLDERS else "--bind"
    mount = as_root("mount", how, "--make-rslave", folder, inside)
    done = subprocess.run(mount, stderr=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        raise cache.RigError(
            f"The test rig can't mount {folder} into its chroot ({done.stderr.strip()}): "
            "in a container, give it the right to mount (CAP_SYS_ADMIN)."
        )


def hide_all(chroot: Path) -> None:
    """Take all mounts away again; RigError if one remains."""
    unmount_under(chroot)
    if left := mounts_under(chroot):
        raise cache.RigError(f"{left[0]} is still mounted.")
