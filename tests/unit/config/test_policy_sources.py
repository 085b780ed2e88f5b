"""Where policies are found. Linux's place is read for real; folders of macOS stand below a root of the test, and the
Windows registry is a double.
"""

from __future__ import annotations

import json
import os
import plistlib
import pwd
from pathlib import Path
from typing import Any

import pytest
from cvmwebapi.config import policy, settings
from cvmwebapi.config.policy import DOMAIN, REGISTRY_KEY
from cvmwebapi.errors import CVMError
from cvmwebapi.system import windows_registry
from cvmwebapi.texts.phrase import detail

from tests.unit.system.registry_double import RegistryDouble

KINDS = {name: rule.kind for name, rule in settings.rules().items()}


def find(platform: str, root: Path, **more: Any) -> tuple[policy.Source, ...]:
    return policy.find(KINDS, platform, root, user="alice", **more)


def put(place: Path, content: bytes) -> Path:
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(content)
    return place


def test_no_policy_is_none(tmp_path: Path) -> None:
    assert find("linux", tmp_path) == find("darwin", tmp_path) == ()
    assert find("win32", tmp_path, registry=RegistryDouble()) == ()


def test_linux(tmp_path: Path) -> None:
    place = put(tmp_path / "etc/cernvm-webapi/policy.json", b'{"max_cpus": 2}')
    assert find("linux", tmp_path) == (policy.Source(str(place), {"max_cpus": 2}),)


def test_a_policy_may_begin_with_the_mark_that_windows_editors_write(tmp_path: Path) -> None:
    put(tmp_path / "etc/cernvm-webapi/policy.json", b'\xef\xbb\xbf{"max_cpus": 2}')
    assert find("linux", tmp_path)[0].values == {"max_cpus": 2}


@pytest.mark.parametrize("content", [b"", b"{", b'{"max_cpus": 1, "max_cpus": 9}', b"\xff\xfe", b" " * 2_000_000])
def test_a_file_that_cannot_be_read_is_an_error_and_not_nothing(tmp_path: Path, content: bytes) -> None:
    put(tmp_path / "etc/cernvm-webapi/policy.json", content)
    with pytest.raises(CVMError) as refused:
        find("linux", tmp_path)
    assert refused.value.name == "policyBroken"


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b'{"a": 1, "max_cpus": 1, "max_cpus": 9}', detail("keyTwice", key="max_cpus")),
        (b"{}" + b" " * (1024 * 1024 - 1), detail("tooLarge", limit=1024)),
        (b"{", "Expecting property name enclosed in double quotes: line 1 column 2 (char 1)"),
    ],
    ids=["twice", "too large", "cut"],
)
def test_an_error_names_the_file_and_what_is_wrong_with_it(tmp_path: Path, content: bytes, what: Any) -> None:
    place = put(tmp_path / "etc/cernvm-webapi/policy.json", content)
    with pytest.raises(CVMError) as refused:
        find("linux", tmp_path)
    assert refused.value.params == {"file": str(place), "detail": what}
    assert str(refused.value.params["detail"]) == str(what)


def test_a_huge_file_is_not_read_whole(tmp_path: Path) -> None:
    os.truncate(put(tmp_path / "etc/cernvm-webapi/policy.json", b""), 1 << 40)
    with pytest.raises(CVMError) as refused:
        find("linux", tmp_path)
    assert refused.value.params["detail"] == detail("tooLarge", limit=1024)


def test_a_policy_may_be_a_megabyte(tmp_path: Path) -> None:
    put(tmp_path / "etc/cernvm-webapi/policy.json", b"{}" + b" " * (1024 * 1024 - 2))
    assert find("linux", tmp_path)[0].values == {}


def test_a_file_where_its_folder_should_be_is_no_policy(tmp_path: Path) -> None:
    put(tmp_path / "etc/cernvm-webapi", b"")
    assert find("linux", tmp_path) == ()


