"""The signers in PHP and Node, run by the real interpreters over the vectors that ours passes."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from cvmwebapi import website
from cvmwebapi.config.settings import Keystore, Settings
from cvmwebapi.vmcp import client, signature
from cvmwebapi.vmcp.canonical import signed_text

from tests.unit.net.servers import Reply, Site

from .processes import free_port, serving

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
VECTORS: dict[str, Any] = json.loads((ROOT / "tests/vectors/vmcp-signatures.json").read_text("ascii"))
SALT = "a-Z9" * 16


@pytest.fixture(params=["php", "node"])
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def interpreter(language: str, request: pytest.FixtureRequest) -> list[str]:
    script = {"php": "vectors.php", "node": "vectors.mjs"}[language]
    return [request.getfixturevalue(language), str(HERE / script)]


def ask(interpreter: list[str], requests: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What the other language makes of ``requests``."""
    lines = "".join(json.dumps(request) + "\n" for request in requests)
    result = subprocess.run(interpreter, input=lines, capture_output=True, text=True, timeout=60)
    assert (result.returncode, result.stderr) == (0, "")
    answers = [json.loads(line) for line in result.stdout.splitlines()]
    assert len(answers) == len(requests)
    return answers


def private(name: str) -> str:
    return str(VECTORS["keys"][name]["private"])


def test_vectors(interpreter: list[str], language: str) -> None:
    known = {"php": ["rsa"], "node": ["rsa", "ed25519"]}[language]
    vectors = VECTORS["valid"]
    asked = [{**vector, "key": private(vector["key"])} for vector in vectors]
    compared = 0
    for vector, answer in zip(vectors, ask(interpreter, asked), strict=True):
        assert answer["text"] == vector["signedText"]
        if vector["key"] not in known:
            assert "no RSA" in answer["answerError"]
        elif vector["deterministic"]:
            assert answer["answer"]["signature"] == vector["signature"]
            compared += 1
    assert compared >= 5


def test_answers_that_our_host_accepts(interpreter: list[str]) -> None:
    parameters = {"name": "n", "secret": "é€𝄞 !'()*~", "on": True, "7": "digits", "Signature": "old", "flags": 49}
    (made,) = ask(interpreter, [{"parameters": parameters, "salt": SALT, "key": private("rsa")}])
    answer = made["answer"]
    assert (answer["on"], answer["flags"]) == (1, 49)
    assert "Signature" not in answer
    public = website.load_key(private("rsa").encode()).public_key()
    assert signature.verify(answer, SALT, public, "x")["secret"] == parameters["secret"]


@pytest.mark.parametrize(
    ("parameters", "salt"),
    [
        ({"a": 1.5}, SALT),
        ({"a": None}, SALT),
        ({"a": [1]}, SALT),
        ({"a": {"b": 1}}, SALT),
        ({"a": 2**53}, SALT),
        ({"a": -(2**53)}, SALT),
        ({"a": "1", "A": "1"}, SALT),
        ({"a=b": "1"}, SALT),
        ({"a\n": "1"}, SALT),
        ({"é": "1"}, SALT),
        ({"": "1"}, SALT),
        ({"a": "1"}, ""),
        ({"a": "1"}, "a\n"),
        ({"a": "1"}, "a\nflags=1"),
    ],
)
def test_refuses_what_ours_refuses(interpreter: list[str], parameters: dict[str, Any], salt: str) -> None:
    with pytest.raises(website.Unsignable):
        signed_text(parameters, salt)
    (made,) = ask(interpreter, [{"parameters": parameters, "salt": salt, "key": private("rsa")}])
    assert set(made) == {"textError", "answerError"}


def test_php_endpoint(php: str, site: Site, tmp_path: Path, root_key: website.PrivateKey) -> None:
    key = website.load_key(private("rsa").encode())
    tmp_path.joinpath("key.pem").write_text(private("rsa"))
    content = website.keystore_list([website.keystore_line("127.0.0.1", key)])
    files = {"/domainkeys.lst": content, "/domainkeys.sig": website.sign_keystore(content, root_key)}
    site.answer = lambda seen: Reply(files[seen.path])
    settings = Settings(keystores=(Keystore(site.url(""), website.public_pem(root_key).decode()),))
    port = free_port()
    command = [php, "-S", f"127.0.0.1:{port}", ROOT / "examples/php/vmcp.php"]
    with serving(command, port, {"SITE_KEY": str(tmp_path / "key.pem")}, tmp_path):
        machine = client.request_description(f"http://127.0.0.1:{port}/vmcp", "127.0.0.1", settings).machine
    assert (machine.name, machine.memory, len(machine.secret)) == ("example", 1024, 64)
