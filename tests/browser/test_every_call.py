"""Every call, property and event of docs/websites.md, one after the other in one session, in both browsers: the table.

The machine boots nothing; a server of ours answers at its port. Events that such a machine can't have (`failure`,
`resolutionChanged`, `lengthyTask`) come from a double in tests/extension/test_modern_api_with_echo_host.py; `failure`
really happens in test_failure_event.py.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.browser.calls import begin, decide, outcome
from tests.drivers.browser import Browser, Page
from tests.lab.application import Application
from tests.lab.world import World

pytestmark = pytest.mark.browser

NAMES = "['started', 'progress', 'completed', 'failed', 'connected', 'disconnected', 'stateChanged', 'apiStateChanged']"
CALLBACK = "new Promise((done) => held.{}, done))"
NAME = "(error) => error.name"
STEPS = """(async () => { const steps = held.progress(); held.stop();
    for await (const {fraction} of steps) if (!(fraction >= 0 && fraction <= 1)) return false; return true; })()"""
FLAGS = "['value', 'use64bit', 'useBootDisk', 'useGuestAdditions', 'useFloppyIO', 'headful']"

#: What is called, and what it gives; the order counts.
CALLS: list[tuple[str, str, Any]] = [
    ("CVM.version", "/^\\d+\\.\\d+\\.\\d+$/.test(CVM.version)", True),
    ("CVM.debugLogging", "(CVM.debugLogging = true, CVM.debugLogging)", True),
    ("CVM.debugLogging off", "(CVM.debugLogging = false, CVM.debugLogging)", False),
    ("CVM.markPageLoaded", "CVM.markPageLoaded() === undefined", True),
    ("CVM.connect", "CVM.connect().then((it) => it === plugin)", True),
    ("CVM.startCVMWebAPI", "new Promise((done) => CVM.startCVMWebAPI(done, true)).then((it) => it === plugin)", True),
    ("plugin.version", "plugin.version === CVM.version", True),
    ("plugin.capabilities", "plugin.capabilities.includes('sessions') && plugin.capabilities.includes('fetch')", True),
    ("plugin.events", "plugin.events instanceof EventTarget && held.events instanceof EventTarget", True),
    (
        "plugin.requestSession, callbacks",
        "new Promise((ok, no) => plugin.requestSession(vmcp, ok, no)).then((it) => it === held)",
        True,
    ),
    (
        "plugin.requestSession, onFail",
        "new Promise((done) => plugin.requestSession('ftp://x/', done, (text, code) => done(code)))",
        -99,
    ),
    (
        "plugin.requestSession, signal",
        f"plugin.requestSession(vmcp, {{signal: AbortSignal.abort()}}).catch({NAME})",
        "cancelled",
    ),
    ("plugin.syncSessions", "plugin.syncSessions().then(() => held.state)", 0),
    ("plugin.enumSessions", f"plugin.enumSessions().catch({NAME})", "notAllowed"),
    ("plugin.controlSession", f"plugin.controlSession('1', 'stop').catch({NAME})", "notAllowed"),
    ("plugin.stopService", f"plugin.stopService().catch({NAME})", "notAllowed"),
    ("session.state, stateName", "[held.state, held.stateName]", [0, "missing"]),
    ("session.name", "held.name.startsWith('every')", True),
    ("session.cpus, memory, disk", "[held.cpus, held.memory, held.disk]", [1, 64, 64]),
    ("session.ip, rdpURL", "[typeof held.ip, typeof held.rdpURL]", ["string", "string"]),
    ("session.apiAvailable", "held.apiAvailable", False),
    ("session.executionCap", "(held.executionCap = 90, held.executionCap)", 90),
    ("session.version, flavor", "[held.version, held.flavor]", ["latest", "prod"]),
    ("session.diskURL, diskChecksum", "[held.diskURL, held.diskChecksum]", ["", ""]),
    ("session.flags", f"{FLAGS}.map((name) => held.flags[name])", [1, True, False, False, False, False]),
    ("session.flags = number", "(held.flags = 9, held.flags.useFloppyIO)", True),
    ("session.flags = object", "(held.flags = {use64bit: true, useFloppyIO: false}, held.flags.value)", 1),
    ("session.getAsync", CALLBACK.format("getAsync('executionCap'"), 90),
    ("session.setAsync", CALLBACK.format("setAsync('executionCap', 80"), 80),
    ("session.getAsync, promise", "held.getAsync('executionCap')", 80),
    ("session.getAsync, unknown", f"held.getAsync('color').catch({NAME})", "settingUnknown"),
    ("session.setProperty", "held.setProperty('job', 7).then(() => held.getProperty('job'))", "7"),
    ("session.getProperty, none", "held.getProperty('none')", ""),
    ("session.start", "held.start({visitor: 'Ada'}).then((it) => it.state)", 5),
    ("session.openRDPWindow", "held.openRDPWindow().then((it) => it === held)", True),
    ("session.pause", "held.pause().then((it) => it.stateName)", "paused"),
    ("session.resume", "held.resume().then((it) => it.stateName)", "running"),
    ("session.hibernate", "held.hibernate().then((it) => it.stateName)", "saved"),
    ("session.start again", "held.start().then((it) => it.stateName)", "running"),
    ("session.reset", "held.reset().then((it) => it.stateName)", "running"),
    # The BIOS of a machine without anything to boot may give up after a reset.
    ("session.start, running or not", "held.start().then((it) => it.stateName)", "running"),
    ("session.sync", "held.sync().then((it) => it.state)", 5),
    ("session.waitForAPI, too soon", f"held.waitForAPI({{timeout: 10}}).catch({NAME})", "apiTimeout"),
    ("an application answers", "", None),
    ("session.waitForAPI", "held.waitForAPI({timeout: 60000}).then((it) => it.apiAvailable)", True),
    ("session.apiURL", "held.apiURL.startsWith('http://127.0.0.1:')", True),
    ("session.fetch", "held.fetch('/').then(async (it) => [it.status, (await it.json()).path])", [200, "/"]),
    ("session.progress", STEPS, True),
    ("session.stop", "held.stop().then((it) => it.stateName)", "poweroff"),
    ("session.close", "held.close().then((it) => it.stateName)", "missing"),
]

#: All that must have been heard, by either kind of listener.
EVENTS = {
    "plugin": {"started", "progress", "completed", "failed", "connected", "disconnected"},
    "session": {"started", "progress", "completed", "failed", "stateChanged", "apiStateChanged"},
}


class Visit:
    def __init__(self, page: Page, world: World) -> None:
        self.page, self.world = page, world
        self.application: Application | None = None


@pytest.fixture(scope="module")
def visit(browser: Browser, world: World) -> Iterator[Visit]:
    """A page with `plugin`, `session`, and all the events that either had: `heard`."""
    page = browser.open(world.site)
    address = f"{world.vmcp}?name=every-{browser.name}&memory=64&disk=64&canOverride=executionCap,flags"
    begin(
        page,
        f"""CVM.connect().then((plugin) => {{
            const listen = (who, source) => {NAMES}.forEach((name) => {{
                source.addEventListener(name, (...args) => heard[who].push(name));
                source.events.addEventListener(name, () => modern[who].push(name));
            }});
            Object.assign(window, {{vmcp: {json.dumps(address)}, plugin,
                heard: {{plugin: [], session: []}}, modern: {{plugin: [], session: []}}}});
            listen("plugin", plugin);
            return plugin.requestSession(vmcp).then((session) => {{
                window.held = session;
                listen("session", session);
            }});
        }})""",
    )
    decide(browser, "#allow")
    assert outcome(page)["name"] == "no error"
    made = Visit(page, world)
    yield made
    if made.application:
        made.application.close()
    page.close()
    assert world.leftovers() == []


@pytest.mark.timeout(120)
@pytest.mark.parametrize(("name", "call", "expected"), CALLS, ids=[name for name, *_ in CALLS])
def test_call(visit: Visit, name: str, call: str, expected: Any) -> None:
    if name == "an application answers":
        machine = next(iter(visit.world.home.vms().values()))
        visit.world.home.run("controlvm", machine, "natpf1", "delete", "api")
        visit.application = Application(int(str(visit.page.evaluate("held.apiURL")).rpartition(":")[2]))
        return
    assert visit.page.evaluate(call) == expected


def test_event(visit: Visit, browser: Browser) -> None:
    browser.kill_background()
    visit.page.evaluate("plugin.syncSessions().then(() => 1, () => 1)")
    visit.page.wait_until("heard.plugin.includes('disconnected')")
    visit.page.wait_until("CVM.connect().then(() => heard.plugin.includes('connected'))")
    for who, names in EVENTS.items():
        heard, modern = set(visit.page.evaluate(f"heard.{who}")), set(visit.page.evaluate(f"modern.{who}"))
        assert names - heard == set() and heard == modern, who
