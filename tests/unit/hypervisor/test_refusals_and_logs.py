"""What VirtualBox says in refusals and in VBox.log, to what it means. The lines are recorded from real ones; where the
rig can't produce them (a computer with VT-x off, older versions), from reports that users have published."""

from __future__ import annotations

import pytest
from cvmwebapi.errors import table
from cvmwebapi.hypervisor import log_reading, refusals

RECORDED_REFUSALS = {
    "virtualizationOff": [
        "VBoxManage: error: VT-x is disabled in the BIOS for all CPU modes (VERR_VMX_MSR_ALL_VMX_DISABLED)\n"
        "VBoxManage: error: Details: code NS_ERROR_FAILURE (0x80004005), component ConsoleWrap, interface IConsole",
        "VBoxManage.exe: error: Not in a hypervisor partition (HVP=0) (VERR_NEM_NOT_AVAILABLE).\n"
        "VBoxManage.exe: error: VT-x is disabled in the BIOS for all CPU modes (VERR_VMX_MSR_ALL_VMX_DISABLED)",
        "VBoxManage: error: AMD-V is disabled in the BIOS (or by the host OS) (VERR_SVM_DISABLED)",
    ],
    "virtualizationBusy": [
        "VBoxManage: error: VirtualBox can't enable the AMD-V extension. Please disable the KVM kernel extension, "
        "recompile your kernel and reboot (VERR_SVM_IN_USE).",
        "VBoxManage: error: VT-x is being used by another hypervisor (VERR_VMX_IN_VMX_ROOT_MODE).",
    ],
    "virtualizationMissing": ["VBoxManage: error: VT-x is not available (VERR_VMX_NO_VMX)."],
    "driverMissing": ["VBoxManage: error: The virtual machine 'x' has terminated unexpectedly\nKernel driver not "
                      "installed (rc=-1908)"],
    "machineLocked": [
        "VBoxManage: error: The machine 'T x' is already locked by a session (or being locked or unlocked)\n"
        "VBoxManage: error: Details: code VBOX_E_INVALID_OBJECT_STATE (0x80bb0007), component MachineWrap"
    ],
    "virtualboxUnavailable": [
        "VBoxManage: error: Failed to create the VirtualBox object!\n"
        "VBoxManage: error: Code NS_ERROR_FACTORY_NOT_REGISTERED (0x80040154) - Class not registered\n"
        "VBoxManage: error: Most likely, the VirtualBox COM server is not running or failed to start."
    ],
    "": ["VBoxManage: error: Already paused\nVBoxManage: error: Details: code VBOX_E_INVALID_VM_STATE (0x80bb0002)"],
}  # fmt: skip


@pytest.mark.parametrize(
    ("name", "text"), [(name, text) for name, texts in RECORDED_REFUSALS.items() for text in texts]
)
def test_a_refusal_names_its_cause(name: str, text: str) -> None:
    assert refusals.cause(text) == name
    error = refusals.as_error(text, "startMachine")
    assert error.name == (name or "hypervisorFailed") and error.fix
    assert refusals.passes(text) == (name in ("machineLocked", "virtualboxUnavailable"))


def test_every_cause_has_its_texts() -> None:
    assert {name for name, _ in refusals._CAUSES} <= set(table())


def test_the_log_of_the_rig_with_a_taken_port() -> None:
    told = log_reading.read(
        "00:00:00.025273 Console: Machine state changed to 'Starting'\n"
        "00:00:00.355717 VMSetError: /build/src/VBox/Devices/Network/DrvNAT.cpp(991) int drvNATNotifyApplyPortForward"
        "Command(PDRVNAT, bool); rc=VERR_NAT_REDIR_SETUP\n"
        "00:00:00.355721 VMSetError: NAT#0: configuration error: failed to set up redirection of 59875 to 80. Probably "
        "a conflict with existing services or other rules\n"
        "00:00:00.365402 Console: Machine state changed to 'Running'\n"
    )
    assert told.states == ("Starting", "Running") and told.taken_ports == (59875,) and not told.troubles


