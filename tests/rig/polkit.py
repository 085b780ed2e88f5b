"""A Debian with the real polkitd, pkexec and agent of the terminal, and a user; polkit_daemons.py has it run."""

from __future__ import annotations

from pathlib import Path

from tests.rig import cache, chroot, mounts
from tests.rig.packages import install_missing
from tests.rig.root import as_root

SUITE = "bookworm"
USER = "volunteer"
PASSWORD = "right"
_PACKAGES = (
    "polkitd", "pkexec", "dbus", "python3-minimal", "python3-cryptography", "python3-requests", "python3-psutil",
    "python3-platformdirs", "python3-pycdlib",
)  # fmt: skip


def ensure() -> Path:
    """The system as it is before; never used itself, only copied."""
    return cache.build("polkit", cache.recipe_key(Path(__file__)), _build)


def _build(folder: Path, log: Path) -> None:
    install_missing({"debootstrap": "/usr/sbin/debootstrap"}, log)
    cache.say(f"making a Debian with polkit (about a minute); log: {log}")
    options = ("--variant=minbase", f"--keyring={chroot.KEYRING}")
    cache.run(as_root("debootstrap", *options, SUITE, folder, chroot._mirror()), log)
    mounts.show_kernel(folder)
    inside = as_root("chroot", folder, "/usr/bin/env", "DEBIAN_FRONTEND=noninteractive", "LC_ALL=C.UTF-8")
    chroot._write(folder / "usr/sbin/policy-rc.d", "#!/bin/sh\nexit 101\n", log)
    cache.run(as_root("cp", "/etc/resolv.conf", folder / "etc/resolv.conf"), log)
    cache.run([*inside, "apt-get", "install", "-y", "--no-install-recommends", *_PACKAGES], log)
    cache.run([*inside, "apt-get", "clean"], log)
    # No package manager, so that the signed list is what is left.
    cache.run([*inside, "rm", "-rf", "/var/lib/apt/lists", "/usr/bin/apt-get", "/usr/bin/apt-cache"], log)
    # Whoever starts polkitd is the test alone.
    cache.run([*inside, "rm", "/usr/share/dbus-1/system-services/org.freedesktop.PolicyKit1.service"], log)
    cache.run([*inside, "useradd", "--create-home", "--shell", "/bin/bash", USER], log)
    cache.run([*inside, "sh", "-c", f"echo {USER}:{PASSWORD} | chpasswd"], log)
    mounts.hide_all(folder)
