"""The extension in real browsers, with a double in the host's place (echo_host.py)."""

from __future__ import annotations

import time

import pytest

from tests.drivers.browser import Page, wait_for
from tests.extension.conftest import Stage

pytestmark = pytest.mark.browser

ERROR = "(it) => ({name: it.name, code: it.code, message: it.message, fix: it.fix, is: it instanceof Error})"


def request(page: Page, query: str = "") -> None:
    """Request a session; its outcome goes to `outcome`, its events to `heard`."""
    page.evaluate(
        f"""CVM.connect().then((plugin) => {{
          heard = []; outcome = null;
          for (const name of ['progress', 'failed'])
            plugin.addEventListener(name, (...args) => heard.push([name, ...args]));
          plugin.requestSession('/vmcp?{query}').then((it) => {{ session = it; outcome = 'opened'; }},
            (error) => {{ outcome = ({ERROR})(error); }});
        }})"""
    )


def armed_window(stage: Stage) -> Page:
    """The confirmation window, once its buttons and keys count."""
    window = stage.browser.wait_for_window("confirm.html")
    window.wait_until("document.getElementById('allow').getAttribute('aria-disabled') === 'false'")
    return window


def test_cvm_is_there_before_the_first_script_and_can_not_be_replaced(page: Page) -> None:
    assert page.evaluate("early") == "object"
    assert page.evaluate("(() => { const it = CVM; window.CVM = 1; delete window.CVM; return CVM === it; })()")
    assert page.evaluate("Object.isFrozen(CVM) && (CVM.debugLogging = true) && CVM.debugLogging")
    assert page.evaluate("typeof cvmParts") == "undefined"


def test_connect_by_callback_and_by_promise(stage: Stage, page: Page) -> None:
    versions = "new Promise((ok) => CVM.startCVMWebAPI((plugin) => ok([CVM.version, plugin.version]), true))"
    assert page.evaluate(versions) == ["3.0.0", "3.0.0"]
    assert page.evaluate("CVM.connect().then((plugin) => plugin.capabilities)") == ["echo"]
    said = stage.received("hello")[-1]
    assert said["caller"] == {"kind": "extension"}
    assert said["params"]["protocol"] == 1
    assert said["params"]["browser"] == stage.name


def test_origin_is_the_browser_s_word(stage: Stage, page: Page, site: str) -> None:
    request(page, "name=origin")
    page.wait_until("outcome === 'opened'")
    sent = stage.received("requestSession")[-1]
    assert sent["caller"]["kind"] == "page"
    assert sent["caller"]["origin"] == site
    assert sent["params"]["url"] == f"{site}/vmcp?name=origin"


def test_progress_comes_before_the_session(page: Page) -> None:
    request(page, "progress=3")
    page.wait_until("outcome")
    assert page.evaluate("heard") == [["progress", "Working", step / 10] for step in range(3)]


def test_errors_are_errors_in_the_user_s_language(page: Page) -> None:
    request(page, "fail=notTrusted")
    error = page.wait_until("outcome")
    assert error["is"]
    assert (error["name"], error["code"]) == ("notTrusted", -13)
    assert error["message"].startswith("example.org is not in the list")
    assert page.evaluate("heard") == [["failed", error["message"]]]


def test_unknown_errors_of_a_newer_host_keep_its_words(page: Page) -> None:
    request(page, "fail=notYetInvented")
    error = page.wait_until("outcome")
    assert (error["name"], error["message"], error["fix"]) == (
        "notYetInvented",
        "English of the host",
        "Fix of the host",
    )


