"""One request and its answer with a real server on loopback, and what becomes of servers that misbehave."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from cvmwebapi.channel import exchange as channel
from cvmwebapi.errors import CVMError
from cvmwebapi.texts.codes import DetailCode
from cvmwebapi.texts.phrase import detail

from tests.unit.channel.application import SECONDS, Application, Page, head
from tests.unit.site_fixtures import failure

Serve = Callable[..., Application]
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"


@pytest.fixture
def serve() -> Iterator[Serve]:
    made: list[Application] = []

    def begin(answer: bytes | Callable[[socket.socket], None]) -> Application:
        def say(connection: socket.socket) -> None:
            head(connection)
            assert isinstance(answer, bytes)
            connection.sendall(answer)

        made.append(Application(say if isinstance(answer, bytes) else answer))
        return made[-1]

    yield begin
    for application in made:
        application.close()


def test_the_request_is_sent_as_wished_and_adds_what_is_ours(serve: Serve) -> None:
    seen = []

    def talk(connection: socket.socket) -> None:
        seen.append(head(connection)[0])
        connection.sendall(OK)

    application, page = serve(talk), Page()
    page.send(application.port, path="/a?b", headers=[["X-Own", "\xe9"], ["Host", "evil"], ["Accept-Encoding", "gzip"]])
    assert seen == [
        f"GET /a?b HTTP/1.1\r\nHost: 127.0.0.1:{application.port}\r\nAccept-Encoding: identity\r\n"
        "Connection: close\r\nX-Own: \xe9\r\n".encode("latin-1")
    ]
    assert page.response == (200, "OK", [["Content-Length", "2"]]) and page.body == b"hi" and page.more == []


@pytest.mark.parametrize(
    ("method", "length", "line"),
    [("POST", 0, b"Content-Length: 0"), ("PUT", 0, b"Content-Length: 0"), ("PATCH", 0, b"Content-Length: 0"),
     ("DELETE", 0, None), ("GET", 0, None)],
)  # fmt: skip
def test_a_request_without_a_body(serve: Serve, method: str, length: int, line: bytes | None) -> None:
    seen = []

    def talk(connection: socket.socket) -> None:
        seen.append(head(connection)[0])
        connection.sendall(OK)

    Page().send(serve(talk).port, method=method, length=length)
    assert (line in seen[0]) if line else b"ength" not in seen[0]
    assert b"Transfer" not in seen[0]


def test_a_body_of_known_length(serve: Serve) -> None:
    seen = []

    def talk(connection: socket.socket) -> None:
        first, body = head(connection)
        while len(body) < 6:
            body += connection.recv(100)
        seen.append((first, body))
        connection.sendall(OK)

    page = Page()
    page.flow.put(b"abc", False)
    page.flow.put(b"def", True)
    page.send(serve(talk).port, method="POST", length=6)
    ((first, body),) = seen
    assert b"Content-Length: 6\r\n" in first and b"Transfer" not in first and body == b"abcdef"
    assert page.more == [3, 3] and page.body == b"hi"


def test_a_body_of_unknown_length(serve: Serve) -> None:
    seen = []

    def talk(connection: socket.socket) -> None:
        first, body = head(connection)
        while not body.endswith(b"0\r\n\r\n"):
            body += connection.recv(100)
        seen.append((first, body))
        connection.sendall(OK)

    page = Page()
    page.flow.put(b"a" * 17, False)
    page.flow.put(b"b", True)
    page.send(serve(talk).port, method="POST", length=-1)
    ((first, body),) = seen
    assert b"Transfer-Encoding: chunked\r\n" in first and b"Content-Length" not in first
    assert body == b"11\r\n" + b"a" * 17 + b"\r\n1\r\nb\r\n0\r\n\r\n"


@pytest.mark.parametrize(("pieces", "error"), [([b"abc"], "badMessage"), ([b"abcdefg"], "bodyTooLarge")])
def test_a_body_that_is_not_as_long_as_it_said(serve: Serve, pieces: list[bytes], error: str) -> None:
    page = Page()
    for number, piece in enumerate(pieces):
        page.flow.put(piece, number == len(pieces) - 1)
    told = failure(page.send, serve(lambda connection: time.sleep(2)).port, method="POST", length=6)
    assert told.name == error and told.params.get("limit", 256) == 256


def test_a_body_of_unknown_length_has_a_limit_too(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(channel, "MAX_BODY", 5)
    page = Page()
    page.flow.put(b"abcde", False)
    page.flow.put(b"f", False)
    assert failure(page.send, serve(lambda connection: time.sleep(2)).port, method="POST", length=-1).name == (
        "bodyTooLarge"
    )
    assert page.more == [5]


def test_an_application_may_answer_before_it_has_heard_all(serve: Serve) -> None:
    page = Page()
    page.flow.put(b"abc", False)
    page.send(serve(b"HTTP/1.1 413 Too Much\r\nContent-Length: 0\r\n\r\n").port, method="POST", length=1000)
    assert page.response[:2] == (413, "Too Much") and page.body == b""
    assert page.flow.get() is None


def test_a_redirect_is_an_answer_like_any_other(serve: Serve) -> None:
    application, page = (
        serve(b"HTTP/1.1 302 Found\r\nLocation: http://example.org/\r\nContent-Length: 0\r\n\r\n"),
        Page(),
    )
    page.send(application.port)
    assert page.response == (302, "Found", [["Location", "http://example.org/"], ["Content-Length", "0"]])
    assert application.connections == 1


def test_cookies_stay_here_and_a_reason_is_plain_text(serve: Serve) -> None:
    page = Page()
    page.send(serve(b"HTTP/1.1 200 O\x7fK\t \xe9!\r\nSet-Cookie: a=b\r\nContent-Length: 0\r\n\r\n").port)
    assert page.response == (200, "OK !", [["Content-Length", "0"]])


def test_a_large_answer_waits_for_its_page(serve: Serve) -> None:
    size = 2 * 1024 * 1024
    page = Page()
    page.send(serve(b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * size).port)
    assert page.body == b"x" * size
    assert max(len(event[1]) for event in page.events if event[0] == "chunk") < 200_000


def test_an_answer_in_chunks(serve: Serve) -> None:
    page = Page()
    page.send(serve(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n").port)
    assert page.body == b"abcde" and page.response[2] == []


def test_a_head_has_no_body(serve: Serve) -> None:
    page = Page()
    page.send(serve(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n").port, method="HEAD")
    assert page.body == b"" and page.response[0] == 200


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (b"", "brokeOff"),
        (b"nonsense\r\n\r\n", "apiHead"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nshort", "brokeOff"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nshort", "brokeOff"),
        (b"HTTP/1.1 199 Odd\r\nContent-Length: 0\r\n\r\n", "apiHead"),
        (b"HTTP/1.1 600 Odd\r\nContent-Length: 0\r\n\r\n", "apiHead"),
        (b"HTTP/1.1 200 OK\r\n" + b"".join(b"A%d: %b\r\n" % (number, b"x" * 3000) for number in range(99)) + b"\r\n",
         "apiHead"),
        (b"HTTP/1.1 200 OK\r\nA: " + b"x" * 70_000 + b"\r\n\r\n", "apiHead"),
        (b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 101 + b"\r\n", "apiHead"),
    ],
)  # fmt: skip
def test_an_answer_that_is_no_http(serve: Serve, answer: bytes, reason: DetailCode) -> None:
    error = failure(Page().send, serve(answer).port)
    assert (error.name, error.params["detail"]) == ("apiBroken", detail(reason))


@pytest.mark.parametrize("status", [200, 599])
def test_statuses_at_the_edge(serve: Serve, status: int) -> None:
    page = Page()
    page.send(serve(b"HTTP/1.1 %d X\r\nContent-Length: 0\r\n\r\n" % status).port)
    assert page.response[0] == status


def test_headers_up_to_their_limit(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(channel, "_MAX_HEAD", 20)
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nA: %b\r\n\r\n"
    Page().send(serve(answer % b"bcde").port)
    assert failure(Page().send, serve(answer % b"bcdef").port).name == "apiBroken"


def test_an_answer_that_is_too_large(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(channel, "MAX_BODY", 5)
    page = Page()
    error = failure(page.send, serve(b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nabcdef").port)
    assert error.name == "bodyTooLarge" and page.events == []
    assert failure(Page().send, serve(b"HTTP/1.1 200 OK\r\n\r\nabcdef").port).name == "bodyTooLarge"
    page = Page()
    page.send(serve(b"HTTP/1.1 200 OK\r\n\r\nabcde").port)
    assert page.body == b"abcde"
    page = Page()
    page.send(serve(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabcde").port)
    assert page.body == b"abcde"


def test_nobody_listens() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    error = failure(Page().send, port)
    assert (error.name, error.params["detail"]) == ("apiUnreachable", "Connection refused")


def test_a_silent_application(serve: Serve) -> None:
    began = time.monotonic()
    error = failure(Page().send, serve(lambda connection: time.sleep(SECONDS)).port, timeout=0.3)
    assert (error.name, error.params["seconds"]) == ("apiTimeout", 0.3)
    assert 0.25 < time.monotonic() - began < 5


def test_the_time_counts_from_the_last_byte_that_was_sent(serve: Serve) -> None:
    page = Page()

    def talk(connection: socket.socket) -> None:
        _first, body = head(connection)
        while len(body) < 4:
            body += connection.recv(10)
        connection.sendall(OK)

    def feed() -> None:
        for number in range(4):
            time.sleep(0.4)
            page.flow.put(b"x", number == 3)

    threading.Thread(target=feed, daemon=True).start()
    page.send(serve(talk).port, method="POST", length=4, timeout=1.2)
    assert page.body == b"hi"


def test_an_application_that_falls_silent_within_its_answer(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(channel, "_SILENCE_SECONDS", 0.3)

    def talk(connection: socket.socket) -> None:
        head(connection)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nab")
        time.sleep(3)

    page = Page()
    error = failure(page.send, serve(talk).port)
    assert (error.name, error.params["seconds"]) == ("apiTimeout", 0.3) and page.body == b"ab"


@pytest.mark.parametrize("when", ["before", "waiting", "within"])
def test_a_cancelled_request_hangs_up_at_once(serve: Serve, when: str) -> None:
    page, hung_up = Page(), threading.Event()

    def talk(connection: socket.socket) -> None:
        head(connection)
        if when == "within":
            connection.sendall(b"HTTP/1.1 200 OK\r\n\r\nab")
        while connection.recv(10):
            pass
        hung_up.set()

    def cancel(wait: float) -> None:
        time.sleep(wait)
        page.flow.abort(CVMError("cancelled"))

    application = serve(talk)
    if when == "before":
        cancel(0)
    else:
        threading.Thread(target=cancel, args=(0.4,), daemon=True).start()
    began = time.monotonic()
    assert failure(page.send, application.port).name == "cancelled"
    assert time.monotonic() - began < 5
    assert when == "before" or hung_up.wait(SECONDS)


def test_a_cancelled_upload_ends(serve: Serve) -> None:
    page = Page()
    threading.Timer(0.3, lambda: page.flow.abort(CVMError("cancelled"))).start()
    assert failure(page.send, serve(lambda connection: time.sleep(3)).port, method="POST", length=5).name == "cancelled"
    assert not [thread for thread in threading.enumerate() if thread.name == "upload"]


def test_no_proxy_is_asked(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    page = Page()
    page.send(serve(OK).port)
    assert page.body == b"hi"


def test_nothing_is_left_open(serve: Serve) -> None:
    closed: list[Any] = []

    def talk(connection: socket.socket) -> None:
        head(connection)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi")
        closed.append(connection.recv(10))

    application = serve(talk)
    Page().send(application.port)
    deadline = time.monotonic() + SECONDS
    while not closed and time.monotonic() < deadline:
        time.sleep(0.01)
    assert closed == [b""]
