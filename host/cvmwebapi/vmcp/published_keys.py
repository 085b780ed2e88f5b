"""Sites without central listing: the key that a site publishes itself, pinned at first use.

At first use the site's https server is believed. From then on only the pinned key, or one that it has vouched for, is:
who takes over the web server alone gets no further than an error.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from urllib.parse import urlsplit

from cvmwebapi.errors import CVMError
from cvmwebapi.net import addresses, document
from cvmwebapi.net.spaces import Space
from cvmwebapi.tasks import Task
from cvmwebapi.texts.phrase import why
from cvmwebapi.vmcp import keys, published_document
from cvmwebapi.vmcp.keystore import STALE_SECONDS, Trust
from cvmwebapi.vmcp.pinned_keys import Pin, PinnedKeys
from cvmwebapi.vmcp.published_document import Document

MAX_DOCUMENT = 256 * 1024
MAX_SECONDS = 10.0
"""Shorter than for an endpoint: most unlisted sites have nothing there, and some don't answer at all."""

_DAY = 86_400
_GONE = (404, 410)


def address(domain: str, origin: str = "") -> str:
    """Where ``domain`` publishes its key.

    Always https on its usual port, whatever port the page came from: the key is the whole domain's. On this computer,
    for development, it is where the page with this ``origin`` came from, over plain http too.
    """
    if domain in addresses.THIS_COMPUTER:
        parts = urlsplit(origin)
        if parts.hostname == domain and parts.scheme in ("http", "https"):
            return f"{parts.scheme}://{parts.netloc}{published_document.PATH}"
    host = f"[{domain}]" if ":" in domain else domain
    scheme = "http" if domain in addresses.THIS_COMPUTER else "https"
    return f"{scheme}://{host}{published_document.PATH}"


def lookup(
    domain: str,
    origin: str = "",
    *,
    pins: PinnedKeys | None = None,
    nearest: Space = Space.INTERNET,
    clock: Callable[[], float] = time.time,
    task: Task | None = None,
) -> Trust | None:
    """The key that ``domain`` publishes, or ``None`` when it publishes none.

    No redirect is followed: many sites have one that leads wherever a link says. For ``nearest`` see
    ``names.page_space``.

    While the site's web server is down, the pinned key counts for 30 days (``Trust.stale``). Raises ``CVMError``:
    ``publishedKeyInvalid``, ``keyChanged``, ``pinnedKeyBroken`` (all -12), ``cancelled``.
    """
    pins, task = pins or PinnedKeys(), task or Task()
    url = address(domain, origin)
    try:
        body = document.get(url, limit=MAX_DOCUMENT, seconds=MAX_SECONDS, nearest=nearest, redirects=0, task=task)
    except CVMError as error:
        task.check()
        withdrawn = error.name == "vmcpStatus" and error.params["status"] in _GONE
        return None if withdrawn else _from_pin(pins.get(domain), url, clock())
    if body.lstrip()[:1] in (b"", b"<"):
        # Many sites answer every address with a page.
        return None
    try:
        published = published_document.parse(body)
    except published_document.BadDocument as error:
        raise CVMError("publishedKeyInvalid", domain=domain, url=url, detail=why(error)) from error
    try:
        with pins.locked(task):
            _pin(pins, domain, published, clock())
    except OSError as error:
        # Not remembered is not trusted: else each use would be the first one.
        raise CVMError("pinnedKeyUnwritable", domain=domain, detail=why(error)) from error
    return Trust(domain, published.key, url, kind="published", algorithm=published.algorithm)


def _from_pin(pin: Pin | None, url: str, now: float) -> Trust | None:
    # A clock that was set back says nothing about the age.
    if pin is None or not 0 <= now - pin.last_seen <= STALE_SECONDS:
        return None
    return Trust(pin.domain, pin.key, url, stale=True, kind="published", algorithm=pin.algorithm)


def _pin(pins: PinnedKeys, domain: str, document: Document, now: float) -> None:
    """Pin the document's key, or raise ``CVMError("keyChanged")``."""
    pin = pins.get(domain)
    announced = document.next
    if announced and not document.vouched(domain, document.key, announced):
        announced = None
    wanted = Pin(domain, document.key, document.algorithm, document.contact, now, now, announced)
    if pin is not None:
        if not _may_follow(pin, document):
            old, new = keys.fingerprint(pin.key), keys.fingerprint(document.key)
            raise CVMError("keyChanged", domain=domain, old=old, new=new)
        wanted = replace(wanted, first_seen=pin.first_seen)
        if replace(wanted, last_seen=pin.last_seen) == pin and 0 <= now - pin.last_seen < _DAY:
            return
    pins.put(wanted)


def _may_follow(pin: Pin, document: Document) -> bool:
    # Each key vouches for itself.
    known = [pin.key, *([pin.next] if pin.next else [])]
    return any(document.vouched(pin.domain, key, document.key) for key in known)
