"""Keys that sites publish themselves, from real servers: https under the domain's own name, through a tunnel."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from cvmwebapi import website
from cvmwebapi.config.settings import Keystore, Settings
from cvmwebapi.net.spaces import Space
from cvmwebapi.texts.phrase import detail
from cvmwebapi.vmcp import client, keys, published_document, published_keys
from cvmwebapi.vmcp.keystore import STALE_SECONDS, Trust
from cvmwebapi.vmcp.pinned_keys import Pin, PinnedKeys

from tests.unit.net.servers import Reply, Seen, Site, make_certificate, tunnel_to
from tests.unit.site_fixtures import failure

DOMAIN = "site.example"
OLD, NEW, LATER, FOREIGN = (website.generate_key("ed25519") for _ in range(4))


class World:
    """A site's https server under its own name, and the clock of its reader."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.now = 1_800_000_000.0
        self.reply = Reply(status=404)
        site.answer = lambda seen: self.reply

    def publish(self, key: website.PrivateKey, *rotation: dict[str, str], **more: Any) -> None:
        self.reply = Reply(
            json.dumps(website.published_key(key, "mailto:a@site.example", rotation=rotation, **more)).encode()
        )

    def lookup(self) -> Trust | None:
        return published_keys.lookup(DOMAIN, f"https://{DOMAIN}:8443", clock=lambda: self.now)


def fingerprint(key: website.PrivateKey) -> str:
    return keys.fingerprint(key.public_key())


def vouch(old: website.PrivateKey, new: website.PrivateKey, domain: str = DOMAIN) -> dict[str, str]:
    return website.rotation_statement(domain, old, new)


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    certificate = make_certificate(tmp_path, DOMAIN)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate))
    site = Site(certificate)
    with tunnel_to(site) as proxy:
        monkeypatch.setenv("https_proxy", proxy)
        yield World(site)
    site.close()


def test_a_published_key(world: World) -> None:
    world.publish(OLD)
    trust = world.lookup()
    assert trust is not None
    assert (trust.kind, trust.stale, trust.domain, trust.algorithm) == ("published", False, DOMAIN, "ed25519")
    assert trust.fingerprint == fingerprint(OLD)
    assert [seen.path for seen in world.site.seen] == ["/.well-known/cernvm-webapi.json"]
    assert world.site.seen[0].headers["host"] == DOMAIN


@pytest.mark.parametrize(
    "reply",
    [
        Reply(status=404),
        Reply(status=410),
        Reply(status=500),
        Reply(b"<!doctype html>"),
        Reply(b"\n <html>"),
        Reply(b""),
    ],
    ids=["404", "410", "500", "html", "html with space", "empty"],
)
def test_a_site_that_publishes_nothing(world: World, reply: Reply) -> None:
    world.reply = reply
    assert world.lookup() is None
    assert PinnedKeys().all() == []


def test_a_document_that_cannot_be_used(world: World) -> None:
    world.reply = Reply(b'{"key": "QUJD"}')
    error = failure(world.lookup)
    assert (error.name, error.code) == ("publishedKeyInvalid", -12)
    url = f"https://{DOMAIN}/.well-known/cernvm-webapi.json"
    reason = detail("about", name="key", reason=detail("notPublicKey"))
    assert error.params == {"domain": DOMAIN, "url": url, "detail": reason}


def test_a_changed_key_is_an_error_that_names_both(world: World) -> None:
    world.publish(OLD)
    world.lookup()
    world.publish(FOREIGN)
    for _ in range(2):
        error = failure(world.lookup)
        assert (error.name, error.code) == ("keyChanged", -12)
        assert error.params == {"domain": DOMAIN, "old": fingerprint(OLD), "new": fingerprint(FOREIGN)}
        assert f"forget {DOMAIN}" in error.fix
    world.publish(OLD)
    assert world.lookup() is not None


@pytest.mark.parametrize(
    "statement",
    [vouch(FOREIGN, NEW), vouch(NEW, OLD), vouch(OLD, NEW, "other.example"), {**vouch(OLD, NEW), "signature": "QUJD"}],
    ids=["foreign", "backwards", "other domain", "junk"],
)
def test_statements_that_do_not_help(world: World, statement: dict[str, str]) -> None:
    world.publish(OLD)
    world.lookup()
    world.publish(NEW, statement)
    assert failure(world.lookup).name == "keyChanged"


