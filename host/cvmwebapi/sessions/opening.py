"""Opening a session, in the order of checks of docs/vmcp.md."""

from __future__ import annotations

import math
import time
from dataclasses import replace

from cvmwebapi.asking import Answer, ConfirmSession, Visitor
from cvmwebapi.config import settings
from cvmwebapi.errors import CVMError
from cvmwebapi.provision import providing
from cvmwebapi.sessions.admission import consent, limits, secrets, throttle
from cvmwebapi.sessions.admission.consent import Yes
from cvmwebapi.sessions.ledger.resources import Resources, wanted_by
from cvmwebapi.sessions.ledger.rows import Decision, SessionRow, SiteDecision
from cvmwebapi.sessions.lifecycle.session import Session
from cvmwebapi.sessions.manager import Sessions
from cvmwebapi.sessions.resources import boot_medium
from cvmwebapi.sessions.resources.computer import Computer
from cvmwebapi.texts.phase import Phase
from cvmwebapi.texts.phrase import Fault
from cvmwebapi.vmcp.client import VerifiedMachine, request_description


def open_session(sessions: Sessions, visitor: Visitor, url: str) -> Session:
    """The session that the VMCP answer of ``url`` describes, known or new.

    Raises ``CVMError``: ``siteBlocked``, ``siteNotAllowed``, ``throttled``, ``hypervisorMissing``, those of
    ``request_description``, ``cpusTooMany``, ``memoryTooLarge``, ``overCap``, ``totalReached``, ``wrongSecret``,
    ``refusedByUser``, ``cancelled``.
    """
    with visitor.task.announced(Phase("openingSession")) as task:
        return _opened(sessions, replace(visitor, task=task), url)


def _opened(sessions: Sessions, visitor: Visitor, url: str) -> Session:
    domain, task = visitor.domain, visitor.task
    limits.check_site(sessions.settings, domain)
    sessions.check_never(domain)
    _check_throttle(sessions, domain)
    provide(sessions, visitor)
    task.report(Phase("askingWebsite"), 0.2)
    verified = request_description(url, domain, sessions.settings, origin=visitor.origin, task=task)
    machine = verified.machine
    Computer.this().check_size(machine.cpus, machine.memory)
    limits.check_machine(sessions.settings, machine.cpus, machine.memory, machine.disk)
    wanted = wanted_by(machine)
    limits.check_total(sessions.settings, wanted, (), disk=False)
    limits.check_total(sessions.settings, wanted, (), disk=True)
    row = sessions.ledger.find(domain, machine.name)
    if row is not None and not secrets.matches(machine.secret, row.secret):
        sessions.ledger.refuse(domain, time.time())
        raise CVMError("wrongSecret", session=machine.name)
    yes, decision = _standing_yes(sessions, domain, row, verified), None
    if yes is None:
        task.report(Phase("waitingForAnswer"), 0.6)
        yes, decision = _ask(sessions, visitor, verified, row)
    row = sessions.write_down(domain, visitor.origin, verified, yes, row, decision)
    task.report(Phase("lookingAtMachine"), 0.8)
    session = sessions.session(row)
    session.refresh(task)
    return session


def provide(sessions: Sessions, visitor: Visitor) -> None:
    """See to a VirtualBox that will do. Raises ``CVMError`` as ``providing.ensure``."""
    try:
        providing.ensure(sessions.vboxmanage, sessions.settings, visitor)
    except CVMError as error:
        if error.name == "installationRefused":
            sessions.ledger.refuse(visitor.domain, time.time())
        raise


def _check_throttle(sessions: Sessions, domain: str) -> None:
    left = throttle.seconds_left(sessions.ledger.refusals(domain), time.time())
    if left > 0:
        raise CVMError("throttled", domain=domain, seconds=math.ceil(left))


def _had_enough(sessions: Sessions, domain: str) -> bool:
    """Whether the user's answers to other questions of the domain have made this one moot."""
    try:
        sessions.check_never(domain)
        _check_throttle(sessions, domain)
    except CVMError:
        return True
    return False


def _standing_yes(sessions: Sessions, domain: str, row: SessionRow | None, verified: VerifiedMachine) -> Yes | None:
    """The yes that needs no question: to this machine, to the site, or the administrator's."""
    machine, trust = verified.machine, verified.trust.kind
    wanted = wanted_by(machine)
    site = sessions.ledger.site(domain)
    given = [Yes(item.agreed, item.granted, item.trust) for item in (row, site) if item]
    for yes in given:
        if yes.covers(wanted, consent.least(machine), trust):
            return yes
    return Yes(wanted, wanted, trust) if limits.approved_unasked(sessions.settings, domain, wanted) else None


def _known(row: SessionRow | None, verified: VerifiedMachine) -> bool:
    """Whether the user said yes to this machine before, and now it is to become larger."""
    trust = verified.trust.kind
    return bool(row and row.agreed.cpus and trust in ("listed", row.trust))


def _ask(
    sessions: Sessions, visitor: Visitor, verified: VerifiedMachine, row: SessionRow | None
) -> tuple[Yes, SiteDecision | None]:
    """The user's yes, and what they decided about the website along with it."""
    domain, machine, trust = visitor.domain, verified.machine, verified.trust.kind
    wanted, least = wanted_by(machine), consent.least(machine)

    def granted(answer: Answer) -> Resources:
        try:
            return consent.lowered(wanted, least, answer.resources)
        except Fault as error:
            raise CVMError("badValue", name="resources", detail=error.phrase) from error

    question = ConfirmSession(
        domain=domain,
        origin=visitor.origin,
        moot=lambda: _had_enough(sessions, domain),
        name=machine.name,
        wanted=vars(wanted),
        least=vars(least),
        trust=trust,
        approved=limits.approved_by_administrator(settings.effective(), domain),
        stale=verified.trust.stale,
        known=_known(row, verified),
        download=boot_medium.to_download(machine, domain, row.release if row else "", sessions.settings, visitor.task),
        checked=granted,
    )
    answer = visitor.ask(question)
    now = time.time()
    if not answer.yes:
        sessions.check_never(domain)
        _check_throttle(sessions, domain)
        with sessions.ledger.transaction():
            if answer.choice == "never":
                sessions.ledger.decide(SiteDecision(domain, Decision.NEVER, now, trust))
            sessions.ledger.refuse(domain, now)
        raise CVMError("refusedByUser", domain=domain)
    yes = Yes(wanted, granted(answer), trust)
    always = SiteDecision(domain, Decision.ALWAYS, now, trust, yes.agreed, yes.granted)
    return yes, always if answer.choice == "always" else None
