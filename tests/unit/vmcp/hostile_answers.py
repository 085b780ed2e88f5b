"""The table of malformed and hostile answers: what an endpoint sends, and the error and code that it ends with.

Each is sent by a real server; most are signed properly, by the right key for the very request, so that nothing but the
fault itself can refuse them.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from cvmwebapi import website
from cvmwebapi.vmcp.signature import RSA_PSS
from cvmwebapi.website.signing import raw_signature

MACHINE: dict[str, Any] = {"name": "my-vm", "secret": "s", "memory": 1024}
MEGABYTE = 1024 * 1024

Body = Callable[[str, website.PrivateKey], bytes]
"""Makes the answer from the salt of the request and the key of the site."""


@dataclass(frozen=True)
class Row:
    """One answer; ``status`` and ``headers`` are those of HTTP."""

    what: str
    body: Body
    error: str
    code: int
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()


def plain(content: bytes) -> Body:
    return lambda salt, key: content


def signed(**parameters: Any) -> Body:
    """A proper signature over these parameters, in place of or beside those of the machine."""
    return lambda salt, key: json.dumps(website.sign({**MACHINE, **parameters}, salt, key)).encode()


def altered(change: Callable[[dict[str, Any]], Any]) -> Body:
    """Signed properly, changed afterwards."""
    return lambda salt, key: json.dumps(change(website.sign(MACHINE, salt, key))).encode()


def rewritten(old: bytes, new: bytes) -> Body:
    """Signed properly, its JSON text changed afterwards."""
    return lambda salt, key: altered(lambda answer: answer)(salt, key).replace(old, new, 1)


def without(name: str) -> Body:
    return altered(lambda answer: {key: value for key, value in answer.items() if key != name})


def signed_text(text: Callable[[str], str], algorithm: str = "rsa-sha512") -> Body:
    """The signature of another text than the one that the rules make."""

    def body(salt: str, key: website.PrivateKey) -> bytes:
        made = raw_signature(text(salt).encode(), key, algorithm)
        return json.dumps({**MACHINE, "signature": base64.b64encode(made).decode()}).encode()

    return body


def by_another_key(salt: str, key: website.PrivateKey) -> bytes:
    return json.dumps(website.sign(MACHINE, salt, website.generate_key(bits=2048))).encode()


def by_another_kind(salt: str, key: website.PrivateKey) -> bytes:
    return json.dumps(website.sign(MACHINE, salt, website.generate_key("ed25519"))).encode()


def pss_without_its_name(salt: str, key: website.PrivateKey) -> bytes:
    made = raw_signature(website.signed_text(MACHINE, salt), key, RSA_PSS)
    return json.dumps({**MACHINE, "signature": base64.b64encode(made).decode()}).encode()


def pkcs1_under_the_name_of_pss(salt: str, key: website.PrivateKey) -> bytes:
    named = {**MACHINE, "signatureAlgorithm": RSA_PSS}
    made = raw_signature(website.signed_text(named, salt), key, "rsa-sha512")
    return json.dumps({**named, "signature": base64.b64encode(made).decode()}).encode()


TEXT = "memory=1024\nname=my-vm\nsecret=s\n"
DISK = {"diskURL": "https://a.example/disk", "diskChecksum": "ab" * 32}

NOT_JSON = [
    Row("nothing", plain(b""), "vmcpNotJson", -5),
    Row("a page", plain(b"<html><body>Please log in</body></html>"), "vmcpNotJson", -5),
    Row("a warning before the JSON", plain(b"Notice: undefined index\n{}"), "vmcpNotJson", -5),
    Row("more behind the JSON", rewritten(b"}", b"} {}"), "vmcpNotJson", -5),
    Row("half of it", plain(b'{"name": "my-vm", "secr'), "vmcpNotJson", -5),
    Row("a list", altered(lambda a: [a]), "vmcpNotJson", -5),
    Row("a string", plain(b'"my-vm"'), "vmcpNotJson", -5),
    Row("null", plain(b"null"), "vmcpNotJson", -5),
    Row("a number", plain(b"1"), "vmcpNotJson", -5),
    Row("UTF-16", lambda salt, key: signed()(salt, key).decode().encode("utf-16"), "vmcpNotJson", -5),
    Row("no UTF-8", plain(b'{"name": "\xff\xfe"}'), "vmcpNotJson", -5),
    Row("overlong UTF-8", plain(b'{"name": "\xc0\xaf"}'), "vmcpNotJson", -5),
    Row("a zero byte", plain(b'{"name": "a\0b"}'), "vmcpNotJson", -5),
    Row("a line feed in a string", plain(b'{"name": "a\nb"}'), "vmcpNotJson", -5),
    Row("NaN", rewritten(b"1024", b"NaN"), "vmcpNotJson", -5),
    Row("Infinity", rewritten(b"1024", b"-Infinity"), "vmcpNotJson", -5),
    Row("a comment", rewritten(b"{", b"{/* hello */"), "vmcpNotJson", -5),
    Row("a comma too many", rewritten(b"1024", b"1024,"), "vmcpNotJson", -5),
    Row("single quotes", plain(b"{'name': 'my-vm'}"), "vmcpNotJson", -5),
    Row("JSONP", plain(b'callback({"name": "my-vm"})'), "vmcpNotJson", -5),
    Row("a key twice", rewritten(b"{", b'{"memory": 64, '), "vmcpNotJson", -5),
    Row("a key twice, once escaped", rewritten(b"{", b'{"m\\u0065mory": 64, '), "vmcpNotJson", -5),
    Row("a number of 400,000 digits", rewritten(b"1024", b"9" * 400_000), "vmcpNotJson", -5),
    Row("a number of 21 digits", rewritten(b"1024", b"1" * 21), "vmcpNotJson", -5),
    Row("nested 17 deep", rewritten(b"1024", b"[" * 17 + b"]" * 17), "vmcpNotJson", -5),
    Row("nested 100,000 deep", plain(b'{"a":' * 100_000), "vmcpNotJson", -5),
    Row("half a million open brackets", plain(b"[" * 500_000), "vmcpNotJson", -5),
]
INCOMPLETE = [
    Row("no name", without("name"), "vmcpIncomplete", -99),
    Row("no secret", without("secret"), "vmcpIncomplete", -99),
    Row("no signature", without("signature"), "vmcpIncomplete", -99),
    Row("an empty object", plain(b"{}"), "vmcpIncomplete", -99),
    Row("an empty name", signed(name=""), "vmcpIncomplete", -99),
    Row("an empty secret", signed(secret=""), "vmcpIncomplete", -99),
    Row("an empty signature", altered(lambda a: {**a, "signature": ""}), "vmcpIncomplete", -99),
    Row("null for a name", altered(lambda a: {**a, "name": None}), "vmcpIncomplete", -99),
    Row("a disk without checksum", signed(diskURL="https://a.example/disk"), "vmcpIncomplete", -99),
    Row("a checksum without disk", signed(diskChecksum="ab" * 32), "vmcpIncomplete", -99),
    Row(
        "a disk with an empty checksum",
        signed(diskURL="https://a.example/disk", diskChecksum=""),
        "vmcpIncomplete",
        -99,
    ),
]
AMBIGUOUS = [
    Row("null", altered(lambda a: {**a, "userData": None}), "vmcpAmbiguous", -12),
    Row("a fraction", altered(lambda a: {**a, "memory": 1024.5}), "vmcpAmbiguous", -12),
    Row("an exponent", rewritten(b"1024", b"1e3"), "vmcpAmbiguous", -12),
    Row("a number beyond every float", rewritten(b"1024", b"1e999"), "vmcpAmbiguous", -12),
    Row("an integer beyond 2**53", rewritten(b"1024", b"9007199254740993"), "vmcpAmbiguous", -12),
    Row("a list for a value", altered(lambda a: {**a, "canOverride": ["memory"]}), "vmcpAmbiguous", -12),
    Row("an object for a value", altered(lambda a: {**a, "userData": {"a": 1}}), "vmcpAmbiguous", -12),
    Row("an object for the name", altered(lambda a: {**a, "name": {"$ne": ""}}), "vmcpAmbiguous", -12),
    Row("keys that differ by case", altered(lambda a: {**a, "Memory": 64}), "vmcpAmbiguous", -12),
    Row("a second signature by case", altered(lambda a: {**a, "SIGNATURE": "QUJD"}), "vmcpAmbiguous", -12),
    Row("a key with an equals sign", altered(lambda a: {**a, "name=x": "y"}), "vmcpAmbiguous", -12),
    Row("a key with a line feed", altered(lambda a: {**a, "x\nname": "y"}), "vmcpAmbiguous", -12),
    Row("an empty key", altered(lambda a: {**a, "": "y"}), "vmcpAmbiguous", -12),
    Row("a key of other letters", altered(lambda a: {**a, "n\u00e4me": "y"}), "vmcpAmbiguous", -12),
    Row(
        "a key that folds to another",
        altered(lambda a: {**a, "dis\u212aURL": "y", "diskChecksum": "y"}),
        "vmcpAmbiguous",
        -12,
    ),
    Row("half a surrogate pair", rewritten(b"my-vm", b"\\ud800"), "vmcpAmbiguous", -12),
    Row("1,000 keys", altered(lambda a: {**a, **{f"k{n}": "" for n in range(1000)}}), "vmcpAmbiguous", -12),
]
UNSIGNED = [
    Row("another value", altered(lambda a: {**a, "memory": 2048}), "signatureWrong", -12),
    Row("a value more", altered(lambda a: {**a, "flags": 64}), "signatureWrong", -12),
    Row("a value less", without("memory"), "signatureWrong", -12),
    Row("another key", by_another_key, "signatureWrong", -12),
    Row("another kind of key", by_another_kind, "signatureAlgorithm", -12),
    Row("another salt", lambda salt, key: signed()("other-salt", key), "signatureWrong", -12),
    Row("no salt", signed_text(lambda salt: TEXT), "signatureWrong", -12),
    Row("the salt in front", signed_text(lambda salt: salt + TEXT), "signatureWrong", -12),
    Row("a line feed behind the salt", signed_text(lambda salt: TEXT + salt + "\n"), "signatureWrong", -12),
    Row("no line feeds", signed_text(lambda salt: TEXT.replace("\n", "") + salt), "signatureWrong", -12),
    Row("the salt alone", signed_text(lambda salt: salt), "signatureWrong", -12),
    Row("a signature of junk", altered(lambda a: {**a, "signature": "QUJD"}), "signatureWrong", -12),
    Row("a signature of zeros", altered(lambda a: {**a, "signature": "A" * 344}), "signatureWrong", -12),
    Row("a signature that is no base64", altered(lambda a: {**a, "signature": "***"}), "signatureWrong", -12),
    Row("a signature in URL-safe base64", altered(lambda a: {**a, "signature": "-_" * 172}), "signatureWrong", -12),
    Row("a signature of other digits", altered(lambda a: {**a, "signature": "\uff21" * 344}), "signatureWrong", -12),
    Row("a number for the signature", altered(lambda a: {**a, "signature": 5}), "signatureWrong", -12),
    Row("true for the signature", altered(lambda a: {**a, "signature": True}), "signatureWrong", -12),
    Row("a signature of 900 KB", altered(lambda a: {**a, "signature": "A" * 900_000}), "signatureWrong", -12),
    Row("the algorithm none", altered(lambda a: {**a, "signatureAlgorithm": "none"}), "signatureAlgorithm", -12),
    Row("an empty algorithm", altered(lambda a: {**a, "signatureAlgorithm": ""}), "signatureAlgorithm", -12),
    Row(
        "an algorithm of another key",
        altered(lambda a: {**a, "signatureAlgorithm": "ed25519"}),
        "signatureAlgorithm",
        -12,
    ),
    Row("HMAC with the public key", altered(lambda a: {**a, "signatureAlgorithm": "HS512"}), "signatureAlgorithm", -12),
    Row(
        "an algorithm added later", altered(lambda a: {**a, "signatureAlgorithm": "rsa-sha512"}), "signatureWrong", -12
    ),
    Row("PSS that is not named", pss_without_its_name, "signatureWrong", -12),
    Row("PKCS #1 under the name of PSS", pkcs1_under_the_name_of_pss, "signatureWrong", -12),
]
NOT_ALLOWED = [
    Row("a path for a name", signed(name="../../etc"), "machineName", -99),
    Row("an option for a name", signed(name="--type gui"), "machineName", -99),
    Row("spaces in the name", signed(name="My first VM"), "machineName", -99),
    Row("a line feed behind the name", signed(name="vm\n"), "machineName", -99),
    Row("other letters in the name", signed(name="v\u043c"), "machineName", -99),
    Row("a shell in the name", signed(name="$(reboot)"), "machineName", -99),
    Row("a name of 101 letters", signed(name="n" * 101), "machineName", -99),
    Row("no CPU", signed(cpus=0), "machineNumber", -99),
    Row("10,000 CPUs", signed(vcpus=10_000), "machineNumber", -99),
    Row("memory below zero", signed(memory=-1), "machineNumber", -99),
    Row("memory in words", signed(memory="much"), "machineNumber", -99),
    Row("memory in hex", signed(memory="0x400"), "machineNumber", -99),
    Row("memory in other digits", signed(memory="\u0661\u0662\u0663"), "machineNumber", -99),
    Row("memory of 2 TB", signed(memory=2 * MEGABYTE), "machineNumber", -99),
    Row("a disk of 100 TB", signed(disk=100 * MEGABYTE), "machineNumber", -99),
    Row("a port beyond ports", signed(apiPort=65_536), "machineNumber", -99),
    Row("no part of a CPU", signed(executionCap=0), "machineNumber", -99),
    Row("more than all of a CPU", signed(executionCap=101), "machineNumber", -99),
    Row("flags below zero", signed(flags=-1), "machineNumber", -99),
    Row("a local disk", signed(flags=256), "machineFlags", -10),
    Row("a local OVA", signed(flags=512 + 1), "machineFlags", -10),
    Row("a local ISO, as text", signed(flags="1024"), "machineFlags", -10),
    Row("a boot disk from nowhere", signed(flags=2), "machineBootDisk", -99),
    Row("a disk of this computer", signed(**{**DISK, "diskURL": "file:///etc/passwd"}), "machineText", -99),
    Row("a disk by FTP", signed(**{**DISK, "diskURL": "ftp://a.example/d"}), "machineText", -99),
    Row("a disk over plain http", signed(**{**DISK, "diskURL": "http://a.example/d"}), "vmcpInsecure", -10),
    Row("a disk with a password", signed(**{**DISK, "diskURL": "https://u:p@a.example/d"}), "vmcpAddress", -99),
    Row("a disk with a backslash", signed(**{**DISK, "diskURL": "https://a.example\\@b.example/"}), "vmcpAddress", -99),
    Row("a line feed in the disk's address", signed(**{**DISK, "diskURL": "https://a\n.example/"}), "machineText", -99),
    Row("a checksum of MD5", signed(**{**DISK, "diskChecksum": "ab" * 16}), "machineText", -99),
    Row("a path for a version", signed(version="../../secret"), "machineText", -99),
    Row("an address for a version", signed(cernvmVersion="http://evil.example/x.iso"), "machineText", -99),
    Row("an unknown flavor", signed(flavor="evil"), "machineText", -99),
    Row("a secret of 2,000 letters", signed(secret="s" * 2000), "machineText", -99),
    Row("a terminal's sequence in the secret", signed(secret="\x1b[2J"), "machineText", -99),
    Row("100 names to override", signed(canOverride=",".join(f"n{n}" for n in range(100))), "machineText", -99),
    Row("markup to override", signed(canOverride="<b>"), "machineText", -99),
    Row("user data of 300 KB", signed(userData="x" * 300 * 1024), "machineUserData", -99),
    Row("a zero byte in user data", signed(userData="a\0b"), "machineUserData", -99),
    Row("two sizes of memory", signed(ram=2048), "vmcpConflict", -99),
    Row("two versions", signed(version="1.0", cernvmVersion="2.0"), "vmcpConflict", -99),
]
TRANSPORT = [
    Row("not found", plain(b"{}"), "vmcpUnreachable", -6, 404),
    Row("a proper answer with an error's status", signed(), "vmcpUnreachable", -6, 500),
    Row("not modified", plain(b""), "vmcpUnreachable", -6, 304),
    Row("a login", plain(b""), "vmcpUnreachable", -6, 401),
    Row("a redirect to nowhere", plain(b""), "vmcpUnreachable", -6, 302),
    Row("a redirect to itself", plain(b""), "vmcpUnreachable", -6, 302, (("Location", "/vmcp"),)),
    Row("a redirect to a file", plain(b""), "vmcpUnreachable", -6, 302, (("Location", "file:///etc/passwd"),)),
    Row("a redirect to plain http", plain(b""), "vmcpUnreachable", -6, 302, (("Location", "http://a.example/"),)),
    Row(
        "a redirect with a password", plain(b""), "vmcpUnreachable", -6, 302, (("Location", "https://u:p@a.example/"),)
    ),
    Row("a megabyte and a byte", plain(b" " * (MEGABYTE + 1)), "vmcpTooLarge", -5),
    Row("gzip that is none", plain(b"junk"), "vmcpUnreachable", -6, 200, (("Content-Encoding", "gzip"),)),
]
ROWS = [*NOT_JSON, *INCOMPLETE, *AMBIGUOUS, *UNSIGNED, *NOT_ALLOWED, *TRANSPORT]
