"""A Debian system without VirtualBox, in which a host of ours can run and have it installed by apt-get.

The packages that installing it needs are fetched beforehand: tests install for real, but need no network.
"""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.rig import cache, chroot, mounts
from tests.rig.packages import install_missing
from tests.rig.root import as_root, remove_tree

_HOST_NEEDS = ("python3-cryptography", "python3-requests", "python3-psutil", "python3-platformdirs", "python3-pycdlib")
_CHECKOUT = Path(__file__).resolve().parents[2]


def ensure() -> Path:
    """The system as it is before; never used itself, only copied."""
    return cache.build("bare", cache.recipe_key(Path(__file__)), _build)


# The two private helpers are used from outside lest moving them make everybody's chroot anew: it is keyed by that file.
def _build(folder: Path, log: Path) -> None:
    install_missing({"debootstrap": "/usr/sbin/debootstrap"}, log)
    cache.say(f"making a Debian system without VirtualBox (about a minute); log: {log}")
    options = ("--variant=minbase", "--components=main,contrib", f"--keyring={chroot.KEYRING}")
    cache.run(as_root("debootstrap", *options, chroot.SUITE, folder, chroot._mirror()), log)
    mounts.show_kernel(folder)
    inside = as_root("chroot", folder, "/usr/bin/env", "DEBIAN_FRONTEND=noninteractive", "LC_ALL=C.UTF-8")
    chroot._write(folder / "usr/sbin/policy-rc.d", "#!/bin/sh\nexit 101\n", log)
    cache.run(as_root("cp", "/etc/resolv.conf", folder / "etc/resolv.conf"), log)
    cache.run([*inside, "apt-get", "-o", "Acquire::Check-Valid-Until=false", "update"], log)
    cache.run([*inside, "apt-get", "install", "-y", "--no-install-recommends", *_HOST_NEEDS], log)
    fetch = ("--download-only", "--no-install-recommends", "virtualbox")
    cache.run([*inside, "apt-get", "install", "-y", *fetch], log)
    mounts.hide_all(folder)


@contextlib.contextmanager
def copy() -> Iterator[Path]:
    """A copy of it that a test may change, with the machine's kernel, /tmp and the checkout shown in it."""
    source = ensure()
    folder = Path(tempfile.mkdtemp(prefix="bare-", dir=cache.root() / "building"))
    try:
        cache.run(as_root("cp", "-a", "--reflink=auto", f"{source}/.", folder), cache.root() / "logs" / "bare-copy.log")
        mounts.show_kernel(folder)
        for shown in (Path("/tmp"), _CHECKOUT):
            mounts.show(folder, shown)
        yield folder
    finally:
        mounts.hide_all(folder)
        remove_tree(folder)
        shutil.rmtree(folder, ignore_errors=True)
