from __future__ import annotations

import base64
import subprocess
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import dsa, ec, rsa
from cvmwebapi import website
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


def test_a_private_key_is_no_public_key(site_key: website.PrivateKey) -> None:
    with pytest.raises(keys.BadKey, match="not a public key"):
        keys.load_public_key(website.private_pem(site_key).decode())
