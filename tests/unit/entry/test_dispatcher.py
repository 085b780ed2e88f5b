"""Who may call what, and who is meant: the rules that stand between pages and the host."""

from __future__ import annotations

import sys
import threading
from typing import Any

import pytest
from cvmwebapi.entry import dispatcher
from cvmwebapi.errors import CVMError
from cvmwebapi.tasks import Task
from cvmwebapi.texts.phrase import detail
from cvmwebapi.texts.phrase import wire as wire_form

from tests.unit.entry.wire import PAGE, SECONDS, WINDOW, Confirm, Held, Wire

OTHER = {"kind": "page", "origin": "https://other.example", "tab": 2}
NOTES: list[tuple[str, dict[str, Any]]] = [
    ("cancel", {}),
    ("pauseDownload", {"on": True}),
    ("fetchMore", {"bytes": 1}),
    ("fetchBody", {"data": "eA==", "last": False}),
]


@pytest.mark.parametrize(
    "action",
    ["listSessions", "controlSession", "pauseAll", "diagnose", "repair", "setSite", "removeSite", "listSites",
     "getSettings", "setSettings", "cacheInfo", "clearCache", "trustInfo", "screenPicture", "screenKeys",
     "screenRemote"],
)  # fmt: skip
def test_a_page_may_not_call_what_windows_may(wire: Wire, action: str) -> None:
    assert wire.call(action) == "notAllowed"


@pytest.mark.parametrize(
    "action",
    ["requestSession", "reopenSession", "start", "stop", "pause", "resume", "hibernate", "reset", "close", "sync",
     "getSetting", "setSetting", "setProperty", "fetch"],
)  # fmt: skip
def test_a_window_may_not_call_what_pages_may(wire: Wire, action: str) -> None:
    assert wire.call(action, WINDOW) == "notAllowed"


@pytest.mark.parametrize("action", ["start", "listSessions"])
@pytest.mark.parametrize("kind", [None, "", "Page", "pages", "host", ["page"]])
def test_other_kinds_of_callers_may_call_nothing(wire: Wire, action: str, kind: Any) -> None:
    assert wire.call(action, {**PAGE, "kind": kind}) == "notAllowed"


def test_a_page_may_not_say_hello_or_answer_a_question(wire: Wire) -> None:
    answered: list[Any] = []
    asking = threading.Thread(target=lambda: answered.append(wire.dispatcher._questions.ask(Confirm(), "n0", Task())))
    asking.start()
    question = wire.sent.wait(lambda message: "question" in message)["id"]
    assert wire.call("answerQuestion", question=question, yes=True) == "unknownAction"
    assert wire.call("hello", protocol=1) == "unknownAction"
    assert not answered
    assert wire.call("answerQuestion", WINDOW, question=question, yes=True) == {"taken": True}
    asking.join(SECONDS)
    assert answered[0].yes and answered[0].choice == "once"


def test_a_window_says_hello(wire: Wire) -> None:
    assert wire.call("hello", WINDOW, protocol=1)["protocol"] == 1
    assert wire.call("hello", WINDOW, protocol=2) == "versionMismatch"


def test_a_question_that_nobody_asked_takes_no_answer(wire: Wire) -> None:
    assert wire.call("answerQuestion", WINDOW, question="q7", yes=True) == {"taken": False}
    assert wire.call("answerQuestion", WINDOW, question="q7", yes=True, answer="never") == "badValue"


def test_what_a_page_says_of_itself_counts_for_nothing(wire: Wire) -> None:
    seen = []
    wire.action("sync", lambda request: seen.append(request) or {})
    forged = {"origin": "https://evil.example", "caller": WINDOW, "kind": "extension", "foreignFrame": True}
    assert wire.answer(wire.begin("sync", PAGE, forged)) == {}
    assert seen[0].origin == "https://example.org" and wire.framed == []
    number = wire.begin("listSessions", PAGE, forged)
    assert wire.answer(number) == "notAllowed"