def test_a_key_that_the_old_one_vouches_for(world: World) -> None:
    world.publish(OLD)
    world.lookup()
    world.publish(NEW, vouch(OLD, NEW))
    trust = world.lookup()
    assert trust is not None and trust.fingerprint == fingerprint(NEW)
    # There is no way back to the old key, which may be in other hands by now.
    world.publish(OLD, vouch(OLD, NEW))
    assert failure(world.lookup).name == "keyChanged"
    # And the new one goes on without its statement.
    world.publish(NEW)
    assert world.lookup() is not None


def test_several_changes_while_the_computer_was_away(world: World) -> None:
    world.publish(OLD)
    world.lookup()
    world.publish(LATER, vouch(OLD, NEW), vouch(NEW, LATER))
    trust = world.lookup()
    assert trust is not None and trust.fingerprint == fingerprint(LATER)


def test_an_announced_key_needs_no_second_statement(world: World) -> None:
    world.publish(OLD, vouch(OLD, NEW), next_key=NEW)
    world.lookup()
    world.publish(NEW)
    trust = world.lookup()
    assert trust is not None and trust.fingerprint == fingerprint(NEW)


@pytest.mark.parametrize("statements", [[], [vouch(FOREIGN, NEW)]], ids=["none", "foreign"])
def test_an_announcement_alone_is_no_statement(world: World, statements: list[dict[str, str]]) -> None:
    world.publish(OLD, *statements, next_key=NEW)
    world.lookup()
    world.publish(NEW)
    assert failure(world.lookup).name == "keyChanged"


def test_an_announcement_can_be_taken_back(world: World) -> None:
    world.publish(OLD, vouch(OLD, NEW), next_key=NEW)
    world.lookup()
    world.publish(OLD)
    world.lookup()
    world.publish(NEW)
    assert failure(world.lookup).name == "keyChanged"


def test_the_pinned_key_goes_on_while_the_server_is_down(world: World) -> None:
    world.publish(OLD)
    world.lookup()
    world.reply = Reply(status=503)
    world.now += STALE_SECONDS
    trust = world.lookup()
    assert trust is not None and trust.stale and trust.fingerprint == fingerprint(OLD)
    # It counts for no more than when the site told it itself.
    assert (trust.kind, trust.algorithm, trust.domain) == ("published", "ed25519", DOMAIN)
    assert trust.source == f"https://{DOMAIN}/.well-known/cernvm-webapi.json"
    world.now += 1
    assert world.lookup() is None
    # A key that was taken down is gone at once; its pin stays.
    world.now -= 10
    world.reply = Reply(status=404)
    assert world.lookup() is None
    world.publish(FOREIGN)
    assert failure(world.lookup).name == "keyChanged"


def test_a_pin_from_the_future_says_nothing_of_its_age(world: World) -> None:
    world.publish(OLD)
    world.lookup()
    world.reply = Reply(status=503)
    assert world.lookup() is not None, "at the very moment of the pin"
    world.now -= 1
    assert world.lookup() is None


def test_each_use_prolongs_the_thirty_days(world: World) -> None:
    world.publish(OLD)
    for _ in range(3):
        world.lookup()
        world.now += STALE_SECONDS - 1
    world.reply = Reply(status=503)
    assert world.lookup() is not None


def test_pins_are_private_and_a_damaged_one_trusts_nobody(world: World, own_folders: Path) -> None:
    world.publish(OLD)
    world.lookup()
    (file,) = (own_folders / "data" / "pinned-keys").iterdir()
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.parent.stat().st_mode & 0o777 == 0o700
    whole = file.read_text()
    for damage in ("", "[]", whole[:50], whole.replace(DOMAIN, "other.example"), '{"domain": "site.example"}'):
        file.write_text(damage)
        error = failure(world.lookup)
        assert (error.name, error.code) == ("pinnedKeyBroken", -12)
        assert error.params == {"domain": DOMAIN, "file": str(file)}
    assert PinnedKeys().forget(DOMAIN)
    assert world.lookup() is not None


