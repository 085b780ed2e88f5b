"""What the checks say of themselves, and that it is heard: ids, explanations, remedies that are waited for."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from cvmwebapi import errors
from cvmwebapi.asking import Answer, Question, Visitor
from cvmwebapi.doctor import checks, diagnosis, explain, remedy
from cvmwebapi.doctor.check import COMMON, Advice, Check
from cvmwebapi.doctor.checks import CHECKS
from cvmwebapi.doctor.finding import Finding
from cvmwebapi.doctor.surroundings import Surroundings
from cvmwebapi.errors import CVMError
from cvmwebapi.sessions.ledger.rows import Stage
from cvmwebapi.tasks import Task
from cvmwebapi.texts import english

from tests.unit.doctor.conftest import Computer
from tests.unit.doctor.producing import session_of


@pytest.fixture
def here(computer: Computer, monkeypatch: pytest.MonkeyPatch) -> Computer:
    """The same computer for what looks around by itself."""
    monkeypatch.setattr(Surroundings, "here", classmethod(lambda cls, extension="": computer.around))
    return computer


def test_each_file_is_a_check_of_that_id_with_a_title() -> None:
    files = {file.stem for file in Path(checks.__file__).parent.glob("*.py")} - {"__init__"}
    assert sorted(check.id for check in CHECKS) == sorted(files)
    assert len({check.title for check in CHECKS}) == len(CHECKS)


def test_advice_belongs_to_one_check() -> None:
    names = Counter([*COMMON, *(name for check in CHECKS for name in check.advice)])
    assert set(names.values()) == {1}


def test_no_text_is_left_over() -> None:
    known = {*COMMON, *(name for check in CHECKS for name in check.advice)}
    titles = {f"doctor_title_{check.id}" for check in CHECKS}
    written = {key for key in english.table() if key.startswith("doctor_")}
    assert {key for key in written if key not in titles and key.split("_")[1] not in known} == set()


def test_every_error_that_is_explained_exists() -> None:
    for check in CHECKS:
        assert not set(check.explains) & set(check.may_explain), check.id
        assert {*check.explains, *check.may_explain} <= set(errors.table()), check.id


def test_the_likeliest_check_explains_an_error_first() -> None:
    assert [check.id for check in checks.explaining("machineCrashed")] == ["rivals", "processor", "room"]
    assert [check.id for check in checks.explaining("downloadFailed")] == ["network", "room"]
    assert checks.explaining("cancelled") == []


def test_only_what_works_without_a_restart_is_waited_for() -> None:
    assert diagnosis.waited_for("driver", "driverNotLoaded") and diagnosis.waited_for("room:data", "diskFull")
    # A new module is loaded, the firmware entered, or the login renewed, by a restart of something.
    assert not any(
        diagnosis.waited_for(check, advice)
        for check, advice in (("driver", "driverUnsigned"), ("processor", "virtualizationOff"), ("driver", "tooSlow"))
    )


class Nobody:
    """Says no to everything."""

    def __init__(self) -> None:
        self.asked: list[Question] = []

    def ask(self, question: Question, task: Task) -> Answer:
        self.asked.append(question)
        task.check()
        return Answer()


def test_what_no_remedy_helps_is_not_waited_for(here: Computer) -> None:
    here.recorded_virtualbox()
    here.file("/lib/modules/6.1.0-18-amd64/updates/vboxdrv.ko")
    here.file("/sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c", b"\x06\x00\x00\x00\x01")
    user = Nobody()

    def attempt() -> None:
        raise CVMError("driverMissing")

    visitor = Visitor("example.org", "https://example.org", Task(), user)
    with pytest.raises(CVMError) as failed:
        remedy.until_remedied(attempt, visitor, lambda: True)
    assert failed.value.to_json()["diagnosis"]["advice"] == "driverUnsigned" and user.asked == []


def test_what_a_remedy_helps_is_asked_about_and_tried_again_unless_that_is_forbidden(here: Computer) -> None:
    here.recorded_virtualbox()
    tries, user = [], Nobody()

    def attempt() -> str:
        tries.append(1)
        if len(tries) == 1:
            error = CVMError("driverMissing")
            error.explain({"id": "driver", "advice": "driverNotLoaded", "fix": "Load it.", "command": "", "found": "",
                           "cause": ""})  # fmt: skip
            raise error
        return "it runs"

    visitor = Visitor("example.org", "https://example.org", Task(), user)
    with pytest.raises(CVMError, match="driver"):
        remedy.until_remedied(attempt, visitor, lambda: False)
    assert user.asked == []
    del tries[:]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(remedy, "_there", lambda identity, advice: False)
        assert remedy.until_remedied(attempt, visitor, lambda: True) == "it runs"
    (question,) = user.asked
    assert question.kind == "confirmRemedy" and question.details()["error"]["name"] == "driverMissing"
    visitor.task.cancel()
    del tries[:]
    with pytest.raises(CVMError, match="cancelled"):
        remedy.until_remedied(attempt, visitor, lambda: True)


def test_a_machine_of_another_session_explains_nothing(here: Computer) -> None:
    one, other = session_of(here, "one", stage=Stage.MADE), session_of(here, "two", stage=Stage.CREATING)
    error = explain.explain(CVMError("machineLocked"), session=one)
    assert error.diagnosis is None
    error = explain.explain(CVMError("machineLocked"), session=other)
    assert error.diagnosis is not None and error.diagnosis["id"] == f"machines:{other}"


def test_a_diagnosis_asks_virtualbox_once_for_itself(computer: Computer) -> None:
    told = computer.home / "told"
    # Slow, so that the checks, which run side by side, meet at it.
    computer.program(
        "VBoxManage",
        f'echo "$*" >>{told}; /bin/sleep 0.3; case "$1" in --version) echo 7.0.14r161095;; list) echo;; esac',
    )
    computer.file("/proc/modules", "kvm 1 1 -\nkvm_intel 1 0 -\n")
    wanting = checks.named("virtualbox", "driver", "rivals", "machines")
    results = diagnosis.run(computer.around, wanting)
    assert {"virtualboxFine", "driverNotBuilt", "rivalsQuiet", "machinesFine"} <= {
        result.finding.advice for result in results
    }
    calls = Counter(told.read_text().splitlines())
    assert calls["--version"] == calls["list extpacks"] == calls["list vms"] == 1
    assert sum(calls.values()) == 6, calls


def test_a_fact_that_could_not_be_had_is_tried_again_and_others_do_not_wait_for_it(computer: Computer) -> None:
    begun, go_on = threading.Event(), threading.Event()
    tries = []

    def fact(around: Surroundings) -> int:
        tries.append(around)
        begun.set()
        go_on.wait(10)
        if len(tries) == 1:
            raise OSError("not now")
        return len(tries)

    def look(around: Surroundings) -> Iterator[Finding]:
        yield Finding("told", {"detail": around.once(fact)})

    def other(around: Surroundings) -> Iterator[Finding]:
        begun.wait(10)
        around.once(lambda around: None)
        go_on.set()
        yield Finding("told")

    advice = {"told": Advice("ok")}
    looks = [Check(name, look, advice) for name in ("one", "two")]
    results = diagnosis.run(computer.around, [*looks, Check("other", other, advice)], 5.0)
    names = [result.finding.advice for result in results]
    assert sorted(names) == ["told", "told", "unknown"] and len(tries) == 2
    assert tries[-1].once(fact) == 2
