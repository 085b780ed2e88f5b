"""Problems made on purpose (producers.py): each is recognized, and gets advice of its own."""

from __future__ import annotations

import ast
import hashlib
import json
import subprocess
import sys
from pathlib import Path

import pytest
from cvmwebapi.doctor.check import COMMON, Check, Result
from cvmwebapi.doctor.checks import CHECKS, cache, machines, named, network
from cvmwebapi.sessions.ledger.rows import Stage
from cvmwebapi.texts import english

from tests.rig.root import as_root
from tests.unit.doctor import produced
from tests.unit.doctor.conftest import RECORDED_CPUINFO, Computer
from tests.unit.doctor.producing import ELSEWHERE, PRODUCED, Make, closed_port, session_of

_CHECKOUT = Path(__file__).resolve().parents[3]
_BAD = ("problem", "warning")
assert produced, "imported for the rows that it adds"


def advice() -> dict[str, str]:
    """The status of each by its name."""
    own = {name: about.status for check in CHECKS for name, about in check.advice.items()}
    return {**own, **{name: about.status for name, about in COMMON.items()}}


def check_of(name: str) -> Check:
    (check,) = [check for check in CHECKS if name in check.advice]
    return check


@pytest.mark.parametrize(
    ("name", "make"),
    PRODUCED,
    ids=[f"{'recorded-' * ('recorded' in row[1].__name__)}{row[0]}" for row in PRODUCED],
)
def test_what_is_made_on_purpose_is_recognized(name: str, make: Make, computer: Computer) -> None:
    make(computer)
    check = check_of(name)
    found = {finding.advice: finding for finding in computer.findings(check)}
    assert name in found, list(found)
    shown = Result(check, found[name]).to_json()
    bad = shown["status"] in _BAD
    for said in (shown["found"], shown["cause"], shown["fix"]) if bad else (shown["found"],):
        assert said and "{" not in said


def test_well_over_25_problems_are_produced_and_each_has_its_own_words() -> None:
    status = advice()
    names = [name for name in [*(row[0] for row in PRODUCED), *ELSEWHERE] if status[name] in _BAD]
    assert len(set(names)) == len(names) >= 60
    told = {(text(name, "found"), text(name, "fix")) for name in names}
    assert len(told) == len(names)


def test_every_advice_has_a_test_that_produces_it() -> None:
    produced = {row[0] for row in PRODUCED}
    assert produced | set(ELSEWHERE) == set(advice()) and not produced & set(ELSEWHERE)
    for name, test in ELSEWHERE.items():
        file, _, function = test.partition("::")
        tree = ast.parse((_CHECKOUT / file).read_text())
        functions = [item for item in tree.body if isinstance(item, ast.FunctionDef) and item.name == function]
        assert functions, test
        assert name in ast.unparse(functions[0]), f"{test} says nothing of {name}"


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
    found = [Result(network.CHECK, finding).to_json() for finding in computer.findings(network.CHECK)]
    assert found and "secret" not in str(found)


def test_nothing_is_wrong_with_a_computer_in_order(computer: Computer) -> None:
    computer.recorded_virtualbox()
    computer.file("/proc/cpuinfo", RECORDED_CPUINFO)
    for check in set(CHECKS) - set(named("registration", "driver", "room", "network")):
        assert computer.troubles(check) == set(), check.id


def test_every_advice_has_all_its_texts() -> None:
    for name, status in advice().items():
        assert text(name, "found"), name
        if status in _BAD:
            assert text(name, "cause") and text(name, "fix"), name


def text(name: str, which: str) -> str:
    return english.table().get(f"doctor_{name}_{which}", "")


def test_a_damaged_image_is_removed_by_its_repair(computer: Computer) -> None:
    images = computer.around.cache / "images"
    images.mkdir()
    good, bad = images / f"{hashlib.sha256(b'good').hexdigest()}.iso", images / f"{'1' * 64}.iso"
    good.write_bytes(b"good")
    disk = images / f"{'3' * 64}.vdi"
    disk.write_bytes(b"unpacked, so it has another checksum")
    bad.write_bytes(b"bad")
    (found,) = [item for item in computer.findings(cache.CHECK) if item.repair]
    cache.repair(computer.around, found.part)
    assert good.exists() and disk.exists() and not bad.exists()


def test_a_folder_that_belongs_to_a_machine_is_not_removed(computer: Computer) -> None:
    session = session_of(computer, stage=Stage.MADE)
    folder = computer.around.data / "machines" / session
    folder.mkdir(parents=True)
    machines.repair(computer.around, session)
    machines.repair(computer.around, "../data")
    assert folder.exists() and Path(computer.around.data).exists()
