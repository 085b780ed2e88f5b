"""Lists of websites as users and administrators write them. Pure.

``example.org`` is that host alone, ``*.example.org`` every host below it (not itself), ``*`` all.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable, Sequence
from urllib.parse import urlsplit

from cvmwebapi.texts.phrase import Fault

_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)")


def checked(pattern: str) -> str:
    """The pattern in lower case, its host in ASCII; raises ``ValueError`` with what is wrong with it."""
    text = pattern.strip().lower()
    # A full stop at the end means the same host; "*." means nothing.
    text = text[:-1] if text.endswith(".") and text != "*." else text
    if text == "*" or _is_address(text):
        return text
    host = text[2:] if text.startswith("*.") else text
    try:
        # The codec refuses empty and over-long labels too.
        ascii_host = host.encode("idna").decode("ascii")
    except UnicodeError:
        ascii_host = ""
    if not ascii_host or not all(_LABEL.fullmatch(label) for label in ascii_host.split(".")):
        raise Fault("notDomain", text=repr(pattern[:80]))
    return text[: len(text) - len(host)] + ascii_host


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def checked_origin(origin: str) -> str:
    """An origin such as ``https://example.org``; raises ``ValueError``."""
    parts = urlsplit(origin.strip())
    if parts.scheme not in ("https", "http") or not parts.netloc or parts.path.strip("/") or parts.query:
        raise Fault("notOrigin", text=repr(origin[:80]))
    if "@" in parts.netloc or "*" in parts.netloc:
        raise Fault("notOrigin", text=repr(origin[:80]))
    # In lower case, as the scheme.
    name = parts.hostname or ""
    host = f"[{name}]" if ":" in name else checked(name)
    # Browsers leave the usual port out of an origin.
    usual = parts.port in (None, 443 if parts.scheme == "https" else 80)
    return f"{parts.scheme}://{host}" + ("" if usual else f":{parts.port}")


def matches(domain: str, pattern: str) -> bool:
    """Whether ``domain`` (in lower case) is meant by a checked pattern."""
    if pattern.startswith("*."):
        return domain.endswith(pattern[1:]) and len(domain) >= len(pattern)
    return pattern in ("*", domain)


def listed(domain: str, patterns: Iterable[str]) -> bool:
    """Whether any of the patterns means ``domain``."""
    return any(matches(domain, pattern) for pattern in patterns)


def common(one: Sequence[str], other: Sequence[str]) -> tuple[str, ...]:
    """Patterns that mean exactly the domains which both lists mean."""
    # Of two patterns that overlap, the one lies within the other.
    both = [a if _within(a, b) else b for a in one for b in other if _within(a, b) or _within(b, a)]
    return tuple(dict.fromkeys(both))


def _within(inner: str, outer: str) -> bool:
    if inner == outer or outer == "*":
        return True
    if not outer.startswith("*."):
        return False
    return inner.endswith(outer[1:]) and inner != outer[2:]
