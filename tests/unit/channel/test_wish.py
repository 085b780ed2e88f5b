"""What a page may ask of its application, and what of the answer it gets."""

from __future__ import annotations

from typing import Any

import pytest
from cvmwebapi.actions import checking
from cvmwebapi.channel import wish as channel
from cvmwebapi.channel.wish import Wish, handed_on
from cvmwebapi.protocol import MAX_BODY

from tests.unit.site_fixtures import failure


def wish(params: dict[str, Any]) -> Wish:
    """As the action has it: with parameters that the protocol's table lets pass."""
    checking.check("fetch", {"session": "s1", **params})
    return channel.wish(params)  # type: ignore[arg-type]


def refused(**params: Any) -> str:
    """The name of the error, and of the parameter that is at fault."""
    error = failure(lambda: wish({"path": "/", **params}))
    assert error.params.get("detail", "limit")
    return f"{error.name} {error.params.get('name', error.params.get('limit'))}"


def test_what_is_left_out_is_a_plain_request() -> None:
    assert wish({"path": "/"}) == Wish("GET", "/", [], 0, 60.0)


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
def test_methods_of_pages(method: str) -> None:
    assert wish({"method": method, "path": "/"}).method == method


@pytest.mark.parametrize("method", ["get", "CONNECT", "TRACE", "", None, 1, ["GET"], "GET / HTTP/1.1\r\nX:"])
def test_other_methods_are_refused(method: Any) -> None:
    assert refused(method=method) == "badValue method"


@pytest.mark.parametrize("path", ["/", "/a/b?c=d&e", "/a//b", "/!$%&'()*+,-.:;=@[]_~", "/" + "a" * 8191])
def test_paths(path: str) -> None:
    assert wish({"path": path}).path == path


@pytest.mark.parametrize(
    "path",
    ["", "a", "//example.org/", "http://example.org/", "/a b", "/a#b", "/a\\b", "/\xe9", "/a\r\nb", "/a\n", "/\x7f",
     '/"', "/" + "a" * 8192, None, 7, ["/"], " /", "*"],
)  # fmt: skip
def test_what_is_no_path_of_the_application_is_refused(path: Any) -> None:
    assert refused(path=path) == "badValue path"


def test_how_long_a_body_may_be() -> None:
    for length in (0, -1, 1, MAX_BODY):
        asked = wish({"method": "POST", "path": "/", "length": length})
        assert asked.length == length and isinstance(asked.length, int)
    assert refused(method="POST", length=MAX_BODY + 1) == "bodyTooLarge 256"
    assert refused(method="POST", length=float("inf")) == "badValue length"
    for length in (-2, "1", True, None, [1], float("nan")):
        assert refused(method="POST", length=length) == "badValue length"


def test_which_requests_have_a_body() -> None:
    for method in ("POST", "PUT", "PATCH", "DELETE", "OPTIONS"):
        assert wish({"method": method, "path": "/", "length": 1}).length == 1
    for method in ("GET", "HEAD"):
        for length in (1, -1):
            assert refused(method=method, length=length) == "badValue body"


def test_how_long_a_page_may_wait() -> None:
    assert [wish({"path": "/", "timeout": seconds}).timeout for seconds in (0.001, 5, 600)] == [0.001, 5, 600]
    for seconds in (0, -1, 600.1, "5", True, None):
        assert refused(timeout=seconds) == "badValue timeout"


def test_headers_are_sent_as_they_are() -> None:
    headers = [["Accept", "text/html"], ["X-Own", ""], ["x-own", "a\tb \xe9"], ["!#$%&'*+.^_`|~-", "1"]]
    assert wish({"path": "/", "headers": headers}).headers == [tuple(pair) for pair in headers]


@pytest.mark.parametrize(
    "name",
    ["Host", "content-length", "Expect", "Cookie", "COOKIE2", "Accept-Encoding", "Connection", "Keep-Alive", "TE",
     "Proxy-Authenticate", "Proxy-Authorization", "Proxy-Connection", "Trailer", "Transfer-Encoding", "Upgrade"],
)  # fmt: skip
def test_what_is_ours_or_the_connection_s_is_left_out(name: str) -> None:
    assert wish({"path": "/", "headers": [[name, "x"], ["A", "b"]]}).headers == [("A", "b")]


@pytest.mark.parametrize(
    "headers",
    [
        "A: b", {"A": "b"}, None, [["A"]], [["A", "b", "c"]], [["A", 1]], [[1, "b"]], [("A", "b")], ["Ab"],
        [["", "b"]], [["A b", "c"]], [["A:", "c"]], [["A\n", "c"]], [["\xe9", "c"]], [["a" * 257, "c"]],
        [["A", "b\r\nHost: evil"]], [["A", "b\n"]], [["A", "\0"]], [["A", "\u20ac"]], [["A", "\x7f"]],
        [["A", "b"], ["B", 2]],
    ],
)  # fmt: skip
def test_headers_that_http_does_not_allow_are_refused(headers: Any) -> None:
    assert refused(headers=headers) == "badValue headers"


def test_how_many_headers_there_may_be() -> None:
    assert len(wish({"path": "/", "headers": [["A", "b"]] * 100}).headers) == 100
    assert refused(headers=[["A", "b"]] * 101) == "badValue headers"
    most = 64 * 1024
    assert wish({"path": "/", "headers": [["A", "b" * (most - 1)]]}).headers
    assert refused(headers=[["A", "b" * most]]) == "badValue headers"
    # What is not sent counts all the same.
    assert refused(headers=[["Cookie", "b" * (most - 7)], ["A", "b"]]) == "badValue headers"
    assert wish({"path": "/", "headers": [["Cookie", "b" * (most - 8)], ["A", "b"]]}).headers == [("A", "b")]


def test_an_answer_s_headers_without_cookies_and_those_of_the_connection() -> None:
    told = [
        ("Content-Type", "text/html"), ("Set-Cookie", "a=b"), ("set-cookie2", "a"), ("Connection", "close, X-Hop"),
        ("x-hop", "1"), ("CONNECTION", " x-other "), ("X-Other", "2"), ("Transfer-Encoding", "chunked"),
        ("Keep-Alive", "5"), ("X-Kept", "\xe9"), ("X-Kept", "again"), ("Bad Name", "x"), ("X-Bad", "a\u20ac"),
        ("Upgrade", "h2"), ("Location", "http://example.org/"), ("X-List", "x-kept"),
    ]  # fmt: skip
    assert handed_on(iter(told)) == [
        ["Content-Type", "text/html"], ["X-Kept", "\xe9"], ["X-Kept", "again"], ["Location", "http://example.org/"],
        ["X-List", "x-kept"],
    ]  # fmt: skip
