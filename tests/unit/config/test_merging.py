"""Settings of the user and of policies: the stricter wins, and what is broken allows nothing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from cvmwebapi.config import settings
from cvmwebapi.config.policy import Source
from cvmwebapi.config.settings import Settings
from cvmwebapi.errors import CVMError
from cvmwebapi.sessions.admission import limits


def held(user: dict[str, Any], *policies: dict[str, Any]) -> Settings:
    return settings.merged(settings.checked(user), [settings.checked(policy) for policy in policies])


@pytest.mark.parametrize(
    ("name", "user", "policy", "result"),
    [
        ("max_memory", 4096, 2048, 2048),
        ("max_memory", 1024, 2048, 1024),
        ("max_memory", 0, 2048, 2048),
        ("max_cpus", 2, 0, 2),
        ("min_free_disk", 10, 5000, 5000),
        ("self_published_keys", True, False, False),
        ("self_published_keys", False, True, False),
        ("hypervisor_installation", True, False, False),
        ("blocked_sites", ["a.org"], ["b.org"], ("a.org", "b.org")),
        ("allowed_sites", ["a.org", "www.b.org"], ["*.b.org"], ("www.b.org",)),
        ("allowed_sites", ["*"], [], ()),
        ("releases", "http://mine", "https://mirror/", "https://mirror"),
        ("on_browser_close", "keep", "poweroff", "poweroff"),
        ("auto_approved_sites", [{"site": "mine.org"}], [], ()),
        ("allowed_frame_origins", ["https://mine.org"], [], ()),
    ],
)
def test_the_stricter_wins(name: str, user: Any, policy: Any, result: Any) -> None:
    assert getattr(held({name: user}, {name: policy}), name) == result
    # A policy holds also where the user has said nothing.
    alone = settings.checked({name: policy})[name]
    assert getattr(held({}, {name: policy}), name) == alone


def test_of_two_policies_the_stricter_wins_and_where_none_is_the_weightier() -> None:
    result = held({}, {"max_disk": 100, "releases": "http://computer"}, {"max_disk": 50, "releases": "http://user"})
    assert (result.max_disk, result.releases) == (50, "http://computer")


def test_no_user_value_widens_any_policy() -> None:
    """Every setting with an order, in both directions."""
    strict = {"max_cpus": 1, "blocked_sites": ["x.org"], "allowed_sites": ["y.org"], "self_published_keys": False}
    wide = {"max_cpus": 64, "blocked_sites": [], "allowed_sites": ["*"], "self_published_keys": True}
    assert held(wide, strict) == held({}, strict) == held(strict, wide)


def test_only_a_policy_lets_machines_into_frames_of_other_websites() -> None:
    mine, theirs = {"allowed_frame_origins": ["https://mine.org"]}, {"allowed_frame_origins": ["https://theirs.org"]}
    assert held(mine).allowed_frame_origins == held(mine, {"max_cpus": 1}).allowed_frame_origins == ()
    assert held(mine, theirs).allowed_frame_origins == ("https://theirs.org",)
    for settings_, refused in ((held(mine), ["mine", "theirs"]), (held(mine, theirs), ["mine"])):
        for name in ("mine", "theirs"):
            origin = f"https://{name}.org"
            if name in refused:
                with pytest.raises(CVMError, match="inside a page of another website"):
                    limits.check_frame(settings_, origin)
            else:
                limits.check_frame(settings_, origin)


def test_what_a_policy_fixes_is_locked(tmp_path: Path) -> None:
    values = {"releases": "http://x", "self_published_keys": False, "hypervisor_installation": True, "max_cpus": 2}
    found = settings.effective(tmp_path / "none", [Source("the policy", values)])
    assert found.locked == {"releases", "self_published_keys"} and found.sources == ("the policy",)


@pytest.mark.parametrize(
    "broken",
    [
        [],
        {"max_memroy": 1},
        {"max_memory": "1024"},
        {"max_memory": True},
        {"max_memory": -1},
        {"allowed_sites": "example.org"},
        {"allowed_sites": ["https://example.org/"]},
        {"on_browser_close": "explode"},
        {"telemetry": "all"},
        {"keystores": [{"url": "file:///x", "root_key": "k"}]},
        {"auto_approved_sites": [{"cpus": 1}]},
        {"auto_approved_sites": [{"site": "a.org", "more": 1}]},
        {"releases": "ftp://x"},
        {"blocked_sites": ["a.org"] * 1001},
    ],
)
def test_a_broken_policy_lets_nothing_run(tmp_path: Path, broken: Any) -> None:
    with pytest.raises(CVMError) as refused:
        settings.effective(tmp_path / "none", [Source("/etc/x", broken)])
    assert refused.value.name == "policyBroken" and refused.value.params["file"] == "/etc/x"
    assert refused.value.params["detail"] != "None"


def test_every_setting_has_a_rule_a_description_and_survives_its_own_json() -> None:
    names = set(settings.rules())
    assert set(settings.descriptions()) == names
    raw = json.loads(json.dumps(settings.to_json(Settings())))
    assert settings.parse(raw) == Settings()


def test_the_users_choices_are_written_whole_or_not_at_all(tmp_path: Path) -> None:
    file = tmp_path / "settings.json"
    assert settings.change({"max_cpus": 2, "blocked_sites": ["a.org"]}, file).settings.max_cpus == 2
    before = file.read_bytes()
    for wrong in ({"max_cpus": "many"}, {"no_such": 1}):
        with pytest.raises(CVMError, match="can't be used"):
            settings.change(wrong, file)
    assert file.read_bytes() == before
    assert settings.change({"max_cpus": None}, file).settings == Settings(blocked_sites=("a.org",))


def test_what_is_locked_is_not_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cvmwebapi.config.policy.find", lambda kinds: (Source("p", {"releases": "http://x"}),))
    with pytest.raises(CVMError) as refused:
        settings.change({"releases": "http://mine"}, tmp_path / "settings.json")
    assert refused.value.params == {"name": "releases"}
    assert refused.value.name == "settingLocked" and not (tmp_path / "settings.json").exists()
