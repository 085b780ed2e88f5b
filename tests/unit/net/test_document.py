from __future__ import annotations

import gc
import gzip
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from cvmwebapi.net import document, web
from cvmwebapi.tasks import Task

from tests.unit.net.servers import Reply, Seen, Site, make_certificate, raw_server
from tests.unit.site_fixtures import failure


@pytest.fixture
def secure_site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    certificate = make_certificate(tmp_path)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate))
    running = Site(certificate)
    yield running
    running.close()


def read_request(connection: socket.socket) -> None:
    data = b""
    while b"\r\n\r\n" not in data:
        data += connection.recv(4096)


def test_one_get_without_cookies_or_passwords(site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login me password hush\n")
    monkeypatch.setenv("NETRC", str(netrc))
    site.answer = lambda seen: Reply(b'{"a": 1}', headers={"Set-Cookie": "a=b", "Content-Type": "text/plain"})
    assert document.get(site.url("/vmcp?tag=1")) == b'{"a": 1}'
    assert document.get(site.url("/vmcp?tag=2")) == b'{"a": 1}'
    assert [(seen.method, seen.path) for seen in site.seen] == [("GET", "/vmcp?tag=1"), ("GET", "/vmcp?tag=2")]
    for seen in site.seen:
        assert not {"cookie", "authorization", "referer", "origin"} & set(seen.headers)


def test_cookies_are_not_kept_over_redirects(site: Site) -> None:
    def answer(seen: Seen) -> Reply:
        if seen.path == "/end":
            return Reply()
        return Reply(status=302, headers={"Location": "/end", "Set-Cookie": "a=b; Path=/"})

    site.answer = answer
    document.get(site.url())
    assert "cookie" not in site.seen[1].headers


def test_the_limit_itself_is_allowed(site: Site) -> None:
    site.answer = lambda seen: Reply(b"x" * document.MAX_ANSWER)
    assert len(document.get(site.url())) == document.MAX_ANSWER


@pytest.mark.parametrize("form", ["plain", "no length", "gzip"])
def test_too_large(site: Site, form: str) -> None:
    body = b"x" * (document.MAX_ANSWER + 1)
    if form == "gzip":
        packed = gzip.compress(b"x" * 50_000_000)
        site.answer = lambda seen: Reply(packed, headers={"Content-Encoding": "gzip"})
        error = failure(document.get, site.url())
    elif form == "plain":
        site.answer = lambda seen: Reply(body)
        error = failure(document.get, site.url())
    else:

        def talk(connection: socket.socket) -> None:
            read_request(connection)
            connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
            while True:
                connection.sendall(body)

        with raw_server(talk) as url:
            error = failure(document.get, url)
    assert (error.name, error.code) == ("vmcpTooLarge", -5)
    assert "1024 KB" in error.message


def wait_for_end_of_threads() -> None:
    deadline = time.monotonic() + 3
    while any(thread.name == "vmcp-fetch" for thread in threading.enumerate()):
        assert time.monotonic() < deadline
        time.sleep(0.02)


# Python itself leaves a socket to be collected that was reset just before its handshake; it is closed then.
@pytest.mark.filterwarnings("ignore:unclosed <ssl:ResourceWarning")
@pytest.mark.parametrize("where", ["nothing", "status line", "headers", "body", "chunks", "handshake"])
def test_too_slow_at_every_stage(where: str) -> None:
    gone = threading.Event()
    start = {
        "nothing": b"",
        "status line": b"HTTP/1.1 ",
        "headers": b"HTTP/1.1 200 OK\r\nX-Slow: ",
        "body": b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n",
        "chunks": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
        "handshake": b"\x16\x03\x03\x40\x00",
    }[where]
    drop = {"nothing": b"", "chunks": b"1\r\nx\r\n"}.get(where, b"2")

    def talk(connection: socket.socket) -> None:
        try:
            connection.recv(4096)
            connection.sendall(start)
            while True:
                # Each drop comes long before any time limit for a single read.
                time.sleep(0.05)
                if drop:
                    connection.sendall(drop)
                elif not connection.recv(1):
                    return
        finally:
            gone.set()

    with raw_server(talk) as url:
        started = time.monotonic()
        error = failure(document.get, url.replace("http:", "https:") if where == "handshake" else url, seconds=0.6)
        assert 0.5 < time.monotonic() - started < 2
        assert (error.name, error.code) == ("vmcpTooSlow", -6)
        assert "0.6 s" in error.message
        assert gone.wait(2), "the connection was left open"
        wait_for_end_of_threads()
        gc.collect()


def test_no_thread_outlives_a_slow_server() -> None:
    def talk(connection: socket.socket) -> None:
        connection.recv(4096)
        connection.recv(1)

    with raw_server(talk) as url:
        failure(document.get, url, seconds=0.2)
        wait_for_end_of_threads()


def test_cancelled() -> None:
    task = Task()

    def talk(connection: socket.socket) -> None:
        read_request(connection)
        task.cancel()
        connection.recv(1)

    with raw_server(talk) as url:
        started = time.monotonic()
        error = failure(document.get, url, task=task)
    assert error.name == "cancelled"
    assert time.monotonic() - started < 2


def test_unreachable() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    error = failure(document.get, f"http://127.0.0.1:{port}/vmcp?cvm_salt=hush")
    assert (error.name, error.code) == ("vmcpUnreachable", -6)
    assert "nothing answers there" in error.message
    assert "hush" not in error.message


def test_unknown_name() -> None:
    error = failure(document.get, "https://no-such-host.invalid/vmcp")
    assert error.name == "vmcpUnreachable"
    assert "name is not known" in error.message


@pytest.mark.parametrize(
    "answer", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{", b"garbage\r\n\r\n", b"\0" * 100_000]
)
def test_broken_off_is_not_tried_again(answer: bytes) -> None:
    count = []

    def talk(connection: socket.socket) -> None:
        count.append(1)
        read_request(connection)
        connection.sendall(answer)

    with raw_server(talk) as url:
        error = failure(document.get, url)
    assert (error.name, error.code) == ("vmcpUnreachable", -6)
    assert len(count) == 1


@pytest.mark.parametrize("status", [304, 400, 404, 500, 503])
def test_error_status(site: Site, status: int) -> None:
    site.answer = lambda seen: Reply(status=status)
    error = failure(document.get, site.url())
    assert (error.name, error.code, error.params["status"]) == ("vmcpStatus", -6, status)
    assert len(site.seen) == 1


@pytest.mark.parametrize("hops", [0, 1, 3, 4, 1000])
def test_redirects(site: Site, hops: int) -> None:
    def answer(seen: Seen) -> Reply:
        left = int(seen.path[1:])
        return Reply(b"there") if left == 0 else Reply(status=307, headers={"Location": f"/{left - 1}"})

    site.answer = answer
    if hops <= web.MAX_REDIRECTS:
        assert document.get(site.url(f"/{hops}")) == b"there"
    else:
        assert failure(document.get, site.url(f"/{hops}")).name == "vmcpRedirect"
    assert len(site.seen) == min(hops, web.MAX_REDIRECTS) + 1


def test_all_redirects_share_the_time(site: Site) -> None:
    def answer(seen: Seen) -> Reply:
        time.sleep(0.3)
        return Reply(status=302, headers={"Location": "/again"})

    site.answer = answer
    assert failure(document.get, site.url(), seconds=0.5).name == "vmcpTooSlow"


def test_https_and_its_redirects(secure_site: Site, site: Site) -> None:
    assert document.get(secure_site.url(host="localhost")) == b"{}"
    secure_site.answer = lambda seen: Reply(status=301, headers={"Location": site.url()})
    error = failure(document.get, secure_site.url(host="localhost"))
    assert error.name == "vmcpRedirect"
    assert "not secure" in error.message
    assert site.seen == []


def test_redirect_to_another_kind_of_address(site: Site) -> None:
    for target in ("file:///etc/passwd", "ftp://127.0.0.1/", "http://example.org/", "https://u:p@example.org/"):
        site.answer = lambda seen, target=target: Reply(status=302, headers={"Location": target})  # type: ignore[misc]
        assert failure(document.get, site.url()).code in (-99, -10)


@pytest.mark.parametrize(
    ("name", "days", "trusted", "detail"),
    [
        ("localhost", 1, False, "self-signed"),
        ("localhost", -1, True, "expired"),
        ("other.example", 1, True, "match"),
    ],
)
def test_certificates_are_explained(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, days: int, trusted: bool, detail: str
) -> None:
    certificate = make_certificate(tmp_path, name, days)
    if trusted:
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate))
    site = Site(certificate)
    try:
        error = failure(document.get, site.url(host="localhost"))
    finally:
        site.close()
    assert (error.name, error.code) == ("vmcpCertificate", -6)
    assert detail in error.message
    assert site.seen == []


def test_proxies_are_used_but_not_towards_this_computer(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    proxy = Site()
    try:
        proxy.answer = lambda seen: Reply(b"proxied")
        monkeypatch.setenv("HTTP_PROXY", proxy.url(""))
        monkeypatch.setenv("ALL_PROXY", proxy.url(""))
        monkeypatch.setenv("http_proxy", proxy.url(""))
        assert document.get(site.url()) == b"{}"
        assert proxy.seen == []
        assert document.get("http://old.example/vmcp", legacy_http=["old.example"]) == b"proxied"
        assert proxy.seen[0].path == "http://old.example/vmcp"
    finally:
        proxy.close()


def open_files() -> int:
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="counts open files by /proc")
def test_no_file_descriptor_is_left(site: Site) -> None:
    document.get(site.url())
    before = open_files()
    for _ in range(10):
        document.get(site.url())
        failure(document.get, site.url(), limit=1)
    deadline = time.monotonic() + 3
    # The server closes its ends a moment later.
    while open_files() > before:
        assert time.monotonic() < deadline
        time.sleep(0.02)
