from __future__ import annotations

import json
from typing import Any

import pytest
from cvmwebapi import website
from cvmwebapi.vmcp import canonical, published_document
from cvmwebapi.vmcp.published_document import BadDocument, parse

KEYS = [website.generate_key("ed25519") for _ in range(4)]
RSA = website.generate_key(bits=2048)


def document(signer: website.PrivateKey = RSA, **more: Any) -> bytes:
    return json.dumps({**website.published_key(signer, "mailto:a@example.org"), **more}).encode()


def chain(domain: str, *steps: tuple[int, int]) -> list[dict[str, str]]:
    return [website.rotation_statement(domain, KEYS[old], KEYS[new]) for old, new in steps]


def test_what_the_library_writes_can_be_read() -> None:
    made = parse(document(KEYS[0], next=json.loads(document(KEYS[1]))["key"], rotation=chain("a.example", (0, 1))))
    assert made.key == KEYS[0].public_key() and made.next == KEYS[1].public_key()
    assert (made.algorithm, made.contact, len(made.rotation)) == ("ed25519", "mailto:a@example.org", 1)
    assert parse(document()).algorithm == "rsa-sha512"
    assert parse(document(unknown={"x": 1})).rotation == ()


@pytest.mark.parametrize(
    ("steps", "vouched"),
    [
        ([(0, 1)], True),
        ([(0, 2), (2, 1)], True),
        ([(2, 1), (3, 2), (0, 3)], True),
        ([(0, 1), (1, 0)], True),
        ([], False),
        ([(1, 0)], False),
        ([(0, 2), (3, 1)], False),
        ([(0, 2), (2, 0)], False),
    ],
)
def test_statements_lead_from_key_to_key(steps: list[tuple[int, int]], vouched: bool) -> None:
    made = parse(document(KEYS[1], rotation=chain("a.example", *steps)))
    assert made.vouched("a.example", KEYS[0].public_key(), KEYS[1].public_key()) is vouched


def test_a_statement_of_an_rsa_key() -> None:
    statement = website.rotation_statement("a.example", RSA, KEYS[1])
    made = parse(document(KEYS[1], rotation=[statement]))
    assert made.vouched("a.example", RSA.public_key(), KEYS[1].public_key())


def test_statements_of_another_domain_or_hand_count_for_nothing() -> None:
    (good,) = chain("a.example", (0, 1))
    (forged,) = chain("a.example", (2, 1))
    for statement in (
        chain("b.example", (0, 1))[0],
        {**good, "signature": forged["signature"]},
        {**good, "signature": ""},
    ):
        made = parse(document(KEYS[1], rotation=[statement]))
        assert not made.vouched("a.example", KEYS[0].public_key(), KEYS[1].public_key())


def test_no_answer_of_an_endpoint_can_pass_for_a_statement() -> None:
    text = published_document.statement_text("a.example", RSA.public_key(), KEYS[0].public_key())
    first = text.split(b"\n")[0]
    assert b"=" not in first
    with pytest.raises(canonical.Unsignable):
        canonical.check_salt(first.decode())


def test_limits_themselves_are_allowed_and_base64_may_be_folded() -> None:
    (statement,) = chain("a.example", (0, 1))
    folded = {**statement, "signature": "\n".join([statement["signature"][:10], statement["signature"][10:]])}
    made = parse(document(KEYS[1], contact="x" * 200, rotation=[folded] * 16))
    assert made.vouched("a.example", KEYS[0].public_key(), KEYS[1].public_key())
    assert (made.contact, len(made.rotation)) == ("x" * 200, 16)
    longest = {**statement, "signature": "A" * 4096}
    assert len(parse(document(rotation=[longest])).rotation[0].signature) == 3072
    with pytest.raises(BadDocument):
        parse(document(rotation=[{**statement, "signature": "A" * 4100}]))


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"key": None}, "key is missing"),
        ({"key": 5}, "key is missing"),
        ({"key": "QUJD"}, "not a public key"),
        ({"key": "A" * 50_000}, "not a public key"),
        ({"algorithm": None}, "rsa-sha512, rsa-pss-sha512"),
        ({"algorithm": "ed25519"}, "rsa-sha512, rsa-pss-sha512"),
        ({"algorithm": ["rsa-sha512"]}, "rsa-sha512, rsa-pss-sha512"),
        ({"contact": None}, "contact"),
        ({"contact": ""}, "contact"),
        ({"contact": "a\nb"}, "contact"),
        ({"contact": "\u202eabc"}, "contact"),
        ({"contact": "x" * 201}, "contact"),
        ({"next": "junk"}, "next: "),
        ({"next": 1}, "next is missing"),
        ({"rotation": {}}, "list of at most 16"),
        ({"rotation": [{}] * 17}, "list of at most 16"),
        ({"rotation": ["x"]}, "statement of rotation"),
        ({"rotation": [{}]}, "statement of rotation"),
        ({"rotation": [{"signature": "*"}]}, "statement of rotation"),
        ({"rotation": [{"signature": "A" * 5000}]}, "statement of rotation"),
        ({"rotation": [{"signature": "QUJD"}]}, "old is missing"),
    ],
)
def test_documents_that_cannot_be_used(change: dict[str, Any], reason: str) -> None:
    with pytest.raises(BadDocument) as caught:
        parse(document(**change))
    assert reason in str(caught.value) and "None" not in str(caught.value)


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'{"key": "a", "key": "b"}', b"\xff"])
def test_no_document_at_all(body: bytes) -> None:
    with pytest.raises(BadDocument):
        parse(body)


def test_weak_keys_are_refused() -> None:
    from cryptography.hazmat.primitives.asymmetric import rsa
    from cvmwebapi.vmcp import keys

    weak = keys.to_base64(rsa.generate_private_key(public_exponent=65537, key_size=1024).public_key())
    with pytest.raises(BadDocument, match="1024 bits"):
        parse(document(key=weak))


def test_the_library_refuses_an_algorithm_of_another_key() -> None:
    with pytest.raises(ValueError, match="rsa-sha512"):
        website.published_key(RSA, "me", algorithm="ed25519")
