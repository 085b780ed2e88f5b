from __future__ import annotations

import base64
import hashlib
import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from cvmwebapi import website
from cvmwebapi.config import settings
from cvmwebapi.tasks import Task
from cvmwebapi.texts.phrase import detail
from cvmwebapi.vmcp import keys, keystore, list_age
from cvmwebapi.vmcp import root_key as built_in
from cvmwebapi.vmcp.keystore import (
    MIN_INTERVAL_SECONDS,
    STALE_SECONDS,
    VALID_SECONDS,
    Keystore,
    entry,
    lookup,
    parse_list,
)
from cvmwebapi.vmcp.keystore_history import serial_of

from tests.unit.net.servers import Reply, Seen, Site
from tests.unit.site_fixtures import failure


class Server:
    """A keystore on a real HTTP server, with the clock of its reader."""

    def __init__(self, site: Site, root: website.PrivateKey, cache: Path) -> None:
        self.site = site
        self.root = root
        self.cache = cache
        self.now = 1_800_000_000.0
        self.status = 200
        self.list = b""
        self.signature = b""
        self.others: dict[str, bytes] = {}
        site.answer = self._answer

    def publish(self, *lines: str) -> None:
        self.list = website.keystore_list(lines)
        self.signature = website.sign_keystore(self.list, self.root)

    def publish_dated(self, *lines: str, signed: float | None = None, expires: float | None = None) -> None:
        self.list = website.keystore_list(lines, signed=signed, expires=expires)
        self.signature = website.sign_keystore(self.list, self.root)

    def publish_snapshot(self, expires: float | None = None, **lists: bytes) -> None:
        """Over the present list, or ``lists``."""
        content = website.snapshot(lists or {"domainkeys.lst": self.list}, self.now, expires)
        self.others = {"snapshot.lst": content, "snapshot.sig": website.sign_keystore(content, self.root)}

    def forget(self) -> None:
        """As a computer whose cache was cleared."""
        for file in self.cache.iterdir():
            file.unlink()

    def _answer(self, seen: Seen) -> Reply:
        files = {"domainkeys.lst": self.list, "domainkeys.sig": self.signature, **self.others}
        name = seen.path.removeprefix("/store/")
        return Reply(files[name], self.status) if name in files else Reply(status=404)

    def reader(self) -> Keystore:
        """A new one each time: as after a restart of the host."""
        root = website.public_pem(self.root).decode()
        return Keystore(self.site.url("/store/"), root, self.cache, clock=lambda: self.now)

    @property
    def asked(self) -> int:
        """How often the list was asked for since the last time."""
        count = sum(seen.path.endswith("/domainkeys.lst") for seen in self.site.seen)
        self.site.seen.clear()
        return count


@pytest.fixture
def server(site: Site, root_key: website.PrivateKey, site_key: website.PrivateKey, tmp_path: Path) -> Iterator[Server]:
    made = Server(site, root_key, tmp_path / "keystores")
    made.publish(website.keystore_line("example.org", site_key))
    yield made


def test_a_listed_domain(server: Server, site_key: website.PrivateKey) -> None:
    trust = server.reader().find("example.org")
    assert trust is not None
    assert trust.fingerprint == keys.fingerprint(site_key.public_key())
    assert (trust.kind, trust.stale, trust.domain, trust.algorithm) == ("listed", False, "example.org", "")
    assert trust.source == server.site.url("/store")
    assert server.reader().find("www.example.org") is None
    assert server.reader().find("org") is None


def test_the_list_is_kept_for_a_day_also_over_restarts(server: Server) -> None:
    server.reader().find("example.org")
    assert server.asked == 1
    server.now += VALID_SECONDS
    server.reader().find("example.org")
    assert server.asked == 0
    server.now += 1
    server.reader().find("example.org")
    assert server.asked == 1


def test_a_missing_domain_is_asked_for_again_but_once_a_minute(server: Server, site_key: website.PrivateKey) -> None:
    assert server.reader().find("new.example") is None
    server.publish(website.keystore_line("new.example", site_key))
    server.now += MIN_INTERVAL_SECONDS - 1
    assert server.reader().find("new.example") is None
    assert server.asked == 1
    server.now += 1
    assert server.reader().find("new.example") is not None
    assert server.asked == 1
    # And a domain that was taken off the list is gone with the same.
    assert server.reader().find("example.org") is None


