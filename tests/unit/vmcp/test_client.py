"""The whole request against real servers: keystore, endpoint, signature, description."""

from __future__ import annotations

import hashlib
import json
import re
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from cvmwebapi import website
from cvmwebapi.config.settings import Keystore, Settings
from cvmwebapi.tasks import Task
from cvmwebapi.vmcp import client, keystore
from cvmwebapi.vmcp.keystore import Trust
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from tests.unit.net.servers import Reply, Seen, Site, make_certificate
from tests.unit.site_fixtures import failure

MACHINE = {"name": "my-vm", "secret": "s", "memory": 1024, "userData": "é", "flags": True}
FUZZ_TRUST = Trust("example.org", website.generate_key("ed25519").public_key(), "https://keystore.example")


class World:
    """One server that is keystore and endpoint; ``reply`` makes the answer from the parsed query."""

    def __init__(self, site: Site, key: website.PrivateKey, root: website.PrivateKey) -> None:
        self.site, self.key = site, key
        self.list = website.keystore_list([website.keystore_line("example.org", key)])
        self.signature = website.sign_keystore(self.list, root)
        keystore = Keystore(site.url("/store"), website.public_pem(root).decode())
        self.settings = Settings(keystores=(keystore,), local_network_sites=("example.org",))
        self.body: Any = lambda query: json.dumps(website.sign(MACHINE, query["cvm_salt"][0], key)).encode()
        site.answer = self._answer

    def _answer(self, seen: Seen) -> Reply:
        url = urlsplit(seen.path)
        if url.path == "/store/domainkeys.lst":
            return Reply(self.list)
        if url.path == "/store/domainkeys.sig":
            return Reply(self.signature)
        return Reply(self.body(parse_qs(url.query)), headers={"Content-Type": "text/plain"})

    def list_also(self, domain: str, root: website.PrivateKey) -> None:
        """One more website with the same key."""
        self.list = website.keystore_list([website.keystore_line(name, self.key) for name in ("example.org", domain)])
        self.signature = website.sign_keystore(self.list, root)

    def request(self, domain: str = "example.org", path: str = "/vmcp?tag=one") -> client.VerifiedMachine:
        return client.request_description(self.site.url(path), domain, self.settings)

    def answer(self, change: Any) -> None:
        """From now on the endpoint changes its signed answer so."""
        self.body = lambda query: json.dumps(change(website.sign(MACHINE, query["cvm_salt"][0], self.key))).encode()

    @property
    def vmcp_requests(self) -> list[dict[str, list[str]]]:
        return [parse_qs(urlsplit(seen.path).query) for seen in self.site.seen if seen.path.startswith("/vmcp")]


@pytest.fixture
def world(site: Site, site_key: website.PrivateKey, root_key: website.PrivateKey) -> Iterator[World]:
    yield World(site, site_key, root_key)


def test_a_signed_machine(world: World) -> None:
    verified = world.request()
    assert (verified.machine.name, verified.machine.memory, verified.machine.flags) == ("my-vm", 1024, 1)
    assert verified.machine.user_data == "é"
    assert verified.trust.domain == "example.org"
    assert len(world.vmcp_requests) == 1
    assert world.vmcp_requests[0]["tag"] == ["one"]


def test_salt_and_host_id(world: World) -> None:
    for _ in range(2):
        client.request_description(world.site.url(), "example.org", world.settings, local_id="me")
    first, second = world.vmcp_requests
    assert re.fullmatch(r"[a-zA-Z0-9-]{64}", first["cvm_salt"][0])
    assert first["cvm_salt"] != second["cvm_salt"]
    expected = hashlib.sha256(b"me|example.org").hexdigest()
    assert first["cvm_hostid"] == second["cvm_hostid"] == [expected]


def test_a_replayed_answer(world: World) -> None:
    recorded: list[bytes] = []

    def replay(query: dict[str, list[str]]) -> bytes:
        if not recorded:
            recorded.append(json.dumps(website.sign(MACHINE, query["cvm_salt"][0], world.key)).encode())
        return recorded[0]

    world.body = replay
    assert world.request().machine.name == "my-vm"
    error = failure(world.request)
    assert (error.name, error.code) == ("signatureWrong", -12)


