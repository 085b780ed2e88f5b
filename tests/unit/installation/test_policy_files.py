"""The generated policy files as far as no browser is needed: macOS and Windows are parsed as they would be."""

from __future__ import annotations

import json
import plistlib
import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from cvmwebapi.config import policy, settings
from cvmwebapi.installation import registry_file
from cvmwebapi.installation.policy_files import CHROMIUM_ID, FIREFOX_ID

from tests.drivers.registration import chromium_id, firefox_id
from tests.lab.world import CHECKOUT, EXTENSION
from tests.unit.config.test_policy_sources import KINDS
from tests.unit.system.registry_double import RegistryDouble

READY = CHECKOUT / "manifest-templates" / "policy"
EXAMPLE = json.loads((READY / "example.json").read_text())
XML = "{http://schemas.microsoft.com/GroupPolicy/2006/07/PolicyDefinitions}"


def test_they_name_our_add_on() -> None:
    assert (chromium_id(EXTENSION), firefox_id(EXTENSION)) == (CHROMIUM_ID, FIREFOX_ID)


def test_linux_files_install_the_add_on_and_set_it_up() -> None:
    for folder in ("etc/chromium", "etc/opt/chrome", "etc/opt/edge"):
        content = json.loads((READY / "linux" / folder / "policies/managed/cernvm-webapi.json").read_text())
        assert content["ExtensionSettings"][CHROMIUM_ID]["installation_mode"] == "force_installed"
        assert content["3rdparty"]["extensions"][CHROMIUM_ID] == EXAMPLE
    firefox = json.loads((READY / "linux/etc/firefox/policies/policies.json").read_text())["policies"]
    assert firefox["ExtensionSettings"][FIREFOX_ID]["installation_mode"] == "force_installed"
    assert "Preferences" not in firefox, "signatures stay required unless asked otherwise"


def test_macos_double_profile_and_plists_hold_what_the_program_reads(tmp_path: Path) -> None:
    profile = plistlib.loads((READY / "macos/cernvm-webapi.mobileconfig").read_bytes())
    payloads = {entry["PayloadType"]: entry for entry in profile["PayloadContent"]}
    assert len({entry["PayloadUUID"] for entry in payloads.values()}) == len(payloads) == 8
    assert payloads[f"com.google.Chrome.extensions.{CHROMIUM_ID}"]["max_cpus"] == EXAMPLE["max_cpus"]
    assert payloads["org.mozilla.firefox"]["EnterprisePoliciesEnabled"] is True
    place = tmp_path / "Library/Managed Preferences/ch.cern.cernvm.webapi.plist"
    place.parent.mkdir(parents=True)
    place.write_bytes((READY / "macos/ch.cern.cernvm.webapi.plist").read_bytes())
    found = policy.find(KINDS, "darwin", tmp_path, user="alice")
    assert settings.effective(tmp_path / "none", found).settings == settings.parse(EXAMPLE)


def imported(content: bytes) -> RegistryDouble:
    """What regedit would make of a file."""
    text = content.decode("utf-16" if content[:2] == b"\xff\xfe" else "ascii")
    assert text.startswith("Windows Registry Editor Version 5.00\r\n")
    registry, key = RegistryDouble(), ""
    for line in text.split("\r\n")[1:]:
        if line.startswith("["):
            key = line[1:-1].replace("HKEY_LOCAL_MACHINE", "HKLM")
        elif line:
            found = re.fullmatch(
                r'"((?:[^"\\]|\\.)*)"=(?:dword:([0-9a-f]{8})|hex\(1\):([0-9a-f,]+)|"((?:[^"\\]|\\.)*)")', line
            )
            assert found, line
            name, number, raw, words = found.groups()
            value: Any = int(number, 16) if number else None
            if raw:
                value = bytes.fromhex(raw.replace(",", "")).decode("utf-16-le").rstrip("\0")
            elif words is not None:
                value = re.sub(r"\\(.)", r"\1", words)
            hive, _, path = key.partition("\\")
            registry.set(hive, path, re.sub(r"\\(.)", r"\1", name), value)
    return registry


def test_windows_registry_double_the_reg_file_holds_what_the_program_reads(tmp_path: Path) -> None:
    registry = imported((READY / "windows/cernvm-webapi.reg").read_bytes())
    found = policy.find(KINDS, "win32", tmp_path, registry=registry)
    assert settings.effective(tmp_path / "none", found).settings == settings.parse(EXAMPLE)
    forced = registry.tree[f"HKLM\\Software\\Policies\\Google\\Chrome\\ExtensionSettings\\{CHROMIUM_ID}"]
    assert forced["installation_mode"] == "force_installed"


@pytest.mark.parametrize("text", ['quo"te', "back\\slash", "two\nlines", "ž ∞", ""])
def test_windows_texts_of_all_kinds_survive_a_reg_file(text: str) -> None:
    content = registry_file.build("HKEY_LOCAL_MACHINE", {"Software\\X": {"n": text, "sub": {"m": True}}})
    assert imported(content).tree == {"HKLM\\Software\\X": {"n": text}, "HKLM\\Software\\X\\sub": {"m": 1}}


def test_the_administrative_template_has_every_setting_with_its_texts() -> None:
    admx = ElementTree.parse(READY / "windows/cernvm-webapi.admx").getroot()
    adml = ElementTree.parse(READY / "windows/en-US/cernvm-webapi.adml").getroot()
    names = {entry.get("name") for entry in admx.iter(f"{XML}policy")}
    assert names == set(settings.rules())
    texts = {entry.get("id") for entry in adml.iter(f"{XML}string")}
    forms = {entry.get("id") for entry in adml.iter(f"{XML}presentation")}
    raw = (READY / "windows/cernvm-webapi.admx").read_text()
    assert set(re.findall(r"\$\(string\.(\w+)\)", raw)) == texts
    assert set(re.findall(r"\$\(presentation\.(\w+)\)", raw)) == forms


def test_the_administrators_page_has_every_setting() -> None:
    page = (CHECKOUT / "docs/administration.md").read_text()
    assert [name for name in settings.rules() if f"`{name}`" not in page] == []
