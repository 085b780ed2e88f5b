"""GET and HEAD requests by the rules for websites (docs/vmcp.md, and addresses.py): for endpoints, key lists, images.

No cookies, no stored passwords; the proxies and certificates of the system are used, but no proxy towards this
computer.
Redirects are followed by hand: at most three, never to a less secure scheme, never from the internet into a local
network. What a page has named never leads nearer than the page itself lies (names.py).
"""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping
from http.cookiejar import DefaultCookiePolicy
from types import TracebackType

import requests
from requests.utils import get_environ_proxies, select_proxy

from cvmwebapi import __version__
from cvmwebapi.errors import CVMError
from cvmwebapi.net import addresses
from cvmwebapi.net.connections import Guard, GuardedAdapter, TooNear
from cvmwebapi.texts.phrase import Phrase, detail

MAX_REDIRECTS = 3


class Web:
    """Use as context manager. ``guard`` holds the connections: another thread may cut them."""

    def __init__(
        self,
        guard: Guard,
        legacy_http: Collection[str] = (),
        any_http: bool = False,
        redirects: int = MAX_REDIRECTS,
    ) -> None:
        """For ``legacy_http`` and ``any_http`` see ``addresses.checked``; ``redirects``: how many are followed."""
        self.at = ""
        """The address that was asked last: that of a redirect, perhaps."""
        self._guard = guard
        self._rules = (legacy_http, any_http)
        self._redirects = redirects
        self._session = _session(guard)

    def get(
        self, url: str, seconds: float, headers: Mapping[str, str] | None = None, method: str = "GET"
    ) -> requests.Response:
        """The response at the end of all redirects, its body unread; close it. ``seconds`` bound each wait for a byte.

        Raises ``CVMError``: ``vmcpAddress``, ``vmcpInsecure``, ``vmcpRedirect``, ``vmcpUnreachable`` (too near); and
        ``requests.RequestException``.
        """
        self.at = url
        for _ in range(self._redirects + 1):
            try:
                response = self._ask(method, seconds, headers)
            except TooNear as error:
                if self.at == url:
                    host = addresses.shown_host(url)
                    raise CVMError("vmcpUnreachable", host=host, detail=detail("tooNear")) from error
                raise _bad_redirect(self.at, detail("redirectPrivate")) from error
            target = self._session.get_redirect_target(response)
            if target is None:
                return response
            response.close()
            self.at = addresses.redirected(self.at, target, *self._rules)
        raise _bad_redirect(url, detail("redirectMany", limit=self._redirects))

    def _ask(self, method: str, seconds: float, headers: Mapping[str, str] | None) -> requests.Response:
        host = addresses.checked(self.at, *self._rules).hostname or ""
        proxies = {} if host in addresses.THIS_COMPUTER else get_environ_proxies(self.at)
        self._guard.proxied = select_proxy(self.at, proxies) is not None
        if self._guard.proxied:
            self._guard.check_proxied(host)
        return self._session.request(
            method,
            self.at,
            stream=True,
            allow_redirects=False,
            timeout=seconds,
            proxies=proxies,
            headers=headers,
            verify=os.environ.get("REQUESTS_CA_BUNDLE") or os.environ.get("CURL_CA_BUNDLE") or True,
        )

    def __enter__(self) -> Web:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._session.close()


def _bad_redirect(url: str, reason: Phrase) -> CVMError:
    return CVMError("vmcpRedirect", host=addresses.shown_host(url), detail=reason)


def _session(guard: Guard) -> requests.Session:
    session = requests.Session()
    # Without the environment: it would send passwords from ~/.netrc. Proxies and certificates are passed by hand.
    session.trust_env = False
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    session.headers["User-Agent"] = f"cernvm-webapi/{__version__}"
    # No others, which would depend on what else is installed here.
    session.headers["Accept-Encoding"] = "gzip, deflate"
    session.headers["Accept"] = "application/json, text/plain;q=0.9, */*;q=0.8"
    for scheme in ("http://", "https://"):
        session.mount(scheme, GuardedAdapter(guard))
    return session
