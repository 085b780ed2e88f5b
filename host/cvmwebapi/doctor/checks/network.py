"""The way to the keystores: clock, proxy, names, servers, and whether their lists are genuine."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

from cvmwebapi.config.settings import Keystore
from cvmwebapi.doctor.check import Advice, Check
from cvmwebapi.doctor.finding import Finding
from cvmwebapi.doctor.surroundings import Surroundings
from cvmwebapi.errors import CVMError
from cvmwebapi.system import paths
from cvmwebapi.texts.phrase import Value, why

_SECONDS = 6.0
CLOCK_TOLERANCE = 300
"""Seconds: certificates and lists are dated to the minute at best."""
_PROXIES = ("http_proxy", "https_proxy", "all_proxy")


def look(around: Surroundings) -> Iterator[Finding]:
    """From the nearest to the farthest; what is farther is not asked when a nearer one is the cause."""
    from cvmwebapi.vmcp.root_key import CERN

    proxies = list(_proxies(around))
    yield from proxies
    if any(found.advice != "proxyFine" for found in proxies):
        return
    for number, item in enumerate(around.settings.keystores or (CERN,)):
        yield from _keystore(around, item, number)


def _proxies(around: Surroundings) -> Iterator[Finding]:
    found: dict[str, str] = {}
    for name, value in around.environment.items():
        if name.lower() in _PROXIES and value:
            found.setdefault(value, name)
    for value, name in found.items():
        yield judge_proxy(name, value, *_proxy_fault(value))


def _proxy_fault(value: str) -> tuple[bool, Value]:
    """Whether the address can be read at all, and why nothing answers there."""
    try:
        parts = urlsplit(value if "://" in value else f"http://{value}")
        host, port = parts.hostname, parts.port or 80
    except ValueError:
        return False, ""
    if not host:
        return False, ""
    try:
        socket.create_connection((host, port), timeout=_SECONDS / 2).close()
    except OSError as error:
        return True, why(error)
    return True, ""


def judge_proxy(name: str, value: str, readable: bool, fault: Value) -> Finding:
    """``value`` may hold a password, which is not shown. Pure."""
    shown = value.rsplit("@", 1)[-1]
    if not readable:
        return Finding("proxyMalformed", {"name": name, "value": shown}, part="proxy")
    if fault:
        return Finding("proxyDead", {"name": name, "value": shown, "detail": fault}, part="proxy")
    return Finding("proxyFine", {"value": shown}, part="proxy")


def _keystore(around: Surroundings, item: Keystore, number: int) -> Iterator[Finding]:
    host = urlsplit(item.url).hostname or ""
    part = f"keystore-{number + 1}"
    try:
        socket.getaddrinfo(host, None)
    except OSError as error:
        yield Finding("nameUnknown", {"host": host, "detail": why(error)}, part=part)
        return
    drift = clock_drift(item.url)
    if drift is not None:
        yield judge_clock(drift)
    yield _list(around, item, part)


def _list(around: Surroundings, item: Keystore, part: str) -> Finding:
    from cvmwebapi.vmcp.keystore import Keystore as SignedList

    try:
        trust = SignedList(item.url, item.root_key, paths.keystores_folder(around.cache)).find("doctor.invalid")
        assert trust is None
    except CVMError as error:
        advice = error.name if error.name in ("keystoreUnreachable", "keystoreInvalid") else "keystoreUnreachable"
        return Finding(advice, {"url": item.url, "detail": error.params.get("detail", error.phrase)}, part=part)
    return Finding("keystoreFine", {"url": item.url}, part=part)


def clock_drift(url: str) -> float | None:
    """Seconds that this computer's clock is ahead of the server's; ``None`` when that tells no time."""
    import requests

    try:
        with requests.Session() as session:
            session.trust_env = False
            answer = session.head(url, timeout=_SECONDS / 2, allow_redirects=False)
        return time.time() - parsedate_to_datetime(answer.headers["Date"]).timestamp()
    except (requests.RequestException, KeyError, TypeError, ValueError, UnicodeError):
        return None


def judge_clock(drift: float) -> Finding:
    """Pure."""
    minutes = round(abs(drift) / 60)
    if abs(drift) <= CLOCK_TOLERANCE:
        return Finding("clockFine", part="clock")
    return Finding("clockAhead" if drift > 0 else "clockBehind", {"minutes": minutes}, part="clock")


CHECK = Check(
    __name__,
    look=look,
    advice={
        "proxyFine": Advice("ok"),
        "proxyMalformed": Advice("problem"),
        "proxyDead": Advice("problem", waited_for=True),
        "nameUnknown": Advice("problem", waited_for=True),
        "keystoreFine": Advice("ok"),
        "keystoreUnreachable": Advice("problem", waited_for=True),
        "keystoreInvalid": Advice("problem", waited_for=True),
        "clockFine": Advice("ok"),
        "clockAhead": Advice("problem", waited_for=True),
        "clockBehind": Advice("problem", waited_for=True),
    },
    explains=(
        "installersUnreachable",
        "downloadFailed",
        "keystoreUnreachable",
        "keystoreInvalid",
        "vmcpUnreachable",
        "vmcpCertificate",
        "vmcpTooSlow",
    ),
)
