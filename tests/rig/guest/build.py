"""Builds the guest's ISO: a tiny kernel from Debian's sources, our program as its only process, isolinux to boot."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.rig import cache, packages

_HERE = Path(__file__).parent
_KERNEL_RECIPE = ("kernel.config", "lz4_store.py")
_RECIPE = ("build.py", *_KERNEL_RECIPE, "isolinux.cfg", "init.c", "http.c", "http.h")
_SOURCE = Path("/usr/src/linux-source-6.1.tar.xz")
_NEEDED = {
    "linux-source-6.1": str(_SOURCE),
    "gcc": "/usr/bin/gcc",
    "make": "/usr/bin/make",
    "libc6-dev": "/usr/lib/x86_64-linux-gnu/libc.a",
    "flex": "/usr/bin/flex",
    "bison": "/usr/bin/bison",
    "bc": "/usr/bin/bc",
    "cpio": "/usr/bin/cpio",
    "xz-utils": "/usr/bin/xz",
    "libelf-dev": "/usr/include/libelf.h",
    "libssl-dev": "/usr/include/openssl/ssl.h",
    "xorriso": "/usr/bin/xorriso",
    "isolinux": "/usr/lib/ISOLINUX/isolinux.bin",
    "syslinux-common": "/usr/lib/syslinux/modules/bios/ldlinux.c32",
}


def ensure_iso() -> Path:
    """The guest's ISO, built at the first call: 3 to 6 minutes on 2 cores. RigError when a step fails."""
    key = cache.recipe_key(*(_HERE / name for name in _RECIPE))
    return cache.build("guest", key, _build) / "guest.iso"


def _build(folder: Path, log: Path) -> None:
    packages.install_missing(_NEEDED, log)
    kernel = _kernel()
    work = folder / "work"
    boot = work / "iso" / "boot"
    boot.mkdir(parents=True)
    shutil.copy(kernel, boot / "vmlinuz")
    cache.say("building the guest's program and its ISO")
    _initrd(work, boot / "initrd", log)
    linux = work / "iso" / "isolinux"
    linux.mkdir()
    for file in (Path(_NEEDED["isolinux"]), Path(_NEEDED["syslinux-common"]), _HERE / "isolinux.cfg"):
        shutil.copy(file, linux / file.name)
    cache.run(
        ["xorriso", "-as", "mkisofs", "-quiet", "-J", "-r", "-V", "GUEST", "-o", folder / "guest.iso",
         "-isohybrid-mbr", "/usr/lib/ISOLINUX/isohdpfx.bin",
         "-b", "isolinux/isolinux.bin", "-c", "isolinux/boot.cat", "-no-emul-boot", "-boot-load-size", "4",
         "-boot-info-table", work / "iso"],
        log,
    )  # fmt: skip
    shutil.rmtree(work)


def _kernel() -> Path:
    """The kernel, cached by itself: the guest's program changes more often."""
    key = cache.recipe_key(*(_HERE / name for name in _KERNEL_RECIPE), str(_SOURCE.stat().st_size))
    return cache.build("guest-kernel", key, _build_kernel) / "vmlinuz"


def _build_kernel(folder: Path, log: Path) -> None:
    source = folder / "source"
    source.mkdir()
    cache.say("unpacking the kernel's sources")
    cache.run(["tar", "-xf", _SOURCE, "--strip-components=1", "-C", source], log)
    cache.say("building the guest's kernel (2 to 5 minutes on 2 cores)")
    make = ["nice", "make", "-C", source, f"-j{os.cpu_count()}", f"LZ4={sys.executable} {_HERE / 'lz4_store.py'}"]
    cache.run([*make, "tinyconfig"], log)
    cache.run([source / "scripts/kconfig/merge_config.sh", "-m", ".config", _HERE / "kernel.config"], log, cwd=source)
    cache.run([*make, "olddefconfig"], log)
    cache.run([*make, "bzImage"], log)
    shutil.copy(source / "arch/x86/boot/bzImage", folder / "vmlinuz")
    shutil.copy(source / ".config", folder / "config")
    shutil.rmtree(source)


def _initrd(work: Path, initrd: Path, log: Path) -> None:
    root = work / "root"
    for name in ("dev", "proc", "sys", "cd"):
        (root / name).mkdir(parents=True)
    sources = [_HERE / "init.c", _HERE / "http.c"]
    cache.run(["gcc", "-O2", "-static", "-s", "-Wall", "-o", root / "init", *sources], log)
    names = "\n".join(str(path.relative_to(root)) for path in sorted(root.rglob("*")))
    # Uncompressed: in a software-run machine unpacking costs more than reading.
    with initrd.open("wb") as out:
        subprocess.run(
            ["cpio", "-o", "-H", "newc", "--owner=0:0", "--quiet"],
            input=names.encode(),
            stdout=out,
            cwd=root,
            check=True,
        )
