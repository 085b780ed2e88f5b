"""What a page may ask of the application, checked before anything is sent. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cvmwebapi.errors import CVMError
from cvmwebapi.protocol import MAX_BODY
from cvmwebapi.texts.phrase import Phrase, detail

if TYPE_CHECKING:
    from cvmwebapi.protocol.shapes import FetchParams

TIMEOUT = 60.0
_MAX_HEADERS = 64 * 1024
# RFC 9110, 5.6.2 (token), and 5.5 without bytes that no page can write.
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,256}")
_VALUE = re.compile(r"[\t\x20-\x7e\x80-\xff]*")
# RFC 9112, 3.2.1: a path, and a query; what a URL parser makes of any text holds nothing else.
_PATH = re.compile(r"/(?!/)[\x21\x24-\x5b\x5d-\x7e]*")
_HOP_BY_HOP = frozenset(
    {"connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "proxy-connection", "te", "trailer",
     "transfer-encoding", "upgrade"}
)  # fmt: skip
"""RFC 9110, 7.6.1."""
_NOT_SENT = _HOP_BY_HOP | {"host", "content-length", "expect", "cookie", "cookie2", "accept-encoding"}
_NOT_HANDED_ON = _HOP_BY_HOP | {"set-cookie", "set-cookie2"}


@dataclass(frozen=True)
class Wish:
    """One request. ``length``: bytes of its body, 0 for none, -1 when nobody knows yet; ``timeout`` in seconds."""

    method: str
    path: str
    headers: list[tuple[str, str]]
    length: int
    timeout: float


def wish(params: FetchParams) -> Wish:
    """Raises ``CVMError``: ``badValue``, ``bodyTooLarge``."""
    method, path, length = params.get("method", "GET"), params["path"], params.get("length", 0)
    if not _PATH.fullmatch(path):
        raise _bad("path", detail("appPath"))
    if length > MAX_BODY:
        raise CVMError("bodyTooLarge", limit=MAX_BODY >> 20)
    if length and method in ("GET", "HEAD"):
        raise _bad("body", detail("noBody", method=method))
    return Wish(method, path, _headers(params.get("headers", [])), length, params.get("timeout", TIMEOUT))


def _headers(raw: list[list[str]]) -> list[tuple[str, str]]:
    size, kept = 0, []
    for name, value in raw:
        size += len(name) + len(value)
        if size > _MAX_HEADERS or not _TOKEN.fullmatch(name) or not _VALUE.fullmatch(value):
            raise _bad("headers", detail("headerValue", limit=_MAX_HEADERS // 1024))
        if name.lower() not in _NOT_SENT:
            kept.append((name, value))
    return kept


def handed_on(headers: Iterable[tuple[str, str]]) -> list[list[str]]:
    """The headers of an answer that a page gets: without cookies, and without what concerns this connection only."""
    headers = list(headers)
    named = {
        word.strip().lower() for name, value in headers if name.lower() == "connection" for word in value.split(",")
    }
    return [
        [name, value]
        for name, value in headers
        if name.lower() not in _NOT_HANDED_ON | named and _TOKEN.fullmatch(name) and _VALUE.fullmatch(value)
    ]


def _bad(name: str, reason: Phrase) -> CVMError:
    return CVMError("badValue", name=name, detail=reason)
