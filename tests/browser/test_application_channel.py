"""session.fetch in real browsers, through the real host. The server at the machine's port is ours, for bodies that the
small guest can't make."""

from __future__ import annotations

import time
from collections.abc import Iterator

import psutil
import pytest

from tests.browser.calls import begin, decide, failure, outcome, request_session
from tests.drivers.browser import Browser, Page
from tests.lab.application import Application
from tests.lab.world import World

pytestmark = pytest.mark.browser
ERROR = "(error) => error.name"


@pytest.fixture(scope="module")
def opened(browser: Browser, world: World) -> Iterator[Page]:
    """A page whose `channel` (a session) runs; its port is free for a server of ours."""
    page = browser.open(world.site)
    begin(page, request_session(f"{world.vmcp}?name=channel&memory=64&disk=0"))
    decide(browser, "#allow")
    assert outcome(page)["name"] == "no error"
    page.evaluate("void (window.channel = mine)")
    page.evaluate("channel.start().then(() => 1)")
    world.home.run("controlvm", next(iter(world.home.vms().values())), "natpf1", "delete", "api")
    yield page
    page.evaluate("channel.close().then(() => 1)")
    page.close()


@pytest.fixture(scope="module")
def application(opened: Page) -> Iterator[Application]:
    server = Application(int(str(opened.evaluate("channel.apiURL")).rpartition(":")[2]))
    yield server
    server.close()


def test_a_response_is_one(opened: Page, application: Application) -> None:
    got = opened.evaluate(
        """channel.fetch("status?all=1#part", {headers: {"X-Mine": "1"}}).then(async (response) => ({
            is: response instanceof Response, status: response.status, ok: response.ok,
            kept: response.headers.get("x-kept"), cookie: response.headers.get("set-cookie"),
            body: await response.json()}))"""
    )
    assert (got["is"], got["status"], got["ok"], got["kept"], got["cookie"]) == (True, 200, True, "yes", None)
    assert got["body"]["path"] == "/status?all=1" and got["body"]["headers"]["x-mine"] == "1"
    assert "cookie" not in got["body"]["headers"]


def test_answers_without_a_body_and_elsewhere_are_handed_on(opened: Page, application: Application) -> None:
    assert opened.evaluate("channel.fetch('/nothing').then((response) => [response.status, response.body])") == [
        204,
        None,
    ]
    got = opened.evaluate(
        "channel.fetch('/elsewhere').then((it) => [it.status, it.headers.get('location'), it.redirected])"
    )
    assert got == [302, "http://127.0.0.1:9/", False], "never followed"


@pytest.mark.parametrize(
    ("body", "size", "kind"),
    [
        ("'Zoë'", 4, "text/plain;charset=UTF-8"),
        ("new URLSearchParams({a: '1'})", 3, "application/x-www-form-urlencoded;charset=UTF-8"),
        ("new Uint8Array(3000000).fill(7)", 3_000_000, None),
        ("new Blob(['x'.repeat(700000)], {type: 'text/x'})", 700_000, "text/x"),
    ],
)
def test_bodies_of_every_kind(opened: Page, application: Application, body: str, size: int, kind: str | None) -> None:
    got = opened.evaluate(f"channel.fetch('/', {{method: 'POST', body: {body}}}).then((response) => response.json())")
    assert (got["size"], got["length"], got["type"]) == (size, str(size), kind)


def test_a_stream_is_sent_while_it_is_made(opened: Page, application: Application) -> None:
    got = opened.evaluate(
        """(() => {
            let left = 40;
            const body = new ReadableStream({pull(own) {
                if (left--) own.enqueue(new Uint8Array(100000).fill(left));
                else own.close();
            }});
            return channel.fetch("/", {method: "PUT", body}).then((response) => response.json());
        })()"""
    )
    assert (got["size"], got["length"], got["sum"]) == (4_000_000, None, sum(range(40)) * 100_000)


def test_a_large_answer_arrives_whole_and_fast(opened: Page, application: Application, browser: Browser) -> None:
    got = opened.evaluate(
        """(async () => {
            const begun = performance.now();
            const bytes = new Uint8Array(await (await channel.fetch("/big?mb=32")).arrayBuffer());
            const seconds = (performance.now() - begun) / 1000;
            return {size: bytes.length, right: bytes.every((byte, at) => byte === (at & 255)), seconds};
        })()"""
    )
    print(f"{browser.name}: {32 / got['seconds']:.1f} MB/s")
    assert (got["size"], got["right"]) == (32 << 20, True)


def test_a_slow_reader_holds_the_application_back(opened: Page, application: Application, browser: Browser) -> None:
    family = psutil.Process(browser.pid).children(recursive=True)
    hosts = [it for it in family if any(word.endswith("bin/cernvm-webapi") for word in it.cmdline())]
    opened.evaluate("channel.fetch('/big?mb=200').then((response) => { window.reader = response.body.getReader(); })")
    opened.evaluate("reader.read().then(() => 1)")
    time.sleep(3)
    # What the kernel's own buffers on both sides hold comes on top of the two windows.
    assert application.sent < 24 << 20
    assert max(it.memory_info().rss for it in hosts) < 128 << 20
    opened.evaluate("reader.cancel().then(() => 1)")
    assert application.hung_up.wait(15)
    application.hung_up.clear()