def test_the_log_of_the_rig_with_a_full_disk() -> None:
    told = log_reading.read(
        "00:00:03.282468 I/O cache: Error while writing entry at offset 32505856 (32768 bytes) to medium "
        '"ahci-0-2" (rc=VERR_DISK_FULL)\n'
        "00:00:03.272310 VM: Raising runtime error 'BLKCACHE_IOERR' (fFlags=0x6)\n"
        "00:00:03.272325 Changing the VM state from 'RUNNING' to 'SUSPENDING'\n"
    )
    assert told.troubles == ("hostDiskFull",)
    assert log_reading.read("00:00:03.3 Changing the VM state from 'SUSPENDING' to 'SUSPENDED'\n").states == ("Paused",)


RECORDED_LOGS = {
    "hostDiskFull": "00:01:10.1 VD#0: Host disk full\n00:01:10.2 Console: VM runtime error: fatal=false, "
    "errorID=DrvVD_DISKFULL message=\"Host system reported disk full. VM execution is suspended.\"\n",
    "machineCrashed": "00:00:58.968619 Console: Machine state changed to 'GuruMeditation'\n"
    "00:00:58.969219 !! VCPU0: Guru Meditation 1155 (VINF_EM_TRIPLE_FAULT)\n",
    "virtualizationOff": "00:00:01.5 VMSetError: HMR3.cpp(665) int HMR3Init(PVM); rc=VERR_VMX_MSR_ALL_VMX_DISABLED\n"
    "00:00:01.6 VMSetError: VT-x is disabled in the BIOS for all CPU modes\n",
    "memoryShort": "00:00:00.9 Power up failed (vrc=VERR_NO_MEMORY, hrc=NS_ERROR_FAILURE (0X80004005))\n",
}  # fmt: skip


@pytest.mark.parametrize("name", RECORDED_LOGS)
def test_a_recorded_log_names_its_trouble(name: str) -> None:
    assert log_reading.read(RECORDED_LOGS[name]).troubles == (name,)


def test_notes_of_what_was_tried_are_no_trouble() -> None:
    told = log_reading.read(
        "00:00:00.1 HM: HMR3Init: Falling back on IEM: VT-x is not available (VERR_VMX_NO_VMX)\n"
        "00:00:00.2 SUP: seg #0: error VERR_NO_MEMORY while probing\n"
    )
    assert told == log_reading.LogNews()


def test_the_log_of_the_rig_with_changes_of_the_screen() -> None:
    told = log_reading.read(
        "00:00:00.375607 Display::i_handleDisplayResize: uScreenId=0 pvVRAM=0000000000000000 w=720 h=400 bpp=0 "
        "cbLine=0x0 flags=0x0 origin=0,0\n"
        "00:00:18.685648 Display::i_handleDisplayResize: uScreenId=0 pvVRAM=00007fb330600000 w=640 h=480 bpp=24 "
        "cbLine=0x780 flags=0x0 origin=0,0\n"
        "00:00:19.1 Display::i_handleDisplayResize: uScreenId=1 pvVRAM=00007fb330600000 w=800 h=600 bpp=24 "
        "cbLine=0x780 flags=0x0 origin=0,0\n"
        "00:00:20.000000 VMMDev: Guest Log: Display::i_handleDisplayResize: uScreenId=0 pvVRAM=0 w=9 h=9 bpp=32\n"
    )
    assert told.sizes == ((720, 400, 0), (640, 480, 24)), "of the first screen, and not by a guest's own words"


def test_an_older_log_with_a_change_of_the_screen() -> None:
    told = log_reading.read(
        "00:00:05.918 Display::handleDisplayResize(): uScreenId = 0, pvVRAM=0cb00000 w=1024 h=768 bpp=32 "
        "cbLine=0x1000, flags=0x1\n"
    )
    assert told.sizes == ((1024, 768, 32),)


def test_a_look_at_a_machine_that_is_just_being_launched_is_worth_another_try() -> None:
    """As VirtualBox 7.2 said it, beside a call of a killed host that was still starting the machine."""
    assert refusals.passes(
        "VBoxManage: error: An unexpected process (PID=0x00002639) has tried to lock the machine 'T x', while only the "
        "process started by LaunchVMProcess (PID=0x00002641) is allowed"
    )