def test_a_page_that_names_its_own_salt_gets_a_new_one(world: World) -> None:
    assert world.request(path="/vmcp?cvm_salt=OLD&cvm_hostid=me&tag=x").machine.name == "my-vm"
    assert world.vmcp_requests[0]["cvm_salt"] != ["OLD"]
    assert len(world.vmcp_requests[0]["cvm_salt"]) == 1


@pytest.mark.parametrize(
    ("change", "error", "code"),
    [
        (lambda a: {**a, "memory": 2048}, "signatureWrong", -12),
        (lambda a: {**a, "extra": ""}, "signatureWrong", -12),
        (lambda a: {**a, "signature": "QUJD"}, "signatureWrong", -12),
        (lambda a: {k: v for k, v in a.items() if k != "signature"}, "vmcpIncomplete", -99),
        (lambda a: {k: v for k, v in a.items() if k != "secret"}, "vmcpIncomplete", -99),
        (lambda a: {k: v for k, v in a.items() if k != "name"}, "vmcpIncomplete", -99),
        (lambda a: {**a, "diskURL": "https://x.example/d"}, "vmcpIncomplete", -99),
        (lambda a: [a], "vmcpNotJson", -5),
        (lambda a: {**a, "memory": 0.5}, "vmcpAmbiguous", -12),
    ],
)
def test_answers_that_are_refused(world: World, change: Any, error: str, code: int) -> None:
    world.answer(change)
    caught = failure(world.request)
    assert (caught.name, caught.code) == (error, code)


@pytest.mark.parametrize("body", [b"", b"<html>Not found</html>", b"Notice: x\n{}", b"\xff\xfe"])
def test_not_json(world: World, body: bytes) -> None:
    world.body = lambda query: body
    error = failure(world.request)
    assert (error.name, error.code) == ("vmcpNotJson", -5)
    assert error.params["host"] == urlsplit(world.site.url()).netloc and error.params["detail"]
    assert error.params["detail"] != "None"


def test_signed_by_the_key_of_another_site(world: World) -> None:
    other = website.generate_key(bits=2048)
    world.body = lambda query: json.dumps(website.sign(MACHINE, query["cvm_salt"][0], other)).encode()
    assert failure(world.request).name == "signatureWrong"


def test_a_page_without_a_key_is_not_even_asked_for(world: World) -> None:
    error = failure(world.request, "unknown.example")
    assert (error.name, error.code) == ("notTrusted", -13)
    assert world.vmcp_requests == []


def test_the_keystore_comes_first(world: World) -> None:
    world.signature = b"x"
    world.body = lambda query: b"junk"
    assert failure(world.request).code == -12
    assert world.vmcp_requests == []


def test_what_a_signed_answer_may_still_not_ask(world: World) -> None:
    def signed(**more: Any) -> None:
        world.body = lambda query: json.dumps(
            website.sign({**MACHINE, **more}, query["cvm_salt"][0], world.key)
        ).encode()

    signed(name="a b")
    assert failure(world.request).name == "machineName"
    signed(flags=256)
    assert failure(world.request).name == "machineFlags"
    signed(diskURL="http://insecure.example/disk", diskChecksum="ab" * 32)
    assert failure(world.request).name == "vmcpInsecure"
    signed(diskURL="https://secure.example/disk", diskChecksum="ab" * 32)
    assert world.request().machine.disk_url == "https://secure.example/disk"


def test_plain_http_is_for_the_domains_that_settings_name(world: World) -> None:
    world.body = lambda query: json.dumps(
        website.sign(
            {**MACHINE, "diskURL": "http://old.example/d", "diskChecksum": "ab" * 32}, query["cvm_salt"][0], world.key
        )
    ).encode()
    assert failure(world.request).name == "vmcpInsecure"
    world.settings = replace(world.settings, legacy_http_domains=("old.example",))
    assert world.request().machine.disk_url == "http://old.example/d"
    url = "http://old.example.invalid/vmcp"
    assert failure(client.request_description, url, "example.org", world.settings).name == "vmcpInsecure"
    world.settings = replace(world.settings, legacy_http_domains=("old.example.invalid",))
    assert failure(client.request_description, url, "example.org", world.settings).name == "vmcpUnreachable"


