"""What settings and policy let websites have, whatever the user would answer."""

from __future__ import annotations

from dataclasses import replace

import pytest
from cvmwebapi.config.settings import Approval, Effective, Settings
from cvmwebapi.errors import CVMError
from cvmwebapi.sessions.admission import limits
from cvmwebapi.sessions.ledger.resources import Resources
from cvmwebapi.texts.phrase import Phrase, Value, megabytes

from tests.unit.site_fixtures import failure

ASKED = Resources(cpus=2, memory=1024, disk=100, flags=5)


def refusal(held: Settings, domain: str) -> str:
    try:
        limits.check_site(held, domain)
    except CVMError as error:
        return error.name
    return ""


def test_which_sites_are_refused() -> None:
    some = Settings(allowed_sites=("*.cern.ch", "a.org"), blocked_sites=("bad.cern.ch",))
    assert refusal(some, "www.cern.ch") == refusal(some, "a.org") == ""
    assert refusal(some, "bad.cern.ch") == "siteBlocked"
    assert refusal(some, "b.org") == "siteNotAllowed"
    assert refusal(Settings(), "b.org") == ""
    assert refusal(Settings(allowed_sites=()), "b.org") == "siteNotAllowed"


def test_machines_above_a_cap_are_refused_with_the_figures() -> None:
    capped = Settings(max_cpus=2, max_memory=2048, max_disk=1000)
    limits.check_machine(capped, 2, 2048, 1000)
    for larger in ((3, 1, 1), (1, 2049, 1), (1, 1, 1001)):
        with pytest.raises(CVMError) as refused:
            limits.check_machine(capped, *larger)
        assert refused.value.name == "overCap" and str(max(larger)) in refused.value.message


def test_auto_approval_ends_at_its_caps_and_at_flags_that_open_a_door() -> None:
    approving = Settings(auto_approved_sites=(Approval("*.a.org", 2, 2048, 0),))
    assert limits.approved_unasked(approving, "www.a.org", Resources(2, 2048, 0, 1))
    for domain, wanted in [
        ("a.org", Resources(1, 1, 0, 1)),
        ("www.a.org", Resources(3, 1, 0, 1)),
        ("www.a.org", Resources(1, 1, 1, 1)),
        ("www.a.org", Resources(1, 1, 0, 32)),
    ]:
        assert not limits.approved_unasked(approving, domain, wanted)


@pytest.mark.parametrize("bit", [1, 2, 4, 8, 128])
def test_flags_that_open_no_door_need_no_question(bit: int) -> None:
    approving = Settings(auto_approved_sites=(Approval("a.org", 2, 2048, 0),))
    assert limits.approved_unasked(approving, "a.org", Resources(1, 1, 0, bit))


@pytest.mark.parametrize("bit", [16, 32, 64, 256, 512, 1024, 2**30])
def test_window_clipboard_second_network_card_and_files_are_always_asked_about(bit: int) -> None:
    approving = Settings(auto_approved_sites=(Approval("*", 2, 2048, 0),))
    assert not limits.approved_unasked(approving, "a.org", Resources(1, 1, 0, bit | 1))


def test_only_a_policy_makes_it_the_administrator_s_word() -> None:
    approving = Settings(auto_approved_sites=(Approval("*.a.org", 2, 2048, 0),), allowed_sites=("b.org",))
    by_policy = Effective(approving, frozenset({"auto_approved_sites", "allowed_sites"}))
    for domain, named in (("www.a.org", True), ("b.org", True), ("c.org", False)):
        assert limits.approved_by_administrator(by_policy, domain) is named
        assert not limits.approved_by_administrator(Effective(approving), domain)


def test_a_refused_site_is_named() -> None:
    for rule in (Settings(blocked_sites=("a.org",)), Settings(allowed_sites=())):
        assert failure(limits.check_site, rule, "a.org").params == {"domain": "a.org"}


def test_only_origins_that_are_named_may_be_framed() -> None:
    framed = Settings(allowed_frame_origins=("https://a.org",))
    limits.check_frame(framed, "https://a.org")
    for origin in ("https://b.org", "https://a.org:8443", "http://a.org", ""):
        assert failure(limits.check_frame, framed, origin).name == "foreignFrame"


@pytest.mark.parametrize(
    ("size", "resource", "wanted", "limit"),
    [
        ((3, 1, 1), "cpus", 3, 2),
        ((1, 2049, 1), "memory", megabytes(2049), megabytes(2048)),
        ((1, 1, 1001), "disk", megabytes(1001), megabytes(1000)),
    ],
)
def test_an_error_has_the_figures_in_their_units(
    size: tuple[int, int, int], resource: str, wanted: Value, limit: Value
) -> None:
    capped = Settings(max_cpus=2, max_memory=2048, max_disk=1000)
    error = failure(limits.check_machine, capped, *size)
    assert error.params == {"resource": Phrase(f"resource_{resource}"), "wanted": wanted, "limit": limit}
    limits.check_machine(Settings(), 64, 2**20, 2**21)


def test_all_machines_together_stay_below_the_total() -> None:
    settings = Settings(total_cpus=4, total_memory=3000, total_disk=500)
    limits.check_total(settings, ASKED, [ASKED], disk=False)
    with pytest.raises(CVMError, match=r"Processors: the limit is 4, 4 are in use, and this one wants 2"):
        limits.check_total(settings, ASKED, [ASKED, replace(ASKED, memory=0)], disk=False)
    with pytest.raises(CVMError, match="Memory: the limit is 3000 MB"):
        limits.check_total(settings, replace(ASKED, cpus=0), [ASKED, replace(ASKED, cpus=0)], disk=False)
    with pytest.raises(CVMError, match="Disk space: the limit is 500 MB"):
        limits.check_total(settings, ASKED, [ASKED] * 5, disk=True)
    limits.check_total(Settings(), ASKED, [ASKED] * 99, disk=True)


@pytest.mark.parametrize(
    ("name", "limit", "disk", "figures"),
    [
        ("cpus", 3, False, {"wanted": 2, "used": 2, "limit": 3}),
        ("memory", 2047, False, {"wanted": megabytes(1024), "used": megabytes(1024), "limit": megabytes(2047)}),
        ("disk", 199, True, {"wanted": megabytes(100), "used": megabytes(100), "limit": megabytes(199)}),
    ],
)
def test_a_total_is_reached_and_no_more(name: str, limit: int, disk: bool, figures: dict[str, Value]) -> None:
    limits.check_total(Settings(**{f"total_{name}": limit + 1}), ASKED, [ASKED], disk)
    error = failure(limits.check_total, Settings(**{f"total_{name}": limit}), ASKED, [ASKED], disk)
    assert (error.name, error.params) == ("totalReached", {"resource": Phrase(f"resource_{name}"), **figures})
    # CPUs and memory are of machines that run, the disk of all that there are.
    limits.check_total(Settings(**{f"total_{name}": limit}), ASKED, [ASKED], not disk)
