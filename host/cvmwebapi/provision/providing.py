"""A request needs VirtualBox: if it is missing, broken or too old, the user is asked.

The request goes on once it is there, whoever has installed it.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from cvmwebapi.config.settings import Settings
from cvmwebapi.errors import CVMError
from cvmwebapi.hypervisor import versions
from cvmwebapi.hypervisor.vboxmanage import VBoxManage
from cvmwebapi.provision import installing, plan
from cvmwebapi.texts.phase import Phase, Report
from cvmwebapi.texts.phrase import Value, detail

_LOOK_EVERY = 1.0
"""Seconds between looks while the user may be installing it by hand."""
_REASONS = {"hypervisorMissing": "missing", "hypervisorBroken": "broken", "hypervisorOld": "old"}


@dataclass(frozen=True)
class Asker:
    """Who needs it, and how the user is asked (``ask(question, details, moot)``) and told."""

    domain: str
    origin: str
    ask: Callable[..., Any]
    report: Report
    cancelled: Callable[[], bool]


def trouble(find: Callable[[], VBoxManage]) -> CVMError | None:
    """``hypervisorMissing``, ``hypervisorBroken`` or ``hypervisorOld``; ``None`` for a VirtualBox that will do."""
    try:
        vbox = find()
    except CVMError as error:
        return error
    try:
        version = vbox.version
    except CVMError as error:
        # Slow is not broken.
        if error.name == "hypervisorTimeout":
            return None
        return error if error.name == "hypervisorMissing" else _broken(error.params.get("detail", error.phrase))
    if version is None:
        return _broken(detail("noVersion"))
    if version < versions.OLDEST:
        return CVMError("hypervisorOld", version=str(version), oldest=str(versions.OLDEST))
    return None


def _broken(reason: Value) -> CVMError:
    return CVMError("hypervisorBroken", detail=reason)


def ensure(find: Callable[[], VBoxManage], settings: Settings, asker: Asker) -> None:
    """Return once there is a VirtualBox that will do.

    Raises ``CVMError``: the trouble itself where nothing may be installed or only a person can help;
    ``installationRefused``, those of ``installing.carry_out``, ``installerIncomplete``, ``cancelled``.
    """
    fault = trouble(find)
    if fault is None:
        return
    if not settings.hypervisor_installation:
        raise fault
    asker.report(Phase("virtualboxNeeded"), 0.05)
    wanted = plan.make(settings, asker.cancelled)
    details = {
        "domain": asker.domain,
        "origin": asker.origin,
        "reason": _REASONS[fault.name],
        "version": str(fault.params.get("version", "")),
        **wanted.details(),
    }
    watch = _Watch(find)
    yes = asker.ask("confirmInstall", details, watch.there)
    if watch.there(now=True):
        return
    if asker.cancelled():
        raise CVMError("cancelled")
    if not yes:
        raise CVMError("installationRefused", manual=wanted.by_hand)
    if wanted.way == "manual":
        # "I have installed it": but it is not there.
        raise wanted.fault if wanted.fault and wanted.fault.name != "installersUnreachable" else fault
    with installing.alone(asker.cancelled):
        # Another tab may have been faster.
        if trouble(find) is None:
            return
        installing.carry_out(wanted, settings, asker.report, asker.cancelled, again=fault.name == "hypervisorBroken")
    left = trouble(find)
    if left is not None:
        raise CVMError("installerIncomplete", manual=wanted.by_hand, detail=left.phrase)


class _Watch:
    def __init__(self, find: Callable[[], VBoxManage]) -> None:
        self._find = find
        self._looked = time.monotonic()
        self._there = False

    def there(self, now: bool = False) -> bool:
        """Whether VirtualBox has come; looks at most once a second unless ``now``."""
        if not self._there and (now or time.monotonic() - self._looked >= _LOOK_EVERY):
            self._there = trouble(self._find) is None
            self._looked = time.monotonic()
        return self._there
