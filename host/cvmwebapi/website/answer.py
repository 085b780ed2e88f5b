"""A VMCP endpoint without a framework: from the query of the request to the response."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from cvmwebapi.vmcp.canonical import Unsignable, check_salt
from cvmwebapi.website.keys import PrivateKey, private_pem
from cvmwebapi.website.signing import sign

Query = Mapping[str, str | Sequence[str]]


class Response(NamedTuple):
    """What to send: plain enough for any framework."""

    status: int
    headers: dict[str, str]
    body: bytes


def answer(parameters: Mapping[str, Any], query: Query, key: PrivateKey, algorithm: str | None = None) -> Response:
    """Sign ``parameters`` for the request with this ``query``.

    ``query`` maps names to a value or to a list of values (as ``urllib.parse.parse_qs`` gives them). Status 400 when
    the request has no usable ``cvm_salt``: then it did not come from a CernVM WebAPI host. Raises ``ValueError`` when
    it is the parameters that can't be signed: a fault of the website, to be seen in its log.
    """
    salt = _single(query, "cvm_salt")
    try:
        check_salt(salt)
    except Unsignable:
        return _response(400, {"error": "This address is for CernVM WebAPI: the query needs a cvm_salt."})
    return _response(200, sign(parameters, salt, key, algorithm))


def computer_secret(query: Query, key: PrivateKey, purpose: str = "") -> str:
    """The ``secret`` of the computer that this request came from: 64 hex digits, always the same for it.

    For websites without accounts: nothing has to be stored, and only the owner of ``key`` can compute it. A website
    with accounts keeps a random secret for each user instead. ``purpose`` tells several machines of a site apart.
    A new ``key`` makes new secrets, and hosts then refuse to open the machines that were made under the old ones.
    """
    text = f"{purpose}|{_single(query, 'cvm_hostid')}"
    return hmac.new(private_pem(key), text.encode(), hashlib.sha256).hexdigest()


def _single(query: Query, name: str) -> str:
    value = query.get(name, "")
    return value if isinstance(value, str) else (value[-1] if value else "")


def _response(status: int, content: Mapping[str, Any]) -> Response:
    # Signed for one salt: of no use to anybody else, and it may hold the secret.
    headers = {"Content-Type": "application/json", "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
    return Response(status, headers, json.dumps(content).encode("ascii"))
