"""The doctor as windows and people reach it: the real host, the real command."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from cvmwebapi import __version__

from tests.conftest import HOST
from tests.stdio.client import HostClient, HostError


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("XDG_")}
    settings = tmp_path / ".config/cernvm-webapi/settings.json"
    settings.parent.mkdir(parents=True)
    # A keystore on a port where nobody listens: nothing of the internet is asked.
    keystore = {"url": "http://127.0.0.1:9/keystore", "root_key": "MA=="}
    settings.write_text(json.dumps({"keystores": [keystore], "vboxmanage": str(tmp_path / "VBoxManage")}))
    return {**kept, "HOME": str(tmp_path), "PATH": str(tmp_path)}


@pytest.fixture
def host(environment: dict[str, str]) -> Iterator[HostClient]:
    with HostClient(environment, HOST) as client:
        yield client


def test_windows_get_all_checks_with_their_advice(host: HostClient) -> None:
    answer = host.call("diagnose", {"kind": "extension"}, extension=__version__)
    found = {row["advice"]: row for row in answer["checks"]}
    assert {"virtualboxMissing", "versionsFit", "cacheFine"} <= set(found) and answer["status"] == "problem"
    for row in answer["checks"]:
        assert {"id", "title", "status", "found", "cause", "fix", "command"} <= set(row)


def test_pages_may_not_diagnose_or_repair(host: HostClient) -> None:
    for action in ("diagnose", "repair"):
        with pytest.raises(HostError, match="notAllowed"):
            host.call(action)


def test_what_nobody_can_repair_is_refused(host: HostClient) -> None:
    with pytest.raises(HostError, match="badValue"):
        host.call("repair", {"kind": "extension"}, id="processor")


def test_a_failing_request_session_carries_cause_and_fix_within_a_second_or_so(
    environment: dict[str, str], tmp_path: Path
) -> None:
    broken = tmp_path / "VBoxManage"
    broken.write_text("#!/bin/sh\necho VBoxManage: error: half removed >&2; exit 1\n")
    broken.chmod(0o755)
    environment["PATH"] = f"{tmp_path}:/usr/bin:/bin"
    settings = tmp_path / ".config/cernvm-webapi/settings.json"
    settings.write_text(json.dumps({**json.loads(settings.read_text()), "hypervisor_installation": False}))
    with HostClient(environment, HOST, answer=lambda details: False) as host:
        number = host.begin("requestSession", url="http://127.0.0.1:9/vmcp")
        message = host.message(number)
    error = message["error"]
    assert error["name"] == "hypervisorBroken" and error["diagnosis"]["advice"] == "virtualboxBroken"
    assert "half removed" in error["cause"] and "Install VirtualBox again" in error["fix"]


def _doctor(environment: dict[str, str], *arguments: str, typed: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*HOST, "doctor", *arguments], env=environment, input=typed, capture_output=True, text=True, check=False
    )


def test_the_command_says_what_to_do(environment: dict[str, str]) -> None:
    done = _doctor(environment)
    assert done.returncode == 1
    assert "PROBLEM  VirtualBox: VirtualBox was not found" in done.stdout and "virtualbox.org" in done.stdout


def test_the_command_as_json(environment: dict[str, str]) -> None:
    told = json.loads(_doctor(environment, "--json").stdout)
    assert told["status"] == "problem" and any(row["advice"] == "virtualboxMissing" for row in told["checks"])


def test_fix_asks_and_repairs(environment: dict[str, str], tmp_path: Path) -> None:
    damaged = tmp_path / ".cache/cernvm-webapi/images" / f"{'0' * 64}.iso"
    damaged.parent.mkdir(parents=True)
    damaged.write_bytes(b"damaged")
    refused = _doctor(environment, "--fix", typed="n\n")
    assert "Repair this now?" in refused.stderr and damaged.exists()
    repaired = _doctor(environment, "--fix", typed="y\n" * 20)
    assert "Done." in repaired.stderr and not damaged.exists()
    assert "nothing that can be repaired" in _doctor(environment, "--fix").stderr
