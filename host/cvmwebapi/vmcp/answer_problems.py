"""What is wrong with an answer, for its authors: every fault, where a host stops at the first one. Pure."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import quote, quote_plus

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from cvmwebapi.errors import CVMError
from cvmwebapi.vmcp import canonical, description, signature, strict_json
from cvmwebapi.vmcp.keys import PublicKey

_DISK = {"diskurl": "https://example.org/disk", "diskchecksum": "0" * 64}


def answer_problems(body: bytes, salt: str, key: PublicKey | None, domain: str) -> list[str]:
    """Every problem of an answer, a sentence each; without a ``key`` the signature itself is not judged."""
    try:
        answer = strict_json.parse_object(body)
    except strict_json.BadJson as error:
        return [CVMError("vmcpNotJson", host=domain, detail=error.phrase).message]
    problems = [*_missing(answer), *_ambiguous(answer, domain)]
    if key is not None:
        problems += _signature(answer, salt, key, domain)
    return list(dict.fromkeys([*problems, *_values(answer)]))


def _missing(answer: Mapping[str, Any]) -> Iterator[str]:
    present = {name.lower() for name, value in answer.items() if value not in (None, "")}
    for name in (*description.REQUIRED, canonical.SIGNATURE_KEY):
        if name not in present:
            yield CVMError("vmcpIncomplete", key=name).message
    for name, other in (("diskURL", "diskChecksum"), ("diskChecksum", "diskURL")):
        if name.lower() in present and other.lower() not in present:
            yield CVMError("vmcpIncomplete", key=other).message


def _ambiguous(answer: Mapping[str, Any], domain: str) -> Iterator[str]:
    for part in [{name: value} for name, value in answer.items()] + [dict(answer)]:
        try:
            canonical.signed_fields(part)
        except canonical.Unsignable as error:
            yield CVMError("vmcpAmbiguous", domain=domain, detail=error.phrase).message


def _signature(answer: Mapping[str, Any], salt: str, key: PublicKey, domain: str) -> Iterator[str]:
    try:
        signature.verify(answer, salt, key, domain)
    except CVMError as error:
        present = any(name.lower() == canonical.SIGNATURE_KEY for name in answer)
        if error.name == "signatureWrong" and present:
            yield f"{error.message} {_usual_slip(answer, salt, key)}"
        elif present:
            yield error.message


def _usual_slip(answer: Mapping[str, Any], salt: str, key: PublicKey) -> str:
    """Which of the usual mistakes explains a wrong signature"""
    text = answer.get("signature")
    try:
        raw = base64.b64decode("".join(str(text).split()), validate=True)
    except (binascii.Error, ValueError):
        return "(The signature is not base64.)"
    for slip, signed in _slips(answer, salt):
        if any(signature.matches(signed, raw, key, name) for name in signature.algorithms(key)):
            return f"({slip})"
    if isinstance(key, rsa.RSAPublicKey):
        right = canonical.signed_text(answer, salt)
        for digest in (hashes.SHA256(), hashes.SHA1()):
            try:
                key.verify(raw, right, padding.PKCS1v15(), digest)
            except InvalidSignature:
                continue
            return f"(It was made with {digest.name.upper()} instead of SHA-512.)"
    return "(No usual slip explains it: is it the private half of the listed key that signs?)"


def _slips(answer: Mapping[str, Any], salt: str) -> Iterator[tuple[str, bytes]]:
    fields = canonical.signed_fields(answer)
    raw: Callable[[str], str] = lambda value: value  # noqa: E731
    percent: Callable[[str], str] = lambda value: quote(value, safe="")  # noqa: E731
    spelled = {name.lower(): name for name in answer}

    def text(names: list[str], encode: Callable[[str], str], end: str = salt, kept: bool = False) -> bytes:
        lines = [f"{spelled[name] if kept else name}={encode(fields[name])}\n" for name in names]
        return ("".join(lines) + end).encode("utf-8", "surrogatepass")

    names = list(fields)
    yield "The salt is missing behind the last line.", text(names, percent, "")
    yield "A line feed stands behind the salt.", text(names, percent, salt + "\n")
    yield "The values are not percent-encoded.", text(names, raw)
    yield "Spaces are encoded as + instead of %20.", text(names, quote_plus)
    yield "A slash has to be encoded too, as %2F.", text(names, quote)
    yield "The keys are not written in lower case.", text(names, percent, kept=True)
    yield "The keys are sorted in lower case; they are to be sorted as they are written.", text(sorted(names), percent)
    as_sent = [name.lower() for name in answer if name.lower() in fields]
    yield "The keys are not sorted.", text(as_sent, percent)


def _values(answer: Mapping[str, Any]) -> Iterator[str]:
    """Each value judged alone, so that one fault does not hide the next; then all together."""
    fields: dict[str, str] = {}
    for name, value in answer.items():
        try:
            fields.update(canonical.signed_fields({name: value}))
        except canonical.Unsignable:
            continue
    whole = {"name": "n", "secret": "s"}
    for name, text in fields.items():
        disk = _DISK if name in ("diskurl", "diskchecksum", "flags") and text else {}
        yield from _description({**whole, **disk, name: text})
    yield from _description({**whole, **{name: text for name, text in fields.items() if text}})


def _description(fields: Mapping[str, str]) -> Iterator[str]:
    try:
        description.parse(fields)
    except CVMError as error:
        yield error.message
