"""Promises, Event objects, async iteration and signals, with a double in the host's place (echo_host.py)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.browser.calls import begin, failure, outcome
from tests.drivers.browser import Page, wait_for
from tests.extension.conftest import Stage
from tests.extension.test_extension_with_echo_host import request

pytestmark = pytest.mark.browser

EVENTS: list[list[Any]] = [
    ["started", "Starting", {"phase": "x"}], ["progress", "Downloading", 0.25, {"phase": "x", "done": 1}],
    ["lengthyTask", "Unpacking", True],
    ["lengthyTask", "Unpacking", False], ["resolutionChanged", 1024, 768, 32], ["failure", 1], ["failed", "No VT-x."],
    ["completed", "Started"],
]  # fmt: skip


@pytest.fixture
def opened(page: Page) -> Page:
    """A page with a session."""
    request(page, "name=modern")
    page.wait_until("outcome === 'opened'")
    return page


def emit(*events: list[Any]) -> str:
    """The expression that makes the host send these events of the session."""
    return f"session.setProperty('emit', {json.dumps(json.dumps(events))})"


def test_every_event_reaches_both_kinds_of_listeners_in_order(opened: Page) -> None:
    names = json.dumps(sorted({event for event, *_ in EVENTS}))
    opened.evaluate(
        f"""void (old = [], modern = [], kinds = new Set(), {names}.forEach((name) => {{
            session.addEventListener(name, (...args) => old.push([name, ...args]));
            session.events.addEventListener(name, (event) => {{
                kinds.add(event instanceof CustomEvent && event.type === name);
                modern.push([name, ...event.detail]);
            }});
        }}))"""
    )
    opened.evaluate(f"{emit(*EVENTS)}.then(() => 1)")
    assert opened.evaluate("old") == EVENTS
    assert opened.evaluate("modern") == EVENTS
    assert opened.evaluate("[...kinds]") == [True]


def test_once_and_signal_as_in_every_event_target(opened: Page) -> None:
    opened.evaluate(
        """void (heard = [], controller = new AbortController(),
            session.events.addEventListener("failure", () => heard.push("once"), {once: true}),
            session.events.addEventListener("failure", () => heard.push("signal"), {signal: controller.signal}),
            session.events.addEventListener("failure", () => heard.push("always")))"""
    )
    opened.evaluate(f"{emit(['failure', 1], ['failure', 1])}.then(() => controller.abort())")
    opened.evaluate(f"{emit(['failure', 1])}.then(() => 1)")
    assert opened.evaluate("heard") == ["once", "signal", "always", "signal", "always", "always"]


def test_the_state_comes_before_the_api_whatever_the_host_sends_first(opened: Page) -> None:
    opened.evaluate(
        """void (order = [], ["stateChanged", "apiStateChanged"].forEach((name) =>
            session.addEventListener(name, (...args) => order.push([name, ...args, session.state]))))"""
    )
    up = {"state": 5, "apiAvailable": True, "apiURL": "http://127.0.0.1:2"}
    api = ["apiStateChanged", True, "http://127.0.0.1:2"]
    opened.evaluate(f"{emit(['vars', up], api, ['stateChanged', 5])}.then(() => 1)")
    assert opened.evaluate("order") == [["stateChanged", 5, 5], [*api, 5]]


def test_progress_is_iterated_until_the_task_ends(opened: Page) -> None:
    opened.evaluate("void (steps = session.progress())")
    numbers = {"phase": "notYetInvented", "done": 1, "total": 2, "speed": 3}
    halves = [["progress", "Downloading", 0.5, numbers], ["progress", "Starting", 1], ["completed", "Started"]]
    late = ["progress", "Another task", 0.1]
    opened.evaluate(f"{emit(*halves, late)}.then(() => 1)")
    # Begun only now: nothing heard since the call of progress() is lost, nothing after the end is added.
    listed = "(async () => { const all = []; for await (const step of steps) all.push(step); return all; })()"
    begin(opened, listed)
    assert outcome(opened, 20)["name"] == "no error"
    assert opened.evaluate("mine") == [
        {"message": "Downloading", "fraction": 0.5, **numbers},
        {"message": "Starting", "fraction": 1},
    ]
    assert opened.evaluate("(async () => { for await (const step of steps) return step; return 'over'; })()") == "over"


@pytest.mark.parametrize("call", ["start", "stop", "pause"])
def test_progress_ends_though_there_was_nothing_to_do(opened: Page, call: str) -> None:
    """A machine that runs already is not started: the host answers, and tells of no task."""
    begin(opened, f"(async () => {{ session.{call}(); for await (const step of session.progress()); }})()")
    assert outcome(opened, 20)["name"] == "no error"


def test_progress_does_not_end_with_a_look_at_the_state(opened: Page) -> None:
    opened.evaluate("void (over = false, (async () => { for await (const _ of session.progress()); over = true; })())")
    opened.evaluate("session.sync().then(() => 1)")
    assert opened.evaluate("over") is False
    opened.evaluate(f"{emit(['failed', 'No.'])}.then(() => 1)")
    opened.wait_until("over")


def test_plugin_tells_progress_of_a_request(page: Page) -> None:
    script = """CVM.connect().then(async (plugin) => {
        const steps = plugin.progress(), all = [];
        plugin.requestSession("/vmcp?progress=3&fail=notTrusted").catch(() => {});
        for await (const {fraction} of steps) all.push(fraction);
        return all;
    })"""
    assert page.evaluate(script) == [0, 0.1, 0.2]


def test_start_can_be_given_up(stage: Stage, opened: Page) -> None:
    opened.evaluate("void (failed = [], session.addEventListener('failed', (message) => failed.push(message)))")
    before = len(stage.received("cancel"))
    opened.evaluate("void (controller = new AbortController())")
    begin(opened, "session.start({stuck: 1}, {signal: controller.signal})")
    wait_for(lambda: any("stuck" in it["params"]["values"] for it in stage.received("start")), "the start")
    opened.evaluate("controller.abort()")
    assert outcome(opened, 20)["name"] == "cancelled"
    wait_for(lambda: len(stage.received("cancel")) > before, "the cancellation to reach the host")
    opened.wait_until("failed.length")
    opened.evaluate("session.sync().then(() => 1)")
    assert len(opened.evaluate("failed")) == 1, "told once, not by us and the host"

    starts = len(stage.received("start"))
    assert failure(opened, "session.start({}, {signal: AbortSignal.abort()})")["name"] == "cancelled"
    opened.evaluate("session.sync().then(() => 1)")
    assert len(stage.received("start")) == starts, "what is given up before is never asked for"


def test_every_call_is_a_promise_and_every_failure_an_error(opened: Page) -> None:
    same = "Promise.all(['start', 'stop', 'pause', 'sync'].map((name) => session[name]())).then((all) => all.every("
    assert opened.evaluate(f"{same}(it) => it === session))")
    for call in ("session.getAsync('color')", "CVM.connect().then((plugin) => plugin.stopService())"):
        got = failure(opened, call)
        assert got["isError"] and got["code"] < 0 and got["name"] and got["message"] and got["fix"], call


def test_pages_that_ignore_promises_see_no_unhandled_rejection(opened: Page) -> None:
    opened.evaluate(
        """void (unhandled = 0, addEventListener("unhandledrejection", () => unhandled++), failed = 0,
            session.addEventListener("failed", () => failed++),
            session.getAsync("color"), session.getAsync("color"))"""
    )
    opened.wait_until("failed === 2")
    # Browsers tell of them after the task; a task later they would have.
    opened.evaluate("new Promise((done) => setTimeout(done, 50)).then(() => 1)")
    assert opened.evaluate("unhandled") == 0


def test_focus_looks_at_every_session_and_fetches_nothing(stage: Stage, opened: Page) -> None:
    request(opened, "name=second")
    opened.wait_until("outcome === 'opened'")
    requests, looks = len(stage.received("requestSession")), len(stage.received("sync"))
    opened.evaluate("void dispatchEvent(new Event('focus'))")
    wait_for(lambda: len(stage.received("sync")) == looks + 2, "both to be looked at")
    assert {it["params"]["session"] for it in stage.received("sync")[-2:]} == {"modern", "second"}
    assert len(stage.received("requestSession")) == requests
