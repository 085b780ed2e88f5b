"""The one GET of a VMCP request, bounded in size and in total time. Also fetches the keystores.

Endpoints hand out one-time tags and delete them on the first read (docs/vmcp.md): so one GET, no HEAD, no second try.
"""

from __future__ import annotations

import threading
from collections.abc import Collection

import requests

from cvmwebapi.errors import CVMError
from cvmwebapi.latch import Latch
from cvmwebapi.net import addresses
from cvmwebapi.net.connections import Guard
from cvmwebapi.net.faults import certificate_fault, connection_fault
from cvmwebapi.net.spaces import Space
from cvmwebapi.net.web import MAX_REDIRECTS, Web
from cvmwebapi.tasks import Task
from cvmwebapi.texts.phrase import detail

MAX_ANSWER = 1024 * 1024
"""Bytes of a VMCP answer, after decompression."""
MAX_SECONDS = 30.0
"""For everything together: names, connections, redirects, headers, body."""
_CHUNK = 16 * 1024
_ENCODINGS = ("identity", "gzip", "x-gzip", "deflate", "")
"""One at a time: 16 KB of these become 16 MB at most."""


def get(
    url: str,
    *,
    limit: int = MAX_ANSWER,
    seconds: float = MAX_SECONDS,
    legacy_http: Collection[str] = (),
    any_http: bool = False,
    nearest: Space = Space.COMPUTER,
    redirects: int = MAX_REDIRECTS,
    task: Task | None = None,
) -> bytes:
    """The body that ``url`` answers a GET with.

    ``limit`` is in bytes. For ``legacy_http`` and ``any_http`` see ``addresses.checked``; for ``nearest``,
    ``names.page_space``; ``redirects``: how many are followed. Raises ``CVMError``:
    ``vmcpAddress``, ``vmcpInsecure``, ``vmcpRedirect``, ``vmcpUnreachable``, ``vmcpCertificate``, ``vmcpTooSlow``,
    ``vmcpStatus``, ``vmcpTooLarge``, ``cancelled`` (or as ``task.check``).
    """
    addresses.checked(url, legacy_http, any_http)
    guard, rules = Guard(nearest), (legacy_http, any_http, redirects)
    request = _Request(url.strip(" "), limit, seconds, guard, rules)
    # A daemon: looking up a name can't be interrupted, and must not keep the host from ending.
    threading.Thread(target=request.run, name="vmcp-fetch", daemon=True).start()
    try:
        in_time = (task or Task()).wait(seconds, until=request.done)
    except CVMError:
        request.guard.cut()
        raise
    if not in_time:
        request.guard.cut()
        raise CVMError("vmcpTooSlow", host=addresses.shown_host(url), seconds=f"{seconds:g}")
    if request.error is not None:
        raise request.error
    return request.body


class _Request:
    """What runs in the thread; ``done`` is set when ``body`` or ``error`` is there."""

    def __init__(
        self, url: str, limit: int, seconds: float, guard: Guard, rules: tuple[Collection[str], bool, int]
    ) -> None:
        self.guard = guard
        self.done = Latch()
        self.body = b""
        self.error: BaseException | None = None
        self._url = url
        self._limit = limit
        self._seconds = seconds
        self._rules = rules

    def run(self) -> None:
        try:
            with Web(self.guard, *self._rules) as web:
                self.body = self._fetched(web)
        except BaseException as error:
            self.error = error
        finally:
            self.guard.release()
            self.done.set()

    def _fetched(self, web: Web) -> bytes:
        try:
            with web.get(self._url, self._seconds) as response:
                return self._read(response, addresses.shown_host(web.at))
        except requests.exceptions.SSLError as error:
            raise CVMError(
                "vmcpCertificate", host=addresses.shown_host(web.at), detail=certificate_fault(error)
            ) from error
        except requests.exceptions.ReadTimeout as error:
            raise CVMError("vmcpTooSlow", host=addresses.shown_host(web.at), seconds=f"{self._seconds:g}") from error
        except (requests.RequestException, UnicodeError) as error:
            raise CVMError(
                "vmcpUnreachable", host=addresses.shown_host(web.at), detail=connection_fault(error)
            ) from error

    def _read(self, response: requests.Response, host: str) -> bytes:
        if not 200 <= response.status_code < 300:
            raise CVMError("vmcpStatus", host=host, status=response.status_code)
        encoding = response.headers.get("Content-Encoding", "identity").strip().lower()
        if encoding not in _ENCODINGS:
            # Packed more than once, or in a way of its own, few bytes become many before anybody can count them.
            raise CVMError("vmcpUnreachable", host=host, detail=detail("brokeOff"))
        body = bytearray()
        for chunk in response.iter_content(_CHUNK):
            body += chunk
            if len(body) > self._limit:
                raise CVMError("vmcpTooLarge", host=host, limit=self._limit // 1024)
        return bytes(body)
