"""The usual mistakes of signers, each found by its name."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Any
from urllib.parse import quote, quote_plus

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cvmwebapi import website
from cvmwebapi.errors import CVMError
from cvmwebapi.vmcp import client
from cvmwebapi.vmcp.answer_problems import answer_problems
from cvmwebapi.vmcp.keystore import Trust
from hypothesis import given, settings
from hypothesis import strategies as st

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


KEY = website.generate_key("ed25519")
NAMES = ["name", "Name", "secret", "memory", "RAM", "cpus", "flags", "diskURL", "diskChecksum", "version", "x y", "é"]
VALUES = st.sampled_from(
    ["", "n", "a b", "1", "512", "https://a.example/d", "ab" * 32, 1, 2, 512, 256, -1, True, 1.5, None]
)
DESCRIPTIONS = st.dictionaries(st.sampled_from(NAMES), VALUES | st.none() | st.text(max_size=5), max_size=6)


def accepted(body: bytes) -> bool:
    """Whether a host would take the answer."""
    trust = Trust("example.org", KEY.public_key(), "https://keystore.example")
    try:
        client.read_answer(body, SALT, trust, "example.org")
    except CVMError:
        return False
    return True


@given(DESCRIPTIONS, st.booleans())
@settings(max_examples=400, deadline=None)
def test_finds_a_problem_exactly_when_a_host_refuses(parameters: dict[str, Any], complete: bool) -> None:
    if complete:
        parameters = {"name": "n", "secret": "s", **parameters}
    try:
        answer = website.sign(parameters, SALT, KEY)
    except ValueError:
        answer = {**parameters, "signature": "QUJD"}
    body = json.dumps(answer).encode()
    assert (answer_problems(body, SALT, KEY.public_key(), "example.org") == []) == accepted(body)


@given(st.binary(max_size=80) | st.text(max_size=80).map(str.encode))
def test_whatever_arrives_is_a_problem(body: bytes) -> None:
    assert answer_problems(body, SALT, KEY.public_key(), "example.org")