def test_all_pins_are_told_but_for_damaged_ones(own_folders: Path) -> None:
    pins = PinnedKeys()
    for domain, key in (("b.example", OLD), ("a.example", NEW)):
        pins.put(Pin(domain, key.public_key(), "ed25519", "me", 1.0, 2.0))
    folder = own_folders / "data" / "pinned-keys"
    (whole,) = (file for file in folder.iterdir() if "a.example" in file.read_text())
    said = json.loads(whole.read_text())
    damages: list[Any] = [[], {}, {**said, "key": "QUJD"}, {**said, "first_seen": None}]
    for number, damage in enumerate(damages):
        (folder / f"{number}.json").write_text(json.dumps(damage))
    (folder / "cut.json").write_text(whole.read_text()[:50])
    (folder / "deep.json").write_text("[" * 100_000)
    (folder / "a folder.json").mkdir()
    (folder / "of somebody else.txt").write_text(json.dumps({**said, "domain": "c.example"}))
    assert [pin.domain for pin in pins.all()] == ["a.example", "b.example"]
    assert pins.forget("a.example") and not pins.forget("a.example")
    assert [pin.domain for pin in pins.all()] == ["b.example"]


def test_a_pin_is_read_as_it_was_written(own_folders: Path) -> None:
    pins = PinnedKeys()
    for following in (None, NEW.public_key()):
        pin = Pin(DOMAIN, OLD.public_key(), "ed25519", "mailto:é@site.example", 1.5, 2.5, following)
        pins.put(pin)
        assert pins.get(DOMAIN) == pin
    assert pins.get("other.example") is None


def test_what_cannot_be_remembered_is_not_trusted(world: World, own_folders: Path) -> None:
    world.publish(OLD)
    (own_folders / "data").mkdir(mode=0o700)
    (own_folders / "data" / "pinned-keys").write_text("in the way")
    assert failure(world.lookup).code in (-6, -12)


def test_plain_http_and_redirects_to_it_are_no_proof(world: World, site: Site) -> None:
    site.answer = lambda seen: Reply(json.dumps(website.published_key(OLD, "me")).encode())
    world.reply = Reply(status=302, headers={"Location": site.url(published_document.PATH)})
    assert world.lookup() is None
    assert site.seen == []


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize(
    "target", ["/elsewhere", f"https://{DOMAIN}:8443/", "//other.example/", "https://other.example/"]
)
def test_no_redirect_is_followed(world: World, status: int, target: str) -> None:
    """An open redirect, or a user's page, would otherwise speak for the whole site."""
    there = Reply(json.dumps(website.published_key(FOREIGN, "mailto:a@site.example")).encode())
    moved = Reply(status=status, headers={"Location": target})
    world.site.answer = lambda seen: moved if seen.path == published_document.PATH else there
    assert world.lookup() is None
    assert PinnedKeys().all() == []
    assert [seen.path for seen in world.site.seen] == [published_document.PATH]


def test_nor_one_to_another_host(site: Site) -> None:
    other = Site()
    try:
        other.answer = lambda seen: Reply(json.dumps(website.published_key(FOREIGN, "me")).encode())
        target = other.url(published_document.PATH, host="127.0.0.1")
        site.answer = lambda seen: Reply(status=302, headers={"Location": target})
        origin = site.url("", host="localhost")
        assert published_keys.lookup("localhost", origin, nearest=Space.COMPUTER) is None
    finally:
        other.close()
    assert (other.seen, PinnedKeys().all()) == ([], [])


def test_a_redirect_takes_no_pin_away(world: World) -> None:
    world.publish(OLD)
    assert world.lookup()
    world.reply = Reply(status=302, headers={"Location": "https://other.example/"})
    trust = world.lookup()
    assert trust is not None and (trust.fingerprint, trust.stale) == (fingerprint(OLD), True)


def test_a_certificate_of_another_name_is_no_proof(world: World) -> None:
    world.publish(OLD)
    assert published_keys.lookup("other.example") is None
    assert PinnedKeys().all() == []


@pytest.mark.parametrize(
    ("domain", "origin", "address"),
    [
        ("site.example", "https://site.example", "https://site.example"),
        ("site.example", "https://site.example:8443", "https://site.example"),
        ("site.example", "http://site.example:8080", "https://site.example"),
        ("2001:db8::1", "https://[2001:db8::1]:1", "https://[2001:db8::1]"),
        ("localhost", "http://localhost:8000", "http://localhost:8000"),
        ("127.0.0.1", "https://127.0.0.1:8000", "https://127.0.0.1:8000"),
        ("::1", "http://[::1]:8000", "http://[::1]:8000"),
        ("localhost", "http://site.example:80", "http://localhost"),
        ("localhost", "", "http://localhost"),
        ("localhost.example", "http://localhost.example", "https://localhost.example"),
    ],
)
def test_where_a_key_is_published(domain: str, origin: str, address: str) -> None:
    assert published_keys.address(domain, origin) == address + "/.well-known/cernvm-webapi.json"


