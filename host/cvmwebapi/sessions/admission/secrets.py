"""The secret of a session: kept as a scrypt hash with its own salt."""

from __future__ import annotations

import hashlib
import hmac
import os

_SALT = 16
# 16 MB and some 50 ms: bearable for each opening, dear for guessing.
_N, _R, _P = 2**14, 8, 1


def hashed(secret: str) -> bytes:
    """Salt and hash, for the ledger."""
    salt = os.urandom(_SALT)
    return salt + _scrypt(secret, salt)


def matches(secret: str, stored: bytes) -> bool:
    """Whether ``secret`` is the one that was stored; takes the same time either way."""
    return hmac.compare_digest(_scrypt(secret, stored[:_SALT]), stored[_SALT:])


def _scrypt(secret: str, salt: bytes) -> bytes:
    return hashlib.scrypt(secret.encode(), salt=salt, n=_N, r=_R, p=_P)
