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


# From a published report: VirtualBox 6.1 on Windows.
RECORDED_6_1 = r"""name="gitlab"
groups="/"
ostype="Red Hat (64-bit)"
UUID="7163bae0-5075-49fc-b3a7-b2831c06aa40"
CfgFile="F:\\VirtualBox VMs\\gitlab\\gitlab.vbox"
LogFldr="F:\\VirtualBox VMs\\gitlab\\Logs"
memory=1024
cpuexecutioncap=100
cpus=1
VMState="running"
VMStateChangeTime="2019-11-04T16:38:48.476000000"
Forwarding(0)="ssh,tcp,127.0.0.1,2222,,22"
"""


def test_a_recorded_answer_of_6_1_on_windows() -> None:
    info = parsing.machine_info(RECORDED_6_1)
    assert info["CfgFile"] == r"F:\VirtualBox VMs\gitlab\gitlab.vbox"
    assert info["memory"] == "1024" and parsing.state(info["VMState"]) is State.RUNNING
