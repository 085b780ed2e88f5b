"""What an action is given."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar

from cvmwebapi.asking import Asker, Visitor
from cvmwebapi.channel.flow import Flow
from cvmwebapi.errors import CVMError
from cvmwebapi.sessions.ledger.rows import SessionRow
from cvmwebapi.sessions.lifecycle.session import Session
from cvmwebapi.sessions.manager import Sessions
from cvmwebapi.tasks import Task

Params_co = TypeVar("Params_co", bound=Mapping[str, object], covariant=True)


@dataclass(frozen=True)
class Request(Generic[Params_co]):
    """One request of a page. ``origin`` is the browser's word, never the page's."""

    params: Params_co
    """Checked against the protocol's table (checking.py)."""
    origin: str
    emit: Callable[..., None]
    """``emit(event, *args)``: tells the page that made the request."""
    task: Task
    """Cancelled when nobody waits for the answer any more."""
    asker: Asker
    sessions: Sessions
    flow: Flow | None = None
    """The bodies of a ``fetch``; other actions have none."""

    def session(self) -> Session:
        """The session that the request names; raises ``CVMError("sessionNotFound")`` also for another origin's."""
        return self.sessions.of_origin(str(self.params["session"]), self.origin)

    def permitted_session(self) -> Session:
        """The same, to let it run: raises ``CVMError("refusedByUser")`` too, without a yes of the user's that holds."""
        session = self.session()
        self.sessions.check_consent(session.id)
        return session

    def shown_session(self) -> Session:
        """The session that a window of the extension names, whosever it is, with its state known.

        Raises ``CVMError``: ``sessionNotFound``, those of the hypervisor.
        """
        row = self.sessions.ledger.get(str(self.params["session"]))
        if row is None:
            raise CVMError("sessionNotFound")
        session = self.sessions.session(row)
        if not session.looked:
            session.refresh(self.task)
        return session

    def visitor(self, domain: str, origin: str = "") -> Visitor:
        """Who makes this request, on behalf of a website; ``origin`` where a window makes it."""
        return Visitor(domain, origin or self.origin, self.task, self.asker)

    @contextlib.contextmanager
    def visitor_of(self, row: SessionRow) -> Iterator[Visitor]:
        """Who needs VirtualBox for a session; the session tells how far it is."""

        def tell(event: str, *args: Any) -> None:
            self.sessions.tell(row.id, event, *args)

        with self.task.child(tell) as task:
            yield replace(self.visitor(row.domain, self.origin or row.origin), task=task)

    def remedies_allowed(self) -> bool:
        """Whether the administrator and the user's settings let us ask for what stands in the way."""
        return self.sessions.settings.hypervisor_installation

    def domain(self) -> str:
        """The parameter ``domain``, of a window of the extension."""
        return str(self.params["domain"]).lower()
