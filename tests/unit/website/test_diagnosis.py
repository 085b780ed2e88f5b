"""The usual mistakes of signers, each found by its name."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any
from urllib.parse import quote, quote_plus

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cvmwebapi import website
from cvmwebapi.vmcp.diagnosis import answer_problems

SALT = "a-Z9" * 16
MACHINE = {"secret": "a b/c", "name": "n", "Zeta": "z"}


def percent(text: str) -> str:
    return quote(text, safe="")


def lines(names: str, encode: Callable[[str], str] = percent) -> str:
    spelled = {name.lower(): value for name, value in MACHINE.items()}
    return "".join(f"{name}={encode(spelled[name.lower()])}\n" for name in names.split())


def signed(key: website.PrivateKey, text: str, digest: Any = None) -> dict[str, Any]:
    assert isinstance(key, rsa.RSAPrivateKey)
    raw = key.sign(text.encode(), padding.PKCS1v15(), digest or hashes.SHA512())
    return {**MACHINE, "signature": base64.b64encode(raw).decode()}


RIGHT = lines("zeta name secret") + SALT


def problems(key: website.PrivateKey, answer: dict[str, Any]) -> list[str]:
    import json

    return answer_problems(json.dumps(answer).encode(), SALT, key.public_key(), "example.org")


def test_nothing_wrong(site_key: website.PrivateKey) -> None:
    assert problems(site_key, signed(site_key, RIGHT)) == []


@pytest.mark.parametrize(
    ("text", "slip"),
    [
        (lines("zeta name secret"), "salt is missing"),
        (RIGHT + "\n", "line feed"),
        (lines("zeta name secret", str) + SALT, "not percent-encoded"),
        (lines("zeta name secret", quote_plus) + SALT, "+ instead"),
        (lines("zeta name secret", quote) + SALT, "slash"),
        (lines("Zeta name secret") + SALT, "lower case"),
        (lines("name secret zeta") + SALT, "sorted as they are written"),
        (lines("secret name zeta") + SALT, "not sorted"),
        ("something else", "No usual slip"),
    ],
)
def test_slips_of_the_text(site_key: website.PrivateKey, text: str, slip: str) -> None:
    (problem,) = problems(site_key, signed(site_key, text))
    assert slip in problem


def test_slips_of_the_signature(site_key: website.PrivateKey) -> None:
    assert "SHA256" in problems(site_key, signed(site_key, RIGHT, hashes.SHA256()))[0]
    assert "not base64" in problems(site_key, {**signed(site_key, RIGHT), "signature": "!"})[0]
    assert problems(site_key, dict(MACHINE)) == ["The website's description of the machine lacks signature."]
