"""Opening a session against a real site and a real ledger, as far as no machine is needed: VirtualBox is doubled by a
program that is there, tells its version and does nothing.
"""

from __future__ import annotations

import dataclasses
import json
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from cvmwebapi import website
from cvmwebapi.asking import Answer, Question, Visitor
from cvmwebapi.config.settings import Approval, Effective, Keystore, Settings
from cvmwebapi.errors import CVMError
from cvmwebapi.sessions import opening
from cvmwebapi.sessions.admission import throttle
from cvmwebapi.sessions.ledger.resources import Resources
from cvmwebapi.sessions.ledger.store import Ledger
from cvmwebapi.sessions.manager import Sessions
from cvmwebapi.tasks import Task
from cvmwebapi.vmcp.description import MachineDescription

from tests.unit.net.servers import Reply, Seen, Site
from tests.unit.site_fixtures import failure, own_folders, root_key, site, site_key

__all__ = ["own_folders", "root_key", "site", "site_key"]

DOMAIN = "127.0.0.1"


class User:
    """Somebody with an answer to each question."""

    def __init__(self, answer: Callable[[Question], Answer]) -> None:
        self._answer = answer

    def ask(self, question: Question, task: Task) -> Answer:
        return self._answer(question)


class World:
    """A site on this computer, and a host whose user answers ``yes`` or no. Each ``open`` is a restart of the host."""

    def __init__(self, site: Site, key: website.PrivateKey, root: website.PrivateKey, folder: Path) -> None:
        self.site, self.key, self.folder = site, key, folder
        self.machine: dict[str, Any] = {"name": "vm", "secret": "mine"}
        self.listed = website.keystore_list(
            [website.keystore_line(DOMAIN, key), website.keystore_line("b.example", key)]
        )
        self.signature = website.sign_keystore(self.listed, root)
        program = folder / "VBoxManage"
        program.write_text('#!/bin/sh\n[ "$1" = --version ] && echo 7.2.4r1\n')
        program.chmod(0o700)
        store = Keystore(site.url("/store"), website.public_pem(root).decode())
        self.settings = Settings(keystores=(store,), vboxmanage=str(program), local_network_sites=("b.example",))
        self.document = b""
        self.asked: list[dict[str, Any]] = []
        self.yes = False
        self.choice = ""
        self.lowered: dict[str, int] = {}
        self.meanwhile: Callable[[], object] = lambda: None
        """What happens while the question waits."""
        site.answer = self._answer

    def _answer(self, seen: Seen) -> Reply:
        url = urlsplit(seen.path)
        if url.path.startswith("/store/"):
            return Reply(self.listed if url.path.endswith("lst") else self.signature)
        if url.path != "/vmcp":
            return Reply(self.document) if self.document else Reply(status=404)
        salt = parse_qs(url.query)["cvm_salt"][0]
        return Reply(json.dumps(website.sign(self.machine, salt, self.key)).encode())

    def unlist(self, root: website.PrivateKey, kept: bool = True) -> None:
        """From now on the site publishes its key itself, and is in a list no more. ``kept``: there is a copy of one."""
        self.listed = b""
        self.signature = website.sign_keystore(self.listed, root)
        self.document = json.dumps(website.published_key(self.key, "me")).encode()
        if kept:
            (copy,) = (self.folder / "cache" / "keystores").iterdir()
            copy.unlink()

    @property
    def requests(self) -> int:
        return sum(seen.path.startswith("/vmcp") for seen in self.site.seen)

    def ledger(self) -> Ledger:
        return Ledger(self.folder / "ledger.sqlite")

    def open(self, domain: str = DOMAIN) -> Any:
        return self.open_asking(self._answered, domain)

    def _answered(self, question: Question) -> Answer:
        self.asked.append(question.details())
        self.meanwhile()
        return Answer(self.yes, self.choice or ("once" if self.yes else ""), self.lowered)

    def open_asking(self, answer: Callable[[Question], Answer], domain: str = DOMAIN) -> Any:
        """``answer`` is the user's to each question."""
        sessions = Sessions(self.ledger(), self.settings, lambda *_: None)
        visitor = Visitor(domain, self.site.url(""), Task(), User(answer))
        return opening.open_session(sessions, visitor, self.site.url())

    def allow(self, **machine: Any) -> None:
        """The user allows this machine; it is not made yet, only written down."""
        self.machine, self.yes = {"name": "vm", "secret": "mine", **machine}, True
        self.open()
        self.yes = False


