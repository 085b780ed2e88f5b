"""Private keys of websites and keystores: make, read, write, publish."""

from __future__ import annotations

import os
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa

from cvmwebapi.vmcp.keys import BadKey, check_bits, checked, to_base64

PrivateKey = rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey


def generate_key(kind: str = "rsa", bits: int = 3072) -> PrivateKey:
    """A new key: ``rsa`` (every host in the field knows it) or ``ed25519`` (hosts from version 3 on).

    Raises ``ValueError`` for other kinds, and ``BadKey`` (a ``ValueError``) for RSA keys that hosts refuse.
    """
    if kind == "ed25519":
        return ed25519.Ed25519PrivateKey.generate()
    if kind != "rsa":
        raise ValueError("the kind of a key is rsa or ed25519")
    check_bits(bits)
    return rsa.generate_private_key(public_exponent=65537, key_size=bits)


def load_key(source: str | os.PathLike[str] | bytes, password: bytes | None = None) -> PrivateKey:
    """Read a private key from PEM bytes, or from the PEM file with the path ``source``.

    Raises ``OSError`` when the file can't be read, ``BadKey`` when it holds no key that hosts accept.
    """
    pem = source if isinstance(source, bytes) else Path(source).read_bytes()
    try:
        key = serialization.load_pem_private_key(pem, password)
    except (ValueError, TypeError) as error:
        raise BadKey("notPrivateKey", words=str(error)) from error
    if not isinstance(key, (rsa.RSAPrivateKey, ed25519.Ed25519PrivateKey)):
        raise BadKey("keyKind")
    checked(key.public_key())
    return key


def private_pem(key: PrivateKey, password: bytes | None = None) -> bytes:
    """``key`` as PKCS#8 PEM. Keep the file readable by the web server alone."""
    encryption: serialization.KeySerializationEncryption = (
        serialization.BestAvailableEncryption(password) if password else serialization.NoEncryption()
    )
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, encryption)


def public_pem(key: PrivateKey) -> bytes:
    """The public half as PEM: what a website hands to the maintainer of a keystore."""
    return key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)


def keystore_line(domain: str, key: PrivateKey) -> str:
    """The line of ``domainkeys.lst`` that lists ``key`` for ``domain``, without line feed."""
    return f"{domain}={to_base64(key.public_key())}"
