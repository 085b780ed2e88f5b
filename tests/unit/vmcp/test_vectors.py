"""The vectors that other implementations use, run against ours."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from cvmwebapi import website
from cvmwebapi.vmcp import canonical, client, keys, signature
from cvmwebapi.vmcp.keystore import Trust

from tests.unit.site_fixtures import failure

VECTORS: dict[str, Any] = json.loads(
    Path(__file__).parents[2].joinpath("vectors", "vmcp-signatures.json").read_text("ascii")
)


def public(name: str) -> keys.PublicKey:
    return keys.load_public_key(VECTORS["keys"][name]["public"])


@pytest.mark.parametrize("vector", VECTORS["valid"], ids=lambda vector: vector["description"])
def test_valid(vector: dict[str, Any]) -> None:
    parameters, salt = vector["parameters"], vector["salt"]
    assert canonical.signed_text(parameters, salt).decode() == vector["signedText"]
    answer = {**parameters, "signature": vector["signature"]}
    assert signature.verify(answer, salt, public(vector["key"]), "x") == canonical.signed_fields(parameters)
    if vector["deterministic"]:
        private = website.load_key(VECTORS["keys"][vector["key"]]["private"].encode())
        assert website.sign(parameters, salt, private)["signature"] == vector["signature"]


@pytest.mark.parametrize("vector", VECTORS["invalid"], ids=lambda vector: vector["why"])
def test_invalid(vector: dict[str, Any]) -> None:
    trust = Trust("example.org", public(vector["key"]), "https://keystore.example")
    error = failure(client.read_answer, vector["answer"].encode(), vector["salt"], trust, "example.org")
    assert error.code == vector["code"], error.message
