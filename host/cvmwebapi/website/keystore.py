"""Writing the signed list of domains (docs/vmcp.md, "the domain keystore"), for those who run a keystore."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping

from cryptography.hazmat.primitives.asymmetric import rsa

from cvmwebapi.vmcp import list_age, list_names
from cvmwebapi.vmcp.signature import RSA_PKCS1
from cvmwebapi.website.keys import PrivateKey
from cvmwebapi.website.signing import raw_signature


def keystore_list(
    lines: Iterable[str], serial: int | None = None, *, signed: float | None = None, expires: float | None = None
) -> bytes:
    """The content of ``domainkeys.lst`` from lines of ``keystore_line``.

    With a ``serial``, which has to grow from list to list, hosts refuse older ones than they have seen. ``signed`` and
    ``expires`` (seconds since 1970): from then on it counts, and until then; without the latter, for 30 days.
    """
    head = [] if serial is None else [f"#serial {serial}"]
    head += [] if signed is None else [f"#signed {list_age.text_of(signed)}"]
    head += [] if expires is None else [f"#expires {list_age.text_of(expires)}"]
    return "".join(f"{line}\n" for line in [*head, *lines]).encode("ascii")


def snapshot(lists: Mapping[str, bytes], signed: float, expires: float | None = None) -> bytes:
    """The content of ``snapshot.lst`` over the lists of a keystore, by their names. Sign it as the keystore's list."""
    lines = [f"{name}={hashlib.sha256(content).hexdigest()}" for name, content in sorted(lists.items())]
    return keystore_list([list_names.head(list_names.SNAPSHOT), *lines], int(signed), signed=signed, expires=expires)


def sign_keystore(content: bytes, root_key: PrivateKey) -> bytes:
    """The content of ``domainkeys.sig``.

    Raises ``ValueError`` for a root key that is not RSA, which no host expects.
    """
    if not isinstance(root_key, rsa.RSAPrivateKey):
        raise ValueError("the root key of a keystore is an RSA key")
    return raw_signature(content, root_key, RSA_PKCS1)
