"""From a decoded message to its action and back: who may call what, one thread a request, every failure answered."""

from __future__ import annotations

import threading
from importlib import import_module

from cvmwebapi.entry import greeting
from cvmwebapi.entry.outbox import Outbox
from cvmwebapi.entry.questions import Questions, answer_of
from cvmwebapi.latch import Calls, Latch
from cvmwebapi.protocol import ACTIONS, MAX_FETCHES, MAX_ID, MAX_IN_FLIGHT, MAX_ORIGIN, NOTES, OWN
from cvmwebapi.tasks import Task

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from cvmwebapi.channel.flow import Flow
    from cvmwebapi.errors import CVMError
    from cvmwebapi.protocol import shapes
    from cvmwebapi.sessions.manager import Sessions
    from cvmwebapi.tasks import Tell
    from cvmwebapi.texts.codes import DetailCode
    from cvmwebapi.texts.phrase import Value


class Dispatcher:
    """Holds the requests in flight."""

    def __init__(self, outbox: Outbox) -> None:
        self._outbox = outbox
        self._questions = Questions(outbox)
        self._closed = Latch()
        self._running: dict[str, Task] = {}
        self._callers: dict[str, dict[str, Any]] = {}
        self._flows: dict[str, Flow] = {}
        self._lock = threading.Lock()
        self._sessions: Sessions | None = None
        self._hello = greeting.answer

    def handle(self, message: dict[str, Any]) -> None:
        """Take one message; never raises for what it says, never waits for what it starts."""
        number = message.get("id")
        if not isinstance(number, str) or len(number) > MAX_ID:
            self.reject("missing", names="id")
            return
        try:
            self._take(number, message)
        except Exception as error:
            self._fail(number, _as_cvm_error(error))

    def reject(self, code: DetailCode, **params: str | int) -> None:
        """Answer a frame that holds no usable message; ``code`` is of a ``detail``."""
        self._fail("", _bad("badMessage", code, **params))

    def _take(self, number: str, message: dict[str, Any]) -> None:
        action, params, caller = message.get("action"), message.get("params", {}), message.get("caller")
        if not isinstance(action, str) or not isinstance(params, dict) or not isinstance(caller, dict):
            raise _bad("badMessage", "missing", names="action, params, caller")
        kind = caller.get("kind")
        if (kind == "extension" and action in OWN) or action in NOTES:
            if action != "hello":
                _check(action, params)
            if action in NOTES:
                self._check_own(params, caller)
            self._answer(number, getattr(self, f"_{action}")(params))
            return
        if action not in ACTIONS:
            raise _error("unknownAction", action=action[:64])
        if kind != ACTIONS[action][1]:
            raise _error("notAllowed")
        self._start(number, action, params, caller)

    def _check_own(self, params: dict[str, Any], caller: dict[str, Any]) -> None:
        """A note is about a request of the same caller: raises ``CVMError("notAllowed")`` for one of another's."""
        with self._lock:
            owner = self._callers.get(params["request"], caller)
        if owner != caller:
            raise _error("notAllowed")

    def _start(self, number: str, action: str, params: dict[str, Any], caller: dict[str, Any]) -> None:
        # A window of the extension belongs to no website.
        origin = "" if caller.get("kind") == "extension" else caller.get("origin")
        if not isinstance(origin, str) or len(origin) > MAX_ORIGIN:
            raise _bad("badMessage", "missing", names="origin")
        task = Task(self._emitter(number))
        with self._lock:
            if number in self._running:
                raise _bad("badMessage", "idInUse")
            fetches = len(self._flows)
            used, limit = (fetches, MAX_FETCHES) if action == "fetch" else (len(self._running) - fetches, MAX_IN_FLIGHT)
            if used >= limit:
                raise _error("tooManyRequests", limit=limit)
            self._running[number] = task
            self._callers[number] = caller
            if action == "fetch":
                # Made here, not in its thread: pieces of the body may be the very next messages.
                self._flows[number] = _new_flow()
        args = (number, action, params, origin, task, bool(caller.get("foreignFrame")))
        try:
            threading.Thread(target=self._run, args=args, name=f"request {number}", daemon=True).start()
        except BaseException:
            self._done(number)
            raise

    def _run(self, number: str, action: str, params: dict[str, Any], origin: str, task: Task, framed: bool) -> None:
        try:
            from cvmwebapi.actions.interface import Request

            emit, asker, flow = self._emitter(number), self._questions.of(number), self._flows.get(number)
            request = Request(params, origin, emit, task, asker, self._open_sessions(), flow)
            if framed:
                request.sessions.check_frame(origin)
            _check(action, params)
            run = import_module(f"cvmwebapi.actions.{ACTIONS[action][0]}").run

            def abort() -> None:
                if flow:
                    flow.abort(_error("cancelled"))

            with Calls(task.cancel, self._closed), task.on_cancel(abort):
                result: object = run(request)
            self._done(number)
            self._answer(number, result)
        except BaseException as error:
            self._done(number)
            self._fail(number, _as_cvm_error(error))

    def _done(self, number: str) -> None:
        # Before the answer is sent: with it, the browser may send the next request, or go.
        with self._lock:
            for table in (self._running, self._callers, self._flows):
                table.pop(number, None)

    def _emitter(self, number: str) -> Tell:
        """Sends events about a request, to whoever made it."""

        def emit(event: str, *args: Any) -> None:
            self._outbox.send({"event": event, "request": number, "args": list(args)})

        return emit

    def _open_sessions(self) -> Sessions:
        from cvmwebapi.sessions.manager import Sessions

        with self._lock:
            if self._sessions is None:
                self._sessions = Sessions.open(self._session_event)
            return self._sessions

    def _session_event(self, session: str, event: str, args: list[Any]) -> None:
        self._outbox.send({"event": event, "session": session, "args": args})

    def _answerQuestion(self, params: shapes.AnswerQuestionParams) -> shapes.AnswerQuestionResult:
        return {"taken": self._questions.answer(params["question"], answer_of(params))}

    def _cancel(self, params: shapes.CancelParams) -> shapes.CancelResult:
        with self._lock:
            running = self._running.get(params["request"])
        if running:
            running.cancel()
        return {"cancelled": running is not None}

    def _pauseDownload(self, params: shapes.PauseDownloadParams) -> shapes.PauseDownloadResult:
        """Lets the downloads of a request rest, or go on (``on`` is false)."""
        with self._lock:
            running = self._running.get(params["request"])
        if running:
            running.pause(params["on"])
        return {"paused": bool(running and running.paused)}

    def _fetchMore(self, params: shapes.FetchMoreParams) -> shapes.Nothing:
        """The page has read some of an answer's body. An exchange that has ended meanwhile needs nothing any more."""
        if flow := self._flow(params["request"]):
            flow.grant(params["bytes"])
        return {}

    def _fetchBody(self, params: shapes.FetchBodyParams) -> shapes.Nothing:
        """A piece of a request's body, in base64."""
        from base64 import b64decode

        try:
            data = b64decode(params["data"], validate=True)
        except ValueError:
            raise _bad("badValue", "notBase64", name="data") from None
        if flow := self._flow(params["request"]):
            flow.put(data, params.get("last", False))
        return {}

    def _flow(self, request: str) -> Flow | None:
        with self._lock:
            return self._flows.get(request)

    def _answer(self, number: str, result: object) -> None:
        self._outbox.send({"id": number, "result": result})

    def _fail(self, number: str, error: CVMError) -> None:
        self._outbox.send({"id": number, "error": error.to_json()})

    def unfinished(self) -> int:
        """The number of requests in flight."""
        with self._lock:
            return len(self._running)

    def close(self) -> None:
        """The browser has gone: every request ends at its next safe point."""
        self._closed.set()
        if self._sessions:
            self._sessions.close()


def _error(name: str, /, **params: Value) -> CVMError:
    from cvmwebapi.errors import CVMError

    return CVMError(name, **params)


def _bad(error: str, code: DetailCode, /, **params: str | int) -> CVMError:
    """``badMessage``, or ``badValue`` of a ``name``, for the reason of a ``detail``."""
    from cvmwebapi.texts.phrase import detail

    named = {"name": params.pop("name")} if "name" in params else {}
    return _error(error, **named, detail=detail(code, **params))


def _check(action: str, params: Mapping[str, object]) -> None:
    """Raises ``CVMError("badValue")`` for parameters that the protocol does not have so."""
    from cvmwebapi.actions import checking

    checking.check(action, params)


def _new_flow() -> Flow:
    from cvmwebapi.channel.flow import Flow

    return Flow()


def _as_cvm_error(error: BaseException) -> CVMError:
    """What a page may know of a failure; of an unexpected one, its trace goes to the log only."""
    from cvmwebapi.errors import CVMError

    if isinstance(error, CVMError):
        return error
    from cvmwebapi.entry import log

    return CVMError("internal", detail=type(error).__name__, log=log.record(error))
