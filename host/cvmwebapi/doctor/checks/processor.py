"""The processor's virtualization (VT-x, AMD-V): off in the firmware, absent, or not handed on to a virtual computer."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from cvmwebapi.doctor.check import Advice, Check
from cvmwebapi.doctor.finding import Finding
from cvmwebapi.doctor.surroundings import Surroundings

X86 = frozenset({"x86_64", "amd64", "i386", "i686"})
_FLAGS = re.compile(r"^flags\s*:(.*)$", re.MULTILINE)
_MODEL = re.compile(r"^model name\s*:\s*(.*)$", re.MULTILINE)
# Windows' own account of it (systeminfo, Win32_Processor), and the Mac's.
_WINDOWS = "VirtualizationFirmwareEnabled"


@dataclass(frozen=True)
class Facts:
    """``virtual``: this computer is itself a virtual machine. ``offered`` is ``None`` when nobody knows."""

    machine: str
    model: str
    offered: bool | None
    virtual: bool
    hyperv: bool = False


def look(around: Surroundings) -> Iterator[Finding]:
    """Also says that this is a computer of another kind than the websites' machines are made for."""
    facts = gather(around)
    yield judge(facts)
    if facts.virtual:
        yield nested(facts)


def gather(around: Surroundings) -> Facts:
    """From /proc/cpuinfo, sysctl or Windows' management instrumentation."""
    machine = around.machine.lower()
    if around.system == "linux":
        info = around.text("/proc/cpuinfo")
        flags, model = _FLAGS.search(info), _MODEL.search(info)
        words = set(flags[1].split()) if flags else set()
        # The kernel hides the flag when the firmware has switched virtualization off (since 5.6 on Intel).
        offered = bool({"vmx", "svm"} & words) if flags else None
        return Facts(machine, model[1] if model else "", offered, "hypervisor" in words)
    if around.system == "macos":
        answer = around.run(["/usr/sbin/sysctl", "-n", "kern.hv_support"])
        return Facts(machine, "", answer.text.strip() == "1" if answer.status == 0 else None, False)
    query = f"(Get-CimInstance Win32_Processor).{_WINDOWS}; (Get-CimInstance Win32_ComputerSystem).HypervisorPresent"
    answer = around.run(["powershell.exe", "-NoProfile", "-NonInteractive", "-Command", query])
    words_ = answer.text.split()
    if answer.status != 0 or len(words_) < 2:
        return Facts(machine, "", None, False)
    # With Hyper-V running, Windows calls the firmware's switch off although it is on.
    hyperv = words_[-1] == "True"
    return Facts(machine, "", words_[0] == "True" or hyperv, False, hyperv)


def judge(facts: Facts) -> Finding:
    """Pure."""
    if facts.machine not in X86:
        return Finding("processorOther", {"machine": facts.machine})
    if facts.offered is None:
        return Finding("processorUnknown")
    if facts.offered:
        return Finding("processorFine", {"model": facts.model or facts.machine})
    if facts.virtual:
        return Finding("nestedOff")
    return Finding("virtualizationOff", {"model": facts.model or facts.machine})


def nested(facts: Facts) -> Finding:
    """What it means to be a virtual machine already. Pure."""
    return Finding("nestedSlow" if facts.offered else "nestedSoftware", part="nested")


CHECK = Check(
    __name__,
    look=look,
    advice={
        "processorFine": Advice("ok"),
        "processorUnknown": Advice("unknown"),
        "processorOther": Advice("problem"),
        "virtualizationOff": Advice("problem"),
        "nestedOff": Advice("problem"),
        "nestedSlow": Advice("warning"),
        "nestedSoftware": Advice("warning"),
    },
    explains=("virtualizationOff", "virtualizationMissing", "architectureWrong"),
    may_explain=("hypervisorFailed", "machineCrashed"),
)
