"""Other programs that hold the processor's virtualization: KVM, Hyper-V, VMware."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from cvmwebapi.doctor import virtualbox_facts
from cvmwebapi.doctor.check import Advice, Check
from cvmwebapi.doctor.finding import Finding, Params
from cvmwebapi.doctor.surroundings import Surroundings
from cvmwebapi.hypervisor import versions
from cvmwebapi.hypervisor.versions import Version

_KVM = ("kvm_intel", "kvm_amd")
_NUMBERS = re.compile(r"(\d+)\.(\d+)")
_HOLDS_AT_LOAD = (6, 12)
"""From this kernel on KVM takes the processor when its module is loaded, not when a machine starts."""
_SHARES_FROM_KERNEL = (6, 18)
_TURNED = Version(7, 2, 10)
_SHARES = Version(7, 2, 14)


@dataclass(frozen=True)
class Facts:
    """``users`` counts who uses KVM now, ``at_load`` is the parameter kvm.enable_virt_at_load ("" if unknown)."""

    kernel: tuple[int, int]
    version: Version | None
    kvm: bool
    users: int = 0
    at_load: str = ""
    vmware: bool = False


def look(around: Surroundings) -> Iterator[Finding]:
    """Linux and Windows; a Mac has no rivals that VirtualBox can't live with."""
    if around.system == "linux":
        yield judge(gather(around))
    elif around.system == "windows":
        yield hyperv(around)


def gather(around: Surroundings) -> Facts:
    """From /proc/modules and the parameters below /sys/module."""
    modules = {}
    for line in around.text("/proc/modules").splitlines():
        name, _size, count, *_rest = [*line.split(), "", "", ""]
        modules[name] = int(count) if count.isdigit() else 0
    found = _NUMBERS.match(around.kernel)
    return Facts(
        kernel=(int(found[1]), int(found[2])) if found else (0, 0),
        version=versions.parse(virtualbox_facts.of(around).answer),
        kvm=any(name in modules for name in _KVM),
        users=max((modules.get(name, 0) for name in _KVM), default=0),
        at_load=around.text("/sys/module/kvm/parameters/enable_virt_at_load").strip(),
        vmware="vmmon" in modules,
    )


def judge(facts: Facts) -> Finding:
    """The rule of KVM, by kernel and VirtualBox. Pure.

    Before kernel 6.12 KVM is in the way only while it runs machines. From 6.12 on it holds the processor once it is
    loaded; VirtualBox before 7.2.10 then needs kvm.enable_virt_at_load=0; 7.2.10 turned that round: KVM absent, or the
    value 1; 7.2.14 and later work on 6.18 and newer whatever it is.
    """
    if facts.vmware:
        return Finding("vmwareHolds", command="sudo systemctl stop vmware")
    if not facts.kvm:
        return Finding("rivalsNone")
    kernel = ".".join(map(str, facts.kernel))
    params: Params = {"kernel": kernel, "version": str(facts.version or "")}
    on = facts.at_load in ("Y", "1", "")
    newer_kernel = facts.kernel >= _HOLDS_AT_LOAD
    if newer_kernel and facts.version:
        if facts.version >= _SHARES and facts.kernel >= _SHARES_FROM_KERNEL:
            return Finding("rivalsShare", params)
        if facts.version < _TURNED and on:
            return Finding("kvmHolds", params, command=_parameter(0))
        if facts.version >= _TURNED and not on:
            return Finding("kvmParameterOff", params, command=_parameter(1))
    # With the parameter on, the module itself keeps KVM in use: only machines of KVM count as users before that.
    if facts.users > 0 and not (newer_kernel and on):
        return Finding("kvmBusy", {"users": facts.users}, command="sudo fuser -v /dev/kvm")
    return Finding("rivalsQuiet", params)


def _parameter(value: int) -> str:
    line = f"options kvm enable_virt_at_load={value}"
    return f"echo '{line}' | sudo tee /etc/modprobe.d/cernvm-webapi-kvm.conf"


def hyperv(around: Surroundings) -> Finding:
    """Windows: Hyper-V, also under its other names (Memory Integrity, Credential Guard, WSL 2)."""
    query = "(Get-CimInstance Win32_ComputerSystem).HypervisorPresent"
    answer = around.run(["powershell.exe", "-NoProfile", "-NonInteractive", "-Command", query])
    if answer.status != 0:
        return Finding("rivalsUnknown")
    if answer.text.strip() != "True":
        return Finding("rivalsNone")
    integrity = _integrity(around)
    return (
        Finding("memoryIntegrity")
        if integrity
        else Finding("hyperVHolds", command="bcdedit /set hypervisorlaunchtype off")
    )


def _integrity(around: Surroundings) -> bool:
    key = r"SYSTEM\CurrentControlSet\Control\DeviceGuard\Scenarios\HypervisorEnforcedCodeIntegrity"
    try:
        return bool(around.registry and around.registry.values("HKLM", key).get("Enabled"))
    except OSError:
        return False


CHECK = Check(
    __name__,
    look=look,
    advice={
        "rivalsNone": Advice("ok"),
        "rivalsQuiet": Advice("ok"),
        "rivalsShare": Advice("ok"),
        "rivalsUnknown": Advice("unknown"),
        "kvmHolds": Advice("problem"),
        "kvmParameterOff": Advice("problem"),
        "kvmBusy": Advice("problem", waited_for=True),
        "vmwareHolds": Advice("problem", waited_for=True),
        "hyperVHolds": Advice("problem"),
        "memoryIntegrity": Advice("problem"),
    },
    explains=("virtualizationBusy", "machineCrashed"),
    may_explain=("hypervisorFailed", "virtualizationMissing"),
)
