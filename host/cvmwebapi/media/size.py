"""How large a file is, by its server's word: nothing of it is fetched."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from cvmwebapi.errors import CVMError
from cvmwebapi.net.spaces import Space
from cvmwebapi.tasks import Task

if TYPE_CHECKING:
    from cvmwebapi.net.web import Web


def told(
    url: str,
    seconds: float,
    task: Task,
    legacy_http: Collection[str] = (),
    any_http: bool = False,
    nearest: Space = Space.COMPUTER,
) -> int | None:
    """Bytes; ``None`` when the server does not say so within ``seconds``. For the rules see ``addresses.checked``, for
    ``nearest`` ``names.page_space``.
    """
    import requests
    from urllib3.exceptions import HTTPError

    from cvmwebapi.net.connections import Guard
    from cvmwebapi.net.web import Web

    guard = Guard(nearest)
    try:
        with task.within(seconds) as brief, brief.on_cancel(guard.cut), Web(guard, legacy_http, any_http) as web:
            return _length(web, url, seconds)
    except (CVMError, requests.RequestException, HTTPError):
        return None
    finally:
        guard.release()


def _length(web: Web, url: str, seconds: float) -> int | None:
    with web.get(url, seconds, {"Accept-Encoding": "identity"}, "HEAD") as response:
        length = str(response.headers.get("Content-Length", ""))
        return int(length) if response.status_code == 200 and length.isdigit() and len(length) < 16 else None
