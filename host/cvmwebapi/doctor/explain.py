"""A request that failed: which checks fit its error, and what they find, said along with it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from cvmwebapi.errors import CVMError

SECONDS = 1.0
"""The page waits for its answer."""
# Name of the error → ids of the checks that may know its cause, the likeliest first.
_FITS = {
    "hypervisorMissing": ("virtualbox",),
    "hypervisorBroken": ("virtualbox",),
    "hypervisorOld": ("virtualbox",),
    "installersUnreachable": ("network",),
    "hypervisorFailed": ("virtualbox", "driver", "processor", "rivals", "room", "machines"),
    "hypervisorTimeout": ("machines", "virtualbox", "driver", "room"),
    "driverMissing": ("driver",),
    "driverForbidden": ("driver", "group"),
    "driverMismatch": ("driver",),
    "virtualizationOff": ("processor",),
    "virtualizationMissing": ("processor", "rivals"),
    "virtualizationBusy": ("rivals",),
    "architectureWrong": ("processor",),
    "memoryShort": ("room",),
    "memoryTooLarge": ("room",),
    "diskFull": ("room",),
    "hostDiskFull": ("room",),
    "machineLocked": ("machines",),
    "machineAborted": ("room", "machines"),
    "machineCrashed": ("rivals", "processor", "room"),
    "virtualboxUnavailable": ("virtualbox", "driver"),
    "downloadFailed": ("network", "room"),
    "keystoreUnreachable": ("network",),
    "keystoreInvalid": ("network",),
    "vmcpUnreachable": ("network",),
    "vmcpCertificate": ("network",),
    "vmcpTooSlow": ("network",),
}


@contextlib.contextmanager
def explained(session: str = "") -> Iterator[None]:
    """Around the work of an action: a ``CVMError`` that leaves it carries cause and fix, where a check knows them."""
    try:
        yield
    except CVMError as error:
        explain(error, session=session)
        raise


def explain(error: CVMError, seconds: float = SECONDS, session: str = "") -> CVMError:
    """Add to ``error`` what the fitting checks find within ``seconds``; unchanged when that is nothing.

    What is wrong with the machine of ``session`` itself comes first; troubles of others' machines explain nothing."""
    wanted = _FITS.get(error.name)
    if not wanted or error.diagnosis is not None:
        return error
    from cvmwebapi.doctor import diagnosis
    from cvmwebapi.doctor.surroundings import Surroundings

    modules = {module.ID: module for module in diagnosis.CHECKS}
    try:
        around = Surroundings.here()
        around.patience = seconds / 3
    except (CVMError, OSError):
        # Not even our own folders can be had: the error must speak for itself.
        return error
    results = diagnosis.run(around, [modules[name] for name in wanted], seconds)
    results = [result for result in results if result.check != "machines" or result.finding.part in ("", session)]
    results.sort(key=lambda result: result.check != "machines")
    troubles = [result for result in results if result.finding.status == "problem"]
    if not troubles:
        # What would only be a hint elsewhere is the likely cause once something has failed.
        troubles = [result for result in results if result.finding.status == "warning"]
    if troubles:
        check, finding = troubles[0]
        error.explain(finding.to_json(check))
    return error
