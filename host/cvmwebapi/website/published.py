"""The document by which a site publishes its key itself (see ``cvmwebapi.vmcp.published_document``)."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping

from cvmwebapi.vmcp import keys
from cvmwebapi.vmcp.published_document import BadDocument, statement_text
from cvmwebapi.vmcp.signature import algorithms
from cvmwebapi.website.keys import PrivateKey
from cvmwebapi.website.signing import raw_signature


def published_key(
    key: PrivateKey,
    contact: str,
    *,
    algorithm: str | None = None,
    next_key: PrivateKey | None = None,
    rotation: Iterable[Mapping[str, str]] = (),
) -> dict[str, object]:
    """The content of ``https://<domain>/.well-known/cernvm-webapi.json``, to be written as JSON.

    ``contact`` is a mail address or URL. ``next_key`` is announced; hosts take it without further ado once ``rotation``
    holds a statement of ``key`` for it. ``rotation`` holds the statements of all changes so far.

    Raises ``ValueError`` for an algorithm that is not one of the key's.
    """
    allowed = algorithms(key.public_key())
    if algorithm is not None and algorithm not in allowed:
        raise BadDocument("algorithm", allowed=", ".join(allowed))
    document: dict[str, object] = {
        "key": keys.to_base64(key.public_key()),
        "algorithm": algorithm or allowed[0],
        "contact": contact,
    }
    if next_key is not None:
        document["next"] = keys.to_base64(next_key.public_key())
    statements = [dict(item) for item in rotation]
    if statements:
        document["rotation"] = statements
    return document


def rotation_statement(domain: str, old_key: PrivateKey, new_key: PrivateKey) -> dict[str, str]:
    """The old key of ``domain`` vouches for the new one; ``domain`` is the host name of the pages, in lower case."""
    old, new = old_key.public_key(), new_key.public_key()
    made = raw_signature(statement_text(domain, old, new), old_key, algorithms(old)[0])
    return {
        "old": keys.to_base64(old),
        "new": keys.to_base64(new),
        "signature": base64.b64encode(made).decode("ascii"),
    }