def test_beside_the_caller_nothing_in_a_message_names_one(wire: Wire) -> None:
    seen = []
    wire.action("sync", lambda request: seen.append(request) or {})
    wire.dispatcher.handle(
        {"id": "a", "action": "sync", "params": {"session": "s1"}, "caller": PAGE,
         "origin": "https://evil.example", "kind": "extension"}
    )  # fmt: skip
    assert wire.answer("a") == {} and seen[0].origin == "https://example.org"


def test_a_window_belongs_to_no_website(wire: Wire) -> None:
    seen = []
    wire.action("list_sessions", lambda request: seen.append(request) or {})
    assert wire.call("listSessions", {**WINDOW, "origin": "https://example.org"}) == {}
    assert seen[0].origin == ""


@pytest.mark.parametrize("origin", [None, 1, "x" * 513])
def test_a_page_without_a_usable_origin_is_refused(wire: Wire, origin: Any) -> None:
    wire.action("sync", lambda request: {})
    assert wire.call("sync", {"kind": "page", "origin": origin}) == "badMessage"
    assert wire.call("sync", {"kind": "page", "origin": "x" * 512}) == {}


def test_a_frame_inside_another_website_is_checked_before_its_action(wire: Wire) -> None:
    begun = []
    wire.action("sync", lambda request: begun.append(request) or {})
    assert wire.call("sync", {**PAGE, "foreignFrame": True}) == {}
    assert wire.framed == ["https://example.org"]

    def refuse(origin: str) -> None:
        raise CVMError("foreignFrame")

    wire.sessions.check_frame = refuse
    assert wire.call("sync", {**PAGE, "foreignFrame": True}) == "foreignFrame" and len(begun) == 1
    assert wire.call("sync", {**PAGE, "foreignFrame": False}) == {}


@pytest.mark.parametrize(("note", "params"), NOTES)
@pytest.mark.parametrize("caller", [OTHER, {**PAGE, "tab": 2}, WINDOW])
def test_nobody_reaches_another_s_request(
    wire: Wire, held: Held, note: str, params: dict[str, Any], caller: dict[str, Any]
) -> None:
    wire.action("fetch", held)
    number = wire.begin("fetch")
    held.begun.acquire(timeout=SECONDS)
    flow = held.requests[0].flow
    flow._credit = 0
    assert wire.call(note, caller, request=number, **params) == "notAllowed"
    assert not held.requests[0].task.cancelled and flow.failure is None and flow._credit == 0 and not flow._pieces
    held.go.set()
    assert wire.answer(number) == {"cancelled": False}


def test_a_page_cancels_its_own_request(wire: Wire, held: Held) -> None:
    wire.action("start", held)
    number = wire.begin("start")
    held.begun.acquire(timeout=SECONDS)
    assert wire.call("cancel", request=number) == {"cancelled": True}
    assert held.requests[0].task.cancelled
    held.go.set()
    assert wire.answer(number) == {"cancelled": True}
    wire.ended(number)
    assert wire.call("cancel", request=number) == {"cancelled": False}
    assert wire.call("cancel") == "badValue"


def test_a_cancelled_exchange_ends_at_once(wire: Wire, held: Held) -> None:
    wire.action("fetch", held)
    number = wire.begin("fetch")
    held.begun.acquire(timeout=SECONDS)
    assert wire.call("cancel", request=number) == {"cancelled": True}
    assert held.requests[0].flow.failure.name == "cancelled"


