"""JSON from strangers: one reading or none."""

from __future__ import annotations

import json
from typing import Any

from cvmwebapi.texts.phrase import Fault

MAX_DEPTH = 16
# Longest integer anybody sends in earnest; to convert longer ones takes quadratic time.
_MAX_DIGITS = 20


class BadJson(Fault):
    """Not one JSON object with one meaning; the message says why."""


def parse_object(data: bytes) -> dict[str, object]:
    """Decode one JSON object from UTF-8 bytes (a byte order mark is allowed).

    Raises ``BadJson``, also for duplicate keys, NaN and Infinity, integers of more than 20 digits, and nesting of more
    than 16 levels. The caller bounds the size.
    """
    try:
        value = json.loads(
            data.decode("utf-8-sig"),
            object_pairs_hook=_unique,
            parse_constant=_no_constant,
            parse_int=_bounded_int,
        )
    except UnicodeDecodeError as error:
        raise BadJson("notUtf8") from error
    except RecursionError as error:
        raise BadJson("tooDeep", limit=MAX_DEPTH) from error
    except json.JSONDecodeError as error:
        raise BadJson("notJson", words=str(error)) from error
    if not isinstance(value, dict):
        raise BadJson("notObject")
    _check_depth(value)
    return value


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, object]:
    result = dict(pairs)
    if len(result) != len(pairs):
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen:
                raise BadJson("keyTwice", key=f"“{ascii(key[:40])[1:-1]}”")
            seen.add(key)
    return result


def _no_constant(name: str) -> Any:
    raise BadJson("notNumber", value=name)


def _bounded_int(digits: str) -> int:
    if len(digits) > _MAX_DIGITS:
        raise BadJson("digits", digits=len(digits))
    return int(digits)


def _check_depth(value: Any) -> None:
    level = [value]
    for _ in range(MAX_DEPTH):
        level = [
            child
            for item in level
            for child in (item.values() if isinstance(item, dict) else item)
            if isinstance(child, (dict, list))
        ]
        if not level:
            return
    raise BadJson("tooDeep", limit=MAX_DEPTH)
