"""How old a signed list is, by what its signature covers. Pure.

A list may say when it was signed and when it expires, in lines that readers who don't know them pass over::

    #signed 2026-11-26T10:00:00Z
    #expires 2027-01-25T10:00:00Z

Its number (``#serial``) counts as the time of signing if it can be one, as the numbers of our own command can. The age
of a list without any date counts from when this computer first saw it, however often it is fetched anew.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timezone
from enum import Enum

STALE_SECONDS = 7 * 86_400
"""Age from which a list that does not say when it expires is worth a warning."""
OVER_SECONDS = 30 * 86_400
"""Age from which it is not believed any more."""

_LINE = re.compile(rb"^#(signed|expires) ([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z)\s*$", re.MULTILINE)
_FORMAT = "%Y-%m-%dT%H:%M:%SZ"
# 2020 to 2100: whoever counts lists from 1 gets nowhere near.
_TIMES = range(1_577_836_800, 4_102_444_800)


class Age(Enum):
    """Whether a list still counts."""

    FRESH = "fresh"
    STALE = "stale"
    OVER = "over"


@dataclass(frozen=True)
class Dates:
    """Seconds since 1970; ``None`` where the list does not say."""

    signed: float | None = None
    expires: float | None = None


def dates_of(content: bytes, serial: int) -> Dates:
    """What a list in lines says. Of several dates the earliest counts."""
    found: dict[bytes, list[float]] = {b"signed": [], b"expires": []}
    for name, text in _LINE.findall(content):
        date = seconds_of(text.decode("ascii"))
        if date is not None:
            found[name].append(date)
    return dated(min(found[b"signed"], default=None), min(found[b"expires"], default=None), serial)


def dated(signed: float | None, expires: float | None, serial: int) -> Dates:
    """With the number for the time of signing, if nothing else says so."""
    return Dates(serial if signed is None and serial in _TIMES else signed, expires)


def judge(dates: Dates, since: float, now: float) -> Age:
    """``since``: when this computer first saw the list. A date to come is no age: clocks differ."""
    if dates.expires is not None:
        return Age.FRESH if now < dates.expires else Age.OVER
    age = now - (since if dates.signed is None else dates.signed)
    return Age.FRESH if age <= STALE_SECONDS else Age.STALE if age <= OVER_SECONDS else Age.OVER


def seconds_of(text: str) -> float | None:
    """Of a date as in the lines above; ``None`` for anything else."""
    try:
        return datetime.strptime(text, _FORMAT).replace(tzinfo=timezone.utc).timestamp()
    except ValueError:
        return None


def text_of(seconds: float) -> str:
    """A date as lists have it."""
    return datetime.fromtimestamp(seconds, timezone.utc).strftime(_FORMAT)