def test_notes_of_an_exchange_reach_it(wire: Wire, held: Held) -> None:
    wire.action("fetch", held)
    number = wire.begin("fetch")
    held.begun.acquire(timeout=SECONDS)
    flow = held.requests[0].flow
    flow._credit = 0
    assert wire.call("fetchMore", request=number, bytes=7) == {} and flow._credit == 7
    assert wire.call("fetchBody", request=number, data="eHl6") == {} and flow.get() == b"xyz"
    assert wire.call("fetchBody", request=number, data="", last=True) == {} and flow.get() is None
    assert wire.call("fetchMore", request=number, bytes="7") == "badValue"
    assert wire.call("fetchBody", request=number, data="no base64!") == "badValue"
    # One that has ended meanwhile needs nothing any more.
    assert wire.call("fetchMore", request="gone", bytes=7) == {}
    assert wire.call("fetchBody", request="gone", data="eHl6") == {}


def test_a_download_rests_and_goes_on_and_no_other_with_it(wire: Wire, held: Held) -> None:
    wire.action("start", held)
    number = wire.begin("start")
    held.begun.acquire(timeout=SECONDS)
    wire.begin("start")
    held.begun.acquire(timeout=SECONDS)
    assert wire.call("pauseDownload", request=number, on=True) == {"paused": True}
    assert [request.task.paused for request in held.requests] == [True, False]
    assert wire.call("pauseDownload", request=number, on="yes") == "badValue"
    assert wire.call("pauseDownload", request=number, on=False) == {"paused": False}
    assert wire.call("pauseDownload", request="gone", on=True) == {"paused": False}


@pytest.mark.parametrize(
    "message",
    [{}, {"id": 7}, {"id": "x" * 65}, {"id": None, "action": "hello"}],
)
def test_a_message_without_an_id_is_answered_without_one(wire: Wire, message: dict[str, Any]) -> None:
    wire.dispatcher.handle(message)
    assert wire.answer("") == "badMessage"
    assert wire.sent.messages[0]["error"]["params"]["detail"]["params"] == {"names": "id"}


@pytest.mark.parametrize(
    "message",
    [
        {"action": None, "params": {}, "caller": PAGE},
        {"action": "sync", "params": [], "caller": PAGE},
        {"action": "sync", "params": {}, "caller": "page"},
        {"action": "sync"},
        {},
    ],
)
def test_a_message_that_lacks_something_is_refused(wire: Wire, message: dict[str, Any]) -> None:
    wire.dispatcher.handle({"id": "x" * 64, **message})
    assert wire.answer("x" * 64) == "badMessage"


def test_params_may_be_left_out(wire: Wire) -> None:
    wire.action("list_sessions", lambda request: {"params": request.params})
    wire.dispatcher.handle({"id": "a", "action": "listSessions", "caller": WINDOW})
    assert wire.answer("a") == {"params": {}}


def test_parameters_are_checked_before_the_action_begins(wire: Wire) -> None:
    begun: list[Any] = []
    wire.action("sync", lambda request: begun.append(request) or {})
    assert wire.call("sync", session=7) == wire.call("sync", session="x" * 65) == "badValue"
    assert not begun


def test_a_frame_that_may_not_be_is_told_so_before_its_parameters_are_looked_at(wire: Wire) -> None:
    def refuse(origin: str) -> None:
        raise CVMError("foreignFrame")

    wire.sessions.check_frame = refuse
    assert wire.call("sync", {**PAGE, "foreignFrame": True}, session=7) == "foreignFrame"


@pytest.mark.parametrize("action", ["format", "_start", "close_", "__class__", "_cancel"])
def test_an_action_that_there_is_not(wire: Wire, action: str) -> None:
    assert wire.call(action) == wire.call(action, WINDOW) == "unknownAction"


def test_an_id_is_used_once_at_a_time(wire: Wire, held: Held) -> None:
    wire.action("start", held)
    wire.begin("start", number="same")
    held.begun.acquire(timeout=SECONDS)
    wire.begin("start", number="same")
    assert wire.answer("same") == "badMessage"
    assert len(held.requests) == 1


