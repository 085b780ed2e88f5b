"""How large a file is, by its server's word: nothing of it is fetched."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection

from cvmwebapi.errors import CVMError
from cvmwebapi.net.cutting import cut_when


def told(
    url: str,
    seconds: float,
    cancelled: Callable[[], bool],
    legacy_http: Collection[str] = (),
    any_http: bool = False,
) -> int | None:
    """Bytes; ``None`` when the server does not say so within ``seconds``. For the rules see ``addresses.checked``."""
    import requests
    from urllib3.exceptions import HTTPError

    from cvmwebapi.net.connections import Guard
    from cvmwebapi.net.web import Web

    guard, deadline = Guard(), time.monotonic() + seconds
    watched = cut_when(lambda: cancelled() or time.monotonic() > deadline, guard)
    try:
        identity = {"Accept-Encoding": "identity"}
        with watched, Web(guard, legacy_http, any_http) as web, web.get(url, seconds, identity, "HEAD") as response:
            length = str(response.headers.get("Content-Length", ""))
            return int(length) if response.status_code == 200 and length.isdigit() and len(length) < 16 else None
    except (CVMError, requests.RequestException, HTTPError):
        return None
    finally:
        guard.release()
