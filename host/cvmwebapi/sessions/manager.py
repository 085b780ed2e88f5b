"""All sessions of this host, on the ledger that it shares with other hosts."""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from cvmwebapi.config import settings
from cvmwebapi.config.settings import Settings
from cvmwebapi.errors import CVMError
from cvmwebapi.hypervisor import detect
from cvmwebapi.hypervisor.vboxmanage import VBoxManage
from cvmwebapi.hypervisor.watch import Watcher
from cvmwebapi.net.addresses import page_domain
from cvmwebapi.sessions.admission import consent, limits, secrets
from cvmwebapi.sessions.admission.consent import Yes
from cvmwebapi.sessions.ledger.resources import wanted_by
from cvmwebapi.sessions.ledger.rows import Decision, SessionRow, SiteDecision
from cvmwebapi.sessions.ledger.store import Ledger
from cvmwebapi.sessions.lifecycle import repair, turn
from cvmwebapi.sessions.lifecycle.presence import Presence
from cvmwebapi.sessions.lifecycle.session import Session
from cvmwebapi.sessions.lifecycle.work import Work
from cvmwebapi.sessions.overview import Overview
from cvmwebapi.system import paths
from cvmwebapi.vmcp.client import VerifiedMachine

Emit = Callable[[str, str, list[Any]], None]
"""``emit(session id, event, args)``."""


