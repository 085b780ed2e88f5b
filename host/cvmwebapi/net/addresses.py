"""Which addresses may be asked, and what of them becomes of a page: the rules that do without a network. Pure.

The same rules hold for the VMCP endpoint, for the disk image that its answer names, and for every redirect.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from urllib.parse import SplitResult, urlencode, urljoin, urlsplit, urlunsplit

from cvmwebapi.errors import CVMError
from cvmwebapi.texts.phrase import detail

MAX_URL = 8192
THIS_COMPUTER = frozenset({"localhost", "127.0.0.1", "::1"})

# Control characters, which some readers drop and others keep; a backslash, which some take for a slash.
_TWO_READINGS = re.compile(r"[\x00-\x1f\x7f\\]")


def page_domain(origin: str) -> str:
    """The domain that a page's origin belongs to: its host name in lower case (``https://Example.org:8443`` →
    ``example.org``), which is looked up in the keystores.

    Raises ``CVMError("notTrusted")`` for origins without one, like ``null`` or a file.
    """
    try:
        host = urlsplit(origin).hostname
    except ValueError:
        host = None
    if not host:
        raise CVMError("notTrusted", domain=origin[:200])
    return host.rstrip(".")


def checked(url: str, legacy_http: Collection[str] = (), any_http: bool = False) -> SplitResult:
    """Take ``url`` apart, if it may be asked at all.

    https is; http only towards this computer, or a host of ``legacy_http``, or with ``any_http`` (for content that
    carries a signature of its own). Raises ``CVMError``: ``vmcpAddress`` (-99), ``vmcpInsecure`` (-10).
    """
    url = url.strip(" ")
    if not url or len(url) > MAX_URL or _TWO_READINGS.search(url):
        raise CVMError("vmcpAddress", detail=detail("addressCharacters"))
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise CVMError("vmcpAddress", detail=detail("addressHost")) from error
    if parts.scheme not in ("https", "http"):
        raise CVMError("vmcpAddress", detail=detail("addressHttps"))
    if not host or port == 0 or " " in host:
        raise CVMError("vmcpAddress", detail=detail("addressHost"))
    if "@" in parts.netloc:
        raise CVMError("vmcpAddress", detail=detail("addressUser"))
    if parts.scheme == "http" and not (any_http or host in THIS_COMPUTER or host in legacy_http):
        raise CVMError("vmcpInsecure", url=f"http://{host}")
    return parts


def redirected(url: str, location: str, legacy_http: Collection[str] = (), any_http: bool = False) -> str:
    """Where a redirect from ``url`` leads: never to a less secure scheme.

    Raises ``CVMError`` as ``checked``, and ``vmcpRedirect`` (-6).
    """
    try:
        target = urljoin(url, location)
    except ValueError as error:
        raise CVMError("vmcpRedirect", host=shown_host(url), detail=detail("redirectMalformed")) from error
    if urlsplit(url).scheme == "https" and not target.lower().startswith("https:"):
        raise CVMError("vmcpRedirect", host=shown_host(url), detail=detail("redirectInsecure"))
    checked(target, legacy_http, any_http)
    return target


def with_query(url: str, values: Mapping[str, str]) -> str:
    """``url`` with ``values`` joined to its query; parameters that are there under these names already go, and so does
    the fragment. The rest stays byte for byte: endpoints hand out one-time tags in it.
    """
    parts = urlsplit(url.strip(" "))
    kept = [item for item in parts.query.split("&") if item and item.split("=", 1)[0] not in values]
    return urlunsplit(parts._replace(query="&".join([*kept, urlencode(values)]), fragment=""))


def shown_host(url: str) -> str:
    """Host (and port) of an address that was checked, for messages: its query may hold tags and salts."""
    return urlsplit(url.strip(" ")).netloc[:200]
