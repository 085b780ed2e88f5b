"""The real program with a policy in the real place: /etc/cernvm-webapi/policy.json, in a mount namespace of its own."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from tests.policy.test_forced_installation import LAUNCHER
from tests.rig import etc
from tests.stdio.client import HostClient, HostError


def program(folder: Path, policy: str) -> Path:
    layer = folder / "layer"
    (layer / "cernvm-webapi").mkdir(parents=True)
    (layer / "cernvm-webapi/policy.json").write_text(policy)
    return etc.wrapper(folder, layer, str(LAUNCHER))


@pytest.mark.parametrize(
    ("policy", "error"),
    [
        ('{"allowed_sites": ["*.cern.ch"]}', "siteNotAllowed"),
        ('{"blocked_sites": ["localhost"]}', "siteBlocked"),
        ('{"allowed_sites": ["localhost"]}', "hypervisorMissing"),
        ('{"allowed_sites": "localhost"}', "policyBroken"),
        ('{"alowed_sites": []}', "policyBroken"),
        ("", "policyBroken"),
    ],
)
def test_what_a_page_is_told(tmp_path: Path, policy: str, error: str) -> None:
    environment = {**os.environ, "HOME": str(tmp_path), "PATH": "/usr/bin:/bin:/usr/sbin:/sbin"}
    with HostClient(environment, [program(tmp_path, policy)]) as host:
        assert host.hello()["protocol"] == 1
        with pytest.raises(HostError) as refused:
            host.call("requestSession", url="http://localhost/vmcp")
        assert refused.value.name == error


def test_the_command_line_shows_what_holds_and_what_is_broken(tmp_path: Path) -> None:
    for name, policy, status, words in (
        (
            "good",
            '{"max_cpus": 2, "releases": "https://mirror.example"}',
            0,
            'releases = "https://mirror.example"  (locked)',
        ),
        ("bad", '{"max_cpus": "2"}', 1, "max_cpus: it must be a whole number"),
    ):
        (tmp_path / name).mkdir()
        done = subprocess.run(
            [program(tmp_path / name, policy), "policy", "validate"],
            env={**os.environ, "HOME": str(tmp_path)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == status and words in done.stdout + done.stderr