def test_session_properties_and_order_of_events(page: Page) -> None:
    request(page)
    page.wait_until("outcome === 'opened'")
    read = "[session.stateName, session.memory, session.flags.use64bit, session.getProperty('colour')]"
    assert page.evaluate(read) == ["available", 512, True, "blue"]
    page.evaluate(
        """(() => { order = [];
        session.addEventListener('stateChanged', (state) => order.push(['state', state, session.stateName]));
        session.addEventListener('apiStateChanged', (...args) => order.push(['api', ...args])); })()"""
    )
    page.evaluate("session.start({visitor: 7}).then(() => session.stop()).then(() => 1)")
    assert page.evaluate("order") == [
        ["state", 5, "running"], ["api", True, "http://127.0.0.1:1/"],
        ["state", 2, "poweroff"], ["api", False, ""],
    ]  # fmt: skip


def test_events_go_to_the_opening_tab_only(stage: Stage, page: Page, site: str) -> None:
    other = stage.browser.open(site + "/other")
    request(page, "name=mine")
    request(other, "name=theirs")
    for opened in (page, other):
        opened.wait_until("outcome === 'opened'")
        opened.evaluate("void (order = [], session.addEventListener('stateChanged', (state) => order.push(state)))")
        # The page's script would ignore events of sessions that it doesn't know: what counts is what reaches it. It
        # looks each of them up in a Map, which can be watched from here.
        opened.evaluate(
            """void (reached = new Set(), get = Map.prototype.get,
            Map.prototype.get = function (key) { reached.add(key); return get.call(this, key); })"""
        )
    page.evaluate("session.start().then(() => 1)")
    other.evaluate("session.pause().then(() => 1)")
    assert page.evaluate("order") == [5]
    assert other.evaluate("order") == [4]
    sessions = "[...reached].filter((key) => key === 'mine' || key === 'theirs')"
    assert page.evaluate(sessions) == ["mine"]
    assert other.evaluate(sessions) == ["theirs"]
    other.close()


def test_allowing_opens_the_session(stage: Stage, page: Page) -> None:
    request(page, "ask")
    window = armed_window(stage)
    assert "localhost" in window.text("#asks")
    assert window.evaluate("document.activeElement.id") == "deny"
    window.wait_until("document.getElementById('allow').getAttribute('aria-disabled') === 'false'")
    assert page.evaluate("outcome") is None
    window.click("#allow")
    assert page.wait_until("outcome") == "opened"
    window.wait_closed()


def test_allow_does_nothing_before_it_is_armed(stage: Stage, page: Page) -> None:
    request(page, "ask")
    window = stage.browser.wait_for_window("confirm.html")
    # Each time that the window gets the focus, time counts anew: so it stays unarmed as long as this goes on.
    window.evaluate("void (again = setInterval(() => dispatchEvent(new Event('focus')), 20))")
    window.evaluate("document.getElementById('allow').focus()")
    window.press("Enter", at_once=True)
    time.sleep(0.3)
    assert page.evaluate("outcome") is None
    window.evaluate("clearInterval(again)")
    window.wait_until("document.getElementById('allow').getAttribute('aria-disabled') === 'false'")
    window.press("Enter")
    assert page.wait_until("outcome") == "opened"


@pytest.mark.parametrize("way", ["button", "escape", "enter", "close"])
def test_everything_else_is_a_no(stage: Stage, page: Page, way: str) -> None:
    request(page, "ask")
    window = armed_window(stage)
    assert window.evaluate("document.activeElement.id") == "deny"
    if way == "button":
        window.click("#deny")
    elif way == "close":
        window.close()
    else:
        window.press(way.capitalize())
    error = page.wait_until("outcome")
    assert (error["name"], error["code"]) == ("refusedByUser", -10)
    assert stage.received("answerQuestion")[-1]["params"]["yes"] is False
    window.wait_closed()


def test_a_second_question_waits_its_turn(stage: Stage, page: Page, site: str) -> None:
    other = stage.browser.open(site + "/other")
    request(page, "ask&domain=first.example")
    first = stage.browser.wait_for_window("confirm.html")
    request(other, "ask&domain=second.example")
    wait_for(lambda: len(stage.received("requestSession")) >= 2, "the second request")
    time.sleep(0.3)
    assert [window.url for window in stage.browser.pages() if "confirm.html" in window.url] == [first.url]
    first.click("#deny")
    page.wait_until("outcome")
    first.wait_closed()
    second = armed_window(stage)
    assert "second.example" in second.text("#asks")
    second.click("#deny")
    other.wait_until("outcome")
    other.close()