def test_a_page_that_has_gone_asks_nobody(world: World) -> None:
    task = Task()
    with keystore._refreshing.passed(Task()):
        threading.Timer(0.1, task.cancel).start()
        error = failure(client.request_description, world.site.url(), "example.org", world.settings, task=task)
    assert error.name == "cancelled" and world.site.seen == []
    world.request()
    leaving = Task()

    def slow(query: dict[str, list[str]]) -> bytes:
        leaving.cancel()
        time.sleep(1)
        return b"{}"

    world.body = slow
    error = failure(client.request_description, world.site.url(), "example.org", world.settings, task=leaving)
    assert error.name == "cancelled"


def test_letter_case_of_keys_changes_nothing(world: World) -> None:
    """The signature does not cover it: written in capitals, a parameter could otherwise be dropped on the way."""
    # "flags" sorts first in either case, so that the signed text stays the same.
    world.answer(lambda a: {key.replace("flags", "FLAGS"): value for key, value in a.items()})
    assert world.request().machine.flags == 1


def test_kinds_of_values_change_nothing(world: World) -> None:
    world.answer(lambda a: {**a, "memory": "1024", "flags": "1"})
    assert (world.request().machine.memory, world.request().machine.flags) == (1024, 1)


def heard(world: World, url: str) -> tuple[str, int, str]:
    """What a page of the internet hears, without the address that it named itself."""
    error = failure(client.request_description, url, "a.example", world.settings)
    return error.name, error.code, f"{error.message} {error.fix}".replace(urlsplit(url).netloc, "HOST")


def test_a_page_of_the_internet_can_t_look_around_here(
    world: World, tmp_path: Path, root_key: website.PrivateKey
) -> None:
    """A listed website names whatever it likes: nothing is asked, and no two answers differ."""
    world.list_also("a.example", root_key)
    world.request()
    before = len(world.site.seen)
    secure = Site(make_certificate(tmp_path))
    dropping = "http://127.0.0.1:9/vmcp"
    try:
        answers = {
            heard(world, url)
            for url in (
                world.site.url("/vmcp?x=1"),
                world.site.url("/nothing"),
                secure.url("/vmcp", host="127.0.0.1"),
                secure.url("/vmcp", host="localhost"),
                dropping,
                "https://10.0.0.1/",
                "https://[::ffff:10.0.0.1]:8080/",
                "https://no-such-host.invalid/",
                "https://printer.local/",
            )
        }
        assert answers == {heard(world, dropping)}
        assert answers.pop()[:2] == ("vmcpUnreachable", -6)
        assert secure.seen == []
    finally:
        secure.close()
    assert [seen.path for seen in world.site.seen[before:] if not seen.path.startswith("/store")] == []


@pytest.mark.parametrize("status", [302, 400, 401, 404, 500, 503])
def test_nor_tell_the_states_of_other_servers_apart(world: World, status: int) -> None:
    """Of the internet, too, a computer may reach what nobody else can."""
    answer = world.site.answer
    world.site.answer = lambda seen: Reply(status=status) if "/vmcp" in seen.path else answer(seen)
    error = failure(world.request)
    assert (error.name, str(status) in error.message) == ("vmcpUnreachable", False)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda children: st.lists(children, max_size=3) | st.dictionaries(st.text(max_size=8), children, max_size=3),
    max_leaves=8,
)
answers = st.fixed_dictionaries(
    {"name": json_values, "secret": json_values, "signature": json_values},
    optional={key: json_values for key in ("memory", "diskURL", "diskChecksum", "signatureAlgorithm", "userData")},
)


@given(answers.map(lambda answer: json.dumps(answer).encode()) | st.binary(max_size=100))
@hypothesis_settings(max_examples=300)
def test_whatever_arrives_ends_in_an_error_with_a_code(body: bytes) -> None:
    error = failure(client.read_answer, body, "SALT", FUZZ_TRUST, "example.org")
    assert error.code in (-5, -12, -99)
    assert error.message
