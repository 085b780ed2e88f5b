"""A Debian chroot with VirtualBox of the unstable suite in it; nothing of unstable touches the machine itself."""

from __future__ import annotations

import subprocess
from pathlib import Path

from tests.rig import cache, mounts
from tests.rig.packages import install_missing
from tests.rig.root import as_root, unmount_under

SUITE = "sid"
KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"
VBOX_FOLDER = "/usr/lib/virtualbox"
_HEADLESS = Path(__file__).with_name("vboxheadless.py")


def ensure() -> Path:
    """The chroot's folder, built if need be, with the machine's folders mounted into it."""
    folder = cache.build("virtualbox", cache.recipe_key(Path(__file__), _HEADLESS), _build)
    mounts.show_all(folder)
    return folder


def version(folder: Path) -> str:
    """Version of the chroot's VirtualBox, such as 7.2.22."""
    return (folder / "virtualbox-version").read_text().strip()


def _build(folder: Path, log: Path) -> None:
    install_missing({"debootstrap": "/usr/sbin/debootstrap"}, log)
    cache.say(f"making a Debian {SUITE} chroot (about half a minute); log: {log}")
    options = ("--variant=minbase", "--components=main,contrib", f"--keyring={KEYRING}")
    cache.run(as_root("debootstrap", *options, SUITE, folder, _mirror()), log)
    mounts.show_kernel(folder)
    inside = as_root("chroot", folder, "/usr/bin/env", "DEBIAN_FRONTEND=noninteractive", "LC_ALL=C.UTF-8")
    # A package's start script has no business here: policy-rc.d keeps daemons down.
    _write(folder / "usr/sbin/policy-rc.d", "#!/bin/sh\nexit 101\n", log)
    cache.run(as_root("cp", "/etc/resolv.conf", folder / "etc/resolv.conf"), log)
    cache.say("installing VirtualBox into it (about 20 s)")
    cache.run([*inside, "apt-get", "-o", "Acquire::Check-Valid-Until=false", "update"], log)
    cache.run([*inside, "apt-get", "install", "-y", "--no-install-recommends", "virtualbox", "python3-minimal"], log)
    cache.run([*inside, "apt-get", "clean"], log)
    headless = f"{VBOX_FOLDER}/VBoxHeadless"
    cache.run([*inside, "dpkg-divert", "--rename", "--divert", f"{headless}.hardened", "--add", headless], log)
    _write(folder / headless.lstrip("/"), _HEADLESS.read_text(), log)
    found = subprocess.run(
        [*inside, "dpkg-query", "-W", "-f", "${Version}", "virtualbox"], stdout=subprocess.PIPE, text=True, check=True
    ).stdout
    _write(folder / "virtualbox-version", found.split("-")[0] + "\n", log)
    unmount_under(folder)
    cache.say(f"VirtualBox {found} is ready")


def _mirror() -> str:
    """The server that this machine has its own Debian packages from."""
    command = ["apt-get", "indextargets", "--format", "$(REPO_URI)", "Created-By: Packages"]
    found = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout.split()
    if not found:
        raise cache.RigError("apt-get knows no server for Debian's packages: see /etc/apt/sources.list.")
    return found[0]


def _write(path: Path, content: str, log: Path) -> None:
    """A file with mode 0755 in a tree that may be root's."""
    source = log.with_suffix(".new")
    source.write_text(content)
    cache.run(as_root("install", "-m", "755", source, path), log)
    source.unlink()
