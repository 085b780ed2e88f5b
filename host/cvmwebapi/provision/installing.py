"""Carries a plan out: download, verify, run with the platform's prompt. One at a time on this computer."""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from cvmwebapi.config.settings import Settings
from cvmwebapi.errors import CVMError
from cvmwebapi.media import cache, download
from cvmwebapi.media.target import Target
from cvmwebapi.provision import commands, installers, plan, running
from cvmwebapi.provision.installers import Installer
from cvmwebapi.provision.plan import Plan
from cvmwebapi.system import files, paths
from cvmwebapi.texts.phase import Phase, Report
from cvmwebapi.texts.phrase import detail

_MB = 2**20
_NEEDED = 600
"""MB that an unpacked VirtualBox takes."""


@contextlib.contextmanager
def alone(cancelled: Callable[[], bool]) -> Iterator[None]:
    """Only one host of this user installs; the others wait, and look again then. Raises ``CVMError("cancelled")``."""
    try:
        with files.locked(paths.data_folder() / "locks" / "install-virtualbox", 3600.0, cancelled):
            yield
    except TimeoutError:
        raise CVMError("cancelled") from None


def carry_out(
    wanted: Plan, settings: Settings, report: Report, cancelled: Callable[[], bool], again: bool = False
) -> None:
    """Install; ``again``: over a damaged one.

    Raises ``CVMError``: those of ``download.fetch`` (what has arrived is kept), of ``commands`` and ``running``;
    ``installerNone`` for a plan that only a person can carry out.
    """
    if wanted.offer:
        report(Phase("installingVirtualbox"), 0.0)
        run(wanted.offer.command(again), wanted, report, cancelled)
    elif wanted.installer:
        fetched = fetch(wanted.installer, settings, report, cancelled)
        with ready(fetched, wanted.installer) as (file, mounted):
            command = commands.of_file(file, wanted.installer.kind, wanted.manager, mounted)
            report(Phase("installingAnswer"), 0.75)
            run(command, wanted, lambda phase, share: report(phase, 0.75 + share / 4), cancelled)
    else:
        raise wanted.fault or CVMError("installerNone", detail=detail("noWay"))


def fetch(item: Installer, settings: Settings, report: Report, cancelled: Callable[[], bool]) -> Path:
    """A file of the signed list, verified. Raises ``CVMError`` as ``download.fetch``."""

    def told(done: int, _total: int, speed: float) -> None:
        report(Phase("downloadingVirtualbox", done, item.size, speed), 0.7 * min(1.0, done / item.size))

    return download.fetch(
        item.url,
        item.sha256,
        Target(cache.image(item.sha256, f".{item.kind}")),
        report=told,
        cancelled=cancelled,
        min_free=(settings.min_free_disk + _NEEDED) * _MB,
    )


@contextlib.contextmanager
def ready(fetched: Path, item: Installer) -> Iterator[tuple[Path, Path | None]]:
    """The file as its kind wants it, in a folder that only we (and root) can write to, and the mounted image."""
    with tempfile.TemporaryDirectory(prefix="virtualbox-", dir=paths.cache_folder()) as folder:
        file = Path(folder) / installers.file_name(item)
        shutil.copyfile(fetched, file)
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


def run(command: Sequence[str], wanted: Plan, report: Report, cancelled: Callable[[], bool]) -> None:
    """Run it with the platform's prompt for privileges. Raises ``CVMError``: those of ``commands`` and ``running``."""
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    elevated = commands.elevated(command, plan.SYSTEM, root, shutil.which, wanted.by_hand)
    if sys.platform == "win32":
        from cvmwebapi.provision import windows

        status, output = windows.run_elevated(elevated), ""
    else:
        status, output = running.run(elevated, report, cancelled)
    fault = commands.outcome(status, output, plan.SYSTEM, wanted.manager, wanted.by_hand)
    if fault:
        raise fault
