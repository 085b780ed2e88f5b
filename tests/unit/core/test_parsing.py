from __future__ import annotations

from cvmwebapi.hypervisor import parsing, refusals
from cvmwebapi.states import State

WARNING = """WARNING: The character device /dev/vboxdrv does not exist.
\t Please install the virtualbox-dkms package and the appropriate
\t headers, most likely linux-headers-amd64.

"""


def test_machine_info_survives_a_warning_ahead_of_it() -> None:
    info = parsing.machine_info(WARNING + 'name="a=b"\nVMState="running"\nmemory=64\n"SATA-0-0"="/x.iso"\n')
    assert info["name"] == "a=b" and info["VMState"] == "running" and info["memory"] == "64"
    assert info["SATA-0-0"] == "/x.iso"


def test_virtualbox_words_for_states() -> None:
    assert parsing.state("running") is State.RUNNING
    assert parsing.state("PoweredOff") is State.POWEROFF
    assert parsing.state("aborted-saved") is State.SAVED
    assert parsing.state("starting") is None


def test_the_main_message_of_a_failure() -> None:
    text = (
        "VBoxManage: error: Could not find a registered machine named 'x'\n"
        "VBoxManage: error: Details: code VBOX_E_OBJECT_NOT_FOUND (0x80bb0001)\n"
    )
    assert refusals.main_message(text) == "Could not find a registered machine named 'x'"
