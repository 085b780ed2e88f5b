"""The rules of the checks that depend on facts no test computer has: on recorded facts alone."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import replace

import pytest
from cvmwebapi.doctor import diagnosis, explain, machine_facts
from cvmwebapi.doctor.check import Advice, Check
from cvmwebapi.doctor.checks import driver, group, machines, policies, processor, rivals
from cvmwebapi.doctor.finding import Finding
from cvmwebapi.doctor.surroundings import Surroundings
from cvmwebapi.errors import CVMError
from cvmwebapi.hypervisor.versions import Version
from cvmwebapi.sessions.ledger.rows import Stage
from cvmwebapi.tasks import Task

from tests.lab.machines import session_row
from tests.unit.doctor.conftest import Computer


@pytest.mark.parametrize(
    ("kernel", "virtualbox", "parameter", "advice"),
    [
        ((6, 1), (7, 0, 14), "", "rivalsQuiet"),
        ((6, 11), (7, 1, 0), "", "rivalsQuiet"),
        ((6, 12), (7, 1, 4), "Y", "kvmHolds"),
        ((6, 12), (7, 2, 8), "Y", "kvmHolds"),
        ((6, 12), (7, 2, 8), "N", "rivalsQuiet"),
        ((6, 12), (7, 2, 10), "Y", "rivalsQuiet"),
        ((6, 12), (7, 2, 10), "N", "kvmParameterOff"),
        ((6, 17), (7, 2, 14), "N", "kvmParameterOff"),
        ((6, 18), (7, 2, 14), "N", "rivalsShare"),
        ((6, 18), (7, 2, 14), "Y", "rivalsShare"),
        ((6, 18), (7, 2, 12), "Y", "rivalsQuiet"),
        ((6, 18), (7, 2, 8), "1", "kvmHolds"),
        ((7, 0), (7, 2, 22), "0", "rivalsShare"),
    ],
)
def test_kvm_by_kernel_and_virtualbox(
    kernel: tuple[int, int], virtualbox: tuple[int, int, int], parameter: str, advice: str
) -> None:
    facts = rivals.Facts(kernel, Version(*virtualbox), kvm=True, at_load=parameter)
    assert rivals.judge(facts).advice == advice


def test_without_kvm_nothing_holds_the_processor() -> None:
    assert rivals.judge(rivals.Facts((6, 12), Version(7, 1, 0), kvm=False)).advice == "rivalsNone"


def test_the_parameter_is_set_the_right_way_round() -> None:
    older = rivals.judge(rivals.Facts((6, 12), Version(7, 1, 4), kvm=True, at_load="Y"))
    newer = rivals.judge(rivals.Facts((6, 12), Version(7, 2, 10), kvm=True, at_load="N"))
    assert "enable_virt_at_load=0" in older.command and "enable_virt_at_load=1" in newer.command


def _driver(**changed: object) -> Finding:
    facts = {
        "version": Version(7, 0, 14), "kernel": "6.1.0", "loaded": True, "driver": "7.0.14 r161095 (0x00330004)",
        "built": True, "secure_boot": False, "device": True, "usable": True, "debian": True, **changed,
    }  # fmt: skip
    return driver.judge(driver.Facts(**facts))  # type: ignore[arg-type]


def test_the_driver_of_debian_is_built_by_its_package_and_oracles_by_vboxconfig() -> None:
    assert _driver().advice == "driverFine"
    debian = _driver(loaded=False, built=False, version=Version(7, 0, 14, "Debian"))
    assert "virtualbox-dkms linux-headers-6.1.0" in debian.command
    assert _driver(loaded=False, built=False).command == "sudo /sbin/vboxconfig"


def test_a_driver_that_the_user_may_not_use() -> None:
    assert _driver(usable=False).advice == "driverForbidden"


@pytest.mark.parametrize(
    ("members", "held", "uid", "advice"),
    [("", [100], 1000, "groupMissing"), ("me", [100], 1000, "groupNotYet"), ("me", [101], 1000, "groupFine"),
     ("", [100], 0, "groupFine")],
)  # fmt: skip
def test_the_group(members: str, held: list[int], uid: int, advice: str) -> None:
    (found,) = group.judge(f"vboxusers:x:101:{members}\n", "me", 100, held, uid)
    assert found.advice == advice


def test_no_group_no_word() -> None:
    assert list(group.judge("users:x:100:\n", "me", 100, [100], 1000)) == []


def test_windows_with_hyperv_does_not_call_the_firmware_off() -> None:
    assert processor.judge(processor.Facts("amd64", "", True, False, hyperv=True)).advice == "processorFine"


@pytest.mark.parametrize(
    ("policy", "advices"),
    [
        ({}, []),
        ({"NativeMessagingBlocklist": ["*"], "NativeMessagingAllowlist": ["ch.cern.cernvm.webapi"]}, []),
        ({"NativeMessagingBlocklist": ["org.example"]}, []),
        ({"NativeMessagingBlocklist": ["ch.cern.cernvm.webapi"]}, ["hostBlocked"]),
        ({"ExtensionInstallBlocklist": ["*"]}, ["extensionBlocked"]),
        ({"ExtensionInstallBlocklist": ["*"], "ExtensionInstallAllowlist": ["fkinnlooacjhbcmhphjdbnmnjealbgif"]}, []),
        ({"ExtensionSettings": '{"*": {"installation_mode": "blocked"}}'}, ["extensionBlocked"]),
        ({"ExtensionSettings": {"fkinnlooacjhbcmhphjdbnmnjealbgif": {"installation_mode": "removed"}}},
         ["extensionBlocked"]),
        ({"ExtensionSettings": [1], "NativeMessagingBlocklist": "x"}, []),
    ],
)  # fmt: skip
def test_policies_of_chromium(policy: dict[str, object], advices: list[str]) -> None:
    assert [found.advice for found in policies.judge_chromium("chrome", policy, "/etc")] == advices


@pytest.mark.parametrize(
    ("listed", "info", "advices"),
    [
        ({"u": "CernVM vm"}, {"VMState": "running", "SessionName": "headless"}, []),
        ({"u": "CernVM vm"}, {"VMState": "poweroff"}, []),
        ({"u": "CernVM vm"}, {"VMState": "poweroff", "SessionName": "GUI/Qt"}, ["machineLocked"]),
        ({"u": "CernVM vm"}, {"VMState": "gurumeditation", "SessionName": "headless"}, ["machineStuck"]),
        ({"u": "<inaccessible>"}, {}, ["machineInaccessible"]),
        ({}, {}, ["machineGone"]),
        (None, {}, []),
    ],
)
def test_machines_as_virtualbox_tells(listed: dict[str, str] | None, info: dict[str, str], advices: list[str]) -> None:
    facts = machine_facts.Facts([session_row(vm="u", stage=Stage.MADE)], [], listed, {"u": info})
    assert [found.advice for found in machines.judge(facts)] == advices


def test_a_check_that_fails_or_hangs_hides_no_other(computer: Computer) -> None:
    hang = threading.Event()
    left_behind: list[Surroundings] = []

    def broken(around: Surroundings) -> Iterator[Finding]:
        raise RuntimeError("oh")

    def slow(around: Surroundings) -> Iterator[Finding]:
        yield Finding("rivalsNone")
        left_behind.append(around)
        hang.wait(30)

    def fine(around: Surroundings) -> Iterator[Finding]:
        yield Finding("portsFine")

    advice = {"rivalsNone": Advice("ok"), "portsFine": Advice("ok")}
    looks = [Check(look.__name__, look, advice) for look in (broken, slow, fine)]
    begun = time.monotonic()
    results = diagnosis.run(computer.around, looks, 1.0)
    assert time.monotonic() - begun < 15
    assert [result.finding.advice for result in results] == ["unknown", "rivalsNone", "tooSlow", "portsFine"]
    assert diagnosis.worst(results) == "unknown"
    assert left_behind[0].task.cancelled and not computer.around.task.cancelled
    hang.set()


def test_a_diagnosis_that_nobody_waits_for_any_more_ends_at_once(computer: Computer) -> None:
    task, seen = Task(), threading.Event()

    def slow(around: Surroundings) -> Iterator[Finding]:
        around.task.on_cancel(seen.set).__enter__()
        task.cancel()
        assert seen.wait(30)
        yield Finding("rivalsNone")

    begun = time.monotonic()
    with pytest.raises(CVMError, match="cancelled"):
        diagnosis.run(replace(computer.around, task=task), [Check("slow", slow, {"rivalsNone": Advice("ok")})])
    assert time.monotonic() - begun < 10 and seen.is_set(), "the check has learned of it, too"


def test_a_failing_request_gets_cause_and_fix(computer: Computer, monkeypatch: pytest.MonkeyPatch) -> None:
    computer.recorded_virtualbox()
    computer.file("/proc/modules", "")
    computer.file("/lib/modules/6.1.0-18-amd64/updates/vboxdrv.ko")
    monkeypatch.setattr(Surroundings, "here", classmethod(lambda cls, extension="": computer.around))
    with pytest.raises(CVMError) as failed, explain.explained():
        raise CVMError("driverMissing")
    told = failed.value.to_json()
    assert told["name"] == "driverMissing" and told["code"] == -7
    assert told["diagnosis"]["advice"] == "driverNotLoaded" and "not loaded" in told["cause"]
    assert told["fix"].endswith("sudo modprobe vboxdrv")


def test_an_error_that_no_check_knows_stays_as_it_is() -> None:
    error = explain.explain(CVMError("cancelled"))
    assert error.diagnosis is None and "cause" not in error.to_json()
