"""What a site without central listing publishes about its own key, and who vouches for a new one. Pure.

``https://<domain>/.well-known/cernvm-webapi.json`` holds one JSON object:

=============  =====================================================================================================
key            value
=============  =====================================================================================================
``key``        the site's public key: base64 of a DER SubjectPublicKeyInfo, as in ``domainkeys.lst``
``algorithm``  the one that its answers are signed with, out of those of the key (signature.py)
``contact``    whom to ask about the key: a mail address or URL
``next``       optional: the key that will take its place
``rotation``   optional: statements ``{"old", "new", "signature"}``, each a key signing for its successor
=============  =====================================================================================================

A statement is signed with the old key's first algorithm over ``statement_text``. All of them may stay in the document,
for computers that were away during several changes.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from typing import Any

from cvmwebapi.texts.phrase import Fault
from cvmwebapi.vmcp import keys, signature, strict_json

PATH = "/.well-known/cernvm-webapi.json"
MAX_ROTATIONS = 16

_MAX_CONTACT = 200
_MAX_SIGNATURE_TEXT = 4096


class BadDocument(Fault):
    """The document can't be used; the message says why, half a sentence for people."""


@dataclass(frozen=True)
class Statement:
    """``old`` is said to vouch for ``new``; whether the signature is genuine is not known yet."""

    old: keys.PublicKey
    new: keys.PublicKey
    signature: bytes


@dataclass(frozen=True)
class Document:
    """A document that can be understood; nobody vouches for it but the server that it came from."""

    key: keys.PublicKey
    algorithm: str
    contact: str
    next: keys.PublicKey | None = None
    rotation: tuple[Statement, ...] = ()

    def vouched(self, domain: str, known: keys.PublicKey, wanted: keys.PublicKey) -> bool:
        """Whether genuine statements lead from the key ``known`` to the key ``wanted``, over any number of keys."""
        reached = {keys.to_der(known)}
        left = list(self.rotation)
        while left:
            usable = [item for item in left if keys.to_der(item.old) in reached]
            if not usable:
                break
            left = [item for item in left if item not in usable]
            reached |= {keys.to_der(item.new) for item in usable if _genuine(item, domain)}
        return keys.to_der(wanted) in reached


def statement_text(domain: str, old: keys.PublicKey, new: keys.PublicKey) -> bytes:
    """What the old key signs.

    No text of a VMCP answer begins like this: there the first line holds ``=``, or is the salt, which has no spaces.
    So a site that signs answers for anybody can't be made to sign its key away.
    """
    return f"cernvm-webapi key rotation\n{domain}\n{keys.to_base64(old)}\n{keys.to_base64(new)}\n".encode()


def parse(body: bytes) -> Document:
    """Read a document; unknown members are ignored. Raises ``BadDocument``. The caller bounds the size."""
    try:
        raw = strict_json.parse_object(body)
    except strict_json.BadJson as error:
        raise BadDocument("about", name="JSON", reason=error.phrase) from error
    key = _key(raw, "key")
    algorithm = raw.get("algorithm")
    if algorithm not in signature.algorithms(key):
        raise BadDocument("algorithm", allowed=", ".join(signature.algorithms(key)))
    rotation = raw.get("rotation", [])
    if not isinstance(rotation, list) or len(rotation) > MAX_ROTATIONS:
        raise BadDocument("rotationList", limit=MAX_ROTATIONS)
    return Document(
        key=key,
        algorithm=str(algorithm),
        contact=_contact(raw.get("contact")),
        next=_key(raw, "next") if raw.get("next") is not None else None,
        rotation=tuple(_statement(item) for item in rotation),
    )


def _key(raw: dict[str, object], name: str) -> keys.PublicKey:
    text = raw.get(name)
    if not isinstance(text, str):
        raise BadDocument("memberText", name=name)
    try:
        return keys.load_public_key(text)
    except keys.BadKey as error:
        raise BadDocument("about", name=name, reason=error.phrase) from error


def _contact(value: Any) -> str:
    if not isinstance(value, str) or not value or len(value) > _MAX_CONTACT or not value.isprintable():
        raise BadDocument("contact", limit=_MAX_CONTACT)
    return value


def _statement(raw: Any) -> Statement:
    if not isinstance(raw, dict):
        raise BadDocument("rotationStatement")
    text = raw.get("signature")
    if not isinstance(text, str) or len(text) > _MAX_SIGNATURE_TEXT:
        raise BadDocument("rotationStatement")
    try:
        made = base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError) as error:
        raise BadDocument("rotationStatement") from error
    return Statement(_key(raw, "old"), _key(raw, "new"), made)


def _genuine(item: Statement, domain: str) -> bool:
    text = statement_text(domain, item.old, item.new)
    return signature.matches(text, item.signature, item.old, signature.algorithms(item.old)[0])