def test_wrong_signature(server: Server, site_key: website.PrivateKey) -> None:
    server.list += website.keystore_line("evil.example", site_key).encode() + b"\n"
    error = failure(server.reader().find, "example.org")
    assert (error.name, error.code) == ("keystoreInvalid", -12)
    assert error.params == {"url": server.site.url("/store"), "detail": detail("signature")}


@pytest.mark.parametrize("signature", [b"", b"x", b"\0" * 256, b"x" * 5000])
def test_junk_for_a_signature(server: Server, signature: bytes) -> None:
    server.signature = signature
    assert failure(server.reader().find, "example.org").code == -12


def test_signed_by_another_root(server: Server, site_key: website.PrivateKey) -> None:
    server.signature = website.sign_keystore(server.list, site_key)
    assert failure(server.reader().find, "example.org").name == "keystoreInvalid"


def test_unreachable(server: Server) -> None:
    server.status = 500
    error = failure(server.reader().find, "example.org")
    assert (error.name, error.code) == ("keystoreUnreachable", -12)
    assert "500" in error.message and server.site.url("/store") in error.message
    # Nothing is remembered against it: the next try asks again.
    server.status = 200
    assert server.reader().find("example.org") is not None


@pytest.mark.parametrize("fault", ["down", "forged"])
def test_an_old_list_goes_on_for_thirty_days(server: Server, fault: str) -> None:
    server.reader().find("example.org")
    if fault == "down":
        server.status = 500
    else:
        server.signature = b"x"
    server.now += VALID_SECONDS + 1
    trust = server.reader().find("example.org")
    assert trust is not None
    assert trust.stale
    assert server.asked == 2
    # The failed try counts for the minute.
    server.reader().find("example.org")
    assert server.asked == 0
    server.now += STALE_SECONDS
    assert failure(server.reader().find, "example.org").code == -12


def test_a_clock_that_was_set_back(server: Server) -> None:
    server.reader().find("example.org")
    server.now -= 10 * 365 * 86_400
    assert server.reader().find("example.org") is not None
    assert server.asked == 2


@pytest.mark.parametrize("damage", ["forged", "cut", "empty", "other", "times"])
def test_a_damaged_copy_on_disk_is_not_believed(server: Server, site_key: website.PrivateKey, damage: str) -> None:
    server.reader().find("example.org")
    (file,) = server.cache.iterdir()
    content = json.loads(file.read_text())
    if damage == "forged":
        content["list"] = base64.b64encode(website.keystore_line("evil.example", site_key).encode()).decode()
        file.write_text(json.dumps(content))
    elif damage == "times":
        file.write_text(json.dumps({**content, "fetched": None}))
    else:
        file.write_text({"cut": file.read_text()[:100], "empty": "", "other": "[]"}[damage])
    assert server.reader().find("evil.example") is None
    assert server.asked == 2
    assert server.reader().find("example.org") is not None


def test_a_copy_that_cannot_be_kept_is_no_reason_to_refuse_the_list(server: Server) -> None:
    server.cache.write_text("in the way")
    assert server.reader().find("example.org") is not None
    assert server.reader().find("example.org") is not None and server.asked == 2


def test_what_is_kept_on_disk(server: Server, own_folders: Path) -> None:
    """Hosts of all versions share it."""
    server.publish("#serial 7", *server.list.decode().splitlines())
    server.reader().find("example.org")
    fingerprint = keys.fingerprint(server.root.public_key())
    (file,) = server.cache.iterdir()
    identity = f"{server.site.url('/store')} {fingerprint}"
    assert file.name == hashlib.sha256(identity.encode()).hexdigest()[:32] + ".json"
    assert json.loads(file.read_text()) == {
        "list": base64.b64encode(server.list).decode(),
        "signature": base64.b64encode(server.signature).decode(),
        "fetched": server.now,
        "asked": server.now,
    }
    history = own_folders / "data" / "keystore-history.json"
    newest = hashlib.sha256(server.list).hexdigest()
    kept = {"serial": 7, "newest": newest, "replaced": [], "since": server.now}
    assert json.loads(history.read_text()) == {fingerprint: kept}
    assert (own_folders / "data" / "locks" / "keystore-history").exists()


def test_the_copy_is_private(server: Server) -> None:
    server.reader().find("example.org")
    (file,) = server.cache.iterdir()
    assert file.stat().st_mode & 0o777 == 0o600