@pytest.mark.parametrize(
    ("platform", "places"),
    [
        ("linux", ["/etc/cernvm-webapi/policy.json"]),
        (
            "darwin",
            [
                f"/Library/Managed Preferences/{DOMAIN}.plist",
                f"/Library/Managed Preferences/{pwd.getpwuid(os.getuid()).pw_name}/{DOMAIN}.plist",
                "/Library/Application Support/cernvm-webapi/policy.json",
            ],
        ),
        ("win32", ["data/cernvm-webapi/policy.json"]),
    ],
)
def test_where_policies_are_looked_for(platform: str, places: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[str] = []

    def missing(self: Path, *_: object) -> None:
        looked.append(str(self))
        raise FileNotFoundError

    monkeypatch.setattr(windows_registry, "program_data", lambda: "data")
    monkeypatch.setattr(windows_registry, "of_this_computer", RegistryDouble)
    with monkeypatch.context() as patched:
        patched.setattr(Path, "open", missing)
        assert policy.find(KINDS, platform) == ()
    assert looked == places


def test_the_weightiest_comes_first(tmp_path: Path) -> None:
    library = tmp_path / "Library"
    for place in (f"Managed Preferences/{DOMAIN}.plist", f"Managed Preferences/alice/{DOMAIN}.plist"):
        put(library / place, plistlib.dumps({"max_cpus": 4}))
    put(library / "Application Support/cernvm-webapi/policy.json", b"{}")
    names = [source.name.removeprefix(f"{library}/") for source in find("darwin", tmp_path)]
    assert names == [
        f"Managed Preferences/{DOMAIN}.plist",
        f"Managed Preferences/alice/{DOMAIN}.plist",
        "Application Support/cernvm-webapi/policy.json",
    ]
    registry = RegistryDouble()
    for hive in ("HKCU", "HKLM"):
        registry.tree[f"{hive}\\{REGISTRY_KEY}\\allowed_sites"] = {"1": f"{hive}.org".lower()}
    place = put(tmp_path / "ProgramData/cernvm-webapi/policy.json", b"{}")
    found = find("win32", tmp_path, registry=registry)
    assert found == (
        policy.Source(f"HKLM\\{REGISTRY_KEY}", {"allowed_sites": ["hklm.org"]}),
        policy.Source(f"HKCU\\{REGISTRY_KEY}", {"allowed_sites": ["hkcu.org"]}),
        policy.Source(str(place), {}),
    )


def test_a_folder_in_its_place_is_an_error_too(tmp_path: Path) -> None:
    (tmp_path / "etc/cernvm-webapi/policy.json").mkdir(parents=True)
    with pytest.raises(CVMError) as refused:
        find("linux", tmp_path)
    params = {"file": str(tmp_path / "etc/cernvm-webapi/policy.json"), "detail": "Is a directory"}
    assert (refused.value.name, refused.value.params) == ("policyBroken", params)


def test_macos_double_managed_preferences_of_computer_and_user_and_a_file(tmp_path: Path) -> None:
    library = tmp_path / "Library"
    put(library / f"Managed Preferences/{DOMAIN}.plist", plistlib.dumps({"max_cpus": 4, "releases": "http://c"}))
    binary = plistlib.dumps({"max_cpus": 2}, fmt=plistlib.FMT_BINARY)
    put(library / f"Managed Preferences/alice/{DOMAIN}.plist", binary)
    put(library / "Application Support/cernvm-webapi/policy.json", json.dumps({"releases": "http://f"}).encode())
    held = settings.effective(tmp_path / "none", find("darwin", tmp_path)).settings
    assert (held.max_cpus, held.releases) == (2, "http://c")


@pytest.mark.parametrize("content", [b"bplist00", b"<plist", b"{}"])
def test_macos_double_a_damaged_plist_is_an_error(tmp_path: Path, content: bytes) -> None:
    put(tmp_path / f"Library/Managed Preferences/{DOMAIN}.plist", content)
    with pytest.raises(CVMError) as refused:
        find("darwin", tmp_path)
    assert refused.value.name == "policyBroken"


def test_windows_registry_double(tmp_path: Path) -> None:
    registry = RegistryDouble()
    registry.tree[f"HKLM\\{REGISTRY_KEY}"] = {
        "max_cpus": 2,
        "self_published_keys": 0,
        "releases": "http://m",
        "auto_approved_sites": '[{"site": "a.org"}]',
    }
    names = {str(number): f"s{number}.org" for number in range(1, 12)}
    registry.tree[f"HKLM\\{REGISTRY_KEY}\\allowed_sites"] = names
    registry.tree[f"HKCU\\{REGISTRY_KEY}"] = {"max_cpus": 1}
    put(tmp_path / "ProgramData/cernvm-webapi/policy.json", b'{"max_memory": 512}')
    held = settings.effective(tmp_path / "none", find("win32", tmp_path, registry=registry)).settings
    assert (held.max_cpus, held.max_memory, held.self_published_keys) == (1, 512, False)
    assert held.auto_approved_sites[0].site == "a.org"
    assert held.allowed_sites == tuple(f"s{number}.org" for number in range(1, 12))


@pytest.mark.parametrize(
    "damaged",
    [
        {"max_cpus": b"\x01\x02"},
        {"max_cpus": "many"},
        {"self_published_keys": 2},
        {"self_published_keys": "no"},
        {"keystores": "[{"},
        {"releases": 5},
        {"releases": None},
        {"": "default value"},
    ],
)
def test_windows_registry_double_damaged_values_let_nothing_run(tmp_path: Path, damaged: dict[str, Any]) -> None:
    registry = RegistryDouble()
    registry.tree[f"HKLM\\{REGISTRY_KEY}"] = damaged
    with pytest.raises(CVMError) as refused:
        settings.effective(tmp_path / "none", find("win32", tmp_path, registry=registry))
    assert refused.value.name == "policyBroken" and "HKLM" in refused.value.message


def test_windows_registry_double_a_key_that_may_not_be_read_is_an_error(tmp_path: Path) -> None:
    registry = RegistryDouble()
    registry.refused = {f"HKLM\\{REGISTRY_KEY}"}
    with pytest.raises(CVMError) as refused:
        find("win32", tmp_path, registry=registry)
    assert (refused.value.name, refused.value.params) == (
        "policyBroken", {"file": f"HKLM\\{REGISTRY_KEY}", "detail": "Access is denied"},
    )  # fmt: skip


def test_windows_registry_double_an_error_names_the_value(tmp_path: Path) -> None:
    registry = RegistryDouble()
    registry.tree[f"HKCU\\{REGISTRY_KEY}"] = {"keystores": "[{"}
    with pytest.raises(CVMError) as refused:
        find("win32", tmp_path, registry=registry)
    reason = detail("about", name="keystores", reason=detail("jsonList"))
    assert refused.value.params == {"file": f"HKCU\\{REGISTRY_KEY}", "detail": reason}
