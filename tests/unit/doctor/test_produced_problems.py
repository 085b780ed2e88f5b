"""Problems made on purpose (producers.py): each is recognized, and gets advice of its own."""

from __future__ import annotations

import ast
import hashlib
import json
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest
from cvmwebapi.doctor.checks import (
    cache,
    group,
    machines,
    network,
    policies,
    ports,
    processor,
    rivals,
    sandboxes,
    settings,
    versions,
    virtualbox,
)
from cvmwebapi.doctor.finding import table
from cvmwebapi.texts import english

from tests.rig.root import as_root
from tests.unit.doctor import in_order
from tests.unit.doctor.conftest import RECORDED_CPUINFO, Computer
from tests.unit.doctor.producers import ELSEWHERE, PRODUCED, Make, closed_port, session_of

_CHECKOUT = Path(__file__).resolve().parents[3]
_BAD = ("problem", "warning")
assert in_order, "imported for the rows that it adds"


@pytest.mark.parametrize(
    ("advice", "check", "make"),
    PRODUCED,
    ids=[f"{'recorded-' * ('recorded' in row[2].__name__)}{row[0]}" for row in PRODUCED],
)
def test_what_is_made_on_purpose_is_recognized(advice: str, check: ModuleType, make: Make, computer: Computer) -> None:
    make(computer)
    found = {finding.advice: finding for finding in computer.findings(check)}
    assert advice in found, list(found)
    shown = found[advice].to_json(check.ID)
    bad = shown["status"] in _BAD
    for text in (shown["found"], shown["cause"], shown["fix"]) if bad else (shown["found"],):
        assert text and "{" not in text


def test_well_over_25_problems_are_produced_and_each_has_its_own_words() -> None:
    names = [name for name in [*(row[0] for row in PRODUCED), *ELSEWHERE] if table()[name] in _BAD]
    assert len(set(names)) == len(names) >= 60
    told = {(text(name, "found"), text(name, "fix")) for name in names}
    assert len(told) == len(names)


def test_every_advice_has_a_test_that_produces_it() -> None:
    produced = {row[0] for row in PRODUCED}
    assert produced | set(ELSEWHERE) == set(table()) and not produced & set(ELSEWHERE)
    for advice, test in ELSEWHERE.items():
        file, _, name = test.partition("::")
        tree = ast.parse((_CHECKOUT / file).read_text())
        functions = [item for item in tree.body if isinstance(item, ast.FunctionDef) and item.name == name]
        assert functions, test
        assert advice in ast.unparse(functions[0]), f"{test} says nothing of {advice}"


def test_a_computer_whose_loopback_is_down() -> None:
    look = (
        "import json; from cvmwebapi.doctor.checks import ports; "
        "from cvmwebapi.doctor.surroundings import Surroundings; "
        "print(json.dumps([found.advice for found in ports.look(Surroundings.here())]))"
    )
    # In a network of its own, in which nothing is switched on.
    command = as_root("unshare", "--net", sys.executable, "-c", look)
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == ["loopbackBlocked"]


def test_a_password_of_a_proxy_is_never_shown(computer: Computer) -> None:
    computer.around.environment = {"HTTPS_PROXY": f"http://user:secret@127.0.0.1:{closed_port()}"}
    assert all("secret" not in str(found.to_json("network")) for found in computer.findings(network))


def test_nothing_is_wrong_with_a_computer_in_order(computer: Computer) -> None:
    computer.recorded_virtualbox()
    computer.file("/proc/cpuinfo", RECORDED_CPUINFO)
    for check in (settings, versions, policies, sandboxes, virtualbox, group, processor, rivals,
                  ports, machines, cache):  # fmt: skip
        assert computer.troubles(check) == set(), check.ID


def test_every_advice_has_all_its_texts() -> None:
    for name, status in table().items():
        assert status in ("ok", "warning", "problem", "unknown"), name
        assert text(name, "found"), name
        if status in ("warning", "problem"):
            assert text(name, "cause") and text(name, "fix"), name


def text(advice: str, which: str) -> str:
    return english.table().get(f"doctor_{advice}_{which}", "")


def test_a_damaged_image_is_removed_by_its_repair(computer: Computer) -> None:
    images = computer.around.cache / "images"
    images.mkdir()
    good, bad = images / f"{hashlib.sha256(b'good').hexdigest()}.iso", images / f"{'1' * 64}.iso"
    good.write_bytes(b"good")
    disk = images / f"{'3' * 64}.vdi"
    disk.write_bytes(b"unpacked, so it has another checksum")
    bad.write_bytes(b"bad")
    (found,) = [item for item in computer.findings(cache) if item.repair]
    cache.repair(computer.around, found.part)
    assert good.exists() and disk.exists() and not bad.exists()


def test_a_folder_that_belongs_to_a_machine_is_not_removed(computer: Computer) -> None:
    session = session_of(computer, phase="made")
    folder = computer.around.data / "machines" / session
    folder.mkdir(parents=True)
    machines.repair(computer.around, session)
    machines.repair(computer.around, "../data")
    assert folder.exists() and Path(computer.around.data).exists()
