"""A request needs VirtualBox: if it is missing, broken or too old, the user is asked.

The request goes on once it is there, whoever has installed it.
"""

from __future__ import annotations

from collections.abc import Callable

from cvmwebapi.asking import ConfirmInstall, Visitor
from cvmwebapi.config.settings import Settings
from cvmwebapi.errors import CVMError
from cvmwebapi.hypervisor import versions
from cvmwebapi.hypervisor.vboxmanage import VBoxManage
from cvmwebapi.provision import installing, plan
from cvmwebapi.texts.phase import Phase
from cvmwebapi.texts.phrase import Value, detail

_REASONS = {"hypervisorMissing": "missing", "hypervisorBroken": "broken", "hypervisorOld": "old"}


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


def ensure(find: Callable[[], VBoxManage], settings: Settings, visitor: Visitor) -> None:
    """Return once there is a VirtualBox that will do; its task is told how far that is.

    Raises ``CVMError``: the trouble itself where nothing may be installed or only a person can help;
    ``installationRefused``, those of ``installing.carry_out``, ``installerIncomplete``, ``cancelled``.
    """
    fault = trouble(find)
    if fault is None:
        return
    if not settings.hypervisor_installation:
        raise fault
    task = visitor.task
    task.report(Phase("virtualboxNeeded"), 0.05)
    wanted = plan.make(settings, task)

    def there() -> bool:
        # The user may be installing it by hand.
        return trouble(find) is None

    answer = visitor.ask(
        ConfirmInstall(
            domain=visitor.domain,
            origin=visitor.origin,
            moot=there,
            reason=_REASONS[fault.name],
            version=str(fault.params.get("version", "")),
            plan=wanted.details(),
        )
    )
    if there():
        return
    if not answer.yes:
        raise CVMError("installationRefused", manual=wanted.by_hand)
    if wanted.way == "manual":
        # "I have installed it": but it is not there.
        raise wanted.fault if wanted.fault and wanted.fault.name != "installersUnreachable" else fault
    with installing.alone(task):
        # Another tab may have been faster.
        if there():
            return
        installing.carry_out(wanted, settings, task, again=fault.name == "hypervisorBroken")
    left = trouble(find)
    if left is not None:
        raise CVMError("installerIncomplete", manual=wanted.by_hand, detail=left.phrase)
