from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from cvmwebapi import website
from cvmwebapi.vmcp import keys, signature

SALT = "a-Z9" * 16


def test_needs_no_other_part_of_the_host() -> None:
    script = (
        "import sys, cvmwebapi.website\n"
        "loaded = {name.split('.')[0] for name in sys.modules} & {'requests', 'urllib3', 'psutil', 'platformdirs'}\n"
        "ours = {name for name in sys.modules if name.startswith('cvmwebapi.') and name.split('.')[1] not in\n"
        "        ('website', 'vmcp', 'errors', 'texts')}\n"
        "print(loaded, ours)\n"
    )
    result = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONPATH": str(Path(website.__file__).parents[2])},
    )
    assert result.stdout.strip() == "set() set()"


def test_sign_leaves_the_parameters_alone(site_key: website.PrivateKey) -> None:
    parameters = {"name": "n", "on": True, "signature": "old"}
    signed = website.sign(parameters, SALT, site_key)
    assert parameters == {"name": "n", "on": True, "signature": "old"}
    assert signed["on"] == 1
    assert signed["signature"] != "old"
    assert list(signed) == ["name", "on", "signature"]


@pytest.mark.parametrize("value", [1.5, None, [], {}, 2**53])
def test_sign_refuses_what_hosts_refuse(site_key: website.PrivateKey, value: object) -> None:
    with pytest.raises(website.Unsignable, match="memory"):
        website.sign({"memory": value}, SALT, site_key)


@pytest.mark.parametrize("query", [{"cvm_salt": SALT}, {"cvm_salt": [SALT]}, {"cvm_salt": ["old", SALT]}])
def test_answer(site_key: website.PrivateKey, query: website.Query) -> None:
    response = website.answer({"name": "n", "secret": "é"}, query, site_key)
    assert response.status == 200
    assert response.headers["Cache-Control"] == "no-store"
    fields = signature.verify(json.loads(response.body), SALT, site_key.public_key(), "x")
    assert fields == {"name": "n", "secret": "é"}


@pytest.mark.parametrize(
    "query", [{}, {"cvm_salt": ""}, {"cvm_salt": []}, {"cvm_salt": "a\nflags=1"}, {"cvm_salt": "a" * 300}]
)
def test_answer_without_a_usable_salt(site_key: website.PrivateKey, query: website.Query) -> None:
    response = website.answer({"name": "n", "secret": "hush"}, query, site_key)
    assert response.status == 400
    assert b"hush" not in response.body
    assert b"signature" not in response.body


def test_answer_shows_the_site_its_own_fault(site_key: website.PrivateKey) -> None:
    with pytest.raises(website.Unsignable):
        website.answer({"name": None}, {"cvm_salt": SALT}, site_key)


@pytest.mark.parametrize("kind", ["rsa", "ed25519"])
@pytest.mark.parametrize("password", [None, b"word"])
def test_keys_survive_a_file(tmp_path: Path, kind: str, password: bytes | None) -> None:
    key = website.generate_key(kind, bits=2048)
    file = tmp_path / "key.pem"
    file.write_bytes(website.private_pem(key, password))
    again = website.load_key(file, password)
    assert website.keystore_line("d", again) == website.keystore_line("d", key)
    assert keys.fingerprint(keys.load_public_key(website.public_pem(again).decode())) == keys.fingerprint(
        key.public_key()
    )
    if password:
        with pytest.raises(keys.BadKey):
            website.load_key(file)


def test_what_is_no_key(tmp_path: Path) -> None:
    with pytest.raises(keys.BadKey):
        website.load_key(b"junk")
    with pytest.raises(FileNotFoundError):
        website.load_key(tmp_path / "missing.pem")
    with pytest.raises(ValueError, match="rsa or ed25519"):
        website.generate_key("dsa")


def test_only_rsa_signs_a_keystore() -> None:
    with pytest.raises(ValueError, match="RSA"):
        website.sign_keystore(b"", website.generate_key("ed25519"))


def test_a_secret_for_each_computer_and_purpose(site_key: website.PrivateKey) -> None:
    def secret(computer: str, purpose: str = "") -> str:
        return website.computer_secret({"cvm_hostid": [computer]}, site_key, purpose)

    assert secret("one") == website.computer_secret({"cvm_hostid": "one"}, site_key)
    assert len({secret("one"), secret("two"), secret("one", "second"), secret("")}) == 4
    other = website.generate_key("ed25519")
    assert website.computer_secret({"cvm_hostid": "one"}, other) != secret("one")