class LocalSite:
    """A development server on this computer: page, endpoint and published key, with an empty keystore beside it."""

    def __init__(self, site: Site, root: website.PrivateKey) -> None:
        self.site = site
        self.document: bytes | None = None
        self.key = OLD
        self.algorithm: str | None = None
        self.list = website.keystore_list([])
        self.root = root
        self.store = Keystore(site.url("/store"), website.public_pem(root).decode())
        site.answer = self._answer

    def _answer(self, seen: Seen) -> Reply:
        url = urlsplit(seen.path)
        if url.path == published_document.PATH:
            return Reply(status=404) if self.document is None else Reply(self.document)
        if url.path.startswith("/store/"):
            return Reply(self.list if url.path.endswith("lst") else website.sign_keystore(self.list, self.root))
        salt = parse_qs(url.query)["cvm_salt"][0]
        return Reply(json.dumps(website.sign({"name": "vm", "secret": "s"}, salt, self.key, self.algorithm)).encode())

    def request(self, **settings: Any) -> client.VerifiedMachine:
        chosen = Settings(keystores=(self.store,), **settings)
        return client.request_description(self.site.url(), "127.0.0.1", chosen, origin=self.site.url(""))


@pytest.fixture
def local(site: Site, root_key: website.PrivateKey) -> LocalSite:
    return LocalSite(site, root_key)


def test_a_machine_of_a_site_that_vouches_for_itself(local: LocalSite) -> None:
    assert failure(local.request).name == "notTrusted"
    local.document = json.dumps(website.published_key(OLD, "me")).encode()
    verified = local.request()
    assert (verified.machine.name, verified.trust.kind) == ("vm", "published")
    local.key = FOREIGN
    assert failure(local.request).name == "signatureWrong"


def test_policy_can_forbid_it(local: LocalSite) -> None:
    local.document = json.dumps(website.published_key(OLD, "me")).encode()
    error = failure(local.request, self_published_keys=False)
    assert (error.name, error.code) == ("notTrusted", -13)
    assert not any(seen.path == published_document.PATH for seen in local.site.seen)


def test_a_keystore_has_the_first_word(local: LocalSite) -> None:
    local.document = json.dumps(website.published_key(FOREIGN, "me")).encode()
    local.list = website.keystore_list([website.keystore_line("127.0.0.1", OLD)])
    assert local.request().trust.kind == "listed"
    assert PinnedKeys().all() == []


def test_a_site_that_a_keystore_shuts_out_cannot_vouch_for_itself(local: LocalSite) -> None:
    local.document = json.dumps(website.published_key(OLD, "me")).encode()
    local.list = b"127.0.0.1=withdrawn\n"
    assert failure(local.request).name == "keyUnusable"


def test_nor_can_one_that_an_unreachable_keystore_might_know(local: LocalSite) -> None:
    local.document = json.dumps(website.published_key(OLD, "me")).encode()
    local.store = Keystore("http://127.0.0.1:1/store", local.store.root_key)
    assert failure(local.request).name == "keystoreUnreachable"


def test_the_published_algorithm_is_the_only_one(local: LocalSite, site_key: website.PrivateKey) -> None:
    local.key = site_key
    local.document = json.dumps(website.published_key(site_key, "me", algorithm="rsa-pss-sha512")).encode()
    # An answer that names no algorithm is not taken for the weaker one.
    assert failure(local.request).name == "signatureWrong"
    local.algorithm = "rsa-pss-sha512"
    assert local.request().machine.name == "vm"
    local.document = json.dumps(website.published_key(site_key, "me")).encode()
    assert failure(local.request).name == "signatureAlgorithm"


def test_two_hosts_that_meet_a_site_at_once_pin_one_key(world: World) -> None:
    import threading

    results: list[str] = []
    start = threading.Barrier(8)

    def meet(key: website.PrivateKey) -> None:
        document = published_document.parse(json.dumps(website.published_key(key, "me")).encode())
        pins = PinnedKeys()
        start.wait()
        try:
            with pins.locked():
                published_keys._pin(pins, DOMAIN, document, world.now)
            results.append(fingerprint(key))
        except Exception as error:
            results.append(getattr(error, "name", repr(error)))

    threads = [threading.Thread(target=meet, args=(key,)) for key in (OLD, NEW) * 4]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results)[4:] == ["keyChanged"] * 4
    assert len(set(results)) == 2
