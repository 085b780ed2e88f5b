"""Carries a plan out: download, verify, run with the platform's prompt. One at a time on this computer."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from cvmwebapi.config.settings import Settings
from cvmwebapi.errors import CVMError
from cvmwebapi.media import cache, download
from cvmwebapi.media.target import Target
from cvmwebapi.provision import commands, installers, plan, running
from cvmwebapi.provision.installers import Installer
from cvmwebapi.provision.plan import Plan
from cvmwebapi.system import files, paths, platforms
from cvmwebapi.tasks import Task
from cvmwebapi.texts.phase import Phase
from cvmwebapi.texts.phrase import detail

_MB = 2**20
_NEEDED = 600
"""MB that an unpacked VirtualBox takes."""


@contextlib.contextmanager
def alone(task: Task) -> Iterator[None]:
    """Only one host of this user installs; the others wait, and look again then. Raises ``CVMError("cancelled")``."""
    try:
        with files.locked(paths.locks_folder() / "install-virtualbox", 3600.0, task):
            yield
    except TimeoutError:
        raise CVMError("cancelled") from None


def carry_out(wanted: Plan, settings: Settings, task: Task, again: bool = False) -> None:
    """Install; ``again``: over a damaged one.

    Raises ``CVMError``: those of ``download.fetch`` (what has arrived is kept), of ``commands`` and ``running``;
    ``installerNone`` for a plan that only a person can carry out.
    """
    if wanted.offer:
        task.report(Phase("installingVirtualbox"), 0.0)
        run(wanted.offer.command(again), wanted, task)
    elif wanted.installer:
        fetched = fetch(wanted.installer, settings, task)
        with ready(fetched, wanted.installer) as (file, mounted):
            command = commands.of_file(file, wanted.installer.kind, wanted.manager, mounted)
            task.report(Phase("installingAnswer"), 0.75)
            with task.part(0.75, 1.0) as rest:
                run(command, wanted, rest)
    else:
        raise wanted.fault or CVMError("installerNone", detail=detail("noWay"))


def fetch(item: Installer, settings: Settings, task: Task) -> Path:
    """A file of the signed list, verified. Raises ``CVMError`` as ``download.fetch``."""
    target = Target(cache.image(item.sha256, f".{item.kind}"))
    min_free = (settings.min_free_disk + _NEEDED) * _MB
    with task.part(0.0, 0.7) as part:
        return download.fetch(item.url, item.sha256, target, part, phase="downloadingVirtualbox", min_free=min_free)


@contextlib.contextmanager
def ready(fetched: Path, item: Installer) -> Iterator[tuple[Path, Path | None]]:
    """The file as its kind wants it, in a folder that only we (and root) can write to, and the mounted image.

    What is handed out was hashed while it was written there: the copy in the cache may be another one by now. Raises
    ``CVMError("checksumMismatch")``; that copy is gone then.
    """
    with tempfile.TemporaryDirectory(prefix="virtualbox-", dir=paths.cache_folder()) as folder:
        file = Path(folder) / installers.file_name(item)
        _copy(fetched, file, item)
        # apt reads it under an account of its own, if it may.
        Path(folder).chmod(0o755)
        file.chmod(0o755)
        if item.kind != "dmg":
            yield file, None
            return
        mounted = Path(folder) / "image"
        plan.tell(["/usr/bin/hdiutil", "attach", "-nobrowse", "-readonly", "-mountpoint", str(mounted), str(file)])
        try:
            yield file, mounted
        finally:
            plan.tell(["/usr/bin/hdiutil", "detach", str(mounted)])


def _copy(fetched: Path, file: Path, item: Installer) -> None:
    found = hashlib.sha256()
    with fetched.open("rb") as source, file.open("xb") as target:
        while chunk := source.read(_MB):
            found.update(chunk)
            target.write(chunk)
    if found.hexdigest() != item.sha256:
        fetched.unlink(missing_ok=True)
        raise CVMError("checksumMismatch", file=installers.file_name(item))


def run(command: Sequence[str], wanted: Plan, task: Task) -> None:
    """Run it with the platform's prompt for privileges. Raises ``CVMError``: those of ``commands`` and ``running``."""
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    elevated = commands.elevated(command, platforms.THIS, root, shutil.which, wanted.by_hand)
    if sys.platform == "win32":
        from cvmwebapi.provision import windows

        status, output = windows.run_elevated(elevated), ""
    else:
        status, output = running.run(elevated, task)
    fault = commands.outcome(status, output, platforms.THIS, wanted.manager, wanted.by_hand)
    if fault:
        raise fault
