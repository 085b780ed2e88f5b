"""Writing the signed list of domains (docs/vmcp.md, "the domain keystore"), for those who run a keystore."""

from __future__ import annotations

from collections.abc import Iterable

from cryptography.hazmat.primitives.asymmetric import rsa

from cvmwebapi.vmcp.signature import RSA_PKCS1
from cvmwebapi.website.keys import PrivateKey
from cvmwebapi.website.signing import raw_signature


def keystore_list(lines: Iterable[str], serial: int | None = None) -> bytes:
    """The content of ``domainkeys.lst`` from lines of ``keystore_line``.

    With a ``serial``, which has to grow from list to list, hosts refuse older ones than they have seen.
    """
    head = [] if serial is None else [f"#serial {serial}"]
    return "".join(f"{line}\n" for line in [*head, *lines]).encode("ascii")


def sign_keystore(content: bytes, root_key: PrivateKey) -> bytes:
    """The content of ``domainkeys.sig``.

    Raises ``ValueError`` for a root key that is not RSA, which no host expects.
    """
    if not isinstance(root_key, rsa.RSAPrivateKey):
        raise ValueError("the root key of a keystore is an RSA key")
    return raw_signature(content, root_key, RSA_PKCS1)
