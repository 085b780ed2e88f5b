"""Fuzz target: whatever a website, keystore or published key sends ends in a result or in an error of the table.

    python -m tests.fuzz.fuzz_vmcp [--seconds N] [--corpus FOLDER]

Coverage-guided with atheris where that is installed (``pip install atheris``), else mutations of the seeds by chance.
Ends with status 1 at the first input that breaks a rule, which it writes to ``crash-…`` in the current folder. The last
line says how many inputs were tried.

The first byte of an input chooses what it is: an answer as it came, an answer that is signed properly (so that what
lies behind the signature is reached), a keystore's list, a published document, or a rotation of keys.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from cvmwebapi import website
from cvmwebapi.errors import CVMError
from cvmwebapi.vmcp import (
    answer_problems,
    client,
    keystore,
    keystore_history,
    published_document,
    strict_json,
    values,
)

SALT = "fuzz-salt"
KEY = website.generate_key("ed25519")
TRUST = keystore.Trust("example.org", KEY.public_key(), "https://keystore.example")
MACHINE: dict[str, Any] = {
    "name": "my-vm", "secret": "s", "userData": "[a]\nb=é ${x:y}", "vcpus": "2", "ram": 1024, "disk": 2048,
    "cernvmVersion": "2.0-1", "flavor": "devel", "flags": 131, "diskURL": "https://a.example/d",
    "diskChecksum": "ab" * 32, "apiPort": 8080, "executionCap": 90, "canOverride": "memory, cpus",
}  # fmt: skip
ANSWER = json.dumps(website.sign(MACHINE, SALT, KEY)).encode()
# How an answer may end for its sender: each of the codes of docs/vmcp.md's table.
CODES = frozenset({-5, -10, -12, -99})
SECONDS = 5.0


def raw_answer(body: bytes) -> None:
    """Nobody without the key gets any other machine than the one that was signed."""
    try:
        machine = client.read_answer(body, SALT, TRUST, "example.org")
    except CVMError as error:
        _check(error)
    else:
        assert machine == client.read_answer(ANSWER, SALT, TRUST, "example.org"), machine
    answer_problems.answer_problems(body, SALT, KEY.public_key(), "example.org")


def signed_answer(body: bytes) -> None:
    """A machine that is handed out keeps within its limits, and means the same when it is read again."""
    try:
        parameters = {"name": "vm", "secret": "s", **strict_json.parse_object(body)}
        answer = json.dumps(website.sign(parameters, SALT, KEY, "ed25519")).encode()
    except (strict_json.BadJson, ValueError):
        return
    try:
        machine = client.read_answer(answer, SALT, TRUST, "example.org")
    except CVMError as error:
        _check(error)
        return
    assert values.NAME.fullmatch(machine.name), machine
    assert 1 <= machine.cpus <= 64 and 16 <= machine.memory <= 2**20 and 0 <= machine.disk <= 2**21, machine
    assert not machine.flags & values.FORBIDDEN_FLAGS, machine
    assert bool(machine.disk_url) == bool(machine.disk_checksum), machine
    assert machine.overridden({}) == machine, machine


def keystore_list(body: bytes) -> None:
    """Each domain has one key at most; the number is none below zero."""
    for domain in keystore.parse_list(body):
        assert domain and domain == domain.strip() and not domain.startswith("#"), domain
    assert keystore_history.serial_of(body) >= 0


def published(body: bytes) -> None:
    """A document that is accepted holds nothing that can upset a terminal or window."""
    try:
        document = published_document.parse(body)
    except published_document.BadDocument as error:
        assert str(error)
        return
    assert document.contact.isprintable() and len(document.rotation) <= published_document.MAX_ROTATIONS


def rotated(body: bytes) -> None:
    """No statement but a genuine one leads from one key to another."""
    made = website.published_key(KEY, "me", rotation=[_STATEMENT])
    made["rotation"][0]["signature"] = body.decode("latin-1")
    try:
        document = published_document.parse(json.dumps(made).encode())
    except published_document.BadDocument:
        return
    if document.rotation[0].signature != _GENUINE:
        assert not document.vouched("example.org", _OTHER.public_key(), KEY.public_key())


_OTHER = website.generate_key("ed25519")
_STATEMENT = website.rotation_statement("example.org", _OTHER, KEY)
_GENUINE = (
    published_document.parse(json.dumps(website.published_key(KEY, "me", rotation=[_STATEMENT])).encode())
    .rotation[0]
    .signature
)
TARGETS: tuple[Callable[[bytes], None], ...] = (raw_answer, signed_answer, keystore_list, published, rotated)


def _check(error: CVMError) -> None:
    assert error.code in CODES, error.name
    assert error.message and error.fix and len(error.message) < 10_000


def one_input(data: bytes) -> None:
    """Try one input; raises whatever breaks a rule, also for one that takes too long."""
    if not data:
        return
    started = time.process_time()
    TARGETS[data[0] % len(TARGETS)](data[1:])
    assert time.process_time() - started < SECONDS, "too slow"


def seeds() -> list[bytes]:
    """An input of each kind that is as it should be, and some that are nearly."""
    store = website.keystore_list([website.keystore_line("example.org", KEY)], serial=3)
    document = json.dumps(website.published_key(KEY, "me", next_key=_OTHER, rotation=[_STATEMENT])).encode()
    odd = [b"{}", b"[" * 40, b'{"name": 1e9, "a": null, "A": true}', b'{"flags": 256}', b'{"x": "\\ud800"}']
    return [
        b"\0" + ANSWER, b"\1" + json.dumps(MACHINE).encode(), b"\2" + store, b"\3" + document,
        b"\4" + _STATEMENT["signature"].encode(), *(bytes([kind]) + body for kind in (0, 1, 3) for body in odd),
    ]  # fmt: skip


def run_by_chance(seconds: float) -> int:
    """Mutate the seeds for so long; returns the number of inputs."""
    chance = random.Random(0)
    pool = seeds()
    pieces = [
        b'"',
        b"\\",
        b"{",
        b"}",
        b"[",
        b"]",
        b",",
        b":",
        b"\0",
        b"\xff",
        b"\n",
        b"1e9",
        b"null",
        b"\\ud800",
        b"=",
        b"#",
    ]
    end, count = time.monotonic() + seconds, 0
    while time.monotonic() < end:
        data = bytearray(chance.choice(pool))
        for _ in range(chance.randrange(1, 6)):
            place = chance.randrange(len(data) + 1)
            data[place : place + chance.choice((0, 0, 1, 4, 20))] = chance.choice(pieces) * chance.choice((1, 1, 1, 50))
        try:
            one_input(bytes(data))
        except BaseException:
            name = f"crash-{hashlib.sha256(data).hexdigest()[:16]}"
            Path(name).write_bytes(data)
            print(f"{name}: {bytes(data)[:200]!r}", file=sys.stderr)
            raise
        count += 1
    return count


def main() -> None:
    """Run for the time that was asked for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--seconds", type=int, default=600)
    parser.add_argument("--corpus", type=Path, help="folder of inputs that were found interesting, kept between runs")
    options = parser.parse_args()
    try:
        import atheris
    except ImportError:
        print(f"Done {run_by_chance(options.seconds)} inputs, by chance (atheris is not installed)")
        return
    if options.corpus:
        options.corpus.mkdir(parents=True, exist_ok=True)
        for seed in seeds():
            options.corpus.joinpath(hashlib.sha256(seed).hexdigest()[:16]).write_bytes(seed)
    atheris.instrument_all()
    limits = [f"-max_total_time={options.seconds}", "-timeout=5", "-rss_limit_mb=1024", "-max_len=20000"]
    atheris.Setup([sys.argv[0], *limits, *([str(options.corpus)] if options.corpus else [])], one_input)
    # Does not return: ends the process with the engine's own count of inputs.
    atheris.Fuzz()


if __name__ == "__main__":
    main()