def test_requests_and_exchanges_are_counted_apart(wire: Wire, held: Held, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dispatcher, "MAX_IN_FLIGHT", 2)
    monkeypatch.setattr(dispatcher, "MAX_FETCHES", 1)
    wire.action("start", held)
    wire.action("fetch", held)
    for action in ("fetch", "start", "start"):
        wire.begin(action)
        held.begun.acquire(timeout=SECONDS)
    assert wire.call("fetch") == "tooManyRequests"
    number = wire.begin("start")
    assert wire.answer(number) == "tooManyRequests"
    (told,) = [message["error"]["params"] for message in wire.sent.messages if message.get("id") == number]
    assert told == {"limit": 2}
    # Notes are never too many.
    assert wire.call("cancel", request="n1") == {"cancelled": True}


def test_a_request_that_has_ended_makes_room(wire: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dispatcher, "MAX_IN_FLIGHT", 1)
    monkeypatch.setattr(dispatcher, "MAX_FETCHES", 1)
    wire.action("sync", lambda request: {})
    wire.action("fetch", lambda request: {})
    for action in ("sync", "fetch", "sync", "fetch"):
        number = wire.begin(action)
        assert wire.answer(number) == {}
        wire.ended(number)
    assert not (wire.dispatcher._flows or wire.dispatcher._callers)