@pytest.fixture
def world(site: Site, site_key: website.PrivateKey, root_key: website.PrivateKey, tmp_path: Path) -> World:
    return World(site, site_key, root_key, tmp_path)


def later(monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    """From now on the clock of the host is so much ahead."""
    real: Callable[[], float] = time.time
    monkeypatch.setattr(time, "time", lambda: real() + seconds)


def test_a_wrong_secret_counts_against_the_throttle(world: World) -> None:
    world.allow()
    world.machine["secret"] = "guess"
    for _ in range(2):
        error = failure(world.open)
        assert (error.name, error.code) == ("wrongSecret", -20)
    before = world.requests
    # Also with the right secret, and after a restart; the site is not even asked.
    world.machine["secret"] = "mine"
    error = failure(world.open)
    assert (error.name, error.code) == ("throttled", -10)
    assert 0 < error.params["seconds"] <= throttle.WAIT
    assert world.requests == before


def test_a_wrong_secret_and_a_no_count_together(world: World) -> None:
    world.allow()
    world.machine["secret"] = "guess"
    assert failure(world.open).name == "wrongSecret"
    world.machine = {"name": "other", "secret": "s"}
    assert failure(world.open).name == "refusedByUser"
    assert failure(world.open).name == "throttled"


def test_questions_that_wait_are_moot_once_the_user_has_had_enough(world: World) -> None:
    moot: list[bool] = []

    def answer(question: Question) -> Answer:
        # While this question waits, two others of the domain are refused.
        moot.append(question.moot())
        for _ in range(2):
            assert failure(world.open).name == "refusedByUser"
        moot.append(question.moot())
        return Answer()

    error = failure(lambda: world.open_asking(answer))
    assert moot == [False, True]
    assert error.name == "throttled", "and counts as no further refusal"
    assert len(world.ledger().refusals(DOMAIN)) == 2


def test_the_wait_ends(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(2):
        assert failure(world.open).name == "refusedByUser"
    assert failure(world.open).name == "throttled"
    last = world.ledger().refusals(DOMAIN)[-1]
    with monkeypatch.context() as patched:
        patched.setattr(time, "time", lambda: last + throttle.WAIT - 0.5)
        assert failure(world.open).params["seconds"] == 1, "to the last moment"
    later(monkeypatch, throttle.WAIT)
    assert failure(world.open).name == "refusedByUser"


def test_one_slip_throttles_nobody(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.allow()
    world.machine["secret"] = "guess"
    assert failure(world.open).name == "wrongSecret"
    later(monkeypatch, throttle.WITHIN + 1)
    assert failure(world.open).name == "wrongSecret"
    assert failure(world.open).name == "wrongSecret"
    assert failure(world.open).name == "throttled"


def test_each_domain_waits_for_itself_and_has_its_own_sessions(world: World) -> None:
    world.allow()
    world.machine["secret"] = "other"
    # The same name under another domain is another session: a question, no wrong secret.
    assert failure(world.open, "b.example").name == "refusedByUser"
    assert failure(world.open, "b.example").name == "refusedByUser"
    assert failure(world.open, "b.example").name == "throttled"
    assert failure(world.open).name == "wrongSecret"


def test_the_ledger_holds_no_secret_in_clear(world: World) -> None:
    world.allow(secret="very-secret-indeed")
    assert world.ledger().find(DOMAIN, "vm") is not None
    for file in world.folder.glob("ledger.sqlite*"):
        assert b"very-secret-indeed" not in file.read_bytes()
        assert file.stat().st_mode & 0o777 == 0o600


def test_a_site_that_left_the_list_is_asked_about_anew(world: World, root_key: website.PrivateKey) -> None:
    world.allow()
    assert (world.asked[-1]["trust"], world.asked[-1]["stale"]) == ("listed", False)
    world.open()
    assert len(world.asked) == 1
    world.unlist(root_key)
    assert failure(world.open).name == "refusedByUser"
    assert (world.asked[-1]["trust"], world.asked[-1]["reason"]) == ("published", "new")
    world.allow()
    count = len(world.asked)
    world.open()
    assert len(world.asked) == count


def test_a_site_that_has_come_into_a_list_is_the_one_that_the_user_knows(
    world: World, root_key: website.PrivateKey
) -> None:
    listed, signature = world.listed, world.signature
    world.unlist(root_key, kept=False)
    world.allow()
    assert world.asked[-1]["trust"] == "published"
    world.listed, world.signature = listed, signature
    (copy,) = (world.folder / "cache" / "keystores").iterdir()
    copy.unlink()
    (world.folder / "data" / "keystore-history.json").unlink()
    world.machine["memory"] = 4096
    assert failure(world.open).name == "refusedByUser"
    assert (world.asked[-1]["trust"], world.asked[-1]["reason"]) == ("listed", "more")
    world.machine.pop("memory")
    world.open()
    assert len(world.asked) == 2


def test_the_question_says_that_a_list_is_old(world: World) -> None:
    world.allow()
    world.signature = b""
    (copy,) = (world.folder / "cache" / "keystores").iterdir()
    kept = json.loads(copy.read_text())
    copy.write_text(json.dumps({**kept, "fetched": kept["fetched"] - 2 * 86_400, "asked": 0}))
    world.machine["memory"] = 4096
    assert failure(world.open).name == "refusedByUser"
    assert (world.asked[-1]["stale"], world.asked[-1]["reason"]) == (True, "more")


def test_refusals_of_the_future_are_cleared_away(world: World) -> None:
    ledger = world.ledger()
    ledger.refuse(DOMAIN, 9e9)
    ledger.refuse(DOMAIN, 1000.0)
    assert ledger.refusals(DOMAIN) == [1000.0]


@pytest.mark.parametrize(
    ("rule", "error"),
    [
        ({"blocked_sites": (DOMAIN,)}, "siteBlocked"),
        ({"allowed_sites": ("other.example",)}, "siteNotAllowed"),
    ],
)
def test_a_site_that_settings_or_policy_refuse_is_not_even_asked(world: World, rule: Any, error: str) -> None:
    world.settings = dataclasses.replace(world.settings, **rule)
    assert failure(world.open).name == error
    assert world.site.seen == [] and world.asked == []


def test_a_machine_above_the_caps_is_refused_before_the_user_is_asked(world: World) -> None:
    world.settings = dataclasses.replace(world.settings, max_memory=100)
    assert failure(world.open).name == "overCap" and world.asked == []


def test_a_page_whose_site_was_blocked_since_has_no_hold_on_its_session(world: World) -> None:
    world.allow()
    (row,) = world.ledger().all()
    blocked = dataclasses.replace(world.settings, blocked_sites=(DOMAIN,))
    sessions = Sessions(world.ledger(), blocked, lambda *_: None)
    other_port = "http://127.0.0.1:1"
    assert failure(sessions.of_origin, row.id, other_port).name == "sessionNotFound"
    assert failure(sessions.of_origin, row.id, world.site.url("")).name == "siteBlocked"


def test_a_machine_above_a_total_or_larger_than_the_computer_is_refused_before_the_user_is_asked(world: World) -> None:
    settings = world.settings
    for rule in ({"total_cpus": 1}, {"total_memory": 511}, {"total_disk": 1023}):
        world.settings, world.machine = dataclasses.replace(settings, **rule), {"name": "vm", "secret": "s", "cpus": 2}
        if "total_cpus" not in rule:
            world.machine.pop("cpus")
        assert failure(world.open).name == "totalReached"
    world.settings = settings
    for size, error in (({"cpus": 64}, "cpusTooMany"), ({"memory": 1024 * 1024}, "memoryTooLarge")):
        world.machine = {"name": "vm", "secret": "s", **size}
        assert failure(world.open).name == error
    assert world.asked == []


def test_what_the_page_hears_meanwhile(world: World) -> None:
    heard: list[tuple[Any, ...]] = []

    def tell(event: str, *args: Any) -> None:
        heard.append((event, *args[1:-1], args[-1]["phase"]))

    sessions = Sessions(world.ledger(), world.settings, lambda *_: None)
    visitor = Visitor(DOMAIN, world.site.url(""), Task(tell), User(lambda question: Answer(True, "once")))
    opening.open_session(sessions, visitor, world.site.url())
    assert heard == [
        ("started", "openingSession"),
        ("progress", 0.2, "askingWebsite"),
        ("progress", 0.6, "waitingForAnswer"),
        ("progress", 0.8, "lookingAtMachine"),
        ("progress", 1.0, "openingSession"),
        ("completed", "openingSession"),
    ]


def test_a_no_to_the_installation_counts_against_the_throttle(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def ends_with(name: str) -> None:
        def ensure(*_: object) -> None:
            raise CVMError(name, manual="") if name == "installationRefused" else CVMError(name)

        monkeypatch.setattr(opening.providing, "ensure", ensure)

    ends_with("cancelled")
    for _ in range(3):
        assert failure(world.open).name == "cancelled"
    ends_with("installationRefused")
    for _ in range(2):
        assert failure(world.open).name == "installationRefused"
    assert failure(world.open).name == "throttled"


def test_errors_name_the_session_and_the_domain(world: World) -> None:
    world.allow()
    world.machine["secret"] = "guess"
    assert failure(world.open).params == {"session": "vm"}
    assert failure(world.open).name == "wrongSecret"
    error = failure(world.open)
    assert (error.params["domain"], error.params["seconds"]) == (DOMAIN, 300)


def test_the_user_is_told_that_the_administrator_has_approved_the_website(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    rule = Settings(allowed_sites=(DOMAIN,))
    monkeypatch.setattr(opening.settings, "effective", lambda: Effective(rule, frozenset({"allowed_sites"})))
    assert failure(world.open).name == "refusedByUser"
    assert world.asked[0]["approved"] is True


def test_what_the_administrator_has_approved_is_written_down_as_agreed_to(world: World) -> None:
    approved = (Approval(DOMAIN, 1, 1024, 10_000),)
    world.settings = dataclasses.replace(world.settings, auto_approved_sites=approved)
    world.machine = {"name": "vm", "secret": "mine", "memory": 1024, "flags": 1}
    world.open()
    (row,) = world.ledger().all()
    assert row.agreed == row.granted == Resources(1, 1024, 1024, 1) and row.trust == "listed"
    # It holds for as long as the machine wants no more, whatever becomes of the approval.
    world.settings = dataclasses.replace(world.settings, auto_approved_sites=())
    world.open()
    assert world.asked == []


def test_the_user_is_told_how_much_will_be_fetched(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[str, str, object]] = []

    def to_download(
        machine: MachineDescription, domain: str, release: str, settings: Settings, task: Task
    ) -> int | None:
        asked.append((domain, release, settings))
        task.check()
        return 20 if machine.memory == 512 else None

    monkeypatch.setattr(opening.boot_medium, "to_download", to_download)
    world.allow()
    ledger = world.ledger()
    ledger.change(ledger.all()[0].id, lambda row: dataclasses.replace(row, release="2.7"))
    world.machine["memory"] = 600
    assert failure(world.open).name == "refusedByUser"
    assert [shown.get("download") for shown in world.asked] == [20, None]
    assert asked == [(DOMAIN, "", world.settings), (DOMAIN, "2.7", world.settings)]


def test_what_is_left_behind_of_an_opening_ends_with_it(world: World) -> None:
    given: list[Task] = []

    class Recording(User):
        def ask(self, question: Question, task: Task) -> Answer:
            given.append(task)
            assert not task.cancelled
            return Answer(True, "once")

    sessions, whole = Sessions(world.ledger(), world.settings, lambda *_: None), Task()
    visitor = Visitor(DOMAIN, world.site.url(""), whole, Recording(lambda question: Answer()))
    opening.open_session(sessions, visitor, world.site.url())
    assert given[0].cancelled and not whole.cancelled


def test_a_page_that_has_gone_does_not_wait_for_the_website(world: World) -> None:
    task, over = Task(), threading.Event()
    answer = world.site.answer

    def slow(seen: Seen) -> Reply:
        if seen.path.startswith("/vmcp"):
            task.cancel()
            assert over.wait(10), "it waited"
        return answer(seen)

    world.site.answer = slow
    sessions = Sessions(world.ledger(), world.settings, lambda *_: None)
    visitor = Visitor(DOMAIN, world.site.url(""), task, User(lambda question: Answer()))
    began = time.monotonic()
    error = failure(opening.open_session, sessions, visitor, world.site.url())
    took = time.monotonic() - began
    over.set()
    assert error.name == "cancelled" and took < 9
