"""The secret of a session, as the ledger keeps it."""

from __future__ import annotations

import hashlib

from cvmwebapi.sessions.admission import secrets


def test_secrets_are_salted() -> None:
    first, second = secrets.hashed("s"), secrets.hashed("s")
    assert first != second and secrets.matches("s", first) and not secrets.matches("t", first)


def test_a_secret_is_kept_as_its_scrypt_hash_after_the_salt() -> None:
    stored = secrets.hashed("sé")
    salt, made = stored[:16], stored[16:]
    assert made == hashlib.scrypt("sé".encode(), salt=salt, n=16384, r=8, p=1) and len(stored) == 16 + 64


def test_what_is_no_stored_secret_matches_none() -> None:
    stored = secrets.hashed("s")
    for spoilt in (b"", stored[:16], stored[:-1], stored + b"x", b"x" + stored):
        assert not secrets.matches("s", spoilt)