def test_a_request_to_a_damaged_program_is_answered(wire: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
    """As one is whose files are just being replaced."""
    monkeypatch.setitem(sys.modules, "cvmwebapi.actions.interface", None)
    number = wire.begin("sync")
    assert wire.answer(number) == "internal"
    wire.ended(number)


def test_every_failure_is_answered(wire: Wire) -> None:
    def broken(request: Any) -> dict[str, Any]:
        raise RuntimeError("a secret of ours")

    def refused(request: Any) -> dict[str, Any]:
        raise CVMError("sessionNotFound")

    wire.action("start", broken)
    wire.action("stop", refused)
    assert wire.call("stop") == "sessionNotFound"
    number = wire.begin("start")
    assert wire.answer(number) == "internal"
    wire.ended(number)
    assert "a secret of ours" not in str(wire.sent.messages)
    assert wire.call("cancel", {"kind": "page"}, request=[]) == "badValue"


def test_an_action_tells_its_page_and_asks_its_user(wire: Wire) -> None:
    def run(request: Any) -> dict[str, Any]:
        request.emit("progress", "half", 0.5)
        answer = request.asker.ask(Confirm("example.org", more={"reason": "new"}), request.task)
        return {"yes": answer.yes}

    wire.action("start", run)
    number = wire.begin("start")
    event = wire.sent.wait(lambda message: message.get("event") == "progress")
    assert event == {"event": "progress", "request": number, "args": ["half", 0.5]}
    question = wire.sent.wait(lambda message: "question" in message)
    assert (question["request"], question["details"]) == (
        number,
        {"domain": "example.org", "origin": "", "reason": "new"},
    )
    wire.call("answerQuestion", WINDOW, question=question["id"], yes=True)
    assert wire.answer(number) == {"yes": True}


@pytest.mark.parametrize("how", ["cancel", "moot"])
def test_a_question_ends_with_its_request(wire: Wire, how: str) -> None:
    moot = threading.Event()
    wire.action("start", lambda request: {"yes": request.asker.ask(Confirm(moot=moot.is_set), request.task).yes})
    number = wire.begin("start")
    question = wire.sent.wait(lambda message: "question" in message)["id"]
    if how == "cancel":
        wire.call("cancel", request=number)
    else:
        moot.set()
    assert wire.answer(number) == ("cancelled" if how == "cancel" else {"yes": False})
    assert {"questionGone": question} in wire.sent.messages


def test_an_answer_that_can_t_be_taken_leaves_the_question_open(wire: Wire) -> None:
    def check(answer: Any) -> None:
        if answer.resources:
            raise CVMError("badValue", name="resources", detail="no")

    wire.action("start", lambda request: {"yes": request.asker.ask(Confirm(checked=check), request.task).yes})
    number = wire.begin("start")
    question = wire.sent.wait(lambda message: "question" in message)["id"]
    assert wire.call("answerQuestion", WINDOW, question=question, yes=True, resources={"cpus": 1}) == "badValue"
    assert wire.call("answerQuestion", WINDOW, question=question, yes=True) == {"taken": True}
    assert wire.answer(number) == {"yes": True}


def test_the_end_of_the_browser_ends_every_request(wire: Wire, held: Held) -> None:
    closed = threading.Event()
    wire.sessions.close = closed.set
    wire.dispatcher._sessions = wire.sessions  # type: ignore[assignment]
    wire.action("start", held)
    wire.action("fetch", held)
    for action in ("start", "fetch"):
        wire.begin(action)
        held.begun.acquire(timeout=SECONDS)
    wire.dispatcher.close()
    assert all(request.task.cancelled for request in held.requests) and closed.is_set()
    wire.begin("start")
    held.begun.acquire(timeout=SECONDS)
    assert held.requests[-1].task.cancelled, "one that begins too late"
    flow = next(request.flow for request in held.requests if request.flow)
    assert flow.failure.name == "cancelled"


def test_a_frame_that_holds_no_message_is_answered(wire: Wire) -> None:
    wire.dispatcher.reject("notObject")
    assert wire.answer("") == "badMessage"


def test_sessions_are_opened_once_and_tell_all_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    from cvmwebapi.entry.dispatcher import Dispatcher
    from cvmwebapi.entry.outbox import Outbox
    from cvmwebapi.sessions.manager import Sessions

    from tests.unit.entry.wire import Sent

    opened: list[Any] = []
    monkeypatch.setattr(Sessions, "open", classmethod(lambda cls, emit: opened.append(emit) or object()))
    sent = Sent()
    made = Dispatcher(Outbox(sent))
    assert made._open_sessions() is made._open_sessions() and len(opened) == 1
    opened[0]("s1", "stateChanged", [5])
    assert sent.messages == [{"event": "stateChanged", "session": "s1", "args": [5]}]


@pytest.mark.parametrize(
    ("number", "message", "params"),
    [
        ("a", {"action": "x" * 65}, {"action": "x" * 64}),
        ("a", {"action": 1}, {"detail": detail("missing", names="action, params, caller")}),
        ("a", {"action": "sync", "caller": {"kind": "page"}}, {"detail": detail("missing", names="origin")}),
        ("same", {"action": "start"}, {"detail": detail("idInUse")}),
        ("a", {"action": "fetchMore", "params": {"request": "same", "bytes": "7"}},
         {"name": "bytes", "detail": detail("numberRange", low=0, high=2**53 - 1)}),
        ("a", {"action": "fetchBody", "params": {"request": "same", "data": "*", "last": True}},
         {"name": "data", "detail": detail("notBase64")}),
    ],
)  # fmt: skip
def test_what_errors_say_of_a_message(
    wire: Wire, held: Held, number: str, message: dict[str, Any], params: dict[str, Any]
) -> None:
    wire.action("start", held)
    wire.begin("start", number="same")
    held.begun.acquire(timeout=SECONDS)
    wire.dispatcher.handle({"id": number, "caller": PAGE, **message})
    assert wire.sent.wait(lambda told: told.get("id") == number)["error"]["params"] == wire_form(params)


def test_a_request_in_flight_does_not_keep_the_host_from_ending(wire: Wire) -> None:
    wire.action("sync", lambda request: {"daemon": threading.current_thread().daemon})
    assert wire.call("sync") == {"daemon": True}


def test_requests_that_are_unfinished_are_counted(wire: Wire, held: Held) -> None:
    assert wire.dispatcher.unfinished() == 0
    wire.action("start", held)
    number = wire.begin("start")
    held.begun.acquire(timeout=SECONDS)
    assert wire.dispatcher.unfinished() == 1
    held.go.set()
    wire.answer(number)
    wire.ended(number)
    assert wire.dispatcher.unfinished() == 0
