"""Packs an add-on for browsers of Chromium's family: a zip behind a signed header (CRX, version 3).

Format: components/crx_file/crx3.proto of Chromium. A browser knows the add-on by the key it is signed with.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Iterator

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

_MAGIC, _VERSION = b"Cr24", 3
_CONTEXT = b"CRX3 SignedData\x00"
# Numbers of the message's fields.
_CRX_ID, _PUBLIC_KEY, _SIGNATURE, _RSA_PROOF, _SIGNED_HEADER = 1, 1, 2, 2, 10000


def pack(archive: bytes, key: RSAPrivateKey) -> bytes:
    """The .crx of a zip ``archive``, signed with the add-on's ``key``."""
    public = public_key(key)
    signed_header = _field(_CRX_ID, hashlib.sha256(public).digest()[:16])
    content = _CONTEXT + struct.pack("<I", len(signed_header)) + signed_header + archive
    signature = key.sign(content, padding.PKCS1v15(), hashes.SHA256())
    proof = _field(_PUBLIC_KEY, public) + _field(_SIGNATURE, signature)
    header = _field(_RSA_PROOF, proof) + _field(_SIGNED_HEADER, signed_header)
    return _MAGIC + struct.pack("<II", _VERSION, len(header)) + header + archive


def public_key(key: RSAPrivateKey) -> bytes:
    """As the manifest's ``key`` has it, before base64: DER of SubjectPublicKeyInfo."""
    return key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)


def add_on_id(public: bytes) -> str:
    """The id that browsers of Chromium's family give an add-on of this public key."""
    return "".join(chr(ord("a") + int(digit, 16)) for digit in hashlib.sha256(public).hexdigest()[:32])


def update_manifest(add_on: str, version: str, url: str) -> bytes:
    """The XML that an ``update_url`` leads to: where the .crx is."""
    return (
        "<?xml version='1.0' encoding='UTF-8'?>\n"
        "<gupdate xmlns='http://www.google.com/update2/response' protocol='2.0'>\n"
        f"  <app appid='{add_on}'><updatecheck codebase='{url}' version='{version}'/></app>\n"
        "</gupdate>\n"
    ).encode()


def _field(number: int, content: bytes) -> bytes:
    """A field of bytes, as protocol buffers write it."""
    return bytes([*_varint(number << 3 | 2), *_varint(len(content))]) + content


def _varint(value: int) -> Iterator[int]:
    while value > 0x7F:
        yield value & 0x7F | 0x80
        value >>= 7
    yield value
