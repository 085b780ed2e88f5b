"""The text that a VMCP signature is made over, built the same way by host and website. Pure.

One line a key: the key in lower case, ``=``, the value percent-encoded, a line feed; the keys sorted by byte value as
they are written; the salt after the last line feed. What a JSON value counts as:

=====================  ==========================================================================================
value                  in the signed text
=====================  ==========================================================================================
string                 its UTF-8 bytes, percent-encoded; the empty string is an empty value
integer                decimal; only up to ±(2**53 - 1), beyond which JSON readers disagree (send a string instead)
``true``, ``false``    ``1``, ``0``
float                  refused: 1.0, 1 and 1e0 are one number and three texts
``null``               refused: absent, empty and "null" are three readings
list, object           refused: there is no agreed text
=====================  ==========================================================================================

Keys that mean something have to be in the order of their lower-case forms, too. Nobody writes them otherwise, and a
signer that takes any salt can be made to sign lines of a stranger's behind its own: to have them read, the stranger
would write the genuine keys in capitals, which come first.

The text can't tell ``1``, ``"1"`` and ``true`` apart, nor ``userData`` from ``USERDATA``. So that nobody on the way can
change a meaning without breaking the signature, the rest of the host reads an answer only through ``signed_fields``:
lower-case keys, values as they were signed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from cvmwebapi.texts.phrase import Fault
from cvmwebapi.vmcp.description import KNOWN

SIGNATURE_KEY = "signature"
MAX_KEYS = 256
MAX_INTEGER = 2**53 - 1

# Printable ASCII without "=": any other character could end a key, or a line, early, or has no agreed lower case.
_KEY = re.compile(r"[ -<>-~]{1,128}")
_SALT = re.compile(r"[A-Za-z0-9-]{1,256}")


class Unsignable(Fault):
    """The parameters have no unambiguous signed text."""


def signed_text(parameters: Mapping[str, Any], salt: str) -> bytes:
    """The bytes that are signed for ``parameters`` and the ``salt`` of one request.

    Raises ``Unsignable`` for values, keys or salts without one clear text.
    """
    check_salt(salt)
    lines = [f"{key}={quote(value.encode(), safe='')}\n" for key, value in signed_fields(parameters).items()]
    return ("".join(lines) + salt).encode("ascii")


def check_salt(salt: str) -> None:
    """Raises ``Unsignable`` unless ``salt`` is 1 to 256 letters, digits or hyphens.

    For the signer's sake: with a line feed in the salt, anyone could have lines of his own signed.
    """
    if not _SALT.fullmatch(salt):
        raise Unsignable("salt")


def signed_fields(parameters: Mapping[str, Any]) -> dict[str, str]:
    """All parameters but the signature: lower-case key to the text of its value, in the order of signing.

    Raises ``Unsignable``.
    """
    if len(parameters) > MAX_KEYS:
        raise Unsignable("tooMany", limit=MAX_KEYS)
    fields: dict[str, str] = {}
    seen: set[str] = set()
    last = ""
    for key in sorted(parameters, key=lambda name: name.encode("utf-8", "surrogatepass")):
        if not _KEY.fullmatch(key):
            raise Unsignable("keyCharacters", key=_shown(key))
        lower = key.lower()
        if lower in seen:
            raise Unsignable("keyTwiceCase", key=_shown(key))
        seen.add(lower)
        if lower in KNOWN and lower != SIGNATURE_KEY:
            if lower < last:
                raise Unsignable("keyOrder", key=_shown(key))
            last = lower
        if lower != SIGNATURE_KEY:
            fields[lower] = _text(key, parameters[key])
    return fields


def _text(key: str, value: Any) -> str:
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, int):
        if abs(value) > MAX_INTEGER:
            raise Unsignable("numberInexact", key=_shown(key))
        return str(value)
    if isinstance(value, str):
        try:
            value.encode()
        except UnicodeEncodeError:
            raise Unsignable("loneSurrogate", key=_shown(key)) from None
        return value
    if isinstance(value, float):
        raise Unsignable("fraction", key=_shown(key))
    raise Unsignable("noSignedText", key=_shown(key))


def _shown(key: str) -> str:
    """A key for a message: short, and nothing that could upset a terminal or a window."""
    return "“" + ascii(key[:40])[1:-1] + "”"