def test_question_of_a_closed_tab_disappears(stage: Stage, site: str) -> None:
    page = stage.browser.open(site + "/closing")
    request(page, "ask")
    window = stage.browser.wait_for_window("confirm.html")
    page.close()
    window.wait_closed()


def test_a_page_can_not_answer_or_rule(page: Page) -> None:
    request(page)
    page.wait_until("outcome === 'opened'")
    refused = f"CVM.connect().then((plugin) => plugin.controlSession('machine', 'stop')).catch({ERROR})"
    assert page.evaluate(refused)["name"] == "notAllowed"


def test_flood_is_refused_and_others_go_on(page: Page) -> None:
    request(page)
    page.wait_until("outcome === 'opened'")
    names = page.evaluate(
        """CVM.connect().then((plugin) => Promise.all(Array.from({length: 100}, () =>
        plugin.requestSession('/vmcp?name=flood').then(() => 'ok', (error) => error.name))))"""
    )
    assert set(names) == {"ok", "tooManyRequests"}
    assert names.count("ok") >= 60
    assert page.evaluate("session.sync().then(() => 'ok')") == "ok"


def test_too_large_a_message_is_refused_and_the_next_goes_through(page: Page) -> None:
    request(page)
    page.wait_until("outcome === 'opened'")
    assert page.evaluate(f"session.setProperty('much', 'x'.repeat(2 ** 21)).catch({ERROR})")["name"] == "badMessage"
    assert page.evaluate("session.setProperty('little', 'x').then(() => 'ok')") == "ok"


def test_forged_messages_reach_nothing(stage: Stage, page: Page) -> None:
    before = len(stage.received("start"))
    page.evaluate(
        """(() => {
          const forged = {id: 1, action: 'start', params: {session: 'machine'}, caller: {kind: 'extension'}};
          for (const name of ['cvm-page', 'cvm-relay', 'message'])
            for (const target of [window, document])
              target.dispatchEvent(new MessageEvent(name, {data: JSON.stringify(forged), cancelable: true}));
          postMessage(JSON.stringify(forged), '*');
        })()"""
    )
    request(page, "name=honest")
    page.wait_until("outcome === 'opened'")
    assert len(stage.received("start")) == before


def test_abort(stage: Stage, page: Page) -> None:
    page.evaluate(
        f"""CVM.connect().then((plugin) => {{ outcome = null; controller = new AbortController();
        plugin.requestSession('/vmcp?ask', {{signal: controller.signal}})
          .catch((error) => {{ outcome = ({ERROR})(error); }}); }})"""
    )
    window = stage.browser.wait_for_window("confirm.html")
    page.evaluate("controller.abort()")
    assert page.wait_until("outcome")["name"] == "cancelled"
    window.wait_closed()


def test_a_crash_is_told_and_the_page_connects_again(stage: Stage, page: Page) -> None:
    request(page, "name=kept")
    page.wait_until("outcome === 'opened'")
    page.evaluate(
        """CVM.connect().then((plugin) => { link = [];
        for (const name of ['disconnected', 'connected']) plugin.addEventListener(name, () => link.push(name)); })"""
    )
    page.evaluate("void (states = [], session.addEventListener('stateChanged', (state) => states.push(state)))")
    request(page, "crash")
    error = page.wait_until("outcome")
    assert (error["name"], error["code"]) == ("hostCrashed", -7)
    page.wait_until("link.includes('connected')")
    assert page.evaluate("link") == ["disconnected", "connected"]
    assert stage.received("reopenSession")[-1]["params"] == {"session": "kept"}
    # The double says that the machine was powered off meanwhile.
    assert page.evaluate("states") == [2]