def megabytes(browser: Browser) -> dict[str, float]:
    """Memory of the host and of the extension's process."""
    used = {"host": 0.0, "background": 0.0}
    for process in psutil.Process(browser.pid).children(recursive=True):
        command = process.cmdline()
        if any(word.endswith("bin/cernvm-webapi") for word in command):
            used["host"] += process.memory_info().rss / 2**20
        elif "--extension-process" in command or process.name() == "WebExtensions":
            used["background"] += process.memory_info().rss / 2**20
    assert all(used.values()), used
    return used


@pytest.mark.timeout(240)
def test_64_slow_readers_cost_little(opened: Page, application: Application, browser: Browser) -> None:
    """Each takes a first piece of 200 MB, and no more."""
    application.hung_up.clear()
    before = megabytes(browser)
    opened.evaluate(
        """void (readers = [], control = new AbortController(), Array.from({length: 64}, () =>
            channel.fetch("/big?mb=200", {signal: control.signal}).then(async (response) => {
                const reader = response.body.getReader();
                await reader.read();
                readers.push(reader);
            }).catch(() => {})))"""
    )
    opened.wait_until("readers.length === 64", 60)
    most = before
    for _ in range(8):
        time.sleep(0.5)
        most = {part: max(most[part], now) for part, now in megabytes(browser).items()}
    grown = {part: round(most[part] - before[part], 1) for part in most}
    print(f"{browser.name}: 64 slow readers: {before} MB grows by {grown} MB")
    opened.evaluate("control.abort()")
    # Garbage that the background has not yet collected is in its figure.
    assert grown["host"] < 64 and grown["background"] < 96, grown
    assert application.hung_up.wait(30)
    application.hung_up.clear()


def test_pieces_come_as_they_are_made_and_an_abort_ends_them(opened: Page, application: Application) -> None:
    assert opened.evaluate(
        """(async () => {
            window.control = new AbortController();
            const response = await channel.fetch("/drops", {signal: control.signal});
            window.drops = response.body.pipeThrough(new TextDecoderStream()).getReader();
            return [(await drops.read()).value, (await drops.read()).value].join("");
        })()"""
    ).startswith("drop 0\ndrop 1")
    application.hung_up.clear()
    assert (
        opened.evaluate(f"(control.abort(), (async () => {{ for (;;) await drops.read(); }})().catch({ERROR}))")
        == "cancelled"
    )
    assert application.hung_up.wait(15)


@pytest.mark.parametrize(
    ("call", "name"),
    [
        ("channel.fetch('http://example.org/')", "badValue"),
        ("channel.fetch('//example.org/')", "badValue"),
        ("channel.fetch('/.//example.org/')", "badValue"),
        ("channel.fetch('/', {method: 'CONNECT'})", "badValue"),
        ("channel.fetch('/', {headers: [['a', 'b'.repeat(70000)]]})", "badValue"),
        ("channel.fetch('/silent', {timeout: 700})", "apiTimeout"),
        ("channel.fetch('/silent', {signal: AbortSignal.timeout(500)})", "cancelled"),
        (
            "channel.fetch('/cut').then(async ({body}) => { for (const it = body.getReader();;) await it.read(); })",
            "apiBroken",
        ),
        ("channel.fetch('/big?mb=300')", "bodyTooLarge"),
        (
            "channel.fetch('/', {method: 'PUT', body: new ReadableStream({pull() { throw new RangeError('mine'); }})})",
            "RangeError",
        ),
    ],
)
def test_failures_have_names(opened: Page, application: Application, call: str, name: str) -> None:
    assert failure(opened, call)["name"] == name


def test_64_at_once_and_other_calls_go_on(opened: Page, application: Application) -> None:
    application.marked.clear()
    opened.evaluate(
        f"""void (window.stop = new AbortController(), window.waiting = Array.from({{length: 64}}, () =>
            channel.fetch("/silent", {{signal: stop.signal, headers: {{"X-Mine": "1"}}}}).catch({ERROR})))"""
    )
    # Each begins in a thread of its own, so that another request could be faster than the last of them.
    deadline = time.monotonic() + 20
    while len(application.marked) < 64 and time.monotonic() < deadline:
        time.sleep(0.02)
    got = opened.evaluate(
        f"""(async () => {{
            const refused = await channel.fetch("/").then(() => "taken", {ERROR});
            const state = (await channel.sync()).state;
            stop.abort();
            const ends = new Set(await Promise.all(waiting));
            return [refused, state, ...ends];
        }})()"""
    )
    assert got == ["tooManyRequests", 5, "cancelled"]


@pytest.mark.timeout(240)
def test_a_body_beyond_the_limit_is_cut_off(opened: Page, application: Application, browser: Browser) -> None:
    """256 MB, whole megabytes one after the other, and the next is refused."""
    begin(
        opened,
        """(async () => {
            let left = 258;
            const megabyte = new Uint8Array(1 << 20);
            window.begun = performance.now();
            const body = new ReadableStream({pull(own) {
                if (left--) own.enqueue(megabyte);
                else own.close();
            }});
            try { await channel.fetch("/", {method: "PUT", body}); }
            finally { window.taken = [257 - left, (performance.now() - begun) / 1000]; }
        })()""",
    )
    assert outcome(opened, 200)["name"] == "bodyTooLarge"
    count, seconds = opened.evaluate("taken")
    print(f"{browser.name}: {256 / seconds:.1f} MB/s upwards")
    assert 256 <= count <= 258


def test_no_channel_to_a_machine_that_is_off(opened: Page, application: Application) -> None:
    opened.evaluate("channel.stop().then(() => 1)")
    assert failure(opened, "channel.fetch('/')")["name"] == "invalidState", "the port may be anybody's now"
