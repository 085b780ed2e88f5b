"""What an action is given."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from cvmwebapi.asking import Answer
from cvmwebapi.channel.flow import Flow
from cvmwebapi.doctor.remedy import User
from cvmwebapi.errors import CVMError
from cvmwebapi.provision.providing import Asker
from cvmwebapi.sessions.ledger import SessionRow
from cvmwebapi.sessions.lifecycle.session import Session
from cvmwebapi.sessions.manager import Sessions
from cvmwebapi.texts.phase import Phase
from cvmwebapi.texts.phrase import detail


@dataclass(frozen=True)
class Request:
    """One request of a page. ``origin`` is the browser's word, never the page's."""

    params: dict[str, Any]
    origin: str
    emit: Callable[..., None]
    """``emit(event, *args)``: tells the page that made the request."""
    ask: Callable[..., Answer]
    """``ask(question, details, moot, check)``: the user's answer; waits. ``moot()``: nobody has to answer any more."""
    cancelled: Callable[[], bool]
    sessions: Sessions
    flow: Flow | None = None
    """The bodies of a ``fetch``; other actions have none."""

    def text(self, name: str, limit: int) -> str:
        """The parameter ``name``, text of at most ``limit`` characters; raises ``CVMError("badValue")``."""
        value = self.params.get(name)
        if not isinstance(value, str) or len(value) > limit:
            raise CVMError("badValue", name=name, detail=detail("text", limit=limit))
        return value

    def session(self) -> Session:
        """The session that the request names; raises ``CVMError("sessionNotFound")`` also for another origin's."""
        return self.sessions.of_origin(self.text("session", 64), self.origin)

    def permitted_session(self) -> Session:
        """The same, to let it run: raises ``CVMError("refusedByUser")`` too, without a yes of the user's that holds."""
        session = self.session()
        self.sessions.check_consent(session.id)
        return session

    def shown_session(self) -> Session:
        """The session that a window of the extension names, whosever it is, with its state known.

        Raises ``CVMError``: ``sessionNotFound``, those of the hypervisor.
        """
        row = self.sessions.ledger.get(self.text("session", 64))
        if row is None:
            raise CVMError("sessionNotFound")
        session = self.sessions.session(row)
        if not session.looked:
            session.refresh()
        return session

    def user(self, domain: str, origin: str = "") -> User:
        """Who can remedy what stands in the way of this request; ``origin`` where a window makes it."""
        return User(
            domain,
            origin or self.origin,
            self.ask,
            self.cancelled,
            lambda: self.sessions.settings.hypervisor_installation,
        )

    def asker(self, row: SessionRow) -> Asker:
        """Who is asked about VirtualBox when a session needs it; the session tells how far it is."""

        def report(phase: Phase, share: float) -> None:
            self.sessions.tell(row.id, "progress", str(phase), share, phase.to_json())

        return Asker(row.domain, self.origin or self.sessions.ledger.origin(row.id), self.ask, report, self.cancelled)

    def domain(self) -> str:
        """The parameter ``domain``, of a window of the extension; raises ``CVMError("badValue")``."""
        return self.text("domain", 253).lower()
