"""What a yes covers, and what may be lowered."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from cvmwebapi.errors import CVMError
from cvmwebapi.sessions.admission import consent
from cvmwebapi.sessions.admission.consent import Yes
from cvmwebapi.sessions.ledger.resources import NOTHING, Resources
from cvmwebapi.texts.phrase import Fault, detail
from cvmwebapi.vmcp.description import MachineDescription, parse

ASKED = Resources(cpus=2, memory=1024, disk=100, flags=5)


def machine(**values: Any) -> MachineDescription:
    return replace(MachineDescription(name="m", cpus=4, memory=4096, disk=10240, flags=1), **values)


def test_consent_covers_less_but_not_more() -> None:
    assert Resources(1, 1024, 0, 1).within(ASKED)
    for more in (Resources(3, 1, 1, 0), Resources(1, 1025, 1, 0), Resources(1, 1, 101, 0), Resources(1, 1, 1, 2)):
        assert not more.within(ASKED)
    assert not ASKED.within(NOTHING)


def test_a_yes_covers_the_same_wish_again_also_when_less_was_granted() -> None:
    yes = Yes(ASKED, replace(ASKED, memory=512), "listed")
    low = replace(ASKED, cpus=1, memory=256)
    assert yes.covers(ASKED, low, "listed")
    assert not yes.covers(replace(ASKED, cpus=3), low, "listed")
    assert not yes.covers(ASKED, replace(low, memory=600), "listed"), "the site needs more than was granted now"


def test_a_yes_to_a_listed_site_is_none_to_one_that_speaks_for_itself() -> None:
    assert not Yes(ASKED, ASKED, "listed").covers(ASKED, ASKED, "published")
    assert Yes(ASKED, ASKED, "published").covers(ASKED, ASKED, "published")
    assert Yes(ASKED, ASKED, "published").covers(ASKED, ASKED, "listed")


@pytest.mark.parametrize(
    ("values", "least"),
    [
        ({}, (4, 4096, 10240)),
        ({"can_override": ("vcpus", "ram")}, (1, consent.LEAST_MEMORY, 10240)),
        ({"can_override": ("disk",)}, (4, 4096, consent.LEAST_DISK)),
        ({"min_cpus": 2, "min_memory": 1024, "min_disk": 2048}, (2, 1024, 2048)),
        ({"min_memory": 1024, "can_override": ("memory",)}, (4, 1024, 10240)),
        ({"min_memory": 9999}, (4, 4096, 10240)),
        ({"memory": 64, "can_override": ("memory",)}, (4, 64, 10240)),
    ],
)
def test_the_user_may_lower_what_the_site_lets_be_lowered(values: dict[str, Any], least: tuple[int, int, int]) -> None:
    found = consent.least(machine(**values))
    assert (found.cpus, found.memory, found.disk) == least


def test_minima_are_read_from_the_signed_answer() -> None:
    found = parse({"name": "m", "secret": "s", "mincpus": "1", "minmemory": "300", "mindisk": "0"})
    assert (found.min_cpus, found.min_memory, found.min_disk) == (1, 300, 0)
    with pytest.raises(CVMError, match="minCpus"):
        parse({"name": "m", "secret": "s", "mincpus": "-1"})


@pytest.mark.parametrize(
    "chosen",
    [
        {"memory": 1025},
        {"memory": 255},
        {"memory": "512"},
        {"memory": True},
        {"cpus": 1.5},
        {"cpus": True},
        {"flags": 0},
        {"cpus": 0},
    ],
)
def test_nobody_grants_more_than_asked_or_less_than_accepted(chosen: dict[str, Any]) -> None:
    low = replace(ASKED, cpus=1, memory=256)
    assert consent.lowered(ASKED, low, {"memory": 512, "cpus": 1}) == replace(ASKED, memory=512, cpus=1)
    with pytest.raises(ValueError):
        consent.lowered(ASKED, low, chosen)


def test_what_may_be_granted_reaches_from_the_least_to_what_was_asked() -> None:
    low = Resources(1, 256, 50, 0)
    assert consent.lowered(ASKED, low, {}) == ASKED
    for edge in (low, ASKED):
        chosen = {"cpus": edge.cpus, "memory": edge.memory, "disk": edge.disk}
        assert consent.lowered(ASKED, low, chosen) == replace(edge, flags=ASKED.flags)
    for chosen, phrase in (
        ({"flags": 0}, detail("objectOf", names="cpus, memory, disk")),
        ({"disk": 101}, detail("about", name="disk", reason=detail("numberRange", low=50, high=100))),
    ):
        with pytest.raises(Fault) as refused:
            consent.lowered(ASKED, low, chosen)
        assert refused.value.phrase == phrase


def test_a_machine_is_given_what_was_granted_and_never_more_than_it_asks_for() -> None:
    given = consent.given(machine(), Resources(8, 2048, 10240, 1))
    assert (given.cpus, given.memory, given.disk) == (4, 2048, 10240)
    given = consent.given(machine(), Resources(2, 8192, 5000, 1))
    assert (given.cpus, given.memory, given.disk) == (2, 4096, 5000)
    assert consent.given(machine(), Resources(4, 4096, 10240, 1)) == machine()
