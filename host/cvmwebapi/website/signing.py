"""Signing, the counterpart of ``cvmwebapi.vmcp.signature``."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from cvmwebapi.vmcp.canonical import SIGNATURE_KEY, signed_text
from cvmwebapi.vmcp.signature import ALGORITHM_KEY, RSA_PKCS1, RSA_PSS, algorithms, pss_padding
from cvmwebapi.website.keys import PrivateKey


def sign(parameters: Mapping[str, Any], salt: str, key: PrivateKey, algorithm: str | None = None) -> dict[str, object]:
    """The parameters with their ``signature``: what the endpoint sends, as JSON.

    ``salt`` is the ``cvm_salt`` of the request. Booleans become 1 and 0, an old signature is replaced. ``algorithm`` is
    needed only for ``rsa-pss-sha512``; an algorithm other than the key's first is named in the answer and signed over.

    Raises ``Unsignable`` (a ``ValueError``) for values, keys or salts that the protocol can't sign, ``ValueError``
    for an algorithm that is not one of the key's.
    """
    allowed = algorithms(key.public_key())
    named = [name for name in parameters if name.lower() == ALGORITHM_KEY.lower()]
    algorithm = algorithm or (str(parameters[named[0]]) if named else allowed[0])
    if algorithm not in allowed:
        raise ValueError(f"this key signs with {' or '.join(allowed)}")
    dropped = {SIGNATURE_KEY, ALGORITHM_KEY.lower()}
    answer = {
        name: int(value) if isinstance(value, bool) else value
        for name, value in parameters.items()
        if name.lower() not in dropped
    }
    if algorithm != RSA_PKCS1:
        answer[ALGORITHM_KEY] = algorithm
    answer[SIGNATURE_KEY] = base64.b64encode(raw_signature(signed_text(answer, salt), key, algorithm)).decode("ascii")
    return answer


def raw_signature(text: bytes, key: PrivateKey, algorithm: str) -> bytes:
    """The signature of ``text`` itself; ``algorithm`` must be one of the key's."""
    if not isinstance(key, rsa.RSAPrivateKey):
        return key.sign(text)
    chosen = pss_padding() if algorithm == RSA_PSS else padding.PKCS1v15()
    return key.sign(text, chosen, hashes.SHA512())
