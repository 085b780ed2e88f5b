"""The runner, on small programs in VBoxManage's place: what it does with a child that hangs or fails."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from cvmwebapi.errors import CVMError
from cvmwebapi.hypervisor.vboxmanage import VBoxManage


def program(folder: Path, body: str) -> VBoxManage:
    file = folder / "VBoxManage"
    file.write_text(f"#!/bin/sh\n{body}\n")
    file.chmod(0o755)
    return VBoxManage(lambda: file)


def test_a_hanging_call_ends_with_all_its_children(tmp_path: Path) -> None:
    vbox = program(tmp_path, f"sleep 60 & echo $! > {tmp_path}/child; wait")
    with pytest.raises(CVMError) as late:
        vbox.run("list", "vms", step="listMachines", seconds=0.5)
    assert late.value.name == "hypervisorTimeout"
    child = int((tmp_path / "child").read_text())
    deadline = time.monotonic() + 5
    while Path(f"/proc/{child}").exists() and "Z" not in Path(f"/proc/{child}/stat").read_text().split()[2]:
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_a_locked_machine_is_tried_again_and_other_errors_are_not(tmp_path: Path) -> None:
    count = f"echo x >> {tmp_path}/calls; [ $(wc -l < {tmp_path}/calls) -ge 3 ] && exit 0;"
    vbox = program(tmp_path, f"{count} echo 'VBoxManage: error: is already locked (0x80BB0007)' >&2; exit 1")
    vbox.run("startvm", step="startMachine")
    assert len((tmp_path / "calls").read_text()) == 6
    (tmp_path / "calls").unlink()
    vbox = program(tmp_path, f"{count} echo 'VBoxManage: error: No such thing' >&2; exit 1")
    with pytest.raises(CVMError, match="No such thing"):
        vbox.run("startvm", step="startMachine")
    assert len((tmp_path / "calls").read_text()) == 2


def test_an_error_despite_exit_status_0_is_one(tmp_path: Path) -> None:
    with pytest.raises(CVMError, match="broken"):
        program(tmp_path, "echo 'VBoxManage: error: broken' >&2").run("x", step="changeMachine")


def test_arguments_reach_the_program_as_they_are(tmp_path: Path) -> None:
    nasty = ["$(touch x)", "a b", ";", "--x=\n", "é"]
    output = program(tmp_path, 'printf "%s|" "$@"').run(*nasty, step="changeMachine")
    assert output.split("|")[:-1] == nasty
    assert not os.path.lexists(tmp_path / "x")
