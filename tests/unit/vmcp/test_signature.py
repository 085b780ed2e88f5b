from __future__ import annotations

import base64
import hashlib
import subprocess
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import dsa, ec, rsa
from cvmwebapi import website
from cvmwebapi.texts.phrase import detail
from cvmwebapi.vmcp import keys, signature
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.unit.site_fixtures import failure

from .test_canonical import parameters, salts

ED25519 = website.generate_key("ed25519")


@given(parameters, salts)
@settings(suppress_health_check=[HealthCheck.too_slow])
def test_what_is_signed_verifies_and_nothing_else(answer: dict[str, Any], salt: str) -> None:
    signed = website.sign(answer, salt, ED25519)
    signature.verify(signed, salt, ED25519.public_key(), "x")
    assert failure(signature.verify, signed, salt + "a", ED25519.public_key(), "x").name == "signatureWrong"
    more = {**signed, "one-more-key": 1}
    assert failure(signature.verify, more, salt, ED25519.public_key(), "x").name == "signatureWrong"


@given(st.data())
@settings(max_examples=60)
def test_one_flipped_bit_is_noticed(data: st.DataObject) -> None:
    signed = website.sign({"name": "n"}, "S", ED25519)
    raw = bytearray(base64.b64decode(signed["signature"]))
    raw[data.draw(st.integers(0, len(raw) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    signed["signature"] = base64.b64encode(raw).decode()
    assert failure(signature.verify, signed, "S", ED25519.public_key(), "x").name == "signatureWrong"


@pytest.mark.parametrize("algorithm", [None, "rsa-sha512", "rsa-pss-sha512"])
def test_rsa(site_key: website.PrivateKey, algorithm: str | None) -> None:
    signed = website.sign({"name": "n", "on": True}, "S", site_key, algorithm)
    assert signed["on"] == 1
    assert type(signed["on"]) is int
    assert signature.verify(signed, "S", site_key.public_key(), "x")["on"] == "1"


def test_openssl_signs_what_we_verify(tmp_path: Path, site_key: website.PrivateKey) -> None:
    (tmp_path / "key.pem").write_bytes(website.private_pem(site_key))
    text = website.signed_text({"name": "n", "secret": "é"}, "SALT")
    raw = subprocess.run(
        ["openssl", "dgst", "-sha512", "-sign", tmp_path / "key.pem"], input=text, check=True, capture_output=True
    ).stdout
    # With line breaks, as openssl's own base64 has them.
    answer = {"name": "n", "secret": "é", "signature": base64.encodebytes(raw).decode()}
    assert signature.verify(answer, "SALT", site_key.public_key(), "x")["secret"] == "é"


def test_no_downgrade_by_naming_another_algorithm(site_key: website.PrivateKey) -> None:
    public = site_key.public_key()
    pss = website.sign({"name": "n"}, "S", site_key, "rsa-pss-sha512")
    plain = website.sign({"name": "n"}, "S", site_key)
    dropped = {key: value for key, value in pss.items() if key != "signatureAlgorithm"}
    assert failure(signature.verify, dropped, "S", public, "x").name == "signatureWrong"
    for name in ("rsa-sha512", "rsa-pss-sha512"):
        assert failure(signature.verify, {**plain, "signatureAlgorithm": name}, "S", public, "x").code == -12
    for name in ("", "none", "ed25519", "RSA-SHA512", "rsa-sha1"):
        error = failure(signature.verify, {**plain, "signatureAlgorithm": name}, "S", public, "x")
        assert error.name == "signatureAlgorithm"


def test_an_ed25519_key_signs_with_nothing_else() -> None:
    with pytest.raises(ValueError, match="ed25519"):
        website.sign({"name": "n"}, "S", ED25519, "rsa-sha512")


def test_errors_name_the_domain_and_what_would_do(site_key: website.PrivateKey) -> None:
    signed = website.sign({"name": "n"}, "S", site_key)
    public = site_key.public_key()
    error = failure(signature.verify, {**signed, "memory": 0.5}, "S", public, "example.org")
    assert error.params == {"domain": "example.org", "detail": detail("fraction", key="“memory”")}
    error = failure(signature.verify, {**signed, "signatureAlgorithm": "none"}, "S", public, "example.org")
    assert error.params == {"domain": "example.org", "allowed": "rsa-sha512, rsa-pss-sha512"}
    error = failure(signature.verify, signed, "T", public, "example.org")
    assert (error.name, error.params) == ("signatureWrong", {"domain": "example.org"})


def test_a_site_that_names_one_algorithm_signs_with_no_other(site_key: website.PrivateKey) -> None:
    public, only = site_key.public_key(), "rsa-pss-sha512"
    pss = website.sign({"name": "n"}, "S", site_key, only)
    assert signature.verify(pss, "S", public, "x", only)["name"] == "n"
    plain = website.sign({"name": "n"}, "S", site_key)
    assert failure(signature.verify, plain, "S", public, "x", only).name == "signatureWrong"
    error = failure(signature.verify, {**plain, "signatureAlgorithm": "rsa-sha512"}, "S", public, "x", only)
    assert (error.name, error.params["allowed"]) == ("signatureAlgorithm", only)


def test_a_signature_is_that_of_one_text_one_key_and_one_algorithm(site_key: website.PrivateKey) -> None:
    public = site_key.public_key()
    made = base64.b64decode(website.sign({"name": "n"}, "S", site_key)["signature"])
    text = website.signed_text({"name": "n"}, "S")
    assert signature.matches(text, made, public, "rsa-sha512")
    assert not signature.matches(text + b"x", made, public, "rsa-sha512")
    assert not signature.matches(text, made, ED25519.public_key(), "ed25519")
    for other in ("rsa-pss-sha512", "ed25519", ""):
        assert not signature.matches(text, made, public, other)
    assert signature.algorithms(ED25519.public_key()) == ("ed25519",)
    assert signature.algorithms(public) == ("rsa-sha512", "rsa-pss-sha512")


@pytest.mark.parametrize("spoilt", [5, None, True, "no base64!", "é"])
def test_what_is_no_signature_is_a_wrong_one(spoilt: Any) -> None:
    signed = {**website.sign({"name": "n"}, "S", ED25519), "signature": spoilt}
    assert failure(signature.verify, signed, "S", ED25519.public_key(), "x").name == "signatureWrong"


def test_a_signature_with_anything_else_in_it_is_a_wrong_one() -> None:
    signed = website.sign({"name": "n"}, "S", ED25519)
    made = signed["signature"]
    for spoilt in (f"{made}*", f"*{made}", f"{made[:10]}-{made[10:]}"):
        assert failure(signature.verify, {**signed, "signature": spoilt}, "S", ED25519.public_key(), "x").name == (
            "signatureWrong"
        )


def test_a_signature_is_of_bounded_length_and_written_in_any_case() -> None:
    signed = website.sign({"name": "n"}, "S", ED25519)
    made = signed.pop("signature")
    for key, blanks in (("SIGNATURE", 0), ("Signature", 8192 - len(made))):
        answer = {**signed, key: made + " " * blanks}
        assert signature.verify(answer, "S", ED25519.public_key(), "x")["name"] == "n"
    answer = {**signed, "signature": made + " " * (8193 - len(made))}
    assert failure(signature.verify, answer, "S", ED25519.public_key(), "x").name == "signatureWrong"


@pytest.mark.parametrize("bits", [2048, 16384])
def test_the_least_and_the_largest_rsa_key(bits: int) -> None:
    keys.check_bits(bits)
    for refused in (2047, 16385):
        with pytest.raises(keys.BadKey) as caught:
            keys.check_bits(refused)
        assert caught.value.phrase == detail("rsaBits", bits=refused, low=2048, high=16384)


def test_exponents_of_rsa_keys(site_key: website.PrivateKey) -> None:
    modulus = site_key.public_key().public_numbers().n  # type: ignore[union-attr]
    for allowed in (3, 65537, 2**64 - 1):
        key = rsa.RSAPublicNumbers(allowed, modulus).public_key()
        assert keys.load_public_key(keys.to_base64(key)) == key
    key = rsa.RSAPublicNumbers(2**64 + 1, modulus).public_key()
    with pytest.raises(keys.BadKey) as caught:
        keys.load_public_key(keys.to_base64(key))
    assert caught.value.phrase == detail("rsaExponent")


@pytest.mark.parametrize("size", [1024, 2047])
def test_short_rsa_keys_are_refused(size: int) -> None:
    weak = rsa.generate_private_key(public_exponent=65537, key_size=size)
    with pytest.raises(keys.BadKey, match=str(size)):
        keys.load_public_key(keys.to_base64(weak.public_key()))
    with pytest.raises(keys.BadKey):
        website.load_key(website.private_pem(weak))
    with pytest.raises(keys.BadKey):
        website.generate_key(bits=size)


def test_other_kinds_of_keys_are_refused() -> None:
    for other in (ec.generate_private_key(ec.SECP256R1()), dsa.generate_private_key(2048)):
        with pytest.raises(keys.BadKey, match="RSA and Ed25519"):
            keys.load_public_key(keys.to_base64(other.public_key()))  # type: ignore[arg-type]


def test_keys_are_read_in_every_form(site_key: website.PrivateKey) -> None:
    expected = keys.fingerprint(site_key.public_key())
    text = keys.to_base64(site_key.public_key())
    folded = "\n".join(text[start : start + 64] for start in range(0, len(text), 64))
    forms: list[str | bytes] = [
        text,
        folded,
        website.public_pem(site_key).decode(),
        website.public_pem(site_key).decode().replace("\n", "\r\n"),
        keys.to_der(site_key.public_key()),
    ]
    for form in forms:
        assert keys.fingerprint(keys.load_public_key(form)) == expected


@given(st.text(max_size=80) | st.binary(max_size=80))
def test_what_is_no_key_is_refused_as_such(junk: str | bytes) -> None:
    with pytest.raises(keys.BadKey):
        keys.load_public_key(junk)


def test_what_is_no_key_is_told_apart() -> None:
    text = keys.to_base64(ED25519.public_key())
    padded = text + " " * (16384 - len(text))
    assert keys.load_public_key(padded) == ED25519.public_key()
    begin, end = "-----BEGIN PUBLIC KEY-----", "-----END PUBLIC KEY-----"
    assert keys.load_public_key(f"{begin}\n {text} \n{end}\n") == ED25519.public_key()
    for source, reason in (
        (padded + " ", "notPublicKey"),
        (f"{begin}\n{text}\n-----END PRIVATE KEY-----", "notPublicKey"),
        (f"{begin}\n{text}", "notPublicKey"),
        (f"-----BEGIN PRIVATE KEY-----\n{text}\n{end}", "notPublicKey"),
        ("QUJD", "notPublicKey"),
        ("", "notPublicKey"),
        (f"{text}*", "notBase64"),
        ("é", "notBase64"),
    ):
        with pytest.raises(keys.BadKey) as caught:
            keys.load_public_key(source)
        assert caught.value.phrase.code == f"detail_{reason}", source


def test_the_fingerprint_is_the_hash_of_the_whole_key() -> None:
    public = ED25519.public_key()
    expected = hashlib.sha256(base64.b64decode(keys.to_base64(public))).hexdigest()
    assert keys.fingerprint(public) == f"SHA256:{expected}"


def test_a_private_key_is_no_public_key(site_key: website.PrivateKey) -> None:
    with pytest.raises(keys.BadKey, match="not a public key"):
        keys.load_public_key(website.private_pem(site_key).decode())
