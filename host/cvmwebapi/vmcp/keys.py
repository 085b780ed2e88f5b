"""Public keys of websites and keystores: reading, judging, naming them."""

from __future__ import annotations

import base64
import binascii
import hashlib

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa

from cvmwebapi.texts.phrase import Fault

PublicKey = rsa.RSAPublicKey | ed25519.Ed25519PublicKey

MIN_RSA_BITS = 2048
# Checking a signature of a larger key costs time that a hostile list could spend for us.
MAX_RSA_BITS = 16384
_MAX_TEXT = 16384


class BadKey(Fault):
    """Not a key that signatures can be checked with; the message says why, for people."""


def load_public_key(source: str | bytes) -> PublicKey:
    """Read a SubjectPublicKeyInfo: DER (bytes), PEM or base64 of DER (text).

    Raises ``BadKey`` for anything but an RSA key of 2048 bits or more, or an Ed25519 key.
    """
    der = source if isinstance(source, bytes) else _to_der(source)
    try:
        key = serialization.load_der_public_key(der)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise BadKey("notPublicKey") from error
    return checked(key)


def checked(key: object) -> PublicKey:
    """``key`` itself, if it is of a kind and strength that we trust; else ``BadKey``."""
    if isinstance(key, ed25519.Ed25519PublicKey):
        return key
    if not isinstance(key, rsa.RSAPublicKey):
        raise BadKey("keyKind")
    check_bits(key.key_size)
    exponent = key.public_numbers().e
    if exponent < 3 or exponent.bit_length() > 64:
        raise BadKey("rsaExponent")
    return key


def check_bits(bits: int) -> None:
    """Raises ``BadKey`` for RSA keys that are too weak, or so large that to use them takes too long."""
    if not MIN_RSA_BITS <= bits <= MAX_RSA_BITS:
        raise BadKey("rsaBits", bits=bits, low=MIN_RSA_BITS, high=MAX_RSA_BITS)


def to_der(key: PublicKey) -> bytes:
    """The SubjectPublicKeyInfo of ``key``."""
    return key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)


def to_base64(key: PublicKey) -> str:
    """The SubjectPublicKeyInfo as it stands in ``domainkeys.lst``: base64 in one line."""
    return base64.b64encode(to_der(key)).decode("ascii")


def fingerprint(key: PublicKey) -> str:
    """``SHA256:`` and the hex SHA-256 of the SubjectPublicKeyInfo: what people compare."""
    return "SHA256:" + hashlib.sha256(to_der(key)).hexdigest()


def _to_der(text: str) -> bytes:
    if len(text) > _MAX_TEXT:
        raise BadKey("notPublicKey")
    lines = text.strip().splitlines()
    if lines and lines[0].startswith("-----BEGIN"):
        if lines[0] != "-----BEGIN PUBLIC KEY-----" or lines[-1] != "-----END PUBLIC KEY-----":
            raise BadKey("notPublicKey")
        lines = lines[1:-1]
    try:
        return base64.b64decode("".join(line.strip() for line in lines), validate=True)
    except (binascii.Error, ValueError) as error:
        raise BadKey("notBase64") from error
