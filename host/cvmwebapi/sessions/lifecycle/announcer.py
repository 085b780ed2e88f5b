"""What the pages of a session have been told of its machine, in the order that docs/websites.md asks for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from cvmwebapi.states import State

Tell = Callable[..., None]
"""``tell(event, *args)``."""


class Announcer:
    """State and API, and the events of their changes: first the variables, then the state, then the API."""

    def __init__(self, tell: Tell, snapshot: Callable[[], Mapping[str, Any]]) -> None:
        self._tell = tell
        self._snapshot = snapshot
        self.state = State.MISSING
        self.api = False
        """Whether the application answers."""

    def variables(self) -> None:
        """All of them, without a change of the state."""
        self._tell("vars", self._snapshot())

    def enter(self, state: State) -> None:
        """Note a new state, and tell of it."""
        lost_api = self.api and state is not State.RUNNING
        self.state, self.api = state, self.api and not lost_api
        self.variables()
        self._tell("stateChanged", int(state))
        if lost_api:
            self._tell("apiStateChanged", False, "")

    def gone(self) -> None:
        """The session is no more, so that there are no other variables."""
        if self.state is State.MISSING:
            return
        self.state, self.api = State.MISSING, False
        self._tell("vars", {"state": int(State.MISSING), "apiAvailable": False, "apiURL": "", "ip": ""})
        self._tell("stateChanged", int(State.MISSING))

    def api_is(self, available: bool) -> None:
        """The application answers, or does so no more; of a machine that does not run this means nothing."""
        if self.state is not State.RUNNING:
            return
        changed, self.api = available != self.api, available
        variables = self._snapshot()
        self._tell("vars", variables)
        if changed:
            self._tell("apiStateChanged", available, variables["apiURL"] if available else "")
