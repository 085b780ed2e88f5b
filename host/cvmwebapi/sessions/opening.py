"""Opening a session, in the order of checks of vmcp.md."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

from cvmwebapi.errors import CVMError
from cvmwebapi.sessions import limits, secrets, throttle
from cvmwebapi.sessions.computer import Computer
from cvmwebapi.sessions.consent import Resources
from cvmwebapi.sessions.ledger import Row
from cvmwebapi.sessions.manager import Sessions
from cvmwebapi.sessions.progress import Progress
from cvmwebapi.sessions.session import Session, stored
from cvmwebapi.virtualbox import providing
from cvmwebapi.virtualbox.providing import Asker
from cvmwebapi.vmcp.client import VerifiedMachine, request_description
from cvmwebapi.vmcp.description import MachineDescription

Ask = Callable[..., bool]


def open_session(
    sessions: Sessions,
    domain: str,
    origin: str,
    url: str,
    emit: Callable[..., None],
    ask: Ask,
    cancelled: Callable[[], bool],
) -> Session:
    """The session that the VMCP answer of ``url`` describes, known or new.

    Raises ``CVMError``: ``siteBlocked``, ``siteNotAllowed``, ``throttled``, ``hypervisorMissing``, those of
    ``request_description``, ``cpusTooMany``, ``memoryTooLarge``, ``overCap``, ``wrongSecret``, ``refusedByUser``,
    ``cancelled``.
    """
    with Progress(emit).task("Opening the session") as progress:
        limits.check_site(sessions.settings, domain)
        _check_throttle(sessions, domain)
        _provide(sessions, Asker(domain, origin, ask, progress.at, cancelled))
        progress.at("Asking the website what it needs", 0.2)
        verified = request_description(url, domain, sessions.settings, origin=origin, cancelled=cancelled)
        machine = verified.machine
        Computer.this().check_size(machine.cpus, machine.memory)
        limits.check_machine(sessions.settings, machine.cpus, machine.memory, machine.disk)
        wanted = Resources(machine.cpus, machine.memory, machine.disk, machine.flags)
        row = sessions.ledger.find(domain, machine.name)
        if row is not None and not secrets.matches(machine.secret, row.secret):
            sessions.ledger.refuse(domain, time.time())
            raise CVMError("wrongSecret", session=machine.name)
        # A site that was in a list and now only speaks for itself is another one than the user agreed to.
        unknown = row is None or verified.trust.kind not in ("listed", sessions.ledger.trust(row.id))
        if row is None or unknown or not wanted.within(Resources(**row.agreed)):
            progress.at("Waiting for your answer", 0.6)
            _ask(sessions, domain, origin, verified, ask, cancelled, new=unknown)
        row = _write_down(sessions, domain, row, machine, wanted)
        sessions.ledger.agree_to_trust(row.id, verified.trust.kind)
        progress.at("Looking at the machine", 0.8)
        session = sessions.session(row)
        session.refresh()
        return session


def _provide(sessions: Sessions, asker: Asker) -> None:
    """See to a VirtualBox that will do. Raises ``CVMError`` as ``providing.ensure``."""
    try:
        providing.ensure(sessions.vboxmanage, sessions.settings, asker)
    except CVMError as error:
        if error.name == "installationRefused":
            sessions.ledger.refuse(asker.domain, time.time())
        raise


def _check_throttle(sessions: Sessions, domain: str) -> None:
    left = throttle.seconds_left(sessions.ledger.refusals(domain), time.time())
    if left > 0:
        raise CVMError("throttled", domain=domain, seconds=math.ceil(left))


def _ask(
    sessions: Sessions,
    domain: str,
    origin: str,
    verified: VerifiedMachine,
    ask: Ask,
    cancelled: Callable[[], bool],
    new: bool,
) -> None:
    machine = verified.machine
    details = {
        "domain": domain,
        "origin": origin,
        "name": machine.name,
        "cpus": machine.cpus,
        "memory": machine.memory,
        "disk": machine.disk,
        "flags": machine.flags,
        "trust": verified.trust.kind,
        "stale": verified.trust.stale,
        "reason": "new" if new else "more",
    }
    if ask("confirmSession", details):
        return
    if cancelled():
        raise CVMError("cancelled")
    sessions.ledger.refuse(domain, time.time())
    raise CVMError("refusedByUser", domain=domain)


def _write_down(
    sessions: Sessions, domain: str, row: Row | None, machine: MachineDescription, wanted: Resources
) -> Row:
    if row is None:
        return sessions.add(domain, machine, wanted)
    agreed = Resources(**row.agreed)
    most = agreed if wanted.within(agreed) else wanted
    sessions.ledger.update(row.id, description=stored(machine), agreed=vars(most))
    return sessions.ledger.get(row.id) or row
