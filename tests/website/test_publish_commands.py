"""``cernvm-webapi vmcp publish`` and ``published-keys``: what a website without central listing serves, and what a
computer remembers of it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from cvmwebapi import website
from cvmwebapi.vmcp import keys, pinned_keys, published_document

from .conftest import Command

DOMAIN = "vm.example.org"


@pytest.fixture
def folder(command: Command, tmp_path: Path) -> Path:
    for name in ("old", "new", "later"):
        command("vmcp", "keygen", name, "--kind", "ed25519")
    return tmp_path


def public(folder: Path, name: str) -> keys.PublicKey:
    return website.load_key(folder / name).public_key()


def published(command: Command, folder: Path, key: str, *more: str) -> published_document.Document:
    text = command("vmcp", "publish", DOMAIN, key, "--contact", "me@example.org", *more).stdout
    (folder / "document").write_text(text)
    return published_document.parse(text.encode())


def test_publish(command: Command, folder: Path) -> None:
    document = published(command, folder, "old")
    assert (document.contact, document.algorithm) == ("me@example.org", "ed25519")
    assert keys.to_der(document.key) == keys.to_der(public(folder, "old"))
    assert "PRIVATE" not in (folder / "document").read_text()


def test_two_changes_of_key_in_a_row(command: Command, folder: Path) -> None:
    published(command, folder, "old")
    published(command, folder, "new", "--after", "old", "--document", "document")
    document = published(command, folder, "later", "--after", "new", "--document", "document")
    assert document.vouched(DOMAIN, public(folder, "old"), public(folder, "later"))
    assert not document.vouched("other.example.org", public(folder, "old"), public(folder, "later"))


def test_an_announced_key(command: Command, folder: Path) -> None:
    document = published(command, folder, "old", "--next", "new")
    assert document.next is not None
    assert document.vouched(DOMAIN, public(folder, "old"), document.next)
    # Once announced, the change itself needs no old key any more.
    after = published(command, folder, "new", "--document", "document")
    assert after.vouched(DOMAIN, public(folder, "old"), public(folder, "new"))


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("not a domain", "old"), "domain"),
        ((DOMAIN, "missing"), "missing"),
        ((DOMAIN, "old.pub"), "private"),
        ((DOMAIN, "old", "--document", "old"), "Expecting value"),
    ],
)
def test_what_cannot_be_published(command: Command, folder: Path, arguments: tuple[str, ...], reason: str) -> None:
    result = command("vmcp", "publish", *arguments, "--contact", "me@example.org", status=1)
    assert reason in result.stderr and not result.stdout


def test_contacts_that_a_terminal_would_not_like(command: Command, folder: Path) -> None:
    assert "contact" in command("vmcp", "publish", DOMAIN, "old", "--contact", "a\x1b[2J", status=1).stderr


def test_list_and_forget(command: Command, folder: Path, environment: dict[str, str]) -> None:
    assert command("published-keys", "list").stdout == ""
    pins = pinned_keys.PinnedKeys(Path(environment["HOME"]) / ".local/share/cernvm-webapi")
    pins.put(pinned_keys.Pin(DOMAIN, public(folder, "old"), "ed25519", "me@example.org", 0, 0))
    fingerprint = keys.fingerprint(public(folder, "old"))
    assert command("published-keys", "list").stdout == f"{DOMAIN}\t{fingerprint}\tme@example.org\n"
    assert "forgot" in command("published-keys", "forget", DOMAIN.upper()).stdout
    assert command("published-keys", "list").stdout == ""
    assert "no key" in command("published-keys", "forget", DOMAIN, status=1).stderr


def test_the_document_is_json_that_people_can_read(command: Command, folder: Path) -> None:
    published(command, folder, "old")
    assert list(json.loads((folder / "document").read_text())) == ["key", "algorithm", "contact"]