class Sessions:
    """Keeps one ``Session`` object for each session that a page has opened."""

    def __init__(self, ledger: Ledger, config: Settings, emit: Emit) -> None:
        self.ledger = ledger
        self.settings = config
        self._emit = emit
        self._open: dict[str, Session] = {}
        self._lock = threading.Lock()
        self._vbox: VBoxManage | None = None
        self._watcher = Watcher()
        self._presence = Presence()
        self.overview = Overview(ledger, self.opened, self.tell_windows)

    @classmethod
    def open(cls, emit: Emit) -> Sessions:
        """On the user's own ledger and settings. Raises ``CVMError``: ``settingsBroken``, ``policyBroken``."""
        sessions = cls(Ledger(paths.ledger()), settings.load(), emit)
        repair.in_background(sessions.ledger, sessions.work)
        sessions.overview.watch()
        return sessions

    def vboxmanage(self) -> VBoxManage:
        """The one that all sessions share; that there is none shows at its first call."""
        if self._vbox is None:
            self._vbox = VBoxManage(lambda: detect.vboxmanage(self.settings.vboxmanage))
        return self._vbox

    def work(self, session: str) -> Work:
        """What does the transitions of a session. Raises ``CVMError("sessionNotFound")``."""
        return Work(session, self.ledger, self.settings, self.vboxmanage())

    def check_frame(self, origin: str) -> None:
        """Raises ``CVMError("foreignFrame")`` as ``limits.check_frame``."""
        limits.check_frame(self.settings, origin)

    def of_origin(self, session: str, origin: str) -> Session:
        """A session by its id, for pages of an origin that has opened it by its website's own word.

        Raises ``CVMError``: ``sessionNotFound``, ``siteBlocked``, ``siteNotAllowed``."""
        row = self.ledger.get(session)
        if row is None or row.domain != page_domain(origin) or not self.ledger.is_opener(session, origin):
            raise CVMError("sessionNotFound")
        limits.check_site(self.settings, row.domain)
        return self.session(row)

    def session(self, row: SessionRow) -> Session:
        """The object for a row, made at the first call."""
        with self._lock:
            session = self._open.get(row.id)
            if session is None:
                session = Session(row.id, self.ledger, self.work(row.id), self._sender(row.id), self._watcher)
                self._open[row.id] = session
                if self.settings.on_browser_close != "keep":
                    self._presence.enter(row.id)
            return session

    def _sender(self, session: str) -> Callable[[str, list[Any]], None]:
        def send(event: str, args: list[Any]) -> None:
            self._emit(session, event, args)
            if event == "stateChanged":
                # Not here: whoever tells us may hold the session.
                threading.Thread(target=self.overview.count, name="count", daemon=True).start()

        return send

    def opened(self, session: str) -> Session | None:
        """The object of a session, if this host has one."""
        with self._lock:
            return self._open.get(session)

    def tell(self, session: str, event: str, *args: Any) -> None:
        """An event about a session, for the pages that opened it."""
        self._emit(session, event, list(args))

    def tell_windows(self, event: str, *args: Any) -> None:
        """An event about no session in particular, for the extension itself."""
        self._emit("", event, list(args))

    def check_never(self, domain: str) -> None:
        """Raises ``CVMError("refusedByUser")`` for a website that the user never wants to be asked about."""
        site = self.ledger.site(domain)
        if site is not None and site.decision is Decision.NEVER:
            raise CVMError("refusedByUser", domain=domain)

    def check_consent(self, session: str) -> None:
        """Whether a page may let this machine run. Raises ``CVMError``: ``sessionNotFound``, ``refusedByUser``."""
        row = self.ledger.get(session)
        if row is None:
            raise CVMError("sessionNotFound")
        self.check_never(row.domain)
        if not wanted_by(row.description).within(row.agreed):
            raise CVMError("refusedByUser", domain=row.domain)

    def change_settings(self, values: dict[str, object]) -> settings.Effective:
        """Write settings of the user, and go by them from now on. Raises ``CVMError`` as ``settings.change``."""
        changed = settings.change(values)
        self.settings = changed.settings
        with self._lock:
            for session in self._open.values():
                session.use(changed.settings)
        return changed

    def renew_settings(self) -> None:
        """Go by what another browser's host has written meanwhile. Raises ``CVMError`` as ``settings.load``."""
        present = settings.load()
        if present != self.settings:
            self.settings = present
            with self._lock:
                for session in self._open.values():
                    session.use(present)

    def write_down(
        self,
        domain: str,
        origin: str,
        verified: VerifiedMachine,
        yes: Yes,
        known: SessionRow | None = None,
        decision: SiteDecision | None = None,
    ) -> SessionRow:
        """Write down, all at once, that a page of ``origin`` opens a session, new or ``known``, to which the user said
        ``yes``, and what they decided about its website. The machine is made at the first start.

        Raises ``CVMError``: ``refusedByUser`` when they have said never in another browser meanwhile, ``wrongSecret``
        when another host wrote the session down in the meantime, with another secret.
        """
        name, secret = verified.machine.name, verified.machine.secret
        given = consent.given(verified.machine.without_secret(), yes.granted)
        kept = known.secret if known else secrets.hashed(secret)
        identity = uuid.uuid4().hex, domain, name, kept, str(uuid.uuid4())
        with self.ledger.transaction():
            self.check_never(domain)
            row = self.ledger.find(domain, name)
            if row is None:
                row = SessionRow(*identity, given, yes.agreed, yes.granted, time.time())
                self.ledger.add(row)
            elif row.secret != kept and not secrets.matches(secret, row.secret):
                raise CVMError("wrongSecret", session=name)
            row = replace(
                row,
                description=given,
                agreed=yes.agreed,
                granted=yes.granted,
                trust=verified.trust.kind,
                origin=origin,
            )
            self.ledger.change(row.id, lambda _: row)
            self.ledger.note_opener(row.id, origin)
            if decision:
                self.ledger.decide(decision)
        return row

    def forget(self, session: Session) -> None:
        """Drop a session whose machine is gone."""
        session.stop_watching()
        with self._lock:
            self._open.pop(session.id, None)
        self.ledger.remove(session.id)
        turn.forget(session.id)
        self._presence.leave(session.id)

    def close(self) -> None:
        """This host ends, for its browser does; what becomes of the machines is the user's setting."""
        wish = self.settings.on_browser_close
        self.overview.stop()
        for session in list(self._open.values()):
            session.stop_watching()
            if wish != "keep" and self._presence.leave(session.id):
                session.leave(save=wish == "save")
