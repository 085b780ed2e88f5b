"""What the user's answer does, and what it does not do: once, always, never, lowered, and in two browsers at once."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from cvmwebapi.asking import Answer, Question
from cvmwebapi.config.settings import Approval
from cvmwebapi.sessions.ledger.rows import Decision, SiteDecision
from cvmwebapi.sessions.manager import Sessions
from cvmwebapi.tasks import Task

from tests.unit.sessions.test_opening import DOMAIN, World, later, world
from tests.unit.site_fixtures import failure, own_folders, root_key, site, site_key

__all__ = ["own_folders", "root_key", "site", "site_key", "world"]


def elsewhere(world: World, yes: bool, choice: str) -> None:
    """The user answers another browser, whose host asks for another machine of the site."""
    machine, own = world.machine, (world.yes, world.choice)
    world.machine, world.meanwhile = {"name": "elsewhere", "secret": "s"}, lambda: None
    world.yes, world.choice = yes, choice
    try:
        if yes:
            world.open()
        else:
            assert failure(world.open).name == "refusedByUser"
    finally:
        world.machine, (world.yes, world.choice) = machine, own


def test_never_in_another_browser_counts_more_than_a_yes_in_this_one(world: World) -> None:
    world.yes, world.choice = True, "always"
    world.meanwhile = lambda: elsewhere(world, False, "never")
    assert failure(world.open).name == "refusedByUser"
    assert world.ledger().all() == []


def test_a_question_that_waits_is_moot_once_the_user_has_said_never_elsewhere(world: World) -> None:
    moot: list[bool] = []

    def answer(question: Question) -> Answer:
        moot.append(question.moot())
        elsewhere(world, False, "never")
        moot.append(question.moot())
        return Answer()

    error = failure(lambda: world.open_asking(answer))
    assert moot == [False, True] and error.name == "refusedByUser"
    assert len(world.ledger().refusals(DOMAIN)) == 1


def test_never_is_for_good_and_nothing_is_asked_any_more(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.allow()
    elsewhere(world, False, "never")
    decided = world.ledger().site(DOMAIN)
    assert decided == SiteDecision(DOMAIN, Decision.NEVER, decided.since if decided else 0, "listed")
    later(monkeypatch, 86_400)
    world.yes, asked, requests = True, len(world.asked), world.requests
    assert failure(world.open).name == "refusedByUser"
    assert (len(world.asked), world.requests) == (asked, requests)
    (row,) = world.ledger().all()
    sessions = Sessions(world.ledger(), world.settings, lambda *_: None)
    assert failure(sessions.check_consent, row.id).name == "refusedByUser"
    assert failure(sessions.check_consent, "gone").name == "sessionNotFound"


def test_a_plain_no_is_none_for_ever(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    assert failure(world.open).name == "refusedByUser"
    later(monkeypatch, 10)
    world.allow()
    assert len(world.ledger().all()) == 1


def test_a_no_after_never_elsewhere_counts_as_no_further_refusal(world: World) -> None:
    world.meanwhile = lambda: elsewhere(world, False, "never")
    assert failure(world.open).name == "refusedByUser"
    assert len(world.ledger().refusals(DOMAIN)) == 1


def test_always_is_for_all_machines_of_the_site_up_to_what_was_shown(world: World) -> None:
    world.choice = "always"
    world.allow(memory=1024)
    world.choice = ""
    world.machine = {"name": "second", "secret": "s", "memory": 1024}
    world.open()
    assert len(world.asked) == 1 and len(world.ledger().all()) == 2
    for more in ({"memory": 1025}, {"cpus": 2}, {"disk": 9999}, {"flags": 32}):
        world.machine = {"name": "third", "secret": "s", "memory": 1024, **more}
        assert failure(world.open).name in ("refusedByUser", "throttled")
    assert len(world.ledger().all()) == 2


def test_once_is_for_one_machine(world: World) -> None:
    world.allow()
    world.open()
    assert len(world.asked) == 1
    world.machine = {"name": "second", "secret": "s"}
    assert failure(world.open).name == "refusedByUser"


def test_what_the_user_lowered_is_what_the_machine_gets(world: World) -> None:
    world.lowered = {"cpus": 1, "memory": 512}
    world.allow(cpus=1, memory=1024, minMemory=256)
    (row,) = world.ledger().all()
    machine = Sessions(world.ledger(), world.settings, lambda *_: None).session(row).snapshot()
    assert (machine["memory"], machine["cpus"]) == (512, 1)
    # The site asks for as much as before: no new question, and no more than was granted.
    world.lowered = {}
    world.open()
    machine = Sessions(world.ledger(), world.settings, lambda *_: None).session(world.ledger().all()[0]).snapshot()
    assert len(world.asked) == 1 and machine["memory"] == 512


@pytest.mark.parametrize("lowered", [{"memory": 9999}, {"memory": 1}, {"flags": 0}])
def test_more_than_asked_or_less_than_accepted_is_no_answer(world: World, lowered: dict[str, int]) -> None:
    world.yes, world.lowered = True, lowered
    error = failure(world.open)
    assert (error.name, error.params["name"]) == ("badValue", "resources")
    assert world.ledger().all() == []


def test_an_approved_site_is_not_asked_about_below_its_caps_and_without_doors(world: World) -> None:
    approved = (Approval(DOMAIN, 1, 1024, 10_000),)
    world.settings = dataclasses.replace(world.settings, auto_approved_sites=approved)
    world.machine = {"name": "small", "secret": "s", "memory": 1024}
    world.open()
    assert world.asked == []
    for number, more in enumerate(({"memory": 1025}, {"flags": 32}, {"flags": 64})):
        world.machine = {"name": "small", "secret": "s", "memory": 1024, **more}
        assert failure(world.open).name == ("refusedByUser" if number < 2 else "throttled")


def test_what_is_shown_to_the_user(world: World) -> None:
    world.machine = {"name": "vm", "secret": "mine", "cpus": 1, "memory": 1024, "disk": 4096, "minMemory": 512,
                     "flags": 1}  # fmt: skip
    assert failure(world.open).name == "refusedByUser"
    (shown,) = world.asked
    assert {name: shown[name] for name in ("domain", "origin", "name", "cpus", "memory", "disk", "flags")} == {
        "domain": DOMAIN, "origin": world.site.url(""), "name": "vm", "cpus": 1, "memory": 1024, "disk": 4096,
        "flags": 1,
    }  # fmt: skip
    assert shown["least"] == {"cpus": 1, "memory": 512, "disk": 4096}
    assert (shown["reason"], shown["approved"], shown["trust"]) == ("new", False, "listed")


def setting(world: World, name: str, value: str) -> Any:
    (row,) = world.ledger().all()
    sessions = Sessions(world.ledger(), world.settings, lambda *_: None)
    session = sessions.session(row)
    session.set_setting(name, value, Task())
    return session.snapshot()[name]


def test_a_setting_goes_no_further_than_the_yes(world: World) -> None:
    world.allow(flags=1, canOverride="flags,executionCap")
    assert setting(world, "executionCap", "50") == 50
    assert setting(world, "flags", "0") == 0
    assert setting(world, "flags", "1") == 1
    for flags in ("33", "65", "5", "2147483647"):
        assert failure(setting, world, "flags", flags).name in ("settingNotAllowed", "machineFlags")
    assert failure(setting, world, "flags", "257").name == "machineFlags"
    assert setting(world, "flags", "1") == 1


def test_a_setting_that_the_site_does_not_leave_to_its_page(world: World) -> None:
    world.allow(canOverride="executionCap")
    assert failure(setting, world, "flags", "1").name == "settingNotAllowed"
    assert failure(setting, world, "executionCap", "9999").name.startswith("machine")
