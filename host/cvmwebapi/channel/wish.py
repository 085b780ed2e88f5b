"""What a page may ask of the application, checked before anything is sent. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from cvmwebapi.errors import CVMError
from cvmwebapi.protocol import MAX_BODY
from cvmwebapi.texts.phrase import Phrase, detail

MAX_TIMEOUT = 600.0
TIMEOUT = 60.0
_MAX_PATH = 8192
_MAX_HEADERS = 64 * 1024
_MOST_HEADERS = 100
# RFC 9110, 5.6.2 (token), and 5.5 without bytes that no page can write.
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,256}")
_VALUE = re.compile(r"[\t\x20-\x7e\x80-\xff]*")
# RFC 9112, 3.2.1: a path, and a query; what a URL parser makes of any text holds nothing else.
_PATH = re.compile(r"/(?!/)[\x21\x24-\x5b\x5d-\x7e]*")
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
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


def wish(params: dict[str, Any]) -> Wish:
    """Raises ``CVMError``: ``badValue``, ``bodyTooLarge``."""
    method, path = params.get("method", "GET"), params.get("path")
    if not isinstance(method, str) or method not in _METHODS:
        raise _bad("method", detail("oneOf", values=", ".join(sorted(_METHODS))))
    if not isinstance(path, str) or len(path) > _MAX_PATH or not _PATH.fullmatch(path):
        raise _bad("path", detail("appPath"))
    length = params.get("length", 0)
    if isinstance(length, (int, float)) and length > MAX_BODY:
        raise CVMError("bodyTooLarge", limit=MAX_BODY >> 20)
    length = _number(length, "length", -1, MAX_BODY)
    if length and method in ("GET", "HEAD"):
        raise _bad("body", detail("noBody", method=method))
    timeout = _number(params.get("timeout", TIMEOUT), "timeout", 0.001, MAX_TIMEOUT)
    return Wish(method, path, _headers(params.get("headers", [])), int(length), timeout)


def _headers(raw: Any) -> list[tuple[str, str]]:
    pairs = detail("headerList", limit=_MOST_HEADERS)
    if not isinstance(raw, list) or len(raw) > _MOST_HEADERS:
        raise _bad("headers", pairs)
    size, kept = 0, []
    for item in raw:
        if not (isinstance(item, list) and len(item) == 2 and all(isinstance(part, str) for part in item)):
            raise _bad("headers", pairs)
        name, value = item
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


def _number(raw: Any, name: str, low: float, high: float) -> float:
    if isinstance(raw, bool) or not isinstance(raw, (int, float)) or not low <= raw <= high:
        raise _bad(name, detail("range", low=low, high=high))
    return raw


def _bad(name: str, reason: Phrase) -> CVMError:
    return CVMError("badValue", name=name, detail=reason)
