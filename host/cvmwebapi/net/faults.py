"""Why a connection failed, in words for people instead of the libraries' nested exceptions."""

from __future__ import annotations

import http.client
import socket
import ssl
from collections.abc import Iterator

import urllib3.exceptions

from cvmwebapi.texts.phrase import Phrase, Value, detail


def connection_fault(error: BaseException) -> Phrase:
    """Why a server could not be reached."""
    chain = list(_chain(error))
    if _any(chain, socket.gaierror, urllib3.exceptions.NameResolutionError, UnicodeError):
        return detail("nameUnknown")
    if _any(chain, ConnectionRefusedError):
        return detail("nothingAnswers")
    if _any(chain, urllib3.exceptions.ProxyError):
        return detail("proxyDead")
    if _any(chain, urllib3.exceptions.ConnectTimeoutError, TimeoutError):
        return detail("noAnswer")
    if _any(chain, urllib3.exceptions.IncompleteRead, ConnectionError, http.client.HTTPException):
        return detail("brokeOff")
    return detail("connectionFailed")


def certificate_fault(error: BaseException) -> Value:
    """What is wrong with a certificate, in the words of the TLS library."""
    for item in _chain(error):
        if isinstance(item, ssl.SSLCertVerificationError) and item.verify_message:
            return str(item.verify_message)
    return detail("certificate")


def _any(chain: list[BaseException], *kinds: type[BaseException]) -> bool:
    return any(isinstance(item, kinds) for item in chain)


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The error and all that it holds: as cause, as argument, as ``reason``."""
    pending: list[BaseException] = [error]
    seen: set[int] = set()
    while pending and len(seen) < 50:
        item = pending.pop(0)
        if id(item) in seen:
            continue
        seen.add(id(item))
        yield item
        inner = [*item.args, getattr(item, "reason", None), item.__cause__, item.__context__]
        pending += [found for found in inner if isinstance(found, BaseException)]
