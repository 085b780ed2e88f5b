"""Is this answer signed with this key?

Which algorithms are open is decided by the kind of key, and which of them was used is part of the signed text
(``signatureAlgorithm``). So nobody on the way can choose a weaker one: to add, drop or change the name breaks the
signature, and a name that does not belong to the key is refused before anything is computed.

==========  =======================================================  ====================
key         without ``signatureAlgorithm``                           may also be named
==========  =======================================================  ====================
RSA         ``rsa-sha512`` (PKCS#1 v1.5, the one that docs/vmcp.md has)   ``rsa-pss-sha512``
Ed25519     ``ed25519``                                              none
==========  =======================================================  ====================
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from cvmwebapi.errors import CVMError
from cvmwebapi.texts.phrase import why
from cvmwebapi.vmcp import canonical
from cvmwebapi.vmcp.keys import PublicKey

ALGORITHM_KEY = "signatureAlgorithm"
RSA_PKCS1 = "rsa-sha512"
RSA_PSS = "rsa-pss-sha512"
ED25519 = "ed25519"

_MAX_SIGNATURE_TEXT = 8192


def algorithms(key: PublicKey) -> tuple[str, ...]:
    """What ``key`` may sign with; the first is meant when an answer names none."""
    return (RSA_PKCS1, RSA_PSS) if isinstance(key, rsa.RSAPublicKey) else (ED25519,)


def pss_padding() -> padding.PSS:
    """RSA-PSS as host and websites agree on it: SHA-512 throughout, a salt as long as the digest."""
    return padding.PSS(mgf=padding.MGF1(hashes.SHA512()), salt_length=hashes.SHA512.digest_size)


def verify(parameters: Mapping[str, Any], salt: str, key: PublicKey, domain: str, only: str = "") -> dict[str, str]:
    """Check the signature of an answer; returns its signed fields (see ``canonical.signed_fields``).

    With ``only``, no other algorithm of the key will do, and it is meant when the answer names none.
    Raises ``CVMError``: ``vmcpAmbiguous``, ``signatureAlgorithm``, ``signatureWrong`` (all -12).
    """
    try:
        fields = canonical.signed_fields(parameters)
        text = canonical.signed_text(parameters, salt)
    except canonical.Unsignable as error:
        raise CVMError("vmcpAmbiguous", domain=domain, detail=why(error)) from error
    allowed = (only,) if only else algorithms(key)
    algorithm = fields.get(ALGORITHM_KEY.lower(), allowed[0])
    if algorithm not in allowed:
        raise CVMError("signatureAlgorithm", domain=domain, allowed=", ".join(allowed))
    if not matches(text, _signature_bytes(parameters), key, algorithm):
        raise CVMError("signatureWrong", domain=domain)
    return fields


def matches(text: bytes, signature: bytes, key: PublicKey, algorithm: str) -> bool:
    """Whether ``signature`` is that of ``text``, by ``key`` with exactly this algorithm."""
    if algorithm not in algorithms(key):
        return False
    try:
        if not isinstance(key, rsa.RSAPublicKey):
            key.verify(signature, text)
        elif algorithm == RSA_PSS:
            key.verify(signature, text, pss_padding(), hashes.SHA512())
        else:
            key.verify(signature, text, padding.PKCS1v15(), hashes.SHA512())
    except (InvalidSignature, ValueError):
        return False
    return True


def _signature_bytes(parameters: Mapping[str, Any]) -> bytes:
    """The decoded signature, or nothing, which no key accepts."""
    for key, value in parameters.items():
        if key.lower() == canonical.SIGNATURE_KEY and isinstance(value, str) and len(value) <= _MAX_SIGNATURE_TEXT:
            try:
                # Some signers break the lines of their base64.
                return base64.b64decode("".join(value.split()), validate=True)
            except (binascii.Error, ValueError):
                return b""
    return b""