def test_unusable_keys(server: Server, site_key: website.PrivateKey) -> None:
    other = website.generate_key(bits=2048)
    server.publish(
        "junk.example=AAAA",
        "empty.example=",
        website.keystore_line("twice.example", site_key),
        website.keystore_line("twice.example", other),
        website.keystore_line("same.example", site_key),
        website.keystore_line("same.example", site_key),
    )
    for domain in ("junk.example", "empty.example", "twice.example"):
        error = failure(server.reader().find, domain)
        assert (error.name, error.code) == ("keyUnusable", -12)
        reason = "notBase64" if domain == "twice.example" else "notPublicKey"
        assert error.params == {"domain": domain, "detail": detail(reason)}
    assert server.reader().find("same.example") is not None


def test_lines_of_the_list() -> None:
    content = b"# comment=1\r\n\r\nno equals\n=x\n A.Example = QUJD= \nb.example=QQ==\n\xff=x\n"
    entries = parse_list(content)
    assert parse_list(content, only="b.example") == {"b.example": "QQ=="}
    assert entry(content, "a.example") == "QUJD=" and entry(content, "c.example") is None
    assert entries["a.example"] == "QUJD="
    assert entries["b.example"] == "QQ=="
    assert len(entries) == 3


def test_lookup_over_several_keystores(server: Server, site_key: website.PrivateKey) -> None:
    root = website.public_pem(server.root).decode()
    good = settings.Keystore(server.site.url("/store"), root)
    down = settings.Keystore("http://127.0.0.1:1/store", root)
    broken = settings.Keystore(server.site.url("/store"), "junk")
    for order in ([good], [down, good], [good, down], [broken, good]):
        assert lookup("example.org", order).source == good.url
    error = failure(lookup, "other.example", [good])
    assert (error.name, error.code) == ("notTrusted", -13)
    assert "other.example" in error.message
    assert failure(lookup, "other.example", [good, down]).name == "keystoreUnreachable"
    error = failure(lookup, "other.example", [broken, down])
    reason = detail("about", name="root_key", reason=detail("notPublicKey"))
    assert (error.name, error.params) == ("keystoreInvalid", {"url": good.url, "detail": reason}), "the first fault"
    assert failure(lookup, "other.example", [broken, good]).name == "keystoreInvalid"


def test_cancelled(server: Server) -> None:
    task = Task()
    threading.Timer(0.1, task.cancel).start()
    with keystore._refreshing.passed(Task()):
        assert failure(server.reader().find, "example.org", task).name == "cancelled"


