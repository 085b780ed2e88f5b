"""Where policies are found. Linux's place is read for real; folders of macOS stand below a root of the test, and the
Windows registry is a double.
"""

from __future__ import annotations

import json
import plistlib
from pathlib import Path
from typing import Any

import pytest
from cvmwebapi.config import policy, settings
from cvmwebapi.config.policy import DOMAIN, REGISTRY_KEY
from cvmwebapi.errors import CVMError

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


def test_a_folder_in_its_place_is_an_error_too(tmp_path: Path) -> None:
    (tmp_path / "etc/cernvm-webapi/policy.json").mkdir(parents=True)
    with pytest.raises(CVMError, match="can't be used"):
        find("linux", tmp_path)


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
    with pytest.raises(CVMError, match="denied"):
        find("win32", tmp_path, registry=registry)
