"""What the headers of an answer say about parts of a file (RFC 9110, 14)."""

from __future__ import annotations

import re
from typing import Any

_CONTENT_RANGE = re.compile(r"bytes (\d{1,18})-")


def goes_on(response: Any, done: int) -> bool:
    """Whether it begins where the first ``done`` bytes end."""
    part = _CONTENT_RANGE.match(response.headers.get("Content-Range", ""))
    return response.status_code == 206 and part is not None and int(part[1]) == done


def version(response: Any) -> str:
    """What tells the server's present version of the file from others, for ``If-Range`` (RFC 9110, 13.1.5)."""
    tag = str(response.headers.get("ETag", ""))
    if tag and not tag.startswith("W/"):
        return tag
    return str(response.headers.get("Last-Modified", ""))