def test_a_list_that_is_cancelled_while_it_is_renewed_was_not_asked_for(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cancelled(url: str, task: Task, **_: object) -> bytes:
        task.cancel()
        task.check()
        raise AssertionError

    with monkeypatch.context() as patched:
        patched.setattr("cvmwebapi.net.document.get", cancelled)
        assert failure(server.reader().find, "example.org", Task()).name == "cancelled", "at the first time"
    server.reader().find("example.org")
    server.now += VALID_SECONDS + 1
    with monkeypatch.context() as patched:
        patched.setattr("cvmwebapi.net.document.get", cancelled)
        assert failure(server.reader().find, "example.org", Task()).name == "cancelled"
    assert server.asked == 1
    # No server has failed: the next use asks it at once.
    server.reader().find("example.org")
    assert server.asked == 1


def test_the_built_in_root_key_is_a_4096_bit_rsa_key() -> None:
    key = keys.load_public_key(built_in.CERN.root_key)
    assert getattr(key, "key_size", 0) == 4096
    assert keys.fingerprint(key).endswith("e77d57d61fd2296ac8433f1e1aafebbe3694d87b7f37d3f112e84cabb63bd83a")


def test_never_an_older_list_than_one_seen(server: Server, site_key: website.PrivateKey) -> None:
    line = website.keystore_line("example.org", site_key)
    server.publish("#serial 7", line)
    old, old_signature = server.list, server.signature
    server.reader().find("example.org")
    server.publish("#serial 8", website.keystore_line("new.example", site_key))
    server.now += VALID_SECONDS + 1
    assert server.reader().find("example.org") is None
    # The old list is brought back, with its genuine signature: the newer copy goes on, and is said to be old.
    server.list, server.signature = old, old_signature
    server.now += VALID_SECONDS + 1
    trust = server.reader().find("new.example")
    assert trust is not None and trust.stale
    assert server.reader().find("example.org") is None
    # Nor does a cleared cache bring it back, nor the copy of it that somebody kept.
    for file in server.cache.iterdir():
        file.unlink()
    error = failure(server.reader().find, "example.org")
    assert (error.name, error.code) == ("keystoreInvalid", -12)
    assert "number 7" in error.message and "number 8" in error.message


def test_an_older_copy_on_disk_is_not_believed(server: Server, site_key: website.PrivateKey) -> None:
    server.publish("#serial 7", website.keystore_line("example.org", site_key))
    server.reader().find("example.org")
    (file,) = server.cache.iterdir()
    kept = file.read_bytes()
    server.publish("#serial 8", website.keystore_line("new.example", site_key))
    server.now += VALID_SECONDS + 1
    server.reader().find("new.example")
    file.write_bytes(kept)
    server.now -= VALID_SECONDS + 1
    assert server.reader().find("example.org") is None


def test_a_list_without_number_is_older_than_any_numbered_one(server: Server, site_key: website.PrivateKey) -> None:
    line = website.keystore_line("example.org", site_key)
    assert server.reader().find("example.org") is not None
    server.now += VALID_SECONDS + 1
    server.publish("#serial 1", line)
    assert server.reader().find("example.org") is not None
    server.now += VALID_SECONDS + 1
    server.publish(line)
    trust = server.reader().find("example.org")
    assert trust is not None and trust.stale


def test_an_unnumbered_list_that_was_replaced_does_not_come_back(server: Server, site_key: website.PrivateKey) -> None:
    withdrawn, withdrawn_signature = server.list, server.signature
    assert server.reader().find("example.org") is not None
    server.publish(website.keystore_line("new.example", site_key))
    server.now += VALID_SECONDS + 1
    assert server.reader().find("new.example") is not None
    server.list, server.signature = withdrawn, withdrawn_signature
    for file in server.cache.iterdir():
        file.unlink()
    error = failure(server.reader().find, "example.org")
    assert (error.name, error.code) == ("keystoreInvalid", -12) and "replaced it" in error.message
    # Who wants the old content back makes a new list of it: a comment will do.
    server.publish("# again", *withdrawn.decode().splitlines())
    assert server.reader().find("example.org") is not None


def test_serials_of_different_roots_have_nothing_to_do_with_each_other(
    server: Server, site_key: website.PrivateKey
) -> None:
    line = website.keystore_line("example.org", site_key)
    server.publish("#serial 9", line)
    server.reader().find("example.org")
    server.root = website.generate_key(bits=2048)
    server.publish("#serial 1", line)
    assert server.reader().find("example.org") is not None


@pytest.mark.parametrize(
    ("content", "serial"),
    [
        (b"#serial 12\na=b\n", 12),
        (b"#serial 12", 12),
        (b"#serial 12\r\n", 12),
        (b"#serial 007\n", 7),
        (b"# by hand\n\na=b\n#serial 12\nc=d", 12),
        (b"#serial 12\n#serial 14\n#serial 13\n", 14),
        (b"a=b #serial 12\n", 0),
        (b"# serial 12\n", 0),
        (b"#serial -1\n", 0),
        (b"#serial 12 or 13\n", 0),
        (b"#serial " + b"9" * 5000 + b"\n", 0),
        (b"", 0),
    ],
)
def test_the_serial_of_a_list(content: bytes, serial: int) -> None:
    assert serial_of(content) == serial


@pytest.mark.parametrize("damage", ["", "[]", '{"x": "y"}', "null"])
def test_a_damaged_file_of_serials_counts_as_none(server: Server, own_folders: Path, damage: str) -> None:
    file = own_folders / "data" / "keystore-history.json"
    file.parent.mkdir(exist_ok=True)
    file.write_text(damage)
    assert server.reader().find("example.org") is not None


def test_the_library_numbers_lists(site_key: website.PrivateKey) -> None:
    assert serial_of(website.keystore_list([website.keystore_line("example.org", site_key)], serial=5)) == 5


DAY = 86_400


@pytest.mark.parametrize("dated", ["signed", "serial", "first seen"])
def test_a_genuine_list_does_not_stay_fresh_for_ever(server: Server, site_key: website.PrivateKey, dated: str) -> None:
    """Replayed for 1,000 days, and fetched anew each time: its age is counted by what is signed."""
    line = website.keystore_line("example.org", site_key)
    if dated == "signed":
        server.publish_dated(line, signed=server.now)
    elif dated == "serial":
        server.publish(f"#serial {int(server.now)}", line)
    began = server.now
    for days, stale in ((0, False), (6.9, False), (7.1, True), (29.9, True)):
        server.now = began + days * DAY
        trust = server.reader().find("example.org")
        assert trust is not None and trust.stale is stale, days
    for days in (30.1, 1000):
        server.now = began + days * DAY
        error = failure(server.reader().find, "example.org")
        assert (error.name, error.code) == ("keystoreInvalid", -12)
    assert "too long ago" in error.message


def test_a_computer_that_never_saw_it_does_not_believe_an_old_list(
    server: Server, site_key: website.PrivateKey
) -> None:
    line = website.keystore_line("example.org", site_key)
    server.publish_dated(line, signed=server.now - 31 * DAY)
    assert failure(server.reader().find, "example.org").name == "keystoreInvalid"
    server.publish_dated(line, signed=server.now - 8 * DAY)
    trust = server.reader().find("example.org")
    assert trust is not None and trust.stale


def test_a_list_that_says_when_it_expires(server: Server, site_key: website.PrivateKey) -> None:
    line = website.keystore_line("example.org", site_key)
    began = server.now
    server.publish_dated(line, signed=began, expires=began + 90 * DAY)
    for days in (0, 60, 89.9):
        server.now = began + days * DAY
        trust = server.reader().find("example.org")
        assert trust is not None and not trust.stale
    server.now = began + 90.1 * DAY
    assert failure(server.reader().find, "example.org").name == "keystoreInvalid"


def test_neither_a_copy_on_disk_nor_a_server_that_is_down_make_it_last_longer(
    server: Server, site_key: website.PrivateKey
) -> None:
    server.publish_dated(website.keystore_line("example.org", site_key), expires=server.now + 2 * DAY)
    server.reader().find("example.org")
    server.now += 3 * DAY
    server.status = 500
    assert failure(server.reader().find, "example.org").name == "keystoreUnreachable"


def test_fetching_it_anew_makes_an_undated_list_no_younger(server: Server) -> None:
    began = server.now
    for days in range(0, 30, 3):
        server.now = began + days * DAY
        server.forget() if days else None
        server.reader().find("example.org")
    server.now = began + 31 * DAY
    server.forget()
    assert failure(server.reader().find, "example.org").name == "keystoreInvalid"


def test_the_built_in_list_never_had_a_date_and_is_only_warned_of(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = website.public_pem(server.root).decode()
    monkeypatch.setattr(keystore, "CERN", settings.Keystore(server.site.url("/store"), root))
    server.reader().find("example.org")
    server.now += 400 * DAY
    trust = server.reader().find("example.org")
    assert trust is not None and trust.stale


def test_a_snapshot_says_which_list_it_is(server: Server, site_key: website.PrivateKey) -> None:
    server.publish_snapshot()
    assert server.reader().find("example.org") is not None
    old = (server.list, server.signature)
    server.publish("#serial 8", website.keystore_line("new.example", site_key))
    server.publish_snapshot()
    # A genuine list, and a newer snapshot: they don't belong together.
    server.list, server.signature = website.keystore_list(["#serial 9"]), b""
    server.signature = website.sign_keystore(server.list, server.root)
    server.now += VALID_SECONDS + 1
    server.forget()
    assert "snapshot" in failure(server.reader().find, "example.org").message
    assert old != (server.list, server.signature)


@pytest.mark.parametrize("fault", ["gone", "forged", "older", "expired", "another list"])
def test_a_keystore_seen_with_a_snapshot_is_not_believed_without(server: Server, fault: str) -> None:
    server.publish_snapshot()
    first = dict(server.others)
    server.reader().find("example.org")
    server.now += VALID_SECONDS + 1
    server.publish_snapshot(expires=server.now + DAY)
    server.reader().find("example.org")
    server.forget()
    if fault == "gone":
        server.others = {}
    elif fault == "forged":
        server.others["snapshot.sig"] = b"x"
    elif fault == "older":
        server.others = first
    elif fault == "expired":
        server.now += 2 * DAY
    else:
        server.others = {"snapshot.lst": server.list, "snapshot.sig": server.signature}
    assert failure(server.reader().find, "example.org").name in ("keystoreInvalid", "keystoreUnreachable")


@pytest.mark.parametrize("date", [b"2026-13-45T00:00:00Z", b"tomorrow", b"2026-11-26", b"-1"])
def test_what_is_no_date_says_nothing(date: bytes) -> None:
    assert list_age.dates_of(b"#expires " + date + b"\n#signed " + date + b"\n", 0) == list_age.Dates()


def test_of_several_dates_the_earliest_counts() -> None:
    content = b"#expires 2027-01-01T00:00:00Z\n#expires 2026-01-01T00:00:00Z\n"
    assert list_age.dates_of(content, 0).expires == list_age.seconds_of("2026-01-01T00:00:00Z")
